// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/chart_checks.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

const Access k_checking{Purpose::treatment, "checking"};

template <typename Item>
bool whole(const Item& item) {
    return !item.incomplete && !item.unreadable;
}

bool found(const std::vector<FindingItem>& findings, const ResourceId& first,
           const ResourceId& second) {
    return std::any_of(findings.begin(), findings.end(), [&](const FindingItem& one) {
        const auto names = [&](const ResourceId& id) {
            return std::find(one.resources.begin(), one.resources.end(), id) != one.resources.end();
        };
        return names(first) && names(second);
    });
}

std::set<std::string> said(const Field<std::string>& field) {
    std::set<std::string> out;
    for (const auto& live : field.live)
        out.insert(live.value);
    return out;
}

bool any_of(const std::set<std::string>& values, std::initializer_list<const char*> wanted) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const char* one) { return values.contains(one); });
}

void check_allergy(World& world, const std::string& where, const AllergyItem& item,
                   const std::vector<FindingItem>& findings) {
    if (!whole(item)) return;
    const auto criticality = said(item.criticality);
    for (const char* worst : {"high", "unable-to-assess", "low"}) {
        if (!criticality.contains(worst)) continue;
        if (item.criticality.value != worst) {
            world.violation(where +
                            " shows an allergy as less than it is: " + item.resource.text());
        }
        break;
    }
    const auto clinical = said(item.clinical_status);
    const auto verification = said(item.verification_status);
    const bool stands =
        (clinical.empty() || clinical.contains("active")) &&
        (verification.empty() || any_of(verification, {"confirmed", "presumed", "unconfirmed"}));
    if (stands && !item.active) {
        world.violation(where +
                        " warns no more of an allergy that stands: " + item.resource.text());
    }
    const bool doubted = criticality.size() > 1 || clinical.size() > 1 || verification.size() > 1;
    if (doubted && !found(findings, item.resource, item.resource)) {
        world.violation(where + " has no finding of what is contested: " + item.resource.text());
    }
}

// Two administrations that are one dose to a finding are one to the nurses who gave them.
void check_doubles_are_one_dose(World& world, const std::string& where,
                                const std::vector<FindingItem>& findings) {
    for (const FindingItem& one : findings) {
        if (one.rule != "dose/possible-double" || one.resources.size() < 2) continue;
        const auto& doses = world.ledger.doses();
        const auto first = doses.find(one.resources[0]);
        const auto second = doses.find(one.resources[1]);
        if (first == doses.end() || second == doses.end()) continue;
        ++world.tally["double doses found"];
        if (first->second.key() == second->second.key()) continue;
        world.violation(where + " takes two doses for one: " + one.resources[0].text() + " and " +
                        one.resources[1].text());
    }
}

using Statements = std::vector<const Field<AdministrationText>::Live*>;

bool said_with_a_right_clock(const World& world, const Said& said) {
    const auto entry = world.ledger.entries().find(said.change);
    return entry != world.ledger.entries().end() && entry->second.clock_right;
}

// So long after it that nobody can take it for a slip of the finger.
bool said_later(const World& world, const Said& later, const Said& first) {
    constexpr Duration k_at_once = Duration::minutes(70);
    return said_with_a_right_clock(world, later) && said_with_a_right_clock(world, first) &&
           later.recorded.instant - first.recorded.instant > k_at_once;
}

// What somebody says was taken counts as taken, whatever others say of it, as long as she herself
// has not taken it back: at once, or as somebody else does too. Nothing: there is no such word.
const AdministrationText* taken(const World& world, const AdministrationItem& given) {
    std::map<PersonId, Statements> said;
    for (const auto* statements : {&given.earlier, &given.statement.live}) {
        for (const auto& each : *statements)
            said[each.said.person].push_back(&each);
    }
    for (const auto& [person, hers] : said) {
        for (const auto* one : hers) {
            const bool stands = std::all_of(hers.begin(), hers.end(), [&](const auto* other) {
                return other == one ||
                       (said.size() == 1 && said_later(world, other->said, one->said));
            });
            if (stands && one->value.status == "completed") return &one->value;
        }
    }
    return nullptr;
}

bool names(const DoseSlot& slot, const ResourceId& administration) {
    return std::count(slot.administrations.begin(), slot.administrations.end(), administration) > 0;
}

// What was given at an hour is shown at that hour and at no other, and as long as it counts nobody
// is asked to give it again.
void check_slot(World& world, const std::string& where, const DoseSlot& slot,
                const ChartView& chart) {
    const Dose here{slot.record, slot.order, slot.date, slot.nominal};
    for (const auto& [administration, dose] : world.ledger.doses()) {
        if (names(slot, administration) && dose.key() != here.key()) {
            world.violation(where + " shows a dose at another hour than it was given for: " +
                            administration.text());
        }
    }
    for (const AdministrationItem& given : chart.administrations) {
        const auto dose = world.ledger.doses().find(given.resource);
        if (dose == world.ledger.doses().end() || dose->second.key() != here.key()) continue;
        if (!whole(given) || taken(world, given) == nullptr) continue;
        ++world.tally["doses looked for in their slots"];
        if (!given.statement.value || given.statement.value->status != "completed")
            ++world.tally["doses looked for in their slots against a later word"];
        const bool counts = slot.state == "given" || slot.state == "contested";
        if (counts && !slot.may_give && names(slot, given.resource)) continue;
        world.violation(where + " asks for a dose that was given: " + given.resource.text());
    }
}

