// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/review.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "sdk/base/mutant.hpp"
#include "sdk/base/time.hpp"
#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/dates.hpp"
#include "sdk/chart/dose_limits.hpp"
#include "sdk/chart/measurements.hpp"
#include "sdk/chart/patches.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/separations.hpp"
#include "sdk/chart/stock.hpp"
#include "sdk/chart/weekly.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::chart {
namespace {

template <typename T>
void insert_sorted(std::vector<T>& into, const T& item) {
    const auto at = std::lower_bound(into.begin(), into.end(), item);
    if (at == into.end() || *at != item) into.insert(at, item);
}

bool names_any(const Finding& finding, const std::vector<ResourceId>& ids) {
    return std::any_of(finding.resources.begin(), finding.resources.end(), [&](const auto& id) {
        return std::binary_search(ids.begin(), ids.end(), id);
    });
}

// What rules name a kind and an atom; else the schema's own names.
std::string_view short_kind(std::uint32_t kind) {
    switch (kind) {
        case v1::KIND_PATIENT:
            return "patient";
        case v1::KIND_ALLERGY_INTOLERANCE:
            return "allergy";
        case v1::KIND_MEDICATION_REQUEST:
            return "order";
        case v1::KIND_MEDICATION_ADMINISTRATION:
            return "administration";
        case v1::KIND_OBSERVATION:
            return "observation";
        case v1::KIND_DOCUMENT_REFERENCE:
            return "note";
        case v1::KIND_DETECTED_ISSUE:
            return "issue";
        case v1::KIND_RECORD_LINK:
            return "link";
        case v1::KIND_TIME_NOTE:
            return "time-note";
        case v1::KIND_OTHER_RESOURCE:
            return "other";
        case v1::KIND_CONDITION:
            return "problem";
        case v1::KIND_PROTECTIVE_MEASURE:
            return "protection";
        case v1::KIND_SERVICE_MEASURE:
            return "service";
        case v1::KIND_RESTRAINT_MEASURE:
            return "restraint";
        case v1::KIND_ENCOUNTER:
            return "visit";
        case v1::KIND_PLANNED_ENCOUNTER:
            return "planned-visit";
        case v1::KIND_APPOINTMENT:
            return "appointment";
        case v1::KIND_IMMUNIZATION:
            return "immunization";
        case v1::KIND_TASK:
            return "task";
        case v1::KIND_RELATED_PERSON:
            return "relative";
        case v1::KIND_CONSENT:
            return "consent";
        case v1::KIND_COMMUNICATION:
            return "communication";
        case v1::KIND_ADVANCE_DECISION:
            return "treatment-limit";
        case v1::KIND_PROCEDURE:
            return "act";
        case v1::KIND_MEDICATION_ALLOWANCE:
            return "allowance";
        case v1::KIND_STOCK_EVENT:
            return "stock";
        default:
            return "unknown";
    }
}

}  // namespace

Case::Case(const Group& folded, const clinical::KnowledgePack& by,
           const std::vector<ResourceId>* touched)
    : group(folded), pack(by), clocks(folded), touched_(touched) {
    for (const auto& resource : group.resources) {
        if (resource.kind < kinds_.size()) kinds_[resource.kind].push_back(&resource);
        if (touched == nullptr) asked_.push_back(&resource);
    }
    for (const RecordId& record : group.records) {
        for (const ResourceId& id : touched == nullptr ? std::vector<ResourceId>{} : *touched) {
            if (const auto* resource = group.find(record, id)) asked_.push_back(resource);
        }
    }
    const auto touches = [&](std::uint32_t kind) {
        return std::any_of(asked_.begin(), asked_.end(),
                           [&](const auto* each) { return each->kind == kind; });
    };
    const bool allergy_touched = touches(v1::KIND_ALLERGY_INTOLERANCE);
    const bool dose_touched =
        touches(v1::KIND_MEDICATION_ADMINISTRATION) || touches(v1::KIND_MEDICATION_REQUEST);
    const bool speaks_against = std::any_of(asked_.begin(), asked_.end(), [&](const auto* each) {
        return !readings_against(*each, pack).empty();
    });
    const auto sought = touched_ == nullptr ? std::vector<std::string>{} : needles();
    const auto concerns = [&](const GroupResource& resource) {
        if (allergy_touched || speaks_against || asks(resource.id)) return true;
        return !sought.empty() &&
               std::any_of(
                   resource.history.begin(), resource.history.end(), [&](const ChangePtr& change) {
                       return std::any_of(
                           sought.begin(), sought.end(), [&](const std::string& needle) {
                               return change->body.resource().find(needle) != std::string::npos;
                           });
                   });
    };
    for (const auto* resource : of(v1::KIND_MEDICATION_REQUEST)) {
        if (asks(resource->id)) orders.push_back(resource);
    }
    if (allergy_touched || dose_touched) {
        for (const auto* resource : of(v1::KIND_ALLERGY_INTOLERANCE))
            add_allergy(*resource);
    }
    std::vector<ResourceId> beside;
    if (touched_ != nullptr && dose_touched) {
        beside = doses_near(group, *touched_, 2);
        for (const auto& near :
             {patches_near(group, *touched_, pack), weekly_near(group, *touched_, pack),
              limited_near(group, *touched_, pack, 2), separated_near(group, *touched_, pack)}) {
            for (const auto& id : near)
                insert_sorted(beside, id);
        }
    }
    for (const auto* resource : of(v1::KIND_MEDICATION_ADMINISTRATION)) {
        if (concerns(*resource) || std::binary_search(beside.begin(), beside.end(), resource->id)) {
            add_given(*resource);
        }
    }
}

