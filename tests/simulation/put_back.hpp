// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// What is put back: the files of a tablet alone, as from a copy of them, or the whole of it, as the
// image of a machine. Of the files alone the key store knows better, and the tablet must go on
// under another name; of the whole nothing in it can tell, and it goes on where it stood.
enum class PutBack { files, whole };

// The tablet as it is now is kept beside it; and takes the place of what is there then, once.
bool has_image(const World& world, const Tablet& tablet);
void keep_image(World& world, Tablet& tablet);
void drop_image(const World& world, const Tablet& tablet);
// Of what it wrote the ledger learns that it has it no more, or that nobody has.
void note_what_is_gone(World& world, Tablet& tablet);
// Requires: has_image.
void put_back(World& world, Tablet& tablet, PutBack what);
// All changes in its logs.
std::set<ChangeId> held_by(Server& server);
// What its author's tablet lost with its files, the server's backup lacks and nobody else has is
// nowhere any more: after the server was restored, and after the last who had it was put back.
void note_lost_twice(World& world);

}  // namespace kari::sim
