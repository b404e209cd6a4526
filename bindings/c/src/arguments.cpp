// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/arguments.hpp"

#include <string_view>
#include <utility>

namespace kari::c {

namespace {

constexpr std::size_t k_items_max = 1000;

// How long the UTF-8 sequence at the beginning is; 0 when it is none (also an overlong one, a
// surrogate, a NUL, or what lies beyond U+10FFFF).
std::size_t sequence(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto goes_on = [&](std::size_t at) {
        return (byte(at) & 0xC0U) == 0x80U;
    };
    const unsigned first = byte(0);
    if (first == 0) return 0;
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !goes_on(1)) return 0;
    if (first < 0xE0) return 2;
    if (!goes_on(2) || (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) {
        return 0;
    }
    if (first < 0xF0) return 3;
    if (!goes_on(3) || (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) {
        return 0;
    }
    return 4;
}

bool is_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = sequence(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

}  // namespace

Result<void> Arguments::done() const {
    if (wrong_) return tl::unexpected<Error>(*wrong_);
    return {};
}

void Arguments::wrong(ErrorCode code, std::string what) {
    if (!wrong_) wrong_ = Error{code, std::move(what)};
}

bool Arguments::given(const void* pointer, const char* name) {
    if (pointer == nullptr) wrong(ErrorCode::invalid_argument, std::string(name) + ": null");
    return pointer != nullptr;
}

void Arguments::nothing_more(const kari_time* time, kari_text reason, kari_text note) {
    if (time == nullptr && reason.size == 0 && note.size == 0) return;
    wrong(ErrorCode::invalid_argument, "entry: takes a token only");
}

bool Arguments::one_of(std::uint32_t value, std::uint32_t last, const char* name) {
    if (value > last) {
        wrong(ErrorCode::invalid_argument, std::string(name) + ": no such value");
    }
    return value <= last;
}

bool Arguments::few(std::size_t count, const void* items, const char* name) {
    if (count > k_items_max) wrong(ErrorCode::too_large, std::string(name) + ": too many");
    return count <= k_items_max && (count == 0 || given(items, name));
}

bool Arguments::size_is_known(const void* from, std::size_t size, std::size_t own,
                              std::size_t first, const char* name) {
    const char* const bytes = static_cast<const char*>(from);
    // One page bounds what is read where the size was never set.
    if (size < first || size > 4096) {
        wrong(ErrorCode::invalid_argument, std::string(name) + ": struct_size is not its sizeof");
        return false;
    }
    for (std::size_t at = own; at < size; ++at) {
        if (bytes[at] == 0) continue;
        wrong(ErrorCode::invalid_argument, std::string(name) + ": uses what this version lacks");
        return false;
    }
    return true;
}

std::string Arguments::text(kari_text text, const char* name) {
    if (text.size == 0 || !given(text.data, name)) return {};
    const std::string_view words(text.data, text.size);
    if (!is_text(words)) {
        wrong(ErrorCode::invalid_argument, std::string(name) + ": no UTF-8 without NUL");
        return {};
    }
    return std::string(words);
}

Coded Arguments::coded(const kari_coded& coded, const char* name) {
    return {text(coded.system, name), text(coded.code, name), text(coded.text, name)};
}

std::optional<Quantity> Arguments::quantity(const kari_quantity* quantity, const char* name) {
    if (quantity == nullptr) return std::nullopt;
    auto value = Decimal::parse(text(quantity->value, name));
    if (!value) {
        wrong(value.error().code, std::string(name) + ": " + value.error().what);
        return std::nullopt;
    }
    return Quantity{std::move(*value), text(quantity->code, name), text(quantity->unit, name)};
}

std::optional<ZonedInstant> Arguments::time(const kari_time* time, const char* name) {
    if (time == nullptr) return std::nullopt;
    return ZonedInstant{{time->ms}, time->offset_s, text(time->zone, name)};
}

std::vector<Override> Arguments::overrides(const kari_override* overrides, std::size_t count) {
    std::vector<Override> out;
    if (!few(count, overrides, "overrides")) return out;
    out.reserve(count);
    for (std::size_t at = 0; at < count; ++at) {
        out.push_back({text(overrides[at].rule, "override.rule"),
                       text(overrides[at].reason, "override.reason")});
    }
    return out;
}

}  // namespace kari::c
