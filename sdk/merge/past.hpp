// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/merge/fold.hpp"

namespace kari::merge {

// Of the changes of one resource, what its author had before her who acted on these: they and all
// that they build on, as far as it is here.
std::vector<const Change*> past_of(const std::vector<const Change*>& changes,
                                   const std::vector<ChangeId>& seen);

// What a statement of this build may name as seen: the heads, and for one that it cannot read with
// all that this builds on, the last before it that it can. Ascending.
std::vector<ChangeId> readable_heads(const std::vector<const Change*>& changes);

}  // namespace kari::merge
