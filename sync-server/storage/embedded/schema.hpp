// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace kari::server::storage::embedded {

// Numbered scripts; a script that has been released never changes.
const std::vector<std::string_view>& migrations();

}  // namespace kari::server::storage::embedded
