// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/care_view.hpp>

#include "sdk/chart/care.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

CareView care_view(const Session& session, const chart::Care& care, const DataAge& age);

}  // namespace kari::device
