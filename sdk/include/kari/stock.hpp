// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/actions.hpp>
#include <kari/administration_view.hpp>
#include <kari/decimal.hpp>
#include <kari/ids.hpp>
#include <kari/stock_place.hpp>
#include <kari/time.hpp>
#include <kari/view_parts.hpp>

// What: the ledger of controlled drugs of one citizen: what came in, went out and was counted, by
//   drug and place. Care::record_stock and the calls beside it take and give these.
// Requires: entries name their drug by the token of an order, of an account or of an event. A
//   record that was opened in this sign-in, for the ledger.
// Returns and errors: no function here fails. Of the calls, beside those of kari/care_actions.hpp:
//   stock_ledger: not_permitted (not opened in this sign-in). check_stock tells what record_stock
//   wants an override for, and writes nothing. record_stock writes an event, or both halves of a
//   transfer: facts, never refused for what the ledger says; reason_required (`what` names the
//   rules; say why and call again), value_out_of_range (an amount that is none), invalid_argument
//   (a dose not given, a transfer of nothing or to no place). witness_stock: whoever is signed in
//   saw what another recorded, as an event's token shows it; it counts within half an hour;
//   invalid_argument (an own event; one that wants no witness).
// Durability: none; plain values. An event that was recorded stands for ever: it is never
//   corrected, and what was written wrongly is made good by a further event.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: amounts are exact decimals in UCUM or pieces ("{ampoule}"). What an account
//   holds is the sum of its events, on every tablet that has the same events; a count is none.
// Source of clinical rules: which drugs, and how often they are counted, comes from the knowledge
//   pack; who is witnessed is that of good practice (docs/adr/0221).
namespace kari {

// What was done with what is kept.
enum class StockAct {
    receive,
    issue,       // given out of the account, to the citizen or the home
    administer,  // of a dose whose event is missing: Device::give writes it by itself
    waste,
    return_,       // to the pharmacy
    transfer_out,  // with `to` both halves at once
    transfer_in,   // the half that is missing: `token` is that of what went out
    count,         // what is there; never changes the balance
    adjust,        // by a signed amount, with the id of the incident's report
};

// An event, as a nurse states it.
struct StockEntry {
    StockAct act = StockAct::count;
    // Of an OrderItem, a StockAccount or a StockEventItem: its drug, strength and form. Of
    // `administer`, and of a waste of what a dose left over, the AdministrationItem.
    EditToken token;
    std::optional<StockPlace> place;   // left out: the account's or office; of transfer_in none
    std::optional<StockPlace> to;      // of transfer_out
    std::optional<Quantity> quantity;  // left out: of `administer` the dose, of transfer_in all
    std::string lot;
    std::string incident;
    std::string other_party;  // from whom it came or to whom it went
    std::optional<ZonedInstant> at;
    std::string note;
    // A waste, a return, a count, and what is issued from an office want a witness: "entry/
    // stock-witness-missing" says who it is, with Care::witness_stock within half an hour; or why
    // there is none, with a code as of DoseEntry. What takes more than is there, counts otherwise,
    // adjusts without an incident, cannot be added up or adds to a ledger in part takes "entry/
    // stock-below-zero", "stock-count-differs", "stock-incident-missing", "stock-unit-unknown" or
    // "stock-not-whole".
    std::vector<Override> overrides;
};

// An event as it stands.
struct StockEventItem {
    RecordId record;
    ResourceId resource;
    EditToken token;  // Care::witness_stock takes it; StockEntry
    std::string act;  // "receive", "issue", "administer", "waste", "return", "transfer-out",
                      // "transfer-in", "count" or "adjust"
    std::optional<Quantity> quantity;
    std::string amount;   // in words, in the device's language
    std::string balance;  // after it, likewise; empty when it cannot be told
    std::string at;       // FHIR dateTime
    std::string lot;
    std::string incident;
    std::string other_party;
    ResourceId administration;  // zero when it was for no dose
    ResourceId transfer;        // likewise
    std::vector<std::string> notes;
    std::vector<OverrideItem> overrides;
    bool wants_witness = false;        // and nobody's word counts yet
    std::vector<CheckItem> witnesses;  // "stale" does not occur
    Said said;
};

// One drug of one strength and form in one place.
struct StockAccount {
    StockPlace place;
    EditToken token;  // StockEntry takes it
    Coded medication;
    std::string strength;  // in words; empty when it is not stated
    std::string form;
    std::string group;                // "A" or "B" by the pack; empty: of none that it names
    std::optional<Quantity> balance;  // nothing: its amounts cannot be added up
    std::string amount;               // of it, in words
    std::string last_count;           // FHIR dateTime; empty: never counted
    std::string count_due;            // FHIR date; empty: the pack asks for none
    bool count_overdue = false;
    std::vector<StockEventItem> events;  // the newest first
};

// All accounts of a citizen.
struct StockLedger {
    RecordId record;
    DataAge age;
    bool whole = true;                   // false: a linked record, or part of it, is not here
    std::vector<StockAccount> accounts;  // by drug and place
};

}  // namespace kari
