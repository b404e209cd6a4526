// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <kari/error.hpp>
#include <kari/time.hpp>

#include "sdk/crypto/secret.hpp"

namespace kari::server::identity {

// What stands beside the database and never in it: a stolen database alone opens nothing and
// forges no receipt. The folder and its files are readable by their owner alone.
struct Secrets {
    crypto::Secret database_key;     // 32 bytes
    crypto::Secret receipt_key;      // 32 bytes; survives every restore
    crypto::Secret ca_key;           // PEM
    crypto::Secret server_key;       // PEM, of the TLS certificate
    crypto::Secret signing_key;      // PEM, of the server's own seals
    std::string ca_certificate;      // PEM
    std::string server_certificate;  // PEM
    std::string recovery_point;      // 65 bytes; its private half is a file only
    Digest server_pin;               // SHA-256 of the server certificate's SubjectPublicKeyInfo
};

// Makes all of them. Errors: already_exists, storage_failed.
Result<void> make_secrets(const std::filesystem::path& folder,
                          const std::vector<std::string>& server_names, Instant now,
                          Entropy& entropy);
// A new TLS certificate for the key that the tablets know, so that the pin stays; the old one is
// kept beside it as server.pem.before. Errors: storage_failed, malformed.
Result<void> renew_server_certificate(const std::filesystem::path& folder, const Secrets& secrets,
                                      const std::vector<std::string>& server_names, Instant now);
// Errors: not_found, malformed, not_permitted (others may read the folder).
Result<Secrets> load_secrets(const std::filesystem::path& folder);

// Writes a file that only its owner may read, durably. Errors: storage_failed, already_exists.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view bytes);
// At most 64 MiB. Errors: not_found, too_large.
Result<std::string> read_whole_file(const std::filesystem::path& path);

}  // namespace kari::server::identity
