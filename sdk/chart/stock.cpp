// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/stock.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/stock.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_atom = 1;

bool goes_out(const StockRow& row) {
    return clinical::stock_sign(row.said.act()) == -1 ||
           (row.said.act() == v1::STOCK_ACT_ADJUST && row.said.quantity().value().starts_with('-'));
}

// Of one moment what came in stands first, and a count last.
int rank_of(const StockRow& row) {
    if (row.said.act() == v1::STOCK_ACT_COUNT) return 2;
    return goes_out(row) ? 1 : 0;
}

Instant placed_at(const StockRow& row) {
    return rank_of(row) == 0 ? row.when.earliest : row.when.latest;
}

constexpr std::uint64_t k_now_ms = 300'000;
constexpr std::uint64_t k_set_ms = 1000;  // by so much no clock drifts within a boot

bool of_one_boot(const StockRow& a, const StockRow& b) {
    const auto& one = a.change->header;
    const auto& other = b.change->header;
    return !one.recorded().boot().empty() && one.incarnation() == other.incarnation() &&
           one.recorded().boot() == other.recorded().boot();
}

// What another machine wrote may be any number: without a sign it wraps, and harms nobody.
std::uint64_t apart(std::uint64_t a, std::uint64_t b) {
    return std::min(a - b, b - a);
}

// Written by one clock, which nobody set between.
bool of_one_clock(const StockRow& a, const StockRow& b) {
    if (!of_one_boot(a, b)) return false;
    const auto& one = a.change->header.recorded();
    const auto& other = b.change->header.recorded();
    const auto walls =
        static_cast<std::uint64_t>(one.wall_ms()) - static_cast<std::uint64_t>(other.wall_ms());
    return apart(walls, one.boot_clock_ms() - other.boot_clock_ms()) <= k_set_ms;
}

// "Now", as the machine knew it.
bool states_now(const StockRow& row) {
    const auto& said = row.change->header;
    const auto known = static_cast<std::uint64_t>(said.recorded().wall_ms()) +
                       static_cast<std::uint64_t>(said.recorded().server_minus_wall_ms());
    return ClockNotes::states_time(*row.change) &&
           apart(static_cast<std::uint64_t>(said.effective().start_ms()), known) <= k_now_ms;
}

bool said_before(const merge::Change& a, const merge::Change& b) {
    return std::pair(a.header.tick(), a.id) < std::pair(b.header.tick(), b.id);
}

// Of the first that has one: a later event changes nothing of what stands before it.
std::string unit_of(const std::vector<StockRow>& rows) {
    for (const StockRow& row : rows) {
        const std::string unit = clinical::meant_unit(row.said.quantity());
        if (!unit.empty()) return unit;
    }
    return {};
}

std::optional<Decimal> moved_by(const StockRow& row, const std::string& unit) {
    const auto sign = clinical::stock_sign(row.said.act());
    if (row.unclear || !sign) return std::nullopt;
    if (*sign == 0) return Decimal();
    const auto amount = clinical::amount_in(row.said.quantity(), unit, row.said.strength());
    if (!amount) return std::nullopt;
    return *sign < 0 ? Decimal::of(0) - *amount : *amount;
}

bool less(const Decimal& a, const Decimal& b) {
    return a.compare(b) == std::strong_ordering::less;
}

bool below_zero(const std::optional<Decimal>& balance) {
    return balance && balance->negative() && !balance->zero();
}

// The rows that were written after one that they stand before; ascending.
std::vector<std::size_t> back_dated_in(const std::vector<StockRow>& rows) {
    std::optional<Instant> written;  // the earliest end of when a later row can have been
    std::map<std::pair<std::string, std::string>, std::uint64_t> clocks;
    std::vector<std::size_t> out;
    for (std::size_t at = rows.size(); at-- > 0;) {
        const StockRow& row = rows[at];
        const auto& header = row.change->header;
        const std::uint64_t clock = header.recorded().boot_clock_ms();
        auto& first = clocks.try_emplace({header.incarnation(), header.recorded().boot()}, clock)
                          .first->second;
        if (clock > first || (written && row.written.earliest > *written)) out.push_back(at);
        first = std::min(first, clock);
        written = written ? std::min(*written, row.written.latest) : row.written.latest;
    }
    std::reverse(out.begin(), out.end());
    return out;
}

