// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace kari::store {

// The numbered scripts that make the device's database. A script is never edited after a release.
const std::vector<std::string_view>& migrations();

}  // namespace kari::store