bool Case::asks(const ResourceId& id) const {
    return touched_ == nullptr || std::binary_search(touched_->begin(), touched_->end(), id);
}

// The bytes by which another administration shows that it concerns what is touched: the slots
// that a touched one names, and the ids of touched orders.
std::vector<std::string> Case::needles() const {
    std::vector<std::string> out;
    for (const auto* resource : asked_) {
        if (resource->kind == v1::KIND_MEDICATION_REQUEST) {
            out.push_back(base::to_bytes(resource->id));
        }
        if (resource->kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        for (const auto& change : resource->history) {
            const auto said = said_by<v1::MedicationAdministration>(*change).administration();
            if (!said.slot().empty()) out.push_back(said.slot());
        }
    }
    return out;
}

void Case::add_given(const GroupResource& resource) {
    Given each{&resource, claims_of(resource, clocks), nullptr, {}, false};
    // The order that the claim which counts names; when none counts, the newest that does.
    std::vector<const Claim*> claims;
    for (const auto& claim : each.claims.all)
        claims.push_back(&claim);
    const auto* exposure = each.claims.exposure();
    if (exposure != nullptr) claims.push_back(exposure);
    for (const auto* claim : claims) {
        const auto id = base::from_bytes<ResourceId>(claim->said.request().resource());
        const auto* order = id ? group.find(*id) : nullptr;
        if (order != nullptr && order->kind == v1::KIND_MEDICATION_REQUEST) each.order = order;
    }
    const bool named = exposure != nullptr && !clinical::shown(exposure->said.medication()).empty();
    if (named) each.drugs.push_back(exposure->said.medication());
    // By its name alone, where it is a reference to something that is not here.
    if (exposure != nullptr && !named) {
        const auto& elsewhere = exposure->said.medication_reference();
        if (!elsewhere.display().empty()) each.drugs.push_back(clinical::drug_of({}, elsewhere));
    }
    if (exposure != nullptr && !named && each.order != nullptr) {
        each.as_ordered = true;
        if (const auto* atom = each.order->atom(k_order_prescription)) {
            for (const auto& write : atom->live) {
                const auto ordered =
                    merge::value_as<v1::MedicationRequest>(*each.order, write).prescription();
                each.drugs.push_back(
                    clinical::drug_of(ordered.medication(), ordered.medication_reference()));
            }
        }
    }
    given.push_back(std::move(each));
}

void Case::add_allergy(const GroupResource& resource) {
    Allergy each{&resource, allergy_state(resource, clocks), {}};
    std::optional<Instant> since;
    const auto take = [&](Instant at) {
        since = since ? std::min(*since, at) : at;
    };
    for (const auto& change : resource.history) {
        take(clocks.recorded(*change).earliest);
        const auto said = said_by<v1::AllergyIntolerance>(*change);
        for (const auto& text : {said.assertion().onset(), said.assertion().recorded_date()}) {
            if (const auto lies = stated_by(*change, text)) take(lies->start);
        }
    }
    each.known_since = since.value_or(Instant{});
    allergies.push_back(std::move(each));
}

void Case::find(std::string_view rule, v1::Severity severity, const Subject& subject,
                const std::vector<ChangeId>& inputs,
                std::initializer_list<const GroupResource*> about) {
    FindingId id = finding_id(rule, subject);
    if (KARI_MUTATED(finding_id_from_inputs) && !inputs.empty()) id.bytes = inputs.back().bytes;
    Finding& finding = found_[id];
    if (finding.rule.empty()) {
        finding.id = id;
        finding.rule = std::string(rule);
        finding.subject = subject;
        finding.severity = severity;
    }
    if (more_severe(severity, finding.severity)) finding.severity = severity;
    for (const auto& input : inputs)
        insert_sorted(finding.inputs, input);
    for (const auto* resource : about) {
        if (resource == nullptr) continue;
        insert_sorted(finding.resources, resource->id);
        const bool holds_input = std::any_of(inputs.begin(), inputs.end(), [&](const auto& input) {
            return std::binary_search(resource->changes.begin(), resource->changes.end(), input);
        });
        if (holds_input) insert_sorted(finding.records, resource->record);
    }
}

std::vector<Finding> Case::findings() const {
    std::vector<Finding> all;
    all.reserve(found_.size());
    for (const auto& [id, finding] : found_)
        all.push_back(finding);
    return all;
}

namespace {

std::vector<Finding> run(Case the_case) {
    review_doses(the_case);
    review_second_checks(the_case);
    review_as_needed(the_case);
    review_patches(the_case);
    review_stock(the_case);
    review_weekly(the_case);
    review_dose_limits(the_case);
    review_separations(the_case);
    review_orders(the_case);
    review_interactions(the_case);
    review_verbal_orders(the_case);
    review_allergies(the_case);
    review_measurements(the_case);
    review_care(the_case);
    review_stays(the_case);
    review_people(the_case);
    review_contested(the_case);
    review_streams(the_case);
    return the_case.findings();
}

}  // namespace

std::vector<Finding> review(const Group& group, const clinical::KnowledgePack& pack) {
    return run(Case(group, pack, nullptr));
}

std::vector<ResourceId> written_by_clocks(const Group& group,
                                          const std::vector<ResourceId>& touched) {
    std::set<std::pair<std::string, std::string>> clocks;
    const auto take = [&](const GroupResource* resource) {
        if (resource == nullptr || resource->kind != v1::KIND_TIME_NOTE) return;
        // Also what the note no longer says: those were judged by it.
        for (const auto& change : resource->history) {
            const auto note = said_by<v1::TimeNote>(*change).note();
            clocks.emplace(note.incarnation(), note.boot());
        }
    };
    for (const RecordId& record : group.records) {
        for (const ResourceId& id : touched)
            take(group.find(record, id));
    }
    std::vector<ResourceId> written;
    if (clocks.empty()) return written;
    for (const auto& resource : group.resources) {
        const bool any = std::any_of(
            resource.history.begin(), resource.history.end(), [&](const ChangePtr& change) {
                return clocks.contains(
                    {change->header.incarnation(), change->header.recorded().boot()});
            });
        if (any) written.push_back(resource.id);
    }
    return written;
}

std::vector<Finding> review_examined(const Group& group, const clinical::KnowledgePack& pack,
                                     const std::vector<ResourceId>& examined) {
    auto findings = run(Case(group, pack, &examined));
    std::erase_if(findings, [&](const Finding& finding) { return !names_any(finding, examined); });
    return findings;
}

Reviewed review_touched(const Group& group, const clinical::KnowledgePack& pack,
                        const std::vector<ResourceId>& touched) {
    Reviewed reviewed;
    for (const auto& id : touched)
        insert_sorted(reviewed.examined, id);
    // What is learnt of a clock bears on all that was written by it.
    for (const auto& id : written_by_clocks(group, touched))
        insert_sorted(reviewed.examined, id);
    for (const auto& id : doses_of_acts(group, reviewed.examined))
        insert_sorted(reviewed.examined, id);
    for (const auto& id : stock_near(group, reviewed.examined))
        insert_sorted(reviewed.examined, id);
    // A dose is judged by those before it: of a drug whose amounts add up, and as needed.
    for (const auto& id : limited_near(group, reviewed.examined, pack, 1))
        insert_sorted(reviewed.examined, id);
    for (const auto& id : doses_near(group, reviewed.examined, 1))
        insert_sorted(reviewed.examined, id);
    reviewed.findings = review_examined(group, pack, reviewed.examined);
    return reviewed;
}

std::string contested_rule(std::uint32_t kind, std::uint32_t atom) {
    switch (kind) {
        case v1::KIND_MEDICATION_ADMINISTRATION:
            return "merge/administration";
        case v1::KIND_OBSERVATION:
            return "merge/observation";
        case v1::KIND_DOCUMENT_REFERENCE:
            return "merge/note-fork";
        case v1::KIND_ALLERGY_INTOLERANCE:
            if (atom == k_allergy_clinical || atom == k_allergy_verification) {
                return "merge/allergy-status";
            }
            break;
        case v1::KIND_CONDITION:
            if (atom == k_condition_clinical || atom == k_condition_verification) {
                return "merge/problem-status";
            }
            break;
        case v1::KIND_ENCOUNTER:
        case v1::KIND_IMMUNIZATION:
        case v1::KIND_COMMUNICATION:
        case v1::KIND_PROCEDURE:
            return "merge/" + std::string(short_kind(kind));
        default:
            break;
    }
    std::string name = "atom-" + std::to_string(atom);
    const auto* schema = merge::schema_of(kind);
    if (const auto* known = schema == nullptr ? nullptr : schema->atom(atom)) name = known->name;
    std::replace(name.begin(), name.end(), '_', '-');
    return "merge/" + std::string(short_kind(kind)) + "-" + name;
}

}  // namespace kari::chart
