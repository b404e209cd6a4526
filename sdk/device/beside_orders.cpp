// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/beside_orders.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "sdk/chart/active_orders.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/separations.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/drug_group.hpp"
#include "sdk/clinical/interactions.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

// Names of drugs that one thing is said of, each once.
using Names = std::vector<std::string>;

void add_name(Names& names, const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
    }
}

DoseWarning naming(const Session& session, std::string_view rule, int severity, const Names& names,
                   bool needs_reason) {
    DoseWarning out = warning(session, rule, severity);
    out.needs_reason = needs_reason;
    for (std::size_t i = 0; i < names.size(); ++i)
        out.sentence += (i == 0 ? ": " : ", ") + names[i];
    return out;
}

v1::CodeableConcept drug_in(const v1::Prescription& prescription) {
    return clinical::drug_of(prescription.medication(), prescription.medication_reference());
}

// An order that says something which this build must understand and cannot.
bool is_order_kept_whole(const chart::GroupResource& resource) {
    return resource.kind == v1::KIND_OTHER_RESOURCE &&
           merge::operative_as<v1::OtherResource>(resource).resource().type() ==
               "MedicationRequest";
}

bool is_given(const chart::GroupResource& order, const chart::ClockNotes& clocks, Instant at) {
    if (chart::is_verbal_order(order)) return !chart::has_run_out(order, clocks, at);
    return chart::may_be_given(order) && !chart::has_ended(order, at);
}

// What may be given beside a drug. True: nobody can tell of all of it.
template <typename Visit>
bool each_beside(const chart::Group& group, const v1::CodeableConcept& drug, const OwnOrder& own,
                 Instant at, const Visit& visit) {
    const chart::ClockNotes clocks(group);
    bool untold = !group.whole();
    for (const auto& order : group.resources) {
        if (is_order_kept_whole(order)) untold = true;
        if (order.kind != v1::KIND_MEDICATION_REQUEST || order.id == own.order) continue;
        if (order.incomplete() || order.unreadable) {
            untold = true;
            continue;
        }
        if (!is_given(order, clocks, at)) continue;
        const bool of_lineage = chart::lineage_of(order) == own.lineage;
        for (const auto& prescription : chart::standing_prescriptions(order)) {
            if (prescription.do_not_perform() ||
                (of_lineage && clinical::same_drug(drug, drug_in(prescription)))) {
                continue;
            }
            visit(order, prescription);
        }
    }
    return untold;
}

// In the night in which the clocks are put back one time of day is two moments.
bool comes_twice(const Session& session, Instant at) {
    const auto words = [&](Instant moment) {
        const auto local = base::in_zone(moment, zone_of(session));
        return local ? base::fhir_date_time(*local).substr(0, 16) : std::string();
    };
    constexpr Duration k_hour{3'600'000};
    return words(at) == words(at + k_hour) || words(at) == words(at - k_hour);
}

std::string not_before(const Session& session, const chart::DosesTooNear& near, Instant at) {
    std::optional<Instant> from;
    for (const auto& one : near.known) {
        if (one.dose.when.earliest > at) continue;  // it came later: this one cannot wait for it
        const Instant waited = one.dose.when.latest + one.by->wait;
        from = from ? std::max(*from, waited) : waited;
    }
    if (!from) return {};
    const auto local = base::in_zone(*from, zone_of(session));
    if (!local) return {};
    constexpr std::size_t k_offset = 6;  // "+01:00"
    const std::string said_whole = base::fhir_date_time(*local);
    std::string when = said_whole.substr(0, 16);
    if (when.size() == 16) when[10] = ' ';
    if (comes_twice(session, *from))
        when += " (UTC" + said_whole.substr(said_whole.size() - k_offset) + ")";
    const auto* said = clinical::sentences("taken/not-before", spoken(session.language));
    return "; " + fmt::format(fmt::runtime(said->title), when);
}

}  // namespace

