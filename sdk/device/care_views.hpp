// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <kari/care_view.hpp>

#include "sdk/chart/care.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

CareView care_view(const Session& session, const chart::Care& care, const DataAge& age);

// How many of its items lack something or cannot be read.
std::size_t incomplete_of(const chart::Care& care);

}  // namespace kari::device
