// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/actions.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/device/session.hpp"

namespace kari::device {

// What was scanned, as it is kept with the dose; nothing: it was not.
// Errors: malformed, too_large.
Result<std::optional<v1::ScannedPackage>> scanned_package(const std::string& text);

// What the package says beside the order.
// Errors: as scanned_package.
Result<void> add_scan_warnings(const Session& session, const std::string& text,
                               const v1::Prescription& order, Instant at,
                               std::vector<DoseWarning>& out);

}  // namespace kari::device
