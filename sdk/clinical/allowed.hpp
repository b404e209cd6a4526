// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// Drugs that are given as needed only under an allowance of the server.
namespace kari::clinical {

// The rule under which whoever gives one without is asked why.
inline constexpr std::string_view k_no_allowance = "entry/no-allowance";

// How long an allowance lasts at most, how long after it was asked for one is still granted, and
// how many doses one may be of.
inline constexpr Duration k_allowance_longest = Duration::hours(12);
inline constexpr Duration k_ask_longest = Duration::hours(12);
inline constexpr std::size_t k_allowance_doses_most = 20;

// True for a drug whose ATC code begins with one that the pack names, of an order that has a line
// as needed. A drug without a code is of no class.
bool needs_allowance(const v1::Prescription& prescription, const KnowledgePack& pack);

}  // namespace kari::clinical
