// SPDX-License-Identifier: Apache-2.0
//
// From a chart, which speaks in schema messages, to the plain values of a ChartView.
#include <algorithm>
#include <functional>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/chart/finding_rules.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/given_words.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/device/care_views.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/intake.hpp"
#include "sdk/device/patches.hpp"
#include "sdk/device/score_views.hpp"
#include "sdk/device/views.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::device {

namespace {

// Turns one citizen's chart into a view; holds what every item needs.
class ViewMaker {
public:
    ViewMaker(const Session& session, const chart::Group& group, const DataAge& age)
        : session_(session), group_(group), age_(age) {}

    PatientItem patient(const chart::PatientView& view) const;
    AllergyItem allergy(const chart::AllergyView& view) const;
    OrderItem order(const chart::OrderView& view) const;
    AdministrationItem administration(const chart::AdministrationView& view) const;
    ObservationItem observation(const chart::ObservationView& view) const;
    NoteItem note(const chart::NoteView& view) const;

private:
    Said said(const chart::Authorship& by) const { return said_of(session_, by); }

    template <typename Item>
    Item head(const chart::Item& item) const {
        return head_of<Item>(item, age_);
    }

    template <typename T, typename Message, typename Convert>
    std::vector<typename Field<T>::Live> statements(
        const std::vector<chart::Statement<Message>>& from, Convert convert) const {
        std::vector<typename Field<T>::Live> out;
        for (const auto& statement : from) {
            out.push_back({convert(statement.value), said(statement.by)});
        }
        return out;
    }

    // One atom of an allergy, from the statements of it that stand: one that still speaks for
    // another atom may have been answered in this one.
    template <typename T>
    Field<T> atom(const chart::AllergyView& view, int number,
                  const std::function<bool(const v1::AllergyIntolerance&)>& has,
                  const std::function<T(const v1::AllergyIntolerance&)>& get) const {
        Field<T> out;
        if (has(view.value)) out.value = get(view.value);
        const auto* resource = group_.find(view.version.record, view.version.resource);
        const auto* state =
            resource == nullptr ? nullptr : resource->atom(static_cast<std::uint32_t>(number));
        if (state == nullptr) return out;
        for (const auto& statement : view.live) {
            const auto stands = std::any_of(
                state->live.begin(), state->live.end(),
                [&](const merge::AtomWrite& write) { return write.change == statement.by.change; });
            if (!stands || !has(statement.value)) continue;
            out.live.push_back({get(statement.value), said(statement.by)});
            if (!(out.live.back().value == out.live.front().value)) out.contested = true;
        }
        return out;
    }

