// SPDX-License-Identifier: Apache-2.0
//
// The ledger of controlled drugs: what comes in, is given from it, goes out, is moved, put right
// and counted, and that a colleague saw it.
#include "tests/simulation/stock_acts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "kari/v1/stock.pb.h"
#include "sdk/base/time.hpp"
#include "tests/simulation/chart_acts.hpp"
#include "tests/simulation/stock_reading.hpp"

namespace kari::sim {
namespace {

constexpr const char* k_atc = "http://www.whocc.no/atc";

Quantity tablets(const Decimal& value) {
    return {value, k_stock_unit, "tablett"};
}

Quantity tablets(long long value) {
    return tablets(Decimal::of(value));
}

// As the directory calls whoever has the tablet in hand.
std::string name_in_hand(const Seen& seen) {
    const auto& all = seen.world.nurses;
    const auto at = std::find(all.begin(), all.end(), seen.tablet.in_hand());
    return fmt::format("Nurse {}", at - all.begin());
}

std::string place_name(const Seen& seen, const StockPlace& place) {
    const bool own = place.kind == StockPlaceKind::person && place.name.empty();
    return own ? name_in_hand(seen) : place.name;
}

// Mostly the office, so that several write about one account.
StockPlace some_place(Dice& dice) {
    const std::uint64_t which = dice.below(10);
    if (which < 6) return {};
    if (which < 8) return {StockPlaceKind::car, "2"};
    if (which < 9) return {StockPlaceKind::person, ""};
    return {StockPlaceKind::patient_home, ""};
}

// What is recorded, and of which drug.
struct Recording {
    StockEntry entry;
    std::string act;
    std::string atc;
    ResourceId dose{};
};

void note(Seen& seen, const ChangeId& change, const RecordId& record, std::string said,
          const ResourceId& dose = {}) {
    seen.world.stock[change] = {record, std::move(said), dose};
}

std::string words_of(const Seen& seen, const Recording& what, std::string_view act,
                     const StockPlace& place) {
    return sim::words_of(act, kind_of(place.kind), place_name(seen, place),
                         what.entry.quantity->value.text() + k_stock_unit, what.atc,
                         what.entry.incident);
}

// Mostly a colleague is to see it; now and then nobody is there, and the reason says so.
std::vector<Override> reasons(Seen& seen, const std::vector<DoseWarning>& warnings) {
    std::vector<Override> out;
    for (const DoseWarning& warning : warnings) {
        if (!warning.needs_reason) continue;
        const bool alone = warning.rule == "entry/stock-witness-missing" && seen.dice.chance(150);
        out.push_back({warning.rule, alone ? "alone-in-home: at night" : "agreed by phone"});
    }
    return out;
}

Answer record(Seen& seen, Recording what) {
    const auto warnings = seen.tablet->care().check_stock(what.entry);
    if (!warnings) return tl::unexpected(warnings.error());
    what.entry.overrides = reasons(seen, *warnings);
    auto written = seen.tablet->care().record_stock(what.entry);
    if (!written) return written;
    note(seen, written->change, written->record, words_of(seen, what, what.act, *what.entry.place),
         what.dose);
    if (what.entry.to && !written->also.empty()) {
        note(seen, written->also.front(), written->record,
             words_of(seen, what, "transfer-in", *what.entry.to));
    }
    return written;
}

std::optional<StockLedger> ledger_of(Seen& seen, const RecordId& record) {
    auto ledger = seen.tablet->care().stock_ledger(record);
    if (ledger) return std::move(*ledger);
    seen.world.check_error(seen.tablet, "ledger", ledger.error());
    return std::nullopt;
}

// Mostly one that something came into.
const StockAccount* pick_account(Seen& seen, const StockLedger& ledger) {
    std::vector<const StockAccount*> fit;
    for (const StockAccount& one : ledger.accounts) {
        const bool is_known = one.medication.system == k_atc && one.balance;
        if (is_known && one.balance->code == k_stock_unit) fit.push_back(&one);
    }
    return fit.empty() ? nullptr : fit[seen.dice.below(fit.size())];
}

Recording of_account(const StockAccount& account, StockAct act, const char* name,
                     const Quantity& amount) {
    Recording out;
    out.entry.act = act;
    out.entry.token = account.token;
    out.entry.place = account.place;
    out.entry.quantity = amount;
    out.act = name;
    out.atc = account.medication.code;
    return out;
}

bool names_drug(const OrderItem& order) {
    return order.prescription.value && !order.incomplete && !order.unreadable &&
           order.prescription.value->medication.system == k_atc;
}

Answer receive(Seen& seen) {
    const OrderItem* order = nullptr;
    for (const OrderItem& one : seen.chart.orders) {
        if (names_drug(one) && (order == nullptr || seen.dice.chance(300))) order = &one;
    }
    if (order == nullptr) return std::nullopt;
    Recording what;
    what.entry.act = StockAct::receive;
    what.entry.token = order->token;
    what.entry.place = some_place(seen.dice);
    what.entry.quantity = tablets(2 + static_cast<long long>(seen.dice.below(8)));
    what.entry.lot = fmt::format("L{}", seen.dice.below(5));
    what.entry.other_party = "the pharmacy";
    what.act = "receive";
    what.atc = order->prescription.value->medication.code;
    return record(seen, what);
}

// A colleague takes the tablet and says that she saw what wants a witness: the newest of these.
Answer witness(Seen& seen, const RecordId& record) {
    if (seen.tablet.busy) return std::nullopt;
    static_cast<void>(seen.tablet->lock());
    const std::size_t other = (seen.tablet.nurse + 1) % seen.tablet.nurses.size();
    if (auto unlocked = seen.tablet.unlock(other); !unlocked)
        return tl::unexpected(unlocked.error());
    const auto chart = seen.tablet->open_chart(record, {Purpose::treatment, "as a witness"});
    if (!chart) return tl::unexpected(chart.error());
    const auto ledger = ledger_of(seen, record);
    if (!ledger) return std::nullopt;
    const StockEventItem* newest = nullptr;
    for (const StockAccount& account : ledger->accounts) {
        for (const StockEventItem& one : account.events) {
            const bool newer = newest == nullptr || newest->at < one.at;
            if (one.wants_witness && newer) newest = &one;
        }
    }
    if (newest == nullptr) return std::nullopt;
    auto written = seen.tablet->care().witness_stock(newest->token, "seen");
    if (!written && written.error().what == "entry/stock-witness-by-another") {
        ++seen.world.tally["own witness refused"];
        return std::nullopt;
    }
    return written;
}

// So many of 256, without a throw that would make another history of all that comes after.
bool seldom(const Written& written, unsigned of_256) {
    return static_cast<std::uint8_t>(base::to_bytes(written.change)[0]) < of_256;
}

// Who recorded it says at once that she saw it.
void witness_oneself(Seen& seen, const Written& written) {
    const auto own = seen.tablet->care().witness_stock(written.token, "seen");
    ++seen.world.tally[own ? "own witness taken" : "own witness refused"];
    if (own) write_beside(seen, *own);
}

// Two of three times a colleague is there at once. The first is written beside what the op writes.
Answer with_witness(Seen& seen, Answer first) {
    if (first && *first && seldom(**first, 60)) witness_oneself(seen, **first);
    if (!first || !*first || !seen.dice.chance(650)) return first;
    const RecordId record = (*first)->record;
    auto second = witness(seen, record);
    if (!second) return first;
    if (!*second) {
        seen.world.check_error(seen.tablet, "witness", second->error());
        return first;
    }
    write_beside(seen, **first);
    return second;
}

// Mostly what the ledger says.
Answer count(Seen& seen) {
    const auto ledger = ledger_of(seen, seen.chart.record);
    const StockAccount* account = ledger ? pick_account(seen, *ledger) : nullptr;
    if (account == nullptr) return receive(seen);
    constexpr std::array<long long, 10> k_off = {0, 0, 0, 0, 0, 0, 0, 1, -1, 40};
    Decimal found = account->balance->value + Decimal::of(k_off[seen.dice.below(k_off.size())]);
    if (found.negative() || found.zero()) found = Decimal();
    return with_witness(
        seen, record(seen, of_account(*account, StockAct::count, "count", tablets(found))));
}

// Mostly no more than there is.
long long some_of(Seen& seen, const StockAccount& account) {
    const Decimal& there = account.balance->value;
    const bool enough = there.compare(Decimal::of(3)) == std::strong_ordering::greater;
    if (!enough && !seen.dice.chance(200)) return 0;
    return 1 + static_cast<long long>(seen.dice.below(3));
}

Answer take_out(Seen& seen) {
    const auto ledger = ledger_of(seen, seen.chart.record);
    const StockAccount* account = ledger ? pick_account(seen, *ledger) : nullptr;
    if (account == nullptr) return receive(seen);
    const long long amount = some_of(seen, *account);
    if (amount == 0) return std::nullopt;
    struct Way {
        StockAct act;
        const char* name;
    };
    constexpr std::array<Way, 3> k_ways = {
        {{StockAct::waste, "waste"}, {StockAct::return_, "return"}, {StockAct::issue, "issue"}}};
    const Way& way = k_ways[seen.dice.below(k_ways.size())];
    return with_witness(seen,
                        record(seen, of_account(*account, way.act, way.name, tablets(amount))));
}

// Both halves at once; or one, and somebody takes the other later.
Answer transfer(Seen& seen) {
    const auto ledger = ledger_of(seen, seen.chart.record);
    const StockAccount* account = ledger ? pick_account(seen, *ledger) : nullptr;
    if (account == nullptr) return receive(seen);
    for (const StockEventItem& one : account->events) {
        if (one.act != "transfer-out" || one.quantity->code != k_stock_unit) continue;
        if (!seen.dice.chance(300)) continue;
        auto in = of_account(*account, StockAct::transfer_in, "transfer-in", *one.quantity);
        in.entry.token = one.token;
        in.entry.place = some_place(seen.dice);
        return record(seen, in);
    }
    const long long amount = some_of(seen, *account);
    if (amount == 0) return std::nullopt;
    auto out = of_account(*account, StockAct::transfer_out, "transfer-out", tablets(amount));
    if (seen.dice.chance(700)) out.entry.to = some_place(seen.dice);
    return record(seen, out);
}

Answer adjust(Seen& seen) {
    const auto ledger = ledger_of(seen, seen.chart.record);
    const StockAccount* account = ledger ? pick_account(seen, *ledger) : nullptr;
    if (account == nullptr) return receive(seen);
    auto what =
        of_account(*account, StockAct::adjust, "adjust", tablets(seen.dice.coin() ? 1 : -1));
    if (seen.dice.coin()) what.entry.incident = fmt::format("A-{}", seen.dice.below(100));
    return record(seen, what);
}

// The event of a dose whose giver did not say where from; seldom of another, which has one.
Answer use_for_dose(Seen& seen) {
    const AdministrationItem* dose = nullptr;
    for (const AdministrationItem& one : seen.chart.administrations) {
        const auto& said = one.statement.value;
        if (!said || !said->dose || one.incomplete || one.unreadable || !one.counts) continue;
        if (said->dose->code != k_stock_unit || said->medication.system != k_atc) continue;
        const bool open =
            std::any_of(said->overrides.begin(), said->overrides.end(),
                        [](const auto& each) { return each.rule == "entry/stock-not-named"; });
        if (open || seen.dice.chance(50)) dose = &one;
    }
    if (dose == nullptr) return std::nullopt;
    const auto& said = *dose->statement.value;
    Recording what;
    what.entry.act = StockAct::administer;
    what.entry.token = dose->token;
    what.entry.place = StockPlace{};
    what.entry.quantity = tablets(said.dose->value);
    what.act = "administer";
    what.atc = said.medication.code;
    what.dose = dose->resource;
    auto written = record(seen, what);
    // What stands of it may say that it was not given, against who gave it.
    if (!*written && written->error().what == "entry/stock-not-a-dose") return std::nullopt;
    return written;
}

Answer witness_late(Seen& seen) {
    return witness(seen, seen.chart.record);
}

// It was the wrong patient: she says so at once, and the ledger has what she took.
void take_back(Seen& seen, const Written& given) {
    DoseCorrection entry;
    entry.token = given.token;
    entry.reason = "another's";
    entry.entered_in_error = true;
    const auto written = seen.tablet->correct_dose(entry);
    const bool may_stand = written || written.error().code == ErrorCode::storage_failed ||
                           written.error().code == ErrorCode::storage_full;
    if (may_stand) seen.world.ledger.entered_in_error(given.resource, seen.tablet.in_hand());
    if (!written) return seen.world.check_error(seen.tablet, "take back", written.error());
    write_beside(seen, *written);
}

// A dose of the plan, out of what is kept.
Answer give_from(Seen& seen) {
    const auto moment = base::in_zone(seen.tablet.machine.clock->wall(), "Europe/Oslo");
    if (!moment) return std::nullopt;
    const auto round = seen.tablet->doses_due(seen.chart.record, base::local_date(*moment));
    if (!round) return tl::unexpected(round.error());
    if (round->slots.empty()) return std::nullopt;
    const DoseSlot& slot = round->slots[seen.dice.below(round->slots.size())];
    const auto order = std::find_if(seen.chart.orders.begin(), seen.chart.orders.end(),
                                    [&](const auto& one) { return one.resource == slot.order; });
    if (order == seen.chart.orders.end() || !names_drug(*order)) return std::nullopt;
    if (!slot.dose || slot.dose->code != k_stock_unit) return std::nullopt;
    DoseEntry entry;
    entry.token = slot.token;
    entry.dose = slot.dose;
    take_from_stock(seen, entry);
    const auto warnings = seen.tablet->check_dose(entry);
    if (!warnings) return tl::unexpected(warnings.error());
    entry.overrides = reasons(seen, *warnings);
    auto written = seen.tablet->give(entry);
    if (!written) return written;
    note_taken(seen, entry, *written, order->prescription.value->medication.code);
    seen.world.ledger.gave({written->record, slot.order, slot.date, slot.nominal},
                           written->resource, seen.tablet.in_hand());
    if (seldom(*written, 30)) {
        take_back(seen, *written);
        return written;
    }
    return entry.stock->wasted ? with_witness(seen, std::move(written)) : Answer(written);
}

// Mostly at whoever has the opioid: what is kept of it several write about.
template <Answer (*call)(Seen&)>
Answer mostly_of_opioid(Seen& seen) {
    const RecordId record = seen.world.citizens.back().record;
    if (!seen.world.granted.contains(record) || !seen.dice.chance(600)) return call(seen);
    const auto chart = seen.tablet->open_chart(record, {Purpose::treatment, "at the cabinet"});
    if (!chart) return tl::unexpected(chart.error());
    Seen there{seen.world, seen.tablet, seen.dice, *chart};
    return call(there);
}

constexpr Act k_acts[] = {
    {"stock in", 5, mostly_of_opioid<receive>},
    {"give from stock", 9, mostly_of_opioid<give_from>},
    {"count stock", 6, mostly_of_opioid<count>},
    {"stock out", 5, mostly_of_opioid<take_out>},
    {"move stock", 4, mostly_of_opioid<transfer>},
    {"adjust stock", 2, mostly_of_opioid<adjust>},
    {"stock for a dose", 3, mostly_of_opioid<use_for_dose>},
    {"witness stock", 3, mostly_of_opioid<witness_late>},
};

}  // namespace

void take_from_stock(Seen& seen, DoseEntry& entry) {
    entry.stock = DoseStock{};
    entry.stock->from = some_place(seen.dice);
    entry.stock->lot = fmt::format("L{}", seen.dice.below(5));
    if (seen.dice.chance(250)) entry.stock->wasted = tablets(1);
}

void note_taken(Seen& seen, const DoseEntry& entry, const Written& written, std::string_view atc) {
    const StockPlace& from = entry.stock->from;
    const auto said = [&](std::string_view act, const Quantity& amount) {
        return sim::words_of(act, kind_of(from.kind), place_name(seen, from),
                             amount.value.text() + k_stock_unit, atc, "");
    };
    if (written.also.empty()) return;  // the citizen's own, of which nobody keeps a ledger
    note(seen, written.also.front(), written.record, said("administer", *entry.dose),
         written.resource);
    if (entry.stock->wasted && written.also.size() > 1) {
        note(seen, written.also[1], written.record, said("waste", *entry.stock->wasted),
             written.resource);
    }
}

std::span<const Act> stock_acts() {
    return k_acts;
}

}  // namespace kari::sim
