// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/actions.hpp>
#include <kari/stock.hpp>

#include "kari/v1/stock.pb.h"
#include "sdk/chart/group.hpp"
#include "sdk/chart/stock.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/session.hpp"

// The ledger of controlled drugs: what is asked before an event is written, and writing it.
namespace kari::device {

// One event on its way. Its id is made before, for what is written with it names it.
struct Movement {
    ResourceId id;
    v1::StockMovement said;
};

// A person without a name is whoever is signed in.
v1::StockPlace stock_place(const Session& session, const StockPlace& place);
StockPlace place_of(const v1::StockPlace& place);

// An event of a drug, by whoever is signed in.
Movement movement_of(const Session& session, v1::StockAct act, const v1::StockPlace& place,
                     const Happened& when);

// The account that an event would stand in; without rows: there is none yet.
chart::StockSum account_of(const chart::Group& ledger, const v1::StockMovement& said);
// What is there, in words; empty when it cannot be told.
std::string balance_words(const Session& session, const std::optional<Decimal>& balance,
                          const std::string& unit);

// What is asked before events are written together. Errors: none; what cannot be told is asked.
void add_movement_warnings(const Session& session, const chart::Group& ledger,
                           const std::vector<Movement>& movements, std::vector<DoseWarning>& out);
void add_stock_overrides(const std::vector<Override>& overrides, Movement& movement);

// The acts that write them; `messages` keeps what they point to.
std::vector<Act> acts_of(const RecordId& record, const std::vector<Movement>& movements,
                         const Happened& when, std::optional<std::uint64_t> age_ms,
                         std::vector<v1::StockEvent>& messages);

// A dose that is about to be written, and what is written with it.
struct StockOfDose {
    ResourceId dose;
    std::vector<Movement> movements;
};
// What a dose takes out of the ledger, which its giver was asked about; the dose says from where.
// Nothing, where its giver names no stock, or the citizen's own of which no ledger is kept and of
// which nothing is said but that.
// Errors: value_out_of_range.
Result<StockOfDose> taken_from_stock(Session& session, const RecordId& record,
                                     const DoseEntry& entry, const v1::CodeableConcept& form,
                                     const Happened& when, v1::Administration& dose);
// Both or neither; `also` names the events.
Result<Written> write_beside(Session& session, Act dose, const StockOfDose& beside,
                             const Happened& when);
// What is asked about these, and where its giver names no stock of a drug that a ledger is kept of.
Result<void> add_stock_warnings(Session& session, const RecordId& record, const DoseEntry& entry,
                                const v1::Administration& dose, const v1::CodeableConcept& form,
                                const Happened& when, std::vector<DoseWarning>& out);

}  // namespace kari::device
