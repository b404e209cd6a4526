// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/log_checks.hpp"

namespace kari::sim {

// It was taken in on this tablet, which still has it in hand.
bool made_by(const World& world, const Photo& photo, const Tablet& tablet);
// What a tablet calls secured the server has, whole.
void check_safe_photos(World& world, Tablet& tablet, const RecordId& record);
// At rest: the server has every photo that its tablet still had; each is the same bytes on every
// other tablet once somebody wants it there; and no tablet keeps chunks of what it holds no more.
void check_photos(World& world, const Logs& server);

}  // namespace kari::sim
