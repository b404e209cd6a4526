// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <kari/error.hpp>

#include "sdk/chart/group.hpp"

namespace kari::chart {

// Whether a person is the citizen of a record, by what the record says of numbers and of birth.
enum class AtHand {
    same,
    another,
    cannot_tell,  // the record says nothing to compare it with
};

// `said`: a national identifier or another number of the record's, or a date of birth as YYYY-MM-DD
// or DD.MM.YYYY. Spaces do not count. Whatever any linked record says counts, also what is
// contested or only proposed: who it may be is not for a dose to decide. Errors: malformed
// ("entry/identity-unread"); never with what was said in it.
Result<AtHand> at_hand(const Group& group, std::string_view said);

}  // namespace kari::chart
