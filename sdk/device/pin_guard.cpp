// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/pin_guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

#include <fmt/format.h>

#include "sdk/base/id.hpp"

namespace kari::device {

namespace {

constexpr std::size_t k_half_bytes = 32;

// How long to wait after so many wrong PINs in a row.
std::int64_t delay_ms(std::uint32_t failures) {
    constexpr std::array<std::int64_t, 10> seconds{0, 0, 0, 30, 60, 300, 900, 3600, 3600, 3600};
    return 1000 * seconds[std::min<std::size_t>(failures, seconds.size() - 1)];
}

// The next word of a text, which is taken off it.
std::string_view next_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

template <std::integral T>
bool read(std::string_view word, T& out) {
    const char* const end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, out);
    return parsed.ec == std::errc() && parsed.ptr == end;
}

}  // namespace

PinGuard::PinGuard(const Platform& platform, std::string name)
    : platform_(platform), name_(std::move(name)) {}

Result<PinGuard::State> PinGuard::load() const {
    auto value = platform_.key_store->load(name_);
    if (!value) {
        if (value.error().code == ErrorCode::not_found) {
            return fail(ErrorCode::wiped, "the key of this nurse is gone from the tablet");
        }
        return tl::unexpected(value.error());
    }
    const crypto::Secret text(*std::move(value));
    std::string_view words = text.view();
    State state;
    const bool known = next_word(words) == "1";
    const bool counted = read(next_word(words), state.failures);
    const auto boot_id = BootId::parse(next_word(words));
    const bool timed =
        read(next_word(words), state.boot_clock_ms) && read(next_word(words), state.wall_ms);
    auto bytes = base::from_hex(next_word(words));
    if (!known || !counted || !boot_id || !timed || !bytes || bytes->size() != k_half_bytes) {
        return fail(ErrorCode::key_store_failed, "the PIN counter cannot be read");
    }
    // An older program wrote no more: the wait began then.
    if (words.empty()) {
        state.left_ms = delay_ms(state.failures);
    } else if (!read(next_word(words), state.left_ms)) {
        return fail(ErrorCode::key_store_failed, "the PIN counter cannot be read");
    }
    state.boot = *boot_id;
    state.half = crypto::Secret(*std::move(bytes));
    return state;
}

Result<void> PinGuard::store(const State& state) const {
    const std::string head = fmt::format("1 {} {} {} {} ", state.failures, state.boot.text(),
                                         state.boot_clock_ms, state.wall_ms);
    const crypto::Secret half(base::to_hex(state.half.view()));
    const std::string end = fmt::format(" {}", state.left_ms);
    std::string text;
    text.reserve(head.size() + half.view().size() + end.size());
    text.append(head).append(half.view()).append(end);
    const crypto::Secret whole(std::move(text));
    return platform_.key_store->save(name_, whole.view());
}

Result<crypto::Secret> PinGuard::make() {
    std::string drawn(k_half_bytes, '\0');
    platform_.entropy->fill({reinterpret_cast<std::uint8_t*>(drawn.data()), k_half_bytes});
    State state;
    state.half = crypto::Secret(std::move(drawn));
    if (auto stored = store(state); !stored) return tl::unexpected(stored.error());
    return std::move(state.half);
}

// By the clock since boot alone: anybody can set the other one. What was left when it was last
// noted is waited anew in a later boot, since nobody knows how long the tablet was off.
std::int64_t PinGuard::delay_left_ms(const State& state) const {
    const auto now = static_cast<std::int64_t>(platform_.clock->boot_clock_ms());
    const auto then = static_cast<std::int64_t>(state.boot_clock_ms);
    const bool same_boot = platform_.clock->boot() == state.boot;
    const std::int64_t passed = same_boot ? std::max<std::int64_t>(0, now - then) : now;
    return std::max<std::int64_t>(0, state.left_ms - passed);
}

void PinGuard::now_left(State& state, std::int64_t left_ms) const {
    state.boot = platform_.clock->boot();
    state.boot_clock_ms = platform_.clock->boot_clock_ms();
    state.wall_ms = platform_.clock->wall().ms;
    state.left_ms = left_ms;
}

Result<crypto::Secret> PinGuard::begin_try() {
    auto state = load();
    if (!state) return tl::unexpected(state.error());
    if (const std::int64_t left = delay_left_ms(*state); left > 0) {
        // So that what was waited counts after a restart too; who cannot write it waits longer.
        now_left(*state, left);
        static_cast<void>(store(*state));
        return fail(ErrorCode::pin_delayed, fmt::format("pin/delayed: {}", (left + 999) / 1000));
    }
    if (state->failures >= k_tries) {
        if (auto wiped = wipe(); !wiped) return tl::unexpected(wiped.error());
        return fail(ErrorCode::wiped, "too many wrong PINs");
    }
    ++state->failures;
    now_left(*state, delay_ms(state->failures));
    if (auto stored = store(*state); !stored) return tl::unexpected(stored.error());
    return std::move(state->half);
}

Result<void> PinGuard::take_back() {
    auto state = load();
    if (!state) return tl::unexpected(state.error());
    if (state->failures > 0) --state->failures;
    state->left_ms = 0;  // it was over, or no PIN would have been looked at
    return store(*state);
}

Result<void> PinGuard::succeeded() {
    auto state = load();
    if (!state) return tl::unexpected(state.error());
    state->failures = 0;
    state->left_ms = 0;
    return store(*state);
}

Error PinGuard::failed() {
    const auto state = load();
    if (!state) return state.error();
    if (state->failures >= k_tries) {
        if (const auto wiped = wipe(); !wiped) return wiped.error();
        return {ErrorCode::wiped, "too many wrong PINs: the key of this nurse is destroyed"};
    }
    const auto tries = k_tries - state->failures;
    const std::int64_t wait_s = delay_ms(state->failures) / 1000;
    return {ErrorCode::wrong_pin, wait_s == 0
                                      ? fmt::format("pin/wrong: {}", tries)
                                      : fmt::format("pin/wrong-wait: {}, {}", tries, wait_s)};
}

Result<void> PinGuard::wipe() {
    return platform_.key_store->erase(name_);
}

}  // namespace kari::device
