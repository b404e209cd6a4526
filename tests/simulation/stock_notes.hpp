// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <kari/ids.hpp>

namespace kari::sim {

// What a nurse recorded in the ledger of controlled drugs, in her own words: act, place, amount,
// drug and incident. Kept apart from everything that is tested.
struct StockNote {
    RecordId record;
    std::string said;
    ResourceId dose;  // zero: of none
};

// Of controlled drugs nothing comes in halves but tablets, and nobody counts otherwise.
inline constexpr const char* k_stock_unit = "{tablet}";

}  // namespace kari::sim