    const Session& session_;
    const chart::Group& group_;
    const DataAge& age_;
};

template <typename Notes>
std::vector<std::string> texts(const Notes& notes) {
    std::vector<std::string> out;
    for (const v1::Annotation& note : notes)
        out.push_back(note.text());
    return out;
}

PatientItem ViewMaker::patient(const chart::PatientView& view) const {
    auto out = head<PatientItem>(view);
    out.name = view.name;
    out.birth_date = view.birth_date;
    const auto* resource = group_.find(view.version.record, view.version.resource);
    const v1::Patient shown = resource == nullptr ? view.value : shown_patient(*resource);
    if (out.name.empty()) out.name = shown_name(shown);
    if (out.birth_date.empty()) out.birth_date = shown.birth_date();
    if (shown.has_gender()) {
        out.gender =
            fhir_code(v1::AdministrativeGender_Name(shown.gender()), "ADMINISTRATIVE_GENDER_");
    }
    for (const v1::Identifier& identifier : view.value.identifier().items()) {
        out.identifiers.push_back(identifier.value());
    }
    if (view.value.address().items_size() > 0) {
        const v1::Address& address = view.value.address().items(0);
        for (const std::string& line : address.line())
            out.address += line + ", ";
        out.address += address.postal_code() + " " + address.city();
    }
    if (view.value.telecom().items_size() > 0) {
        out.telecom = view.value.telecom().items(0).value();
    }
    const auto* name =
        resource == nullptr ? nullptr : resource->atom(v1::Patient::kNameFieldNumber);
    out.name_contested = name != nullptr && name->contested;
    out.deceased = view.value.deceased().deceased() || !view.value.deceased().date_time().empty();
    return out;
}

AllergyItem ViewMaker::allergy(const chart::AllergyView& view) const {
    using Allergy = v1::AllergyIntolerance;
    auto out = head<AllergyItem>(view);
    out.code = atom<Coded>(
        view, Allergy::kCodeFieldNumber, [](const Allergy& a) { return a.has_code(); },
        [](const Allergy& a) { return coded(a.code()); });
    out.clinical_status = atom<std::string>(
        view, Allergy::kClinicalStatusFieldNumber,
        [](const Allergy& a) { return a.has_clinical_status(); },
        [](const Allergy& a) { return fhir_code(a.clinical_status()); });
    out.verification_status = atom<std::string>(
        view, Allergy::kVerificationStatusFieldNumber,
        [](const Allergy& a) { return a.has_verification_status(); },
        [](const Allergy& a) { return fhir_code(a.verification_status()); });
    out.criticality = atom<std::string>(
        view, Allergy::kCriticalityFieldNumber,
        [](const Allergy& a) { return a.has_criticality(); },
        [](const Allergy& a) { return fhir_code(a.criticality()); });
    for (const v1::Reaction& reaction : view.value.reaction().items()) {
        if (!reaction.description().empty()) out.reactions.push_back(reaction.description());
        for (const v1::CodeableConcept& manifestation : reaction.manifestation()) {
            const std::string shown = clinical::shown(manifestation);
            if (shown != reaction.description()) out.reactions.push_back(shown);
        }
    }
    out.notes = texts(view.value.note().items());
    out.active = view.standing == chart::AllergyStanding::active;
    return out;
}

// In effect, else as proposed by whoever took the order down.
v1::Reference requester_of(const chart::GroupResource& order) {
    const auto number = v1::MedicationRequest::kAuthoringFieldNumber;
    const auto* atom = order.atom(number);
    if (atom == nullptr) return {};
    const auto* write = order.operative_write(number);
    if (write == nullptr && atom->live.empty() && !atom->pending.empty()) {
        write = &atom->pending.front();
    }
    if (write == nullptr) return {};
    return merge::value_as<v1::MedicationRequest>(order, *write).authoring().requester();
}

OrderItem ViewMaker::order(const chart::OrderView& view) const {
    auto out = head<OrderItem>(view);
    const auto status = [](v1::MedicationRequestStatus s) {
        return fhir_code(s);
    };
    const auto words = [this](const v1::Prescription& prescription) {
        return prescription_text(prescription, session_.language);
    };
    out.lineage = view.lineage;
    if (view.status != v1::MEDICATION_REQUEST_STATUS_UNSPECIFIED) {
        out.status.value = fhir_code(view.status);
    }
    out.status.live = statements<std::string>(view.statuses, status);
    out.status.proposed = statements<std::string>(view.proposed_status, status);
    if (view.prescription) out.prescription.value = words(*view.prescription);
    out.prescription.live = statements<PrescriptionText>(view.prescriptions, words);
    out.prescription.proposed = statements<PrescriptionText>(view.proposed, words);
    if (const auto* resource = group_.find(view.version.record, view.version.resource)) {
        const auto* prescription = resource->atom(v1::MedicationRequest::kPrescriptionFieldNumber);
        const auto* state = resource->atom(v1::MedicationRequest::kStatusFieldNumber);
        out.prescription.contested = prescription != nullptr && prescription->contested;
        out.status.contested = state != nullptr && state->contested;
        const auto request = merge::operative_as<v1::MedicationRequest>(*resource);
        out.prescriber = requester_of(*resource).display();
        out.status_reason = clinical::shown(request.status_reason());
        out.notes = texts(request.note().items());
    }
    out.active = view.status == v1::MEDICATION_REQUEST_STATUS_ACTIVE &&
                 std::none_of(view.prescriptions.begin(), view.prescriptions.end(),
                              [](const auto& side) { return side.value.do_not_perform(); });
    return out;
}

AdministrationText administration_text(const v1::Administration& from) {
    AdministrationText out;
    out.status = fhir_code(from.status());
    for (const v1::CodeableConcept& reason : from.status_reason()) {
        out.status_reason.push_back(coded(reason));
    }
    out.medication = coded(from.medication());
    out.order = base::from_bytes<ResourceId>(from.request().resource()).value_or(ResourceId{});
    for (const std::string& version : from.request_version()) {
        if (const auto id = base::from_bytes<ChangeId>(version)) out.order_version.push_back(*id);
    }
    out.slot = base::from_bytes<SlotId>(from.slot()).value_or(SlotId{});
    out.effective = from.effective().empty() ? from.effective_period().start() : from.effective();
    if (from.has_dose()) out.dose = quantity(from.dose());
    out.site = coded(from.site());
    for (const v1::Reference& performer : from.performer()) {
        out.performers.push_back(performer.display());
    }
    out.notes = texts(from.note());
    for (const v1::Override& override_ : from.override()) {
        out.overrides.push_back({override_.rule(), override_.reason()});
    }
    if (from.has_scanned()) {
        const v1::ScannedPackage& label = from.scanned();
        out.package =
            PackageText{label.gtin(), label.vnr(), label.expires(), label.lot(), label.serial()};
    }
    out.intake = clinical::intake_code(from.intake());
    out.effect_due = from.effect_due();
    for (const std::string& earlier : from.follows()) {
        if (const auto id = base::from_bytes<ChangeId>(earlier)) out.follows.push_back(*id);
    }
    return out;
}

std::string standing_word(chart::CheckStanding standing) {
    switch (standing) {
        case chart::CheckStanding::holds:
            return "holds";
        case chart::CheckStanding::same_person:
            return "same-person";
        case chart::CheckStanding::out_of_time:
            return "out-of-time";
        case chart::CheckStanding::stale:
            return "stale";
    }
    return "stale";
}

AdministrationItem ViewMaker::administration(const chart::AdministrationView& view) const {
    auto out = head<AdministrationItem>(view);
    if (view.value) out.statement.value = administration_text(*view.value);
    out.statement.live = statements<AdministrationText>(view.live, administration_text);
    out.statement.contested = view.contested;
    out.earlier = statements<AdministrationText>(view.earlier, administration_text);
    out.counts = view.exposure.has_value();
    out.correction_unconfirmed = view.correction_unconfirmed;
    for (const chart::CheckOfDose& check : view.checks)
        out.checks.push_back({said(check.by), standing_word(check.standing)});
    out.after = after_dose_items(session_, view.after);
    return out;
}

std::string value_text(const v1::ObservationValue& value) {
    switch (value.value_case()) {
        case v1::ObservationValue::kCodeableConcept:
            return clinical::shown(value.codeable_concept());
        case v1::ObservationValue::kText:
            return value.text();
        case v1::ObservationValue::kBoolean:
            return value.boolean() ? "true" : "false";
        case v1::ObservationValue::kInteger:
            return value.integer();
        case v1::ObservationValue::kDateTime:
            return value.date_time();
        case v1::ObservationValue::kTime:
            return value.time();
        default:
            return {};
    }
}

ObservationText observation_text(const v1::Measurement& from) {
    ObservationText out;
    out.status = fhir_code(from.status());
    out.code = coded(from.code());
    out.value = quantity(from.value().quantity());
    out.text = value_text(from.value());
    for (const v1::ObservationComponent& component : from.component()) {
        out.components.push_back({coded(component.code()), quantity(component.value().quantity()),
                                  value_text(component.value())});
    }
    out.effective = from.effective().empty() ? from.effective_period().start() : from.effective();
    out.notes = texts(from.note());
    return out;
}

ObservationItem ViewMaker::observation(const chart::ObservationView& view) const {
    auto out = head<ObservationItem>(view);
    if (view.value) out.statement.value = observation_text(*view.value);
    out.statement.live = statements<ObservationText>(view.live, observation_text);
    out.statement.contested = view.contested;
    out.earlier = statements<ObservationText>(view.earlier, observation_text);
    return out;
}

NoteText note_text(const v1::Document& from) {
    NoteText out;
    out.status = fhir_code(v1::DocumentStatus_Name(from.status()), "DOCUMENT_STATUS_");
    out.is_signed = from.doc_status() == "final" || from.doc_status() == "amended";
    out.type = clinical::shown(from.type());
    out.title = from.description();
    out.text = from.text();
    out.date = from.date();
    for (const v1::Reference& author : from.author())
        out.authors.push_back(author.display());
    for (const v1::RelatedDocument& related : from.relates_to()) {
        if (related.code() != "appends") continue;
        out.appends_to =
            base::from_bytes<ResourceId>(related.target().resource()).value_or(ResourceId{});
    }
    return out;
}

NoteItem ViewMaker::note(const chart::NoteView& view) const {
    auto out = head<NoteItem>(view);
    out.document.live = statements<NoteText>(view.sides, note_text);
    if (!out.document.live.empty()) out.document.value = out.document.live.front().value;
    out.document.contested = view.sides.size() > 1;
    return out;
}

std::string allergy_statement(chart::AllergySummary summary) {
    switch (summary) {
        case chart::AllergySummary::not_registered:
            return "not recorded";
        case chart::AllergySummary::none_known:
            return "asserted none";
        case chart::AllergySummary::listed:
            return "listed";
        case chart::AllergySummary::incomplete:
            return "cannot tell";
    }
    return "cannot tell";
}

std::string advice(std::string_view rule, Language language) {
    const auto* said = clinical::sentences(rule, spoken(language));
    return said == nullptr ? std::string(rule)
                           : std::string(said->meaning) + " " + std::string(said->next);
}

// What another version wrote and this one cannot read: the newest of a resource, or all of a kind.
bool beyond_reading(const merge::Resource& resource) {
    return resource.unreadable || merge::schema_of(resource.kind) == nullptr;
}

void add_missing(ChartView& view, const chart::Group& group, Language language) {
    for (const RecordId& record : group.not_here) {
        view.missing.push_back(
            {"linked record " + record.text(), advice("chart/not-here", language)});
    }
    const auto count = [&](std::string_view rule, const auto& lacks) {
        const auto found = std::count_if(group.resources.begin(), group.resources.end(), lacks);
        if (found == 0) return;
        view.missing.push_back({std::to_string(found) + " resource(s)", advice(rule, language)});
    };
    count("chart/incomplete", [](const auto& one) { return one.incomplete(); });
    count("chart/unreadable", [](const auto& one) { return beyond_reading(one); });
}

// Of a record of which all that stands is not here yet no kind can be said to be complete.
void add_reach(const Session& session, const chart::Group& group, ChartView& view) {
    const auto patient = group.complete_since.find(v1::KIND_PATIENT);
    if (patient != group.complete_since.end() && patient->second == chart::k_not_yet) {
        view.missing.push_back({"record on its way", advice("chart/on-its-way", session.language)});
        return;
    }
    for (const auto& [kind, since] : group.complete_since) {
        const auto* schema = merge::schema_of(kind);
        // No chart shows those of long ago, or shows them at all.
        if (kind == v1::KIND_MEDICATION_ALLOWANCE || kind == v1::KIND_STOCK_EVENT) continue;
        if (schema != nullptr) view.complete_since.push_back({schema->name, since, {}});
    }
}

}  // namespace

