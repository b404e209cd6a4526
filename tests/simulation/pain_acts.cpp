// SPDX-License-Identifier: Apache-2.0
//
// An opioid as needed, of which several tablets may give some without knowing of each other: asked
// for, given and given back.
#include <algorithm>

#include "sdk/base/time.hpp"
#include "tests/simulation/acts.hpp"
#include "tests/simulation/chart_acts.hpp"
#include "tests/simulation/stock_acts.hpp"

namespace kari::sim {
namespace {

// Two tablets visit whoever is in pain: were it more, each would wait for the others' to be over.
constexpr unsigned k_visiting = 2;

// Whoever is in pain is gone to, whatever chart was open. Nothing: there is no such order here.
std::optional<UnscheduledDose> in_pain(Seen& seen) {
    if (seen.tablet.number >= k_visiting) return std::nullopt;
    const RecordId record = seen.world.citizens.back().record;
    if (!seen.world.granted.contains(record)) return std::nullopt;
    const auto chart = seen.tablet->open_chart(record, {Purpose::treatment, "in pain"});
    if (!chart) {
        seen.world.check_error(seen.tablet, "chart", chart.error());
        return std::nullopt;
    }
    const auto moment = base::in_zone(seen.tablet.machine.clock->wall(), "Europe/Oslo");
    if (!moment) return std::nullopt;
    const auto round = seen.tablet->doses_due(record, base::local_date(*moment));
    if (!round) {
        seen.world.check_error(seen.tablet, "doses", round.error());
        return std::nullopt;
    }
    const auto row = std::find_if(round->as_needed.begin(), round->as_needed.end(),
                                  [](const auto& one) { return one.wants_allowance; });
    return row == round->as_needed.end() ? std::nullopt : std::optional(*row);
}

// What is asked for is written beside what the op writes. True: it was.
bool ask(Seen& seen, const UnscheduledDose& row) {
    for (const AllowanceItem& one : row.allowances) {
        if (one.state == "asked") return false;  // she waits for the answer
    }
    AllowanceAsk entry;
    entry.token = row.token;
    entry.doses = 1 + static_cast<std::uint32_t>(seen.dice.below(k_pain_most));
    entry.hours = 1 + static_cast<std::uint32_t>(seen.dice.below(k_pain_hours));
    const auto written = seen.tablet->care().ask_allowance(entry);
    if (!written) {
        seen.world.check_error(seen.tablet, "ask allowance", written.error());
        return false;
    }
    ++seen.world.tally["wrote: ask allowance"];
    write_beside(seen, *written);
    return true;
}

// The row, after she has asked and, mostly, waited for the answer.
std::optional<UnscheduledDose> with_allowance(Seen& seen) {
    const auto row = in_pain(seen);
    const bool any = row && std::any_of(row->allowances.begin(), row->allowances.end(),
                                        [](const auto& one) { return one.state == "granted"; });
    if (!row || any || !ask(seen, *row)) return row;
    if (seen.tablet.busy || !seen.dice.chance(800)) return row;
    if (const auto report = sync(seen.world, seen.tablet); !report)
        seen.world.check_error(seen.tablet, "sync", report.error());
    if (!seen.tablet.device || !seen.tablet.drive.powered()) return std::nullopt;
    return in_pain(seen);
}

// By true time and to the minute that clocks may be off, whatever the tablet's says.
void check_not_over(Seen& seen, const UnscheduledDose& row) {
    const bool any =
        std::any_of(row.allowances.begin(), row.allowances.end(), [&](const AllowanceItem& one) {
            const auto until = base::parse_fhir_time(one.until, "Europe/Oslo");
            return until && seen.world.now <= until->start + Duration::minutes(1);
        });
    if (any) return;
    seen.world.violation(seen.tablet.name() + " gives under an allowance that is over");
}

// One tablet, now. Nothing: she does not.
Answer give_one(Seen& seen, const UnscheduledDose& row) {
    DoseEntry entry;
    entry.token = row.token;
    entry.dose = Quantity{Decimal::of(1), "{tablet}", "tablett"};
    if (seen.dice.chance(600)) take_from_stock(seen, entry);
    const auto warnings = seen.tablet->check_dose(entry);
    if (!warnings) return tl::unexpected(warnings.error());
    bool allowed = true;
    for (const DoseWarning& warning : *warnings) {
        if (!warning.needs_reason) continue;
        allowed = allowed && warning.rule != "entry/no-allowance";
        entry.overrides.push_back({warning.rule, "agreed by phone"});
    }
    // Mostly whoever has none does not give.
    if (!allowed && !seen.dice.chance(50)) return std::nullopt;
    auto written = seen.tablet->give(entry);
    if (written && entry.stock) note_taken(seen, entry, *written, k_opioid_atc);
    if (!written || !allowed) return written;
    ++seen.world.tally["doses under allowances"];
    check_not_over(seen, row);
    seen.world.ledger.gave_allowed({written->resource, row.order, seen.world.now,
                                    seen.tablet->incarnation(), seen.tablet.in_hand()});
    return written;
}

// All that she may, mostly: of two doses the first is written beside what the op writes.
Answer give_for_pain(Seen& seen) {
    const auto row = with_allowance(seen);
    if (!row) return std::nullopt;
    auto first = give_one(seen, *row);
    if (!first || !*first || !seen.dice.chance(700)) return first;
    const auto again = in_pain(seen);
    if (!again) return first;
    auto second = give_one(seen, *again);
    if (!second) return first;
    write_beside(seen, **first);
    return second;
}

Answer give_back(Seen& seen) {
    const auto row = in_pain(seen);
    if (!row) return std::nullopt;
    for (const AllowanceItem& one : row->allowances) {
        if (one.state == "granted")
            return seen.tablet->care().return_allowance(one.token, "going home");
    }
    return std::nullopt;
}

constexpr Act k_acts[] = {
    {"give for pain", 24, give_for_pain},
    {"give allowance back", 1, give_back},
};

}  // namespace

std::span<const Act> pain_acts() {
    return k_acts;
}

}  // namespace kari::sim
