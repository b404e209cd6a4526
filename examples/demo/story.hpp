// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/demo/stage.hpp"

namespace kari::demo {

// The chapters, in the order in which they are told. Each throws Trouble when a program does not
// do what it must.
void make_district(Stage& stage);
void enrol_tablets(Stage& stage);
void work_the_morning(Stage& stage);
void cut_the_relay(Stage& stage);
void lose_and_restore_the_server(Stage& stage);
void work_the_shift(Stage& stage);
void kill_a_tablet(Stage& stage);
void open_the_relay(Stage& stage);
void close_the_recovery(Stage& stage);
Verdict compare_all(Stage& stage);

// Puts all of the team's caseload on its unit's list at the server.
void assign_caseload(Stage& stage, const Team& team);

// Every tablet syncs, round after round, until a round moves nothing. Trouble after 12 rounds.
void sync_until_quiet(Stage& stage);

// What the demo planted, with the changes' ids in the place of their labels.
std::vector<ExpectedFinding> expected_findings(const Stage& stage, const Log& server);

}  // namespace kari::demo
