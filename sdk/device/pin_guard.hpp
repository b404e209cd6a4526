// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/platform.hpp>

#include "sdk/crypto/secret.hpp"

namespace kari::device {

// Counts wrong PINs for one wrapped key in the key store, out of reach of whoever copies the
// directory, and holds the half of the wrapping key that a wipe destroys.
class PinGuard {
public:
    static constexpr std::uint32_t k_tries = 10;

    // `name` is of one wrap: a new PIN gets a new guard before the old one goes.
    PinGuard(const Platform& platform, std::string name);

    // Makes the random half. Errors: key_store_failed.
    Result<crypto::Secret> make();
    // To be called before a PIN is looked at: answers the half, after the try has been counted
    // durably, so that cutting the power does not give it back.
    // Errors: pin_delayed (says for how long), wiped, key_store_failed.
    Result<crypto::Secret> begin_try();
    // No PIN could be looked at after all: the try does not count.
    Result<void> take_back();
    // The PIN was right.
    Result<void> succeeded();
    // The PIN was wrong: the error to answer; destroys the half after the last try.
    Error failed();
    Result<void> wipe();

private:
    struct State {
        std::uint32_t failures = 0;
        BootId boot;
        std::uint64_t boot_clock_ms = 0;
        std::int64_t wall_ms = 0;  // for an older program; nothing is counted by it
        std::int64_t left_ms = 0;  // of the wait, at that moment of that boot
        crypto::Secret half;       // 32 bytes
    };
    Result<State> load() const;
    Result<void> store(const State& state) const;
    std::int64_t delay_left_ms(const State& state) const;
    void now_left(State& state, std::int64_t left_ms) const;

    Platform platform_;
    std::string name_;
};

}  // namespace kari::device