// What somebody's word makes count, counts, wherever its slot may be.
void check_counts(World& world, const std::string& where, const AdministrationItem& given) {
    if (!whole(given) || taken(world, given) == nullptr || given.counts) return;
    world.violation(where + " takes a dose for not taken: " + given.resource.text());
}

void check_slots(World& world, Tablet& tablet, const ChartView& chart) {
    std::vector<LocalDate> dates;
    for (const auto& [administration, dose] : world.ledger.doses()) {
        if (dose.record == chart.record && std::count(dates.begin(), dates.end(), dose.date) == 0)
            dates.push_back(dose.date);
    }
    for (const LocalDate& date : dates) {
        for (const DoseSlot& slot : must(tablet->doses_due(chart.record, date)).slots)
            check_slot(world, tablet.name(), slot, chart);
    }
}

// By the codes alone: a class of drugs begins the code of each drug in it. A dose without a reason
// beside it was given by somebody who did not know of the allergy; one given before anybody did
// has no finding, and by a wrong clock nobody can tell.
void check_dose_against_allergy(World& world, const std::string& where,
                                const AdministrationItem& given, const ChartView& chart,
                                const std::vector<FindingItem>& findings) {
    const AdministrationText* said = taken(world, given);
    if (!whole(given) || said == nullptr) return;
    if (!given.statement.value || given.statement.value->status != "completed")
        ++world.tally["doses that count against a later word"];
    const AdministrationText& text = *said;
    const bool knew = std::any_of(
        text.overrides.begin(), text.overrides.end(),
        [](const auto& one) { return one.rule.starts_with("dose/given-against-allergy"); });
    if (knew) return;
    for (const AllergyItem& allergy : chart.allergies) {
        if (!whole(allergy) || !allergy.active || !allergy.code.value) continue;
        const std::string& code = allergy.code.value->code;
        if (code.empty() || !text.medication.code.starts_with(code)) continue;
        const Begun known = world.ledger.begun(allergy.resource);
        const Begun dose = world.ledger.begun(given.resource);
        if (known.op != 0 && known.op >= dose.op) continue;
        if (!known.clock_right || !dose.clock_right) continue;
        if (found(findings, given.resource, allergy.resource)) continue;
        world.violation(where + " has no finding of a dose against an allergy: " +
                        given.resource.text() + " and " + allergy.resource.text());
    }
}

}  // namespace

void check_doses(World& world, Tablet& tablet, const RecordId& record, const ReadLog& log) {
    std::set<std::string> held;
    for (const auto& [id, change] : log)
        held.insert(change.header.resource());
    std::optional<std::vector<FindingItem>> findings;
    for (const DoubleDose& pair : world.ledger.doubles()) {
        if (pair.record != record || !held.contains(base::to_bytes(pair.first)) ||
            !held.contains(base::to_bytes(pair.second))) {
            continue;
        }
        if (!findings) {
            const auto chart = tablet->open_chart(record, k_checking);
            auto all = chart ? tablet->findings(record) : tl::unexpected(chart.error());
            if (!all) return world.check_error(tablet, "findings", all.error());
            findings = std::move(*all);
        }
        if (found(*findings, pair.first, pair.second)) continue;
        world.violation(tablet.name() + " has no finding of a double dose: " + pair.first.text() +
                        " and " + pair.second.text());
    }
}

void check_chart(World& world, Tablet& tablet, const RecordId& record) {
    const auto chart = must(tablet->open_chart(record, k_checking));
    const auto findings = must(tablet->findings(record));
    for (const AllergyItem& item : chart.allergies)
        check_allergy(world, tablet.name(), item, findings);
    for (const AdministrationItem& item : chart.administrations) {
        check_counts(world, tablet.name(), item);
        check_dose_against_allergy(world, tablet.name(), item, chart, findings);
    }
    check_doubles_are_one_dose(world, tablet.name(), findings);
    check_slots(world, tablet, chart);
}

Findings findings_of(Tablet& tablet, const RecordId& record) {
    must(tablet->open_chart(record, k_checking));
    Findings out;
    for (const FindingItem& one : must(tablet->findings(record))) {
        std::set<ChangeId> inputs(one.inputs.begin(), one.inputs.end());
        // When a deferral is over, each tablet tells by its own clock.
        std::string text = one.rule + " " + (one.deferred_until.empty() ? one.state : "deferred");
        for (const ChangeId& input : inputs)
            text += " " + input.text();
        out.emplace(one.id, std::move(text));
    }
    return out;
}

}  // namespace kari::sim
