// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/keyring.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/device/files.hpp"
#include "sdk/device/pin_guard.hpp"

namespace kari::device {

namespace {

constexpr std::string_view k_heading = "kari keys 1";
constexpr std::size_t k_pin_min = 4;
constexpr std::size_t k_pin_max = 64;

std::string associated(const PersonId& person) {
    return std::string("kari pin 1\0", 11) + base::to_bytes(person);
}

// What a thief tries first, in ten tries. 7890 and 0987 are runs too.
bool easily_guessed(std::string_view pin) {
    const auto step = [&](std::size_t at) {
        const int wide = pin[at] - pin[at - 1];
        return wide == 9 || wide == -9 ? -wide / 9 : wide;
    };
    bool run = step(1) >= -1 && step(1) <= 1;
    bool pair = true;
    for (std::size_t at = 2; at < pin.size(); ++at) {
        run = run && step(at) == step(1);
        pair = pair && pin[at] == pin[at - 2];
    }
    return run || pair;
}

// The inner key: neither the PIN nor what the key store holds is enough.
Result<crypto::Secret> inner_key(std::string_view pin, const crypto::PinParameters& parameters,
                                 const crypto::Secret& half) {
    auto derived = crypto::derive_pin_key(pin, parameters);
    if (!derived) return tl::unexpected(derived.error());
    // At its full length from the start: a string that grows leaves what it held behind.
    std::string bytes;
    bytes.reserve(derived->view().size() + half.view().size());
    bytes.append(derived->view()).append(half.view());
    const crypto::Secret both(std::move(bytes));
    return crypto::hkdf_sha256(both.view(), parameters.salt, "kari pin key 1", 32);
}

}  // namespace

Result<void> check_new_pin(std::string_view pin) {
    if (pin.size() < k_pin_min || pin.size() > k_pin_max) {
        return fail(ErrorCode::value_out_of_range, "pin/length");
    }
    if (easily_guessed(pin)) return fail(ErrorCode::value_out_of_range, "pin/easy");
    return {};
}

Keyring::Keyring(std::filesystem::path path, const Platform& platform)
    : path_(std::move(path)), platform_(platform) {}

Result<Keyring> Keyring::load(std::filesystem::path path, const Platform& platform) {
    const auto text = read_file(path);
    if (!text) {
        if (text.error().code != ErrorCode::not_found) return tl::unexpected(text.error());
        return fail(ErrorCode::not_enrolled, "there is no device in this directory");
    }
    Keyring keyring(std::move(path), platform);
    std::istringstream lines(*text);
    std::string line;
    const auto malformed = [] {
        return fail(ErrorCode::malformed, "the file keys cannot be read");
    };
    if (!std::getline(lines, line) || line != k_heading) return malformed();
    if (!std::getline(lines, line)) return malformed();
    std::istringstream cost(line);
    if (!(cost >> keyring.cost_.memory_kib >> keyring.cost_.iterations)) return malformed();
    while (std::getline(lines, line)) {
        std::istringstream in(line);
        std::string person, role, name, salt, wrapped;
        Wrap wrap;
        in >> person >> role >> name >> wrap.parameters.iterations >> wrap.parameters.memory_kib >>
            wrap.parameters.lanes >> salt >> wrapped;
        const auto id = PersonId::parse(person);
        const auto role_bytes = base::from_hex(role.substr(role.empty() ? 0 : 1));
        const auto name_bytes = base::from_hex(name.substr(name.empty() ? 0 : 1));
        const auto salt_bytes = base::from_hex(salt);
        const auto wrapped_bytes = base::from_hex(wrapped);
        if (!in || !id || !role_bytes || !name_bytes || !salt_bytes || !wrapped_bytes) {
            return malformed();
        }
        wrap.nurse = {*id, *name_bytes, *role_bytes};
        wrap.parameters.salt = *salt_bytes;
        wrap.wrapped = *wrapped_bytes;
        keyring.wraps_.push_back(std::move(wrap));
    }
    return keyring;
}

std::string Keyring::guard_name(const Wrap& wrap) {
    return "pin." + base::to_hex(wrap.parameters.salt);
}

std::vector<Nurse> Keyring::nurses() const {
    std::vector<Nurse> out;
    for (const Wrap& wrap : wraps_)
        out.push_back(wrap.nurse);
    return out;
}

Result<Nurse> Keyring::nurse(const PersonId& person) const {
    for (const Wrap& wrap : wraps_) {
        if (wrap.nurse.person == person) return wrap.nurse;
    }
    return fail(ErrorCode::not_found, "this nurse has no PIN on this tablet");
}

Result<void> Keyring::save() const {
    std::string text = fmt::format("{}\n{} {}\n", k_heading, cost_.memory_kib, cost_.iterations);
    for (const Wrap& wrap : wraps_) {
        text += fmt::format(
            "{} .{} .{} {} {} {} {} {}\n", wrap.nurse.person.text(), base::to_hex(wrap.nurse.role),
            base::to_hex(wrap.nurse.name), wrap.parameters.iterations, wrap.parameters.memory_kib,
            wrap.parameters.lanes, base::to_hex(wrap.parameters.salt), base::to_hex(wrap.wrapped));
    }
    return replace_file(path_, text);
}

Result<void> Keyring::add(const Nurse& nurse, std::string_view pin,
                          const crypto::Secret& database_key, Cost cost) {
    if (auto fit = check_new_pin(pin); !fit) return fit;
    cost_ = cost;
    Wrap wrap;
    wrap.nurse = nurse;
    wrap.parameters.iterations = cost.iterations;
    wrap.parameters.memory_kib = cost.memory_kib;
    wrap.parameters.salt.resize(16);
    platform_.entropy->fill({reinterpret_cast<std::uint8_t*>(wrap.parameters.salt.data()), 16});
    PinGuard guard(platform_, guard_name(wrap));
    const auto half = guard.make();
    if (!half) return tl::unexpected(half.error());
    const auto undone = [&](const Error& why) {
        static_cast<void>(guard.wipe());
        return tl::unexpected(why);
    };
    const auto key = inner_key(pin, wrap.parameters, *half);
    if (!key) return undone(key.error());
    const auto inner =
        crypto::seal(*key, database_key.view(), associated(nurse.person), *platform_.entropy);
    if (!inner) return undone(inner.error());
    auto outer = platform_.key_store->wrap(*inner);
    if (!outer) return undone(outer.error());
    wrap.wrapped = std::move(*outer);

    // The old half goes only when the new wrap is durable: at no moment is neither there.
    std::vector<std::string> replaced;
    for (const Wrap& old : wraps_) {
        if (old.nurse.person == nurse.person) replaced.push_back(guard_name(old));
    }
    const std::vector<Wrap> before = wraps_;
    std::erase_if(wraps_, [&](const Wrap& w) { return w.nurse.person == nurse.person; });
    wraps_.push_back(std::move(wrap));
    if (auto saved = save(); !saved) {
        wraps_ = before;
        return undone(saved.error());
    }
    for (const std::string& name : replaced) {
        if (auto gone = PinGuard(platform_, name).wipe(); !gone) return gone;
    }
    return {};
}

Result<crypto::Secret> Keyring::unlock(const PersonId& person, std::string_view pin) {
    const auto wrap = std::find_if(wraps_.begin(), wraps_.end(),
                                   [&](const Wrap& w) { return w.nurse.person == person; });
    if (wrap == wraps_.end()) {
        return fail(ErrorCode::not_found, "this nurse has no PIN on this tablet");
    }
    // Before the try is counted: a key store that fails is no wrong PIN. One that did not wrap this
    // is not the tablet's own.
    const auto inner = platform_.key_store->unwrap(wrap->wrapped);
    if (!inner) {
        if (inner.error().code != ErrorCode::malformed) return tl::unexpected(inner.error());
        return fail(ErrorCode::key_store_missing, "another key store wrapped this nurse's key");
    }
    PinGuard guard(platform_, guard_name(*wrap));
    const auto half = guard.begin_try();
    if (!half) return tl::unexpected(half.error());
    const auto key = inner_key(pin, wrap->parameters, *half);
    if (!key) {
        // Without the memory that it takes, no PIN was looked at.
        if (auto uncounted = guard.take_back(); !uncounted) {
            return tl::unexpected(uncounted.error());
        }
        return tl::unexpected(key.error());
    }
    auto database_key = crypto::open(*key, *inner, associated(person));
    if (!database_key) {
        const Error error = guard.failed();
        if (error.code == ErrorCode::wiped) {
            wraps_.erase(wrap);
            if (auto saved = save(); !saved) return tl::unexpected(saved.error());
        }
        return tl::unexpected(error);
    }
    if (auto counted = guard.succeeded(); !counted) return tl::unexpected(counted.error());
    return database_key;
}

}  // namespace kari::device
