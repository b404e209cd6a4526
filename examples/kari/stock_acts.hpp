// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <kari/stock.hpp>

namespace kari::app {

// What a command of the ledger records: "stock_count". Nothing for any other.
std::optional<StockAct> stock_act_of(std::string_view command);

}  // namespace kari::app
