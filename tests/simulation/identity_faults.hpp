// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Who a tablet, and who holds it, is to the server.

// The operator revokes a tablet, one at a time; the next time it is enrolled anew.
void revoke(World& world, Tablet& tablet, Dice& dice);
// The same tablet becomes another one to the server; what it had stays beside, and is not sent.
void enrol_anew(World& world, Tablet& tablet, Dice& dice);
// Long enough that certificates end.
void days_pass(World& world, Tablet& tablet, Dice& dice);
// Somebody alters the file of a tablet that says who may unlock it: nurses become doctors there.
void forge_role(World& world, Tablet& tablet, Dice& dice);

}  // namespace kari::sim
