// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Programs of a later schema beside those of this one. What a later program would say is said here
// with the libraries of this one, over the same log: an atom, a value and a kind that no schema
// here knows, now and then with the word that nobody may act on the resource who does not
// understand it.

// A tablet runs a later program for one statement; then this one again.
void newer_tablet(World& world, Tablet& tablet, Dice& dice);
// The same of the server.
void newer_server(World& world, Tablet& tablet, Dice& dice);
// A tablet gets a program of another schema: what it holds is folded anew when it is opened.
void upgrade(World& world, Tablet& tablet, Dice& dice);

}  // namespace kari::sim
