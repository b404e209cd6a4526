// SPDX-License-Identifier: Apache-2.0
//
// What is said of a dose after it, of one by phone before it is ordered, and who read a message.
#include "tests/simulation/chart_acts.hpp"

namespace kari::sim {
namespace {

// Of a chart of some time ago it may no longer be hers to say.
Answer unless(Result<Written> answer, std::string_view what) {
    if (!answer && answer.error().what == what) return std::nullopt;
    return answer;
}

// One that counts as taken, by the chart that she sees.
const AdministrationItem* pick_taken(Seen& seen) {
    std::vector<const AdministrationItem*> taken;
    for (const AdministrationItem& one : seen.chart.administrations) {
        if (one.counts) taken.push_back(&one);
    }
    return taken.empty() ? nullptr : taken[seen.dice.below(taken.size())];
}

Answer vomited(Seen& seen) {
    const auto* item = pick_taken(seen);
    if (item == nullptr) return std::nullopt;
    VomitedEntry entry;
    entry.token = item->token;
    entry.seen = seen.dice.coin();
    entry.overrides = {{"entry/before-dose", "by the clock on the wall"}};
    return unless(seen.tablet->care().dose_vomited(entry), "entry/not-taken");
}

Answer effect(Seen& seen) {
    const auto* item = pick_taken(seen);
    if (item == nullptr) return std::nullopt;
    EffectEntry entry;
    entry.token = item->token;
    entry.effect = seen.dice.coin() ? DoseEffect::good : DoseEffect::none;
    entry.overrides = {{"entry/before-dose", "by the clock on the wall"}};
    return unless(seen.tablet->care().dose_effect(entry), "entry/not-taken");
}

Answer check_given(Seen& seen) {
    const auto* item = pick(seen, seen.chart.administrations);
    if (item == nullptr) return std::nullopt;
    return unless(seen.tablet->care().check_given_dose(item->token, "looked at it"),
                  "entry/check-by-another");
}

Answer read_message(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.communications);
    if (item == nullptr) return std::nullopt;
    return seen.tablet->care().read_message(item->token);
}

Answer order_by_phone(Seen& seen) {
    VerbalOrder entry;
    entry.medication = {"http://www.whocc.no/atc", "A02BC02", "Pantoprazol"};
    entry.dose = Quantity{Decimal::of(1), "{tablet}", "tablett"};
    entry.times_of_day = {"08:00"};
    entry.prescriber = "Doctor on call";
    entry.read_back = true;
    const auto warnings = seen.tablet->care().check_verbal_order(seen.chart.record, entry);
    if (!warnings) return tl::unexpected(warnings.error());
    for (const DoseWarning& warning : *warnings) {
        if (warning.needs_reason) entry.overrides.push_back({warning.rule, "agreed by phone"});
    }
    return seen.tablet->care().take_verbal_order(seen.chart.record, entry);
}

constexpr Act k_acts[] = {
    {"vomited", 5, vomited},
    {"effect", 3, effect},
    {"check given dose", 2, check_given},
    {"read message", 2, read_message},
    {"order by phone", 1, order_by_phone},
};

}  // namespace

std::span<const Act> after_acts() {
    return k_acts;
}

}  // namespace kari::sim
