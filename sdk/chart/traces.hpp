// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"

namespace kari::chart {

// By what a review finds a resource that is not loaded: the key that it looks for, and from when
// on. A store keeps them beside each resource.
struct Trace {
    std::string key;
    Instant at;
    auto operator<=>(const Trace&) const = default;
};

// Ascending, no repeats. A dose is found by each slot that any statement names, and by its class;
// a time note by its clock; an act by what it names; a vaccination among all; an
// order whose doses as needed speak of each other among those; an event of the ledger by its
// account and by what it names. Others leave none: they are found by id or kind. What may be a
// patch is found among all of those.
std::vector<Trace> traces_of(const GroupResource& resource, const ClockNotes& clocks);

// Of acts that name a plan, measure or task; of every vaccination; of every stay in hospital.
std::string act_key(const ResourceId& named);
std::string vaccination_key();
std::string stay_key();
// Of every order whose doses as needed speak of each other.
std::string needed_key();
// Of every dose that may be a patch, at the time when it was put on.
std::string patch_key();

// Of every event of one account of the ledger (clinical::account_key).
std::string ledger_key(std::string_view account);

// `slot` as a statement names it.
std::string slot_key(std::string_view slot);
std::string clock_key(std::string_view incarnation, std::string_view boot);

// A class holds the doses of one order that were given from one version of it and are of one drug:
// what a rule finds in one of them it finds in every later one. All classes of an order, or of any,
// begin with these bytes.
std::string dose_class_prefix(const ResourceId& order);
std::string dose_class_prefix();
// What is known of such a dose is not the same for all of its class: each is looked at.
bool is_mixed(std::string_view dose_class);

}  // namespace kari::chart
