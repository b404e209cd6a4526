// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <kari/platform.hpp>

namespace kari::pack {

// The command `kari-pack` with its arguments. Exit code: 0; 1 what was asked for is not done, and
// `err` says why; 2 wrong usage.
int run(const std::vector<std::string>& arguments, Entropy& entropy, std::ostream& out,
        std::ostream& err);

}  // namespace kari::pack
