// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace kari::bench {

// A FHIR bundle of one citizen who does not exist, which an import makes a journal of about
// `changes` changes. What is active (three allergies, eight orders, the facts of the last seven
// days) is the same whatever their number: only history grows. `day`: days since 1970 of today.
std::string make_journal(unsigned number, unsigned changes, int day);

// The same for a medication round: twelve orders, each to be given twice a day, and each dose of so
// many days before today.
std::string make_round_journal(unsigned number, unsigned days, int day);

// Below this nothing of history is left out.
inline constexpr unsigned k_active_resources = 112;

}  // namespace kari::bench
