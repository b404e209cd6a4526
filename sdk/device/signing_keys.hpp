// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sdk/crypto/signature.hpp"

namespace kari::device {

// Signing certificates of others, each checked once while the database is open: their seals come
// with every sync, under the same certificate for years. Threads: one at a time.
class SigningKeys {
public:
    // Errors: as crypto::read_signing_certificate. What is refused is not remembered.
    Result<crypto::SigningKey> key_of(const std::string& certificate_der,
                                      const std::string& ca_der);

private:
    static constexpr std::size_t k_known_max = 1024;  // about 400 bytes each
    std::map<Digest, crypto::SigningKey> known_;      // by certificate and authority
};

}  // namespace kari::device
