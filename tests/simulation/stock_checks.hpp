// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/log_checks.hpp"

namespace kari::sim {

// The laws of the ledger of controlled drugs (docs/adr/0221), of what a tablet holds: it is added
// up here anew from the bytes of the logs and what nurses said, with nothing of the product.
// `held`: the tablet's logs. Before all has arrived the server may have stated what this tablet
// cannot know, or not yet that it is over: then only what must be found is asked for.
void check_stock(World& world, Tablet& tablet, const RecordId& record, const Logs& held,
                 Arrived arrived);
// What a nurse said of the ledger stands in a log as she said it, and nothing else stands there.
void check_stock_as_said(World& world, const std::string& where, const Logs& logs);
// A dose that a tablet wrote and what it took out of the ledger are there together or not at all.
void check_stock_with_doses(World& world, Tablet& tablet, const RecordId& record,
                            const ReadLog& log);

}  // namespace kari::sim