void add_interaction_warnings(const Session& session, const chart::Group& group,
                              const v1::Prescription& ordered, const OwnOrder& own, Instant at,
                              std::vector<DoseWarning>& out) {
    using clinical::Meeting;
    const auto& pack = session.store.pack();
    const auto drug = drug_in(ordered);
    const clinical::MeetingDrug asked(drug, pack);
    Names avoid, precautions, not_assessed, cannot_tell;
    bool unassessed = false;
    bool unclear = false;
    const bool untold =
        each_beside(group, drug, own, at, [&](const auto&, const auto& other_order) {
            const auto other = drug_in(other_order);
            const clinical::MeetingDrug beside(other, pack);
            // What nobody can look up may be the very drug: then it is a duplicate.
            const bool same = clinical::same_drug(drug, other);
            switch (clinical::meet(asked, beside, pack).how) {
                case Meeting::nothing:
                case Meeting::no_measures:
                    break;
                case Meeting::not_assessed:
                    unassessed = unassessed || !same;
                    if (!same && asked.assessed) add_name(not_assessed, clinical::shown(other));
                    break;
                case Meeting::cannot_tell:
                    unclear = unclear || !same;
                    if (!same && asked.has_substance) add_name(cannot_tell, clinical::shown(other));
                    break;
                case Meeting::precautions:
                    add_name(precautions, clinical::shown(other));
                    break;
                case Meeting::avoid:
                    add_name(avoid, clinical::shown(other));
            }
        });
    if (!avoid.empty()) out.push_back(naming(session, "entry/interaction", 2, avoid, true));
    if (!precautions.empty()) {
        out.push_back(naming(session, "entry/interaction-precautions", 3, precautions, false));
    }
    if (unassessed) {
        out.push_back(naming(session, "entry/interaction-not-assessed", 3, not_assessed, false));
    }
    if (untold || unclear) {
        out.push_back(naming(session, "entry/interaction-unknown", 3, cannot_tell, false));
    }
}

void add_duplicate_warnings(const Session& session, const chart::Group& group,
                            const v1::Prescription& ordered, const OwnOrder& own, Asked asked,
                            Instant at, std::vector<DoseWarning>& out) {
    const auto& pack = session.store.pack();
    const auto drug = drug_in(ordered);
    const auto codes = clinical::atc_codes(drug);
    const auto giving = chart::giving_of({ordered});
    Names same, on_top, group_of;
    each_beside(group, drug, own, at, [&](const auto& order, const auto& other_order) {
        // Of two by phone the finding speaks: neither is in effect.
        if (asked == Asked::to_order && chart::is_verbal_order(order)) return;
        const auto other = drug_in(other_order);
        const bool one_needed = chart::one_as_needed(giving, chart::giving_of({other_order}));
        if (clinical::same_drug(drug, other)) {
            const bool told = one_needed || asked == Asked::to_give;
            add_name(told ? on_top : same, clinical::shown(other));
            return;
        }
        const auto others = clinical::atc_codes(other);
        const bool alike = clinical::likeness(codes, others) == clinical::Likeness::same_group ||
                           clinical::share_ingredient(codes, others, pack);
        if (alike && !clinical::may_stand_together(codes, others, one_needed, pack)) {
            add_name(group_of, clinical::shown(other));
        }
    });
    if (!same.empty()) out.push_back(naming(session, "entry/duplicate-drug", 2, same, true));
    if (!on_top.empty()) out.push_back(naming(session, "entry/duplicate-drug", 3, on_top, false));
    if (!group_of.empty()) {
        out.push_back(naming(session, "entry/duplicate-group", 3, group_of, false));
    }
}

void add_separation_warnings(const Session& session, const chart::Group& group,
                             const v1::Administration& dose, Instant at,
                             std::vector<DoseWarning>& out) {
    const auto& pack = session.store.pack();
    const auto codes = clinical::atc_codes(dose.medication());
    if (pack.separations.all().empty()) return;
    const bool waits = !pack.separations.named(codes).empty();
    if (!waits && clinical::names_substance(codes)) return;
    const auto near = chart::separated_beside(group, dose.medication(), {at, at}, pack);
    if (!near.known.empty()) {
        Names told;
        std::vector<ResourceId> about;
        for (const auto& [other, by] : near.known) {
            if (about.size() < k_about_most) about.push_back(other.dose->id);
            add_name(told, clinical::shown(other.said.medication()) + " (" +
                               dose_told(session, other.said, chart::authorship_of(*other.change)) +
                               ")");
        }
        out.push_back(naming(session, "entry/too-near-other", 2, told, true));
        out.back().about = std::move(about);
        out.back().sentence += not_before(session, near, at);
        return;
    }
    const bool all_here = group.whole() && group.reaches(v1::KIND_MEDICATION_ADMINISTRATION,
                                                         at - pack.separations.longest());
    if (near.cannot_tell || (waits && !all_here)) {
        out.push_back(naming(session, "entry/too-near-unknown", 3, {}, false));
    }
}

std::vector<DoseWarning> to_be_read(const std::vector<DoseWarning>& warnings) {
    std::vector<DoseWarning> out;
    std::copy_if(warnings.begin(), warnings.end(), std::back_inserter(out),
                 [](const DoseWarning& one) { return !one.needs_reason; });
    return out;
}

}  // namespace kari::device
