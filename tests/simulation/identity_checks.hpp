// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/log_checks.hpp"

namespace kari::sim {

// Of a tablet that was revoked: nothing that it wrote since is in the log; what the server lacks of
// its work is on the tablet, which says so, and in the server's quarantine.
void check_shut_out(World& world, const Logs& server);
// The server accepts a proposal by what its directory says of the author, not by what it claims.
void check_accepted(World& world, const Logs& server);
// Records that nobody else will hear of, because who made them is shut out or was put back.
void forget_what_never_came(World& world, const Logs& server);

}  // namespace kari::sim
