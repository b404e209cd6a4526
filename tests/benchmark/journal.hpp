// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace kari::bench {

// A FHIR bundle of one citizen who does not exist, which an import makes a journal of about
// `changes` changes. What is active (three allergies, eight orders, the facts of the last seven
// days) is the same whatever their number: only history grows. `day`: days since 1970 of today.
std::string make_journal(unsigned number, unsigned changes, int day);

// Below this nothing of history is left out.
inline constexpr unsigned k_active_resources = 112;

}  // namespace kari::bench
