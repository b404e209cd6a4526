// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "examples/kari/tablet.hpp"

namespace kari::app {

// One JSON object a line in, one a line out, until the input ends or says {"do": "quit"}. A line
// longer than 1 MiB, or one that is no JSON object, is answered with an error and passed over.
void run_session(Tablet& tablet, std::istream& in, std::ostream& out);

}  // namespace kari::app
