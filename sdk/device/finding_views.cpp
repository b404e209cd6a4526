// SPDX-License-Identifier: Apache-2.0
//
// A finding as screens show it, and what it is about as a nurse calls it.
#include "kari/v1/stock.pb.h"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/finding_rules.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/finding_state.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/views.hpp"

namespace kari::device {

namespace {

std::string drug_named(const v1::CodeableConcept& coded, const v1::Reference& named) {
    const std::string name = clinical::shown(coded);
    return name.empty() ? named.display() : name;
}

// Of an order by phone what was taken down: nothing of it is in effect.
std::string drug_ordered(const chart::GroupResource& order) {
    auto said = merge::operative_as<v1::MedicationRequest>(order);
    if (chart::is_verbal_order(order)) {
        const auto* atom = order.atom(v1::MedicationRequest::kPrescriptionFieldNumber);
        said = merge::value_as<v1::MedicationRequest>(order, atom->pending.front());
    }
    const auto& prescription = said.prescription();
    return drug_named(prescription.medication(), prescription.medication_reference());
}

// The statement that counts, else the one that stands: of a dose that was not given, too.
void add_dose(const Session& session, const chart::Group& group,
              const chart::GroupResource& resource, FindingAbout& out) {
    const chart::AdministrationView view = chart::administration_of(group, resource);
    if (!view.exposure && view.live.empty()) return;
    const auto& counts = view.exposure ? *view.exposure : view.live.front();
    const v1::Administration& said = counts.value;
    out.what = drug_named(said.medication(), said.medication_reference());
    if (out.what.empty() && view.order) {
        if (const auto* order = group.find(*view.order)) out.what = drug_ordered(*order);
    }
    out.effective = effective_shown(session, said, counts.by);
    if (said.has_dose()) {
        out.amount = clinical::amount_words(said.dose(), spoken(session.language));
    }
}

std::optional<FindingAbout> about(const Session& session, const chart::Group& group,
                                  const chart::GroupResource& resource) {
    FindingAbout out;
    out.resource = resource.id;
    switch (resource.kind) {
        case v1::KIND_MEDICATION_REQUEST:
            out.kind = "MedicationRequest";
            out.what = drug_ordered(resource);
            break;
        case v1::KIND_MEDICATION_ADMINISTRATION:
            out.kind = "MedicationAdministration";
            add_dose(session, group, resource, out);
            break;
        case v1::KIND_OBSERVATION: {
            out.kind = "Observation";
            const auto said = merge::operative_as<v1::Observation>(resource).observation();
            out.what = clinical::shown(said.code());
            out.effective = said.effective();
            break;
        }
        case v1::KIND_ALLERGY_INTOLERANCE:
            out.kind = "AllergyIntolerance";
            out.what =
                clinical::shown(merge::operative_as<v1::AllergyIntolerance>(resource).code());
            break;
        case v1::KIND_IMMUNIZATION: {
            out.kind = "Immunization";
            const auto said = merge::operative_as<v1::Immunization>(resource).immunization();
            out.what = clinical::shown(said.vaccine_code());
            out.effective = said.occurrence();
            break;
        }
        case v1::KIND_STOCK_EVENT: {
            out.kind = "StockEvent";
            const auto said = merge::operative_as<v1::StockEvent>(resource).event();
            out.what = drug_named(said.medication(), said.medication_reference());
            out.effective = said.effective();
            out.amount = clinical::amount_words(said.quantity(), spoken(session.language));
            break;
        }
        default:
            return std::nullopt;
    }
    if (out.what.empty()) return std::nullopt;
    return out;
}

std::vector<FindingAbout> about(const Session& session, const chart::Group& group,
                                const std::vector<ResourceId>& resources) {
    std::vector<FindingAbout> out;
    for (const ResourceId& id : resources) {
        const auto* resource = group.find(id);
        auto one = resource == nullptr ? std::nullopt : about(session, group, *resource);
        if (one) out.push_back(std::move(*one));
    }
    return out;
}

}  // namespace

bool is_open(const Session& session, const chart::TrackedFinding& tracked) {
    if (tracked.state != chart::FindingState::deferred) {
        return tracked.state == chart::FindingState::open;
    }
    const auto until = base::parse_fhir_time(tracked.deferred_until, zone_of(session));
    return !until || until->end <= best_now(session.platform, session.settings);
}

FindingItem finding_item(const Session& session, const RecordId& record,
                         const chart::TrackedFinding& tracked, const chart::Group& group) {
    const chart::Finding& finding = tracked.finding;
    FindingItem out;
    out.id = finding.id;
    SeenResource seen;
    seen.record = record;
    seen.resource = chart::issue_resource(finding.id);
    seen.heads = tracked.issue_heads;
    seen.finding =
        SeenFinding{finding.id, static_cast<std::uint8_t>(finding.severity), finding.inputs};
    out.token = make_token(seen);
    out.rule = finding.rule;
    out.severity = static_cast<int>(finding.severity);
    const auto language = spoken(session.language);
    if (const clinical::Sentences* said = clinical::sentences(finding.rule, language)) {
        out.title = said->title;
        out.meaning = said->meaning;
        out.action = said->next;
    } else {
        out.title = finding.rule;
    }
    out.state = tracked.state == chart::FindingState::resolved ? "resolved"
                : is_open(session, tracked)                    ? "open"
                                                               : "deferred";
    out.provisional = tracked.provisional;
    out.inputs = finding.inputs;
    out.records = finding.records;
    out.resources = finding.resources;
    out.about = about(session, group, finding.resources);
    out.deferred_until = tracked.deferred_until;
    out.due = tracked.due;
    out.assigned_to = tracked.assigned_to.value_or(PersonId{});
    out.resolver = chart::name_of(chart::finding_rule(finding.rule).resolver);
    if (const auto* who = clinical::sentences("who/" + out.resolver, language)) {
        out.resolver_name = who->title;
    }
    return out;
}

}  // namespace kari::device
