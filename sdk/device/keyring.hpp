// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <kari/device.hpp>
#include <kari/platform.hpp>

#include "sdk/crypto/secret.hpp"

namespace kari::device {

// Of a PIN that is set; one that was set before is not asked. Errors: value_out_of_range (4 to 64
// characters, and no pattern that is tried first: equal ones, a run, two over and over).
Result<void> check_new_pin(std::string_view pin);

// The database key, wrapped once for each nurse: Argon2id of the PIN and a half kept in the key
// store make the inner key; the key store's own key wraps the outside. Both are needed. The file
// `keys` lies beside the database.
class Keyring {
public:
    struct Cost {
        std::uint32_t memory_kib = 64 * 1024;
        std::uint32_t iterations = 3;
    };

    // An empty keyring, written by the first add. Requires: nothing is at `path`.
    Keyring(std::filesystem::path path, const Platform& platform);
    // Errors: not_enrolled, malformed, storage_failed.
    static Result<Keyring> load(std::filesystem::path path, const Platform& platform);

    std::vector<Nurse> nurses() const;
    // Errors: not_found.
    Result<Nurse> nurse(const PersonId& person) const;
    bool empty() const { return wraps_.empty(); }
    // Adds a nurse or gives a new PIN; durable. Errors: as check_new_pin, key_store_failed, storage
    // errors.
    Result<void> add(const Nurse& nurse, std::string_view pin, const crypto::Secret& database_key,
                     Cost cost);
    // Errors: not_found, wrong_pin, pin_delayed, wiped, key_store_failed.
    Result<crypto::Secret> unlock(const PersonId& person, std::string_view pin);

private:
    struct Wrap {
        Nurse nurse;
        crypto::PinParameters parameters;
        std::string wrapped;
    };
    static std::string guard_name(const Wrap& wrap);
    Result<void> save() const;

    std::filesystem::path path_;
    Platform platform_;
    Cost cost_;  // as the file says: for an older program that opens it, and used for nothing here
    std::vector<Wrap> wraps_;
};

}  // namespace kari::device
