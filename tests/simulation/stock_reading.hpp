// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <kari/decimal.hpp>
#include <kari/stock_place.hpp>

#include "kari/v1/care.pb.h"
#include "kari/v1/stock.pb.h"
#include "tests/simulation/log_checks.hpp"

namespace kari::sim {

// Who wrote a change, and by which clock: one boot of one tablet.
struct Writing {
    ChangeId change;
    PersonId by;
    std::string clock;
    std::int64_t boot_ms = 0;
    Instant wall;
};

struct StockRead {
    Writing written;
    RecordId record;
    ResourceId resource;
    v1::StockMovement said;
    Decimal amount;
    // One word, that a program of this schema wrote: what it comes to is certain.
    bool clear = false;

    bool is(v1::StockAct act) const { return said.act() == act; }
    // What it adds to its account.
    Decimal moved() const;
    ResourceId dose() const;
};
using StockReads = std::vector<StockRead>;

struct DoseStatement {
    Writing written;
    v1::Administration said;
};
// Of a dose, in the order of their ticks.
struct DoseRead {
    std::vector<DoseStatement> all;
    bool clear = true;
};

// The ledger of one citizen as logs have it, read with nothing but the schema.
struct StockBooks {
    std::map<std::string, StockReads> accounts;  // by place and drug
    std::map<ResourceId, DoseRead> doses;
    std::map<ResourceId, std::vector<Writing>> witnesses;  // by event
    std::set<ResourceId> doubted;                          // events: later words about a witness
};
StockBooks read_books(const World& world, const Logs& logs, const std::vector<RecordId>& group);

// As StockNote::said.
std::string words_of(const v1::StockMovement& said);
std::string words_of(std::string_view act, int place, std::string_view name,
                     std::string_view amount, std::string_view atc, std::string_view incident);
// As the wire has it.
int kind_of(StockPlaceKind kind);
// As the keys of StockBooks::accounts.
std::string account_of(int place, std::string_view name, std::string_view atc);

bool kept_by_us(const v1::StockPlace& place);

}  // namespace kari::sim
