// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <kari/platform.hpp>

#include "platform/linux/durable_file.hpp"
#include "sdk/crypto/secret.hpp"

namespace kari::platform_linux {

// The key store as files of mode 0600 in a directory of mode 0700:
//
//   store.key     32 random bytes, made once: the key-store key
//   key.NAME      a signing key pair, sealed under a key derived from it
//   value.NAME    a saved value, sealed likewise
//
// Sealing binds each file to its name and keeps a stray copy of one file from telling anything.
// It protects from nobody who can read the whole directory, and an old directory put back is not
// noticed: both take hardware. docs/formats/keys.md states the layout.
class FileKeyStore : public KeyStore {
public:
    // Makes the directory and its key when they are missing, save where `may_make` is false: then
    // what comes back answers key_store_missing to everything, and nothing is made.
    // Errors: key_store_failed.
    static Result<std::shared_ptr<KeyStore>> open(const std::string& directory,
                                                  std::shared_ptr<Entropy> entropy,
                                                  bool may_make = true);

    Result<void> make_signing_key(std::string_view name) override;
    Result<std::string> public_key(std::string_view name) override;
    Result<std::string> sign(std::string_view name, const Digest& digest) override;
    Result<std::string> wrap(std::string_view plain) override;
    Result<std::string> unwrap(std::string_view wrapped) override;
    Result<void> save(std::string_view name, std::string_view value) override;
    Result<std::string> load(std::string_view name) override;
    Result<void> erase(std::string_view name) override;

private:
    FileKeyStore(std::unique_ptr<PrivateDirectory> directory, const crypto::Secret& store_key,
                 std::shared_ptr<Entropy> entropy);
    // The public point and the private key of this name.
    Result<crypto::Secret> signing_key(std::string_view name) const;
    Result<crypto::Secret> read(const std::string& file) const;

    std::unique_ptr<PrivateDirectory> directory_;
    crypto::Secret file_key_;
    crypto::Secret wrap_key_;
    std::shared_ptr<Entropy> entropy_;
};

}  // namespace kari::platform_linux
