// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "examples/kari/desk.hpp"

namespace kari::app {

// For programs: one JSON object a line in, one a line out, until the input ends or says
// {"do": "quit"}. A line longer than 1 MiB, or one that is no JSON object, is answered with an
// error and passed over.
void run_session(Tablet& tablet, std::istream& in, std::ostream& out);

// For a nurse at a terminal: the same commands as words, one sign-in for all of them. Locks when
// nobody has typed for five minutes, and at the end.
int run_terminal_session(Desk& desk, const GlobalOptions& globals);

}  // namespace kari::app
