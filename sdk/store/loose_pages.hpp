// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sdk/crypto/secret.hpp"
#include "sdk/merge/change.hpp"

namespace kari::store {

// The unsent changes on every page of a damaged database that is sound in itself, also where the
// pages that lead to it are not. `known`: those that need not be read again. Works on a copy beside
// the file, which is gone afterwards, and so needs as much room again.
//
// What a row says is believed only as far as it proves itself: a header, and a body that is its.
Result<std::vector<merge::Change>> read_loose_pages(const std::string& path,
                                                    const crypto::Secret& key,
                                                    const std::set<ChangeId>& known);

}  // namespace kari::store
