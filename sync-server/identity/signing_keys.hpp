// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "sync-server/identity/certificates.hpp"

namespace kari::server::identity {

// Signing certificates of one authority, each checked once: a tablet's seals come with every push,
// under the same certificate for years. Threads: any.
class SigningKeys {
public:
    // entries_max: about 400 bytes each.
    explicit SigningKeys(std::string ca_pem, std::size_t entries_max = 4096)
        : ca_pem_(std::move(ca_pem)), entries_max_(entries_max) {}

    // As read_signing_certificate. What is refused is not remembered.
    Result<SigningKey> read(std::string_view der);

private:
    const std::string ca_pem_;
    const std::size_t entries_max_;
    std::mutex mutex_;
    std::map<Digest, SigningKey> known_;  // by the certificate's bytes
};

}  // namespace kari::server::identity
