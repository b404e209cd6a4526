// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "sdk/chart/group.hpp"
#include "sdk/chart/review.hpp"
#include "sync-server/storage/types.hpp"

namespace kari::server::exchange {

// What stands open of findings in one record, for those who count them; ascending. `among`: only
// these issues are looked at; null: all. Whatever the rules find and people have not resolved is
// open, as old as its first statement, which is being made now when there is none.
std::vector<storage::OpenFinding> open_in(const chart::Group& group, const RecordId& record,
                                          const std::vector<chart::Finding>& findings,
                                          const std::set<ResourceId>* among, Instant now);

}  // namespace kari::server::exchange
