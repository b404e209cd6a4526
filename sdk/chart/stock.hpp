// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/decimal.hpp>

#include "kari/v1/stock.pb.h"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/second_check.hpp"

// The ledger of controlled drugs: events by drug and place, and what they come to.
namespace kari::chart {

// An act (k_act_system) of this code about an event says that its author saw it done.
inline constexpr std::string_view k_stock_witness = "stock-witness";

struct StockRow {
    const GroupResource* resource = nullptr;
    const merge::Change* change = nullptr;  // the statement that counts
    v1::StockMovement said;
    Span when;
    Span written;
    std::string account;   // clinical::account_key
    bool unclear = false;  // contested, said twice, or not to be read: nobody can tell its amount
};

// What an event says; nothing: no such resource, or no statement of it is here.
std::optional<StockRow> stock_row(const GroupResource& event, const ClockNotes& clocks);

// By what is there first for whoever takes: what came in as early, and what went out as late, as it
// can have been. The same on every replica, in whatever order they came.
bool stands_before(const StockRow& a, const StockRow& b);
// Whether one was before the other as far as their clocks tell; nothing: that cannot be told.
std::optional<bool> was_before(const StockRow& a, const StockRow& b);
// Of when they were said, and not of the times that they state: certainly.
bool written_after(const StockRow& a, const StockRow& b);

// The events of one account and what is there after each.
struct StockSum {
    std::vector<StockRow> rows;                   // stands_before
    std::string unit;                             // that of the first event
    std::vector<std::optional<Decimal>> moved;    // by each row, with its sign; a count: 0
    std::vector<std::optional<Decimal>> balance;  // after each
    // After each, without what was written later than it as of a time before it: what somebody
    // writes who knows of a difference does not explain it.
    std::vector<std::optional<Decimal>> balance_then;
    std::vector<std::size_t> back_dated;  // the rows that some later row's balance_then lacks
    // Less than nothing after it, now or then; and of such rows those that are not told of by the
    // one before: the first, and whatever takes out more.
    bool is_below_zero(std::size_t at) const;
    bool goes_below(std::size_t at) const;
    // Nothing: some amount cannot be added, or nobody can tell what stands.
    std::optional<Decimal> total() const {
        return balance.empty() ? std::optional(Decimal()) : balance.back();
    }
};
// Of one account. A pure sum: no event is left out, merged with another or put right.
StockSum sum_of(std::vector<StockRow> rows);
// Whether the ledger of a group can be added up: none of it is elsewhere, or on its way.
bool all_is_here(const Group& ledger);
// Of all accounts, by their keys.
std::vector<StockSum> sums_of(const Group& group, const ClockNotes& clocks);

// What may be there when a count was made. Both ends where some event may be of before or after it.
struct StockExpected {
    Decimal least;
    Decimal most;
};
enum class Knowing { now, then };  // with what was back-dated since, or without
// Of a row of the sum; nothing when some amount of before it cannot be added.
std::optional<StockExpected> expected_at(const StockSum& sum, std::size_t count, Knowing knowing);
// Than is expected now, or was then. Nothing when that or what was counted cannot be told.
std::optional<bool> counts_otherwise(const StockSum& sum, std::size_t count);

// The events that any statement of an act says were witnessed; empty for any other resource.
std::vector<ResourceId> witnessed_by(const GroupResource& act);
struct StockWitness {
    const GroupResource* act = nullptr;
    const merge::Change* change = nullptr;
    CheckStanding standing = CheckStanding::holds;  // `stale` does not occur
};
// Nothing when the act is no such act, or was taken back.
std::optional<StockWitness> witness_of(const StockRow& event, const GroupResource& act,
                                       const ClockNotes& clocks);

// The resources that a touched event, or an act about one, bears on: what stands in its account
// from its own time on, the dose that it was for, the other half of its transfer. Ascending.
std::vector<ResourceId> stock_near(const Group& group, const std::vector<ResourceId>& touched);
// What a review of these reads: by id, and by the acts and events that name it.
std::vector<ResourceId> named_by_stock(const GroupResource& event);

// The accounts that any statement of an event names.
std::vector<std::string> accounts_named(const GroupResource& event);

}  // namespace kari::chart
