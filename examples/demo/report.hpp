// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>

#include "examples/demo/stage.hpp"

namespace kari::demo {

// The figures of a run, as --json writes them.
boost::json::object figures(const Stage& stage, const Verdict& verdict);

// The table at the end, and under it every problem. Returns the exit status: 0 when nothing is
// lost, nothing diverged, every planted hazard was found, every attempt without a network failed
// and the import counted what the files hold.
int conclude(const Stage& stage, const Verdict& verdict, const boost::json::object& figures);

}  // namespace kari::demo
