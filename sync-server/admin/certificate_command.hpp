// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sync-server/admin/output.hpp"

namespace kari::server::admin {

// A new certificate of the same key, so that no tablet notices. Names: those of the old one when
// none are given. Errors: invalid_argument (a name), not_found, not_permitted, storage_failed.
Result<void> renew_certificate(const Options& options, const std::vector<std::string>& names);

}  // namespace kari::server::admin
