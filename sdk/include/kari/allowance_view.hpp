// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <kari/ids.hpp>
#include <kari/time.hpp>
#include <kari/view_parts.hpp>

// What: how much of a medicine as needed one tablet may give without asking anybody, and asking the
//   server for it, so that tablets that cannot reach each other keep to the maximum together.
// Requires: an item is part of a DoseRound; an ask takes the token of an order that is given as
//   needed, and whose class the knowledge pack marks.
// Returns and errors: no function here fails. Of the calls: kari/care_actions.hpp.
// Durability: none; plain values. What is asked is durable on the tablet, and answered at the next
//   exchange: the answer comes with the record's log.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: 1 to 20 doses, 1 to 12 hours; doses of the order's largest single amount.
// Source of clinical rules: the classes come from the knowledge pack, the maximum from the order;
//   docs/adr/0210 says what holds and why.
namespace kari {

// `state` is "asked", "granted", "refused", "spent", "returned", "over" or "unusable"; "elsewhere"
// when another tablet holds it.
struct AllowanceItem {
    RecordId record;
    ResourceId resource;
    EditToken token;  // Care::return_allowance takes it
    std::string state;
    std::string reason;  // why it is refused or unusable, in the device's language
    std::string action;  // and what to do
    std::uint32_t doses = 0;
    std::uint32_t doses_left = 0;
    std::string amount;  // of them together, in words
    std::string amount_left;
    std::string until;  // FHIR dateTime of the unit's zone; empty until it is granted
    Said asked;         // by whom: that person's tablet holds it
};

struct AllowanceAsk {          // what a tablet asks the server to promise it
    EditToken token;           // of an OrderItem or an UnscheduledDose
    std::uint32_t doses = 1;   // fewer may be granted
    std::uint32_t hours = 12;  // from when the server answers
};

}  // namespace kari