// The balances as whoever wrote each row can have known them.
std::vector<std::optional<Decimal>> balances_then(const StockSum& sum) {
    auto out = sum.balance;
    for (std::size_t at = 0; at < sum.rows.size() && !sum.back_dated.empty(); ++at) {
        for (const std::size_t late : sum.back_dated) {
            if (late >= at || !out[at]) break;
            if (written_after(sum.rows[late], sum.rows[at])) out[at] = *out[at] - *sum.moved[late];
        }
    }
    return out;
}

}  // namespace

std::optional<StockRow> stock_row(const GroupResource& event, const ClockNotes& clocks) {
    if (event.kind != v1::KIND_STOCK_EVENT) return std::nullopt;
    StockRow out;
    const Causality causality(event);
    const merge::AtomWrite* write = event.operative_write(k_atom);
    const merge::AtomState* state = event.atom(k_atom);
    out.unclear = write == nullptr || event.contested() || event.incomplete() || event.unreadable;
    if (write == nullptr && state != nullptr && !state->live.empty()) write = &state->live.front();
    out.change = write == nullptr ? nullptr : causality.find(write->change);
    // No event is corrected: what was said first stands, and that more was said is told of.
    for (const Write& said : writes_of(event, k_atom)) {
        if (said.value.empty() || said.change == out.change) continue;
        out.unclear = true;
        if (out.change == nullptr || said_before(*said.change, *out.change)) {
            out.change = said.change;
        }
    }
    if (out.change == nullptr) return std::nullopt;
    out.resource = &event;
    out.said = said_by<v1::StockEvent>(*out.change).event();
    out.when = clocks.effective(*out.change);
    out.written = clocks.recorded(*out.change);
    out.account = clinical::account_key(out.said);
    return out;
}

bool stands_before(const StockRow& a, const StockRow& b) {
    return std::tuple(placed_at(a), rank_of(a), a.resource->id) <
           std::tuple(placed_at(b), rank_of(b), b.resource->id);
}

std::optional<bool> was_before(const StockRow& a, const StockRow& b) {
    const std::uint64_t one = a.change->header.recorded().boot_clock_ms();
    const std::uint64_t other = b.change->header.recorded().boot_clock_ms();
    if (of_one_boot(a, b) && one != other && states_now(a) && states_now(b)) return one < other;
    if (of_one_clock(a, b) && a.when.earliest != b.when.earliest) {
        return a.when.earliest < b.when.earliest;
    }
    if (a.when.latest < b.when.earliest) return true;
    if (b.when.latest < a.when.earliest) return false;
    return std::nullopt;
}

bool written_after(const StockRow& a, const StockRow& b) {
    if (of_one_boot(a, b)) {
        return a.change->header.recorded().boot_clock_ms() >
               b.change->header.recorded().boot_clock_ms();
    }
    return a.written.earliest > b.written.latest;
}

bool StockSum::is_below_zero(std::size_t at) const {
    return below_zero(balance[at]) || below_zero(balance_then[at]);
}

bool StockSum::goes_below(std::size_t at) const {
    return is_below_zero(at) && (at == 0 || goes_out(rows[at]) || !is_below_zero(at - 1));
}

StockSum sum_of(std::vector<StockRow> rows) {
    StockSum out;
    std::sort(rows.begin(), rows.end(), stands_before);
    out.rows = std::move(rows);
    out.unit = unit_of(out.rows);
    std::optional<Decimal> sum = Decimal();
    for (const StockRow& row : out.rows) {
        auto moved = moved_by(row, out.unit);
        if (KARI_MUTATED(alike_stock_is_one) && &row != out.rows.data() &&
            row.said.act() == (&row - 1)->said.act() &&
            row.said.quantity().value() == (&row - 1)->said.quantity().value()) {
            moved = Decimal();
        }
        if (sum && moved) {
            sum = *sum + *moved;
        } else {
            sum.reset();
        }
        out.moved.push_back(moved);
        out.balance.push_back(sum);
    }
    out.back_dated = back_dated_in(out.rows);
    out.balance_then = balances_then(out);
    return out;
}

bool all_is_here(const Group& ledger) {
    return ledger.whole() && ledger.reaches(v1::KIND_STOCK_EVENT, Instant{INT64_MIN});
}

