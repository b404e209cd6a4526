// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sdk/chart/finding.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// Not answered, or put off until a moment that is past, or that cannot be read.
bool is_open(const Session& session, const chart::TrackedFinding& tracked);

}  // namespace kari::device
