// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tests/simulation/chart_acts.hpp"

namespace kari::sim {

// Says of a dose on its way that it is taken from what is kept, and maybe that some is wasted.
void take_from_stock(Seen& seen, DoseEntry& entry);
// What was recorded with the dose, as its giver said it. An entry with its own amount.
void note_taken(Seen& seen, const DoseEntry& entry, const Written& written, std::string_view atc);

}  // namespace kari::sim
