// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "tests/simulation/stock_reading.hpp"

// What must be found of a ledger, must not, or cannot be told from here (nothing): clocks may be
// off, and what was before what can then be read either way.
namespace kari::sim {

// Whether more went out of an account than was there. `by_time`: all clocks were right.
std::optional<bool> was_below_nothing(const StockReads& account, bool by_time);
std::optional<bool> counted_otherwise(const StockReads& account, const StockRead& count,
                                      bool by_time);
std::optional<bool> unwitnessed(const StockBooks& books, const StockRead& event, bool by_time);
// Both halves, or what there is of them.
bool uneven(const std::vector<const StockRead*>& halves);
// Of a dose and the events that were written for it: that it has none, and that they differ.
std::optional<bool> lacks_event(const DoseRead& dose, const std::vector<const StockRead*>& used);
std::optional<bool> differs(const DoseRead& dose, const std::vector<const StockRead*>& used);

}  // namespace kari::sim