std::vector<StockSum> sums_of(const Group& group, const ClockNotes& clocks) {
    std::map<std::string, std::vector<StockRow>> accounts;
    for (const auto& resource : group.resources) {
        if (auto row = stock_row(resource, clocks)) {
            accounts[row->account].push_back(std::move(*row));
        }
    }
    std::vector<StockSum> out;
    for (auto& [key, rows] : accounts)
        out.push_back(sum_of(std::move(rows)));
    return out;
}

std::optional<StockExpected> expected_at(const StockSum& sum, std::size_t count, Knowing knowing) {
    const StockRow& counted = sum.rows[count];
    StockExpected out;
    for (std::size_t at = 0; at < sum.rows.size(); ++at) {
        if (sum.rows[at].said.act() == v1::STOCK_ACT_COUNT && !sum.rows[at].unclear) continue;
        if (knowing == Knowing::then && written_after(sum.rows[at], counted)) continue;
        const auto before = was_before(sum.rows[at], counted);
        if (before == false) continue;
        const auto& moved = sum.moved[at];
        if (!moved) return std::nullopt;
        if (before || less(*moved, Decimal())) out.least = out.least + *moved;
        if (before || !less(*moved, Decimal())) out.most = out.most + *moved;
    }
    return out;
}

std::optional<bool> counts_otherwise(const StockSum& sum, std::size_t count) {
    const v1::StockMovement& said = sum.rows[count].said;
    const auto found = clinical::amount_in(said.quantity(), sum.unit, said.strength());
    if (!found || sum.rows[count].unclear) return std::nullopt;
    bool otherwise = false;
    for (const Knowing knowing : {Knowing::now, Knowing::then}) {
        const auto expected = expected_at(sum, count, knowing);
        if (!expected) return std::nullopt;
        otherwise = otherwise || less(*found, expected->least) || less(expected->most, *found);
    }
    return otherwise;
}

std::vector<ResourceId> witnessed_by(const GroupResource& act) {
    std::vector<ResourceId> out;
    if (act.kind != v1::KIND_PROCEDURE) return out;
    for (const auto& change : act.history) {
        if (change->body.resource().find(k_stock_witness) == std::string::npos) continue;
        const auto said = said_by<v1::Procedure>(*change).procedure();
        const auto about = base::from_bytes<ResourceId>(said.about().resource());
        if (about && clinical::code_in(said.code(), k_act_system) == k_stock_witness) {
            out.push_back(*about);
        }
    }
    return out;
}

std::optional<StockWitness> witness_of(const StockRow& event, const GroupResource& act,
                                       const ClockNotes& clocks) {
    if (act.kind != v1::KIND_PROCEDURE) return std::nullopt;
    const auto* write = act.operative_write(k_atom);
    const auto* change = write == nullptr ? nullptr : Causality(act).find(write->change);
    if (change == nullptr) return std::nullopt;
    const auto said = said_by<v1::Procedure>(*change).procedure();
    const auto about = base::from_bytes<ResourceId>(said.about().resource());
    if (about != event.resource->id || !was_done(said) ||
        clinical::code_in(said.code(), k_act_system) != k_stock_witness) {
        return std::nullopt;
    }
    StockWitness out{&act, change, CheckStanding::holds};
    const auto& person = change->header.author().practitioner();
    const bool same = person == event.change->header.author().practitioner();
    if (person.empty() || (same && !KARI_MUTATED(own_witness_counts))) {
        out.standing = CheckStanding::same_person;
    } else if (clocks.apart(*event.change, *change) > k_check_within) {
        out.standing = CheckStanding::out_of_time;
    }
    return out;
}

std::vector<std::string> accounts_named(const GroupResource& event) {
    std::vector<std::string> out;
    if (event.kind != v1::KIND_STOCK_EVENT) return out;
    for (const auto& change : event.history) {
        const auto said = said_by<v1::StockEvent>(*change);
        if (said.has_event()) out.push_back(clinical::account_key(said.event()));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<ResourceId> named_by_stock(const GroupResource& event) {
    std::vector<ResourceId> out;
    if (event.kind != v1::KIND_STOCK_EVENT) return out;
    for (const auto& change : event.history) {
        const auto said = said_by<v1::StockEvent>(*change).event();
        for (const std::string* id : {&said.administration(), &said.transfer()}) {
            if (const auto named = base::from_bytes<ResourceId>(*id)) out.push_back(*named);
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace kari::chart
