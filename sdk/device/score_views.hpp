// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/chart_view.hpp>

#include "sdk/chart/scores.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

std::vector<ScoreItem> score_items(const Session& session, const std::vector<chart::Score>& scores);

}  // namespace kari::device
