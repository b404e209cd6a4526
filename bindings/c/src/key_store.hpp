// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <kari.h>
#include <kari/platform.hpp>

namespace kari::c {

// The app's key store, by the functions that it gave.
class AppKeyStore : public KeyStore {
public:
    // Errors: invalid_argument (a size that is not known, a function that is null).
    static Result<std::shared_ptr<KeyStore>> of(const kari_key_store* given);
    explicit AppKeyStore(const kari_key_store& app) : app_(app) {}
    ~AppKeyStore() override;
    AppKeyStore(const AppKeyStore&) = delete;
    AppKeyStore& operator=(const AppKeyStore&) = delete;

    Result<void> make_signing_key(std::string_view name) override;
    Result<std::string> public_key(std::string_view name) override;
    Result<std::string> sign(std::string_view name, const Digest& digest) override;
    Result<std::string> wrap(std::string_view plain) override;
    Result<std::string> unwrap(std::string_view wrapped) override;
    Result<void> save(std::string_view name, std::string_view value) override;
    Result<std::string> load(std::string_view name) override;
    Result<void> erase(std::string_view name) override;

private:
    kari_key_store app_;
};

}  // namespace kari::c
