// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/platform.hpp>

namespace kari::device {

// What the server is asked to certify: a key of the key store, and the TLS key in software.
// Errors: key_store_failed, internal.
Result<std::string> signing_csr(const Platform& platform, const IncarnationId& incarnation);
Result<std::string> tls_csr(const Platform& platform, const IncarnationId& incarnation,
                            std::string_view private_der, std::string_view public_point);

}  // namespace kari::device
