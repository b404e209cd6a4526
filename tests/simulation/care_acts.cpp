// SPDX-License-Identifier: Apache-2.0
//
// Problems, measures, visits, vaccines, tasks, relatives, consents and messages.
#include "tests/simulation/chart_acts.hpp"

namespace kari::sim {
namespace {

Care care(Seen& seen) {
    return seen.tablet->care();
}

Answer add_problem(Seen& seen) {
    ProblemEntry entry;
    entry.code = {"http://snomed.info/sct", "248279007", "Skrøpelighet"};
    return care(seen).add_problem(seen.chart.record, entry);
}

Answer end_problem(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.problems);
    if (item == nullptr) return std::nullopt;
    return seen.dice.coin() ? care(seen).resolve_problem(item->token, "well again")
                            : care(seen).retract_problem(item->token, "of another");
}

Answer add_measure(Seen& seen) {
    MeasureEntry entry;
    entry.protective = seen.dice.coin();
    entry.what = {"", "", "Snu i sengen"};
    entry.timing = "every other hour";
    return care(seen).add_measure(seen.chart.record, entry);
}

Answer change_measure(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.measures);
    if (item == nullptr) return std::nullopt;
    if (seen.dice.chance(300)) return care(seen).end_measure(item->token, "no longer needed");
    MeasureChange entry;
    entry.token = item->token;
    entry.per_day = 1 + static_cast<int>(seen.dice.below(6));
    entry.reason = "needs more";
    return care(seen).change_measure(entry);
}

Answer act_on_measure(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.measures);
    if (item == nullptr) return std::nullopt;
    ActEntry entry;
    entry.token = item->token;
    if (seen.dice.chance(700)) return care(seen).measure_done(entry);
    entry.reason = "asleep";
    return care(seen).measure_not_done(entry);
}

Answer start_visit(Seen& seen) {
    if (seen.dice.chance(200)) {
        return care(seen).hindered_visit(seen.chart.record, {}, VisitHindrance::no_answer);
    }
    return care(seen).start_visit(seen.chart.record, {});
}

Answer end_visit(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.visits);
    if (item == nullptr) return std::nullopt;
    if (seen.dice.chance(100)) return care(seen).visit_entered_in_error(item->token, "next door");
    VisitEnd entry;
    entry.token = item->token;
    return care(seen).end_visit(entry);
}

Answer immunize(Seen& seen) {
    ImmunizationEntry entry;
    entry.vaccine = {"http://www.whocc.no/atc", "J07BB02", "Influensavaksine"};
    const auto warnings = care(seen).check_immunization(seen.chart.record, entry);
    if (!warnings) return tl::unexpected(warnings.error());
    for (const DoseWarning& warning : *warnings) {
        if (warning.needs_reason) entry.overrides.push_back({warning.rule, "agreed by phone"});
    }
    return care(seen).immunize(seen.chart.record, entry);
}

Answer add_task(Seen& seen) {
    TaskEntry entry;
    entry.description = "Ring the doctor";
    entry.effect = seen.dice.coin() ? "contact" : "clinical";
    return care(seen).add_task(seen.chart.record, entry);
}

Answer go_on_with_task(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.tasks);
    if (item == nullptr) return std::nullopt;
    ActEntry entry;
    entry.token = item->token;
    switch (seen.dice.below(3)) {
        case 0:
            return care(seen).take_task(item->token);
        case 1:
            return care(seen).task_done(entry);
        default:
            return care(seen).cancel_task(item->token, "settled");
    }
}

Answer relative(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.related_persons);
    if (item == nullptr || seen.dice.chance(300)) {
        RelatedPersonEntry entry;
        entry.family = "Oppdiktet";
        entry.phone = "99900000";
        return care(seen).add_related_person(seen.chart.record, entry);
    }
    return seen.dice.coin() ? care(seen).add_phone(item->token, "99900001")
                            : care(seen).do_not_contact(item->token, "asked not to be");
}

Answer consent(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.consents);
    // What is denied is lifted by a consent that permits.
    const bool permits =
        item != nullptr && item->decision.value && item->decision.value->effect != "denied";
    if (permits && seen.dice.coin()) {
        return care(seen).withdraw_consent(item->token, "thought again");
    }
    ConsentEntry entry;
    entry.permits = seen.dice.coin();
    entry.scope = {"", "", "Photos"};
    entry.text = "You may take photos.";
    return care(seen).record_consent(seen.chart.record, entry);
}

Answer communicate(Seen& seen) {
    const auto* item = pick(seen, seen.chart.care.communications);
    if (item != nullptr && seen.dice.chance(200)) {
        return care(seen).communication_entered_in_error(item->token, "another's");
    }
    CommunicationEntry entry;
    entry.topic = {"", "", "Fall"};
    entry.text = "Told the daughter.";
    return care(seen).record_communication(seen.chart.record, entry);
}

constexpr Act k_acts[] = {
    {"problem", 2, add_problem}, {"end problem", 2, end_problem},
    {"measure", 2, add_measure}, {"change measure", 3, change_measure},
    {"act", 4, act_on_measure},  {"visit", 3, start_visit},
    {"end visit", 3, end_visit}, {"vaccine", 1, immunize},
    {"task", 2, add_task},       {"go on with task", 3, go_on_with_task},
    {"relative", 2, relative},   {"consent", 2, consent},
    {"message", 2, communicate},
};

}  // namespace

std::span<const Act> care_acts() {
    return k_acts;
}

}  // namespace kari::sim
