// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/identity/secrets.hpp"

namespace kari::server::identity {

inline constexpr int k_server_certificate_days = 825;

// A new TLS certificate for the key that the tablets know, so that the pin stays; the old one is
// kept beside it as server.pem.before. Errors: storage_failed, malformed.
Result<void> renew_server_certificate(const std::filesystem::path& folder, const Secrets& secrets,
                                      const std::vector<std::string>& server_names, Instant now);
// The DNS names and IP addresses that a certificate is for. Errors: malformed.
Result<std::vector<std::string>> names_of_certificate(std::string_view pem);

}  // namespace kari::server::identity