ChartView chart_view(const Session& session, const RecordId& record, const chart::Group& group,
                     const chart::Chart& chart, const DataAge& age) {
    const ViewMaker make(session, group, age);
    ChartView out;
    out.record = record;
    out.group = chart.records;
    out.age = age;
    if (!chart.patients.empty()) out.patient = make.patient(chart.patients.front());
    out.suspended = suspension(chart::death_of(group), session.language);
    out.allergy_statement = allergy_statement(chart.allergies.summary);
    for (const auto& view : chart.allergies.entries)
        out.allergies.push_back(make.allergy(view));
    for (const auto& view : chart.orders)
        out.orders.push_back(make.order(view));
    for (const auto& view : chart.administrations) {
        out.administrations.push_back(make.administration(view));
    }
    out.patches = patch_items(session, group, age);
    out.scores = score_items(session, chart.scores);
    for (const auto& view : chart.observations)
        out.observations.push_back(make.observation(view));
    for (const auto& view : chart.notes)
        out.notes.push_back(make.note(view));
    for (const auto& tracked : chart.findings) {
        FindingItem item = finding_item(session, record, tracked, group);
        if (const auto* issue = group.find(chart::issue_resource(item.id))) {
            const auto people = merge::operative_as<v1::DetectedIssue>(*issue).assignment();
            item.assigned_to = base::from_bytes<PersonId>(people.person()).value_or(PersonId{});
        }
        out.findings.push_back(std::move(item));
    }
    out.care = care_view(session, chart.care, age);
    out.other_resources = chart.others.size();
    add_reach(session, group, out);
    add_missing(out, group, session.language);
    return out;
}

}  // namespace kari::device
