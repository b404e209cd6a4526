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

bool is_given(const chart::GroupResource& order, const chart::ClockNotes& clocks, Instant at) {
    if (chart::is_verbal_order(order)) return !chart::has_run_out(order, clocks, at);
    return chart::is_active(order) && !chart::has_ended(order, at);
}

// What may be given beside a drug that is not of the lineage.
template <typename Visit>
void each_beside(const chart::Group& group, const ResourceId& lineage, Instant at,
                 const Visit& visit) {
    const chart::ClockNotes clocks(group);
    for (const auto& order : group.resources) {
        if (order.kind != v1::KIND_MEDICATION_REQUEST || chart::lineage_of(order) == lineage ||
            !is_given(order, clocks, at)) {
            continue;
        }
        for (const auto& prescription : chart::standing_prescriptions(order))
            visit(order, prescription);
    }
}

std::string not_before(const Session& session, const chart::DosesTooNear& near, Instant at) {
    std::optional<Instant> from;
    for (const auto& one : near.known) {
        if (one.dose.when.earliest > at) return {};  // it came later: this one cannot wait for it
        const Instant waited = one.dose.when.latest + one.by->wait;
        from = from ? std::max(*from, waited) : waited;
    }
    if (!from) return {};
    const auto local = base::in_zone(*from, zone_of(session));
    if (!local) return {};
    std::string when = base::fhir_date_time(*local).substr(0, 16);
    if (when.size() == 16) when[10] = ' ';
    const auto* said = clinical::sentences("taken/not-before", spoken(session.language));
    return "; " + fmt::format(fmt::runtime(said->title), when);
}

}  // namespace

void add_interaction_warnings(const Session& session, const chart::Group& group,
                              const v1::Prescription& ordered, const ResourceId& lineage,
                              Instant at, std::vector<DoseWarning>& out) {
    using clinical::Meeting;
    const auto& pack = session.store.pack();
    const auto drug = drug_in(ordered);
    const clinical::MeetingDrug asked(drug, pack);
    Names avoid, precautions, not_assessed, cannot_tell;
    bool untold = !group.whole();  // of drugs that are not here
    bool unassessed = false;
    each_beside(group, lineage, at, [&](const auto&, const v1::Prescription& prescription) {
        const auto other = drug_in(prescription);
        if (clinical::same_drug(drug, other)) return;
        const clinical::MeetingDrug beside(other, pack);
        switch (clinical::meet(asked, beside, pack).how) {
            case Meeting::nothing:
            case Meeting::no_measures:
                break;
            case Meeting::not_assessed:
                unassessed = true;
                if (asked.assessed) add_name(not_assessed, clinical::shown(other));
                break;
            case Meeting::cannot_tell:
                untold = true;
                if (asked.has_substance) add_name(cannot_tell, clinical::shown(other));
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
    if (untold) {
        out.push_back(naming(session, "entry/interaction-unknown", 3, cannot_tell, false));
    }
}

void add_duplicate_warnings(const Session& session, const chart::Group& group,
                            const v1::Prescription& ordered, const ResourceId& lineage, Instant at,
                            std::vector<DoseWarning>& out) {
    const auto& pack = session.store.pack();
    const auto drug = drug_in(ordered);
    const auto codes = clinical::atc_codes(drug);
    const auto giving = chart::giving_of({ordered});
    Names same, on_top, group_of;
    each_beside(group, lineage, at, [&](const auto& order, const v1::Prescription& prescription) {
        // Of two by phone the finding speaks: neither is in effect.
        if (chart::is_verbal_order(order)) return;
        const auto other = drug_in(prescription);
        const bool one_needed = chart::one_as_needed(giving, chart::giving_of({prescription}));
        if (clinical::same_drug(drug, other)) {
            add_name(one_needed ? on_top : same, clinical::shown(other));
            return;
        }
        const auto others = clinical::atc_codes(other);
        if (clinical::likeness(codes, others) == clinical::Likeness::same_group &&
            !clinical::may_stand_together(codes, others, one_needed, pack)) {
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
    if (pack.separations.named(clinical::atc_codes(dose.medication())).empty()) return;
    const auto near = chart::separated_beside(group, dose.medication(), {at, at}, pack);
    if (!near.known.empty()) {
        Names told;
        for (const auto& [other, by] : near.known) {
            add_name(told, clinical::shown(other.said.medication()) + " (" +
                               dose_told(session, other.said, chart::authorship_of(*other.change)) +
                               ")");
        }
        out.push_back(naming(session, "entry/too-near-other", 2, told, true));
        out.back().sentence += not_before(session, near, at);
        return;
    }
    const bool all_here = group.whole() && group.reaches(v1::KIND_MEDICATION_ADMINISTRATION,
                                                         at - pack.separations.longest());
    if (near.cannot_tell || !all_here) {
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
