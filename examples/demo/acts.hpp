// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/demo/stage.hpp"

namespace kari::demo {

// Signs in as the first person of that role on the tablet; empty: the nurse who carries it.
void sign_in(Stage& stage, const std::string& tablet, const std::string& role);

// The acts of every hazard that belong to this part of the day, told one by one.
void perform_hazards(Stage& stage, When when);

// What an ordinary shift is made of: pulses, doses that are due, a note. Safe to run for several
// tablets at once.
struct RoundCount {
    std::uint64_t observations = 0;
    std::uint64_t given = 0;
    std::uint64_t not_given = 0;
    std::uint64_t notes = 0;
    std::uint64_t warned = 0;  // doses held back because the tablet warned
};
RoundCount work_round(Stage& stage, const std::string& tablet);

// Imports the orders of all hazards, or with `stopped` those of one with that order stopped.
void import_orders(Stage& stage, const Hazard& hazard, const std::string& stopped);

}  // namespace kari::demo
