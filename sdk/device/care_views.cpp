// SPDX-License-Identifier: Apache-2.0
//
// From the care of a chart, which speaks in schema messages, to the plain values of a CareView.
#include "sdk/device/care_views.hpp"

#include <functional>

#include "sdk/base/time.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/device/care_parts.hpp"

namespace kari::device {

namespace {

template <typename Notes>
std::vector<std::string> texts(const Notes& notes) {
    std::vector<std::string> out;
    for (const v1::Annotation& note : notes)
        out.push_back(note.text());
    return out;
}

template <typename References>
std::vector<std::string> names(const References& references) {
    std::vector<std::string> out;
    for (const v1::Reference& one : references) {
        out.push_back(one.display().empty() ? one.reference() : one.display());
    }
    return out;
}

template <typename Concepts>
std::vector<Coded> all_coded(const Concepts& concepts) {
    std::vector<Coded> out;
    for (const v1::CodeableConcept& one : concepts)
        out.push_back(coded(one));
    return out;
}

ResourceId resource_in(const v1::Reference& reference) {
    return base::from_bytes<ResourceId>(reference.resource()).value_or(ResourceId{});
}

std::string shown_name(const v1::HumanNames& names) {
    v1::Patient as_patient;
    *as_patient.mutable_name() = names;
    return device::shown_name(as_patient);
}

// Makes the items of one chart.
class CareMaker {
public:
    CareMaker(const Session& session, const DataAge& age) : session_(session), age_(age) {}

    ProblemItem problem(const chart::ConditionView& view) const;
    MeasureItem measure(const chart::MeasureView& view) const;
    PlannedVisitItem planned_visit(const chart::PlannedVisitView& view) const;
    AppointmentItem appointment(const chart::AppointmentView& view) const;
    TaskItem task(const chart::TaskView& view) const;
    RelatedPersonItem related_person(const chart::RelatedPersonView& view) const;
    ConsentItem consent(const chart::ConsentView& view) const;
    TreatmentLimitItem treatment_limit(const chart::AdvanceDecisionView& view) const;

    // A fact: what stands, and what was said of it before. `has`: an operative statement is there.
    template <typename Item, typename Text, typename Message>
    Item fact(const chart::ResourceView<Message>& view, bool has,
              const std::function<Text(const Message&)>& text) const {
        auto out = head_of<Item>(view, age_);
        out.statement = field<Text>(view, 1, has, text);
        for (const auto& statement : view.earlier) {
            out.earlier.push_back({text(statement.value), said_of(session_, statement.by)});
        }
        return out;
    }

private:
    // One atom. `has`: there is an operative value.
    template <typename T, typename Message>
    Field<T> field(const chart::ResourceView<Message>& view, int number, bool has,
                   const std::type_identity_t<std::function<T(const Message&)>>& get) const {
        Field<T> out;
        if (has) out.value = get(view.value);
        const auto* atom = view.atom(static_cast<std::uint32_t>(number));
        if (atom == nullptr) return out;
        out.contested = atom->contested;
        for (const auto& each : atom->live)
            out.live.push_back({get(each.value), said_of(session_, each.by)});
        for (const auto& each : atom->pending)
            out.proposed.push_back({get(each.value), said_of(session_, each.by)});
        return out;
    }
    std::string timing_words(const v1::MeasureTiming& timing) const {
        if (!timing.text().empty()) return timing.text();
        v1::Dosage as_dosage;
        *as_dosage.mutable_timing() = timing.timing();
        return clinical::shown_dosage(as_dosage, spoken(session_.language));
    }

    const Session& session_;
    const DataAge& age_;
};

ProblemItem CareMaker::problem(const chart::ConditionView& view) const {
    using Of = v1::Condition;
    const Of& value = view.value;
    auto out = head_of<ProblemItem>(view, age_);
    out.code = field<Coded>(view, Of::kCodeFieldNumber, value.has_code(),
                            [](const Of& of) { return coded(of.code()); });
    out.clinical_status =
        field<std::string>(view, Of::kClinicalStatusFieldNumber, value.has_clinical_status(),
                           [](const Of& of) { return enum_code(of.clinical_status()); });
    out.verification_status = field<std::string>(
        view, Of::kVerificationStatusFieldNumber, value.has_verification_status(),
        [](const Of& of) { return enum_code(of.verification_status()); });
    out.severity = field<Coded>(view, Of::kSeverityFieldNumber, value.has_severity(),
                                [](const Of& of) { return coded(of.severity()); });
    out.onset = value.onset().at();
    out.abatement = value.abatement().at();
    out.notes = texts(value.note().items());
    out.active = view.active;
    return out;
}

int people_of(v1::HelperCount count) {
    switch (count) {
        case v1::HELPER_COUNT_FOUR_OR_MORE:
            return 4;
        case v1::HELPER_COUNT_THREE:
            return 3;
        case v1::HELPER_COUNT_TWO:
            return 2;
        case v1::HELPER_COUNT_ONE:
            return 1;
        default:
            return 0;
    }
}

MeasureItem CareMaker::measure(const chart::MeasureView& view) const {
    using Of = v1::ServiceMeasure;
    const Of& value = view.value;
    auto out = head_of<MeasureItem>(view, age_);
    out.kind = view.kind == v1::KIND_PROTECTIVE_MEASURE  ? "protective"
               : view.kind == v1::KIND_RESTRAINT_MEASURE ? "restraint"
                                                         : "service";
    out.what = field<Coded>(view, Of::kContentFieldNumber, value.has_content(), [](const Of& of) {
        Coded what = coded(of.content().code());
        if (what.empty()) what.text = of.content().title();
        return what;
    });
    out.title = value.content().title();
    out.description = value.content().description();
    for (const v1::PlannedActivity& one : value.content().activity())
        out.activities.push_back(coded(one.code()));
    out.timing = field<std::string>(view, Of::kTimingFieldNumber, value.has_timing(),
                                    [this](const Of& of) { return timing_words(of.timing()); });
    out.instruction = field<std::string>(view, Of::kInstructionFieldNumber, value.has_instruction(),
                                         [](const Of& of) { return of.instruction(); });
    out.people = field<int>(view, Of::kStaffingFieldNumber, value.has_staffing(),
                            [](const Of& of) { return people_of(of.staffing().count()); });
    out.goal = value.goal().text();
    out.status = field<std::string>(view, Of::kStatusFieldNumber, value.has_status(),
                                    [](const Of& of) { return enum_code(of.status()); });
    out.status_reason = clinical::shown(value.status_reason());
    out.starts = value.validity().start();
    out.ends = value.validity().end();
    const auto until = base::parse_fhir_time(out.ends, zone_of(session_));
    out.past_its_end = until && best_now(session_.platform, session_.settings) >= until->end;
    out.in_force = view.in_force;
    out.end_proposed = view.end_proposed;
    out.notes = texts(value.note().items());
    out.acts = view.acts;
    return out;
}

std::string state_name(chart::VisitState state) {
    switch (state) {
        case chart::VisitState::planned:
            return "planned";
        case chart::VisitState::suspended:
            return "suspended";
        case chart::VisitState::cancelled:
            return "cancelled";
        case chart::VisitState::hindered:
            return "hindered";
        case chart::VisitState::under_way:
            return "under-way";
        case chart::VisitState::carried_out:
            return "carried-out";
    }
    return "planned";
}

Coded first_coded(const google::protobuf::RepeatedPtrField<v1::CodeableConcept>& concepts) {
    return concepts.empty() ? Coded{} : coded(concepts.Get(0));
}

PlannedVisitItem CareMaker::planned_visit(const chart::PlannedVisitView& view) const {
    using Of = v1::PlannedEncounter;
    const Of& value = view.value;
    auto out = head_of<PlannedVisitItem>(view, age_);
    out.state = state_name(view.state);
    out.time = field<PlannedTime>(
        view, Of::kScheduleFieldNumber, value.has_schedule(),
        [](const Of& of) { return PlannedTime{of.schedule().start(), of.schedule().end()}; });
    out.status = field<std::string>(view, Of::kStatusFieldNumber, value.has_status(),
                                    [](const Of& of) { return enum_code(of.status()); });
    out.type = first_coded(value.content().type());
    out.reasons = all_coded(value.content().reason_code());
    out.performers = names(value.performers().performer());
    out.notes = texts(value.note().items());
    out.visits = view.visits;
    return out;
}

AppointmentItem CareMaker::appointment(const chart::AppointmentView& view) const {
    using Of = v1::Appointment;
    const Of& value = view.value;
    auto out = head_of<AppointmentItem>(view, age_);
    out.state = state_name(view.state);
    out.time = field<PlannedTime>(view, Of::kTimeFieldNumber, value.has_time(), [](const Of& of) {
        return PlannedTime{of.time().start(), of.time().end()};
    });
    out.status = field<std::string>(view, Of::kStatusFieldNumber, value.has_status(),
                                    [](const Of& of) { return enum_code(of.status()); });
    out.description = value.content().description();
    out.instruction = value.content().patient_instruction();
    for (const v1::AppointmentParticipant& one : value.participant().items()) {
        out.participants.push_back(one.actor().display().empty() ? one.actor().reference()
                                                                 : one.actor().display());
    }
    out.cancelled_because = clinical::shown(value.cancelation_reason());
    out.visits = view.visits;
    return out;
}

TaskItem CareMaker::task(const chart::TaskView& view) const {
    using Of = v1::Task;
    const Of& value = view.value;
    auto out = head_of<TaskItem>(view, age_);
    out.state = view.state == chart::TaskState::done        ? "done"
                : view.state == chart::TaskState::cancelled ? "cancelled"
                                                            : "open";
    out.code = coded(value.content().code());
    out.description = value.content().description();
    out.effect = enum_code(value.content().effect());
    out.status = field<std::string>(view, Of::kStatusFieldNumber, value.has_status(),
                                    [](const Of& of) { return enum_code(of.status()); });
    out.priority = field<std::string>(view, Of::kPriorityFieldNumber, value.has_priority(),
                                      [](const Of& of) { return enum_code(of.priority()); });
    out.owner = field<std::string>(view, Of::kOwnerFieldNumber, value.has_owner(),
                                   [](const Of& of) { return of.owner().display(); });
    out.due = view.due;
    out.notes = texts(value.note().items());
    out.acts = view.acts;
    return out;
}

RelatedPersonItem CareMaker::related_person(const chart::RelatedPersonView& view) const {
    using Of = v1::RelatedPerson;
    const Of& value = view.value;
    auto out = head_of<RelatedPersonItem>(view, age_);
    out.name = field<std::string>(view, Of::kNameFieldNumber, value.has_name(),
                                  [](const Of& of) { return shown_name(of.name()); });
    out.relationship = all_coded(value.relationship().items());
    for (const v1::ContactPoint& point : value.telecom().items())
        out.telecom.push_back(point.value());
    if (value.address().items_size() > 0) {
        const v1::Address& address = value.address().items(0);
        for (const std::string& line : address.line())
            out.address += line + ", ";
        out.address += address.postal_code() + " " + address.city();
    }
    if (value.has_call_order()) out.call_order = value.call_order();
    out.next_of_kin = field<bool>(view, Of::kNextOfKinFieldNumber, value.has_next_of_kin(),
                                  [](const Of& of) { return of.next_of_kin().nearest(); });
    out.nearest = view.nearest;
    out.legal_role = clinical::shown(value.legal().role());
    out.contact = field<std::string>(view, Of::kContactFieldNumber, value.has_contact(),
                                     [](const Of& of) { return enum_code(of.contact()); });
    out.information = field<std::string>(view, Of::kInformationFieldNumber, value.has_information(),
                                         [](const Of& of) { return enum_code(of.information()); });
    out.notes = texts(value.note().items());
    return out;
}

template <typename Decision>
ConsentText consent_text(const Decision& from, std::string effect) {
    ConsentText out;
    out.effect = std::move(effect);
    out.scope = coded(from.scope());
    if (out.scope.empty() && from.category_size() > 0) out.scope = coded(from.category(0));
    out.starts = from.period().start();
    out.ends = from.period().end();
    for (const v1::ConsentActor& actor : from.actor()) {
        out.parties.push_back(actor.reference().display().empty() ? actor.reference().reference()
                                                                  : actor.reference().display());
    }
    out.text = from.text();
    out.has_exceptions = from.has_exceptions();
    return out;
}

ConsentItem CareMaker::consent(const chart::ConsentView& view) const {
    using Of = v1::Consent;
    const auto words = [](const Of& of) {
        return consent_text(of.decision(), enum_code(of.decision().effect()));
    };
    auto out = head_of<ConsentItem>(view, age_);
    out.decision =
        field<ConsentText>(view, Of::kDecisionFieldNumber, view.value.has_decision(), words);
    for (const auto& denial : view.denials)
        out.denials.push_back(words(denial.value));
    out.notes = texts(view.value.note().items());
    return out;
}

TreatmentLimitItem CareMaker::treatment_limit(const chart::AdvanceDecisionView& view) const {
    using Of = v1::AdvanceDecision;
    auto out = head_of<TreatmentLimitItem>(view, age_);
    // While it is unclear nothing is shown as the one that holds.
    out.decision = field<ConsentText>(
        view, Of::kDecisionFieldNumber, view.value.has_decision() && !view.unclear,
        [](const Of& of) { return consent_text(of.decision(), enum_code(of.decision().limit())); });
    out.unclear = view.unclear;
    const auto until = base::parse_fhir_time(view.value.decision().period().end(),
                                             session_.platform.clock->zone());
    out.review_overdue = !view.unclear && until &&
                         view.value.decision().limit() == v1::TREATMENT_LIMIT_IN_FORCE &&
                         best_now(session_.platform, session_.settings) >= until->end;
    out.notes = texts(view.value.note().items());
    return out;
}

ActText act_text(const v1::Procedure& of) {
    const v1::Performance& from = of.procedure();
    ActText out;
    out.status = enum_code(from.status());
    out.code = coded(from.code());
    out.about = resource_in(from.about());
    out.performed = from.performed().empty() ? from.performed_period().start() : from.performed();
    out.reason = clinical::shown(from.status_reason());
    out.performers = names(from.performer());
    out.notes = texts(from.note());
    return out;
}

VisitText visit_text(const v1::Encounter& of) {
    const v1::Visit& from = of.visit();
    VisitText out;
    out.status = enum_code(from.status());
    out.hindrance = enum_code(from.hindrance());
    out.starts = from.period().start();
    out.ends = from.period().end();
    out.type = first_coded(from.type());
    out.reasons = all_coded(from.reason_code());
    out.plan = resource_in(from.plan());
    out.performers = names(from.performer());
    out.notes = texts(from.note());
    return out;
}

ImmunizationText immunization_text(const v1::Immunization& of) {
    const v1::Vaccination& from = of.immunization();
    ImmunizationText out;
    out.status = enum_code(from.status());
    out.vaccine = coded(from.vaccine_code());
    out.occurrence = from.occurrence();
    out.told = from.has_primary_source() && !from.primary_source();
    out.lot = from.lot_number();
    out.expires = from.expiration_date();
    if (from.has_dose_quantity()) out.dose = quantity(from.dose_quantity());
    out.site = coded(from.site());
    out.reason = clinical::shown(from.status_reason());
    out.performers = names(from.performer());
    out.notes = texts(from.note());
    for (const v1::Override& one : from.override())
        out.overrides.push_back({one.rule(), one.reason()});
    return out;
}

CommunicationText communication_text(const v1::Communication& of) {
    const v1::Message& from = of.communication();
    CommunicationText out;
    out.status = enum_code(from.status());
    out.topic = coded(from.topic());
    for (const std::string& part : from.payload())
        out.text += (out.text.empty() ? "" : "\n") + part;
    out.sent = from.sent();
    out.sender =
        from.sender().display().empty() ? from.sender().reference() : from.sender().display();
    out.recipients = names(from.recipient());
    out.notes = texts(from.note());
    return out;
}

template <typename Item, typename View, typename Make>
void each(const std::vector<View>& views, std::vector<Item>& items, Make make) {
    items.reserve(views.size());
    for (const View& view : views)
        items.push_back(make(view));
}

}  // namespace

CareView care_view(const Session& session, const chart::Care& care, const DataAge& age) {
    const CareMaker make(session, age);
    CareView out;
    each(care.conditions, out.problems, [&](const auto& view) { return make.problem(view); });
    each(care.measures, out.measures, [&](const auto& view) { return make.measure(view); });
    each(care.procedures, out.acts, [&](const auto& view) {
        return make.fact<ActItem, ActText, v1::Procedure>(view, view.value.has_procedure(),
                                                          act_text);
    });
    each(care.visits, out.visits, [&](const auto& view) {
        return make.fact<VisitItem, VisitText, v1::Encounter>(view, view.value.has_visit(),
                                                              visit_text);
    });
    each(care.planned_visits, out.planned_visits,
         [&](const auto& view) { return make.planned_visit(view); });
    each(care.appointments, out.appointments,
         [&](const auto& view) { return make.appointment(view); });
    each(care.immunizations, out.immunizations, [&](const auto& view) {
        return make.fact<ImmunizationItem, ImmunizationText, v1::Immunization>(
            view, view.value.has_immunization(), immunization_text);
    });
    each(care.tasks, out.tasks, [&](const auto& view) { return make.task(view); });
    each(care.related_persons, out.related_persons,
         [&](const auto& view) { return make.related_person(view); });
    each(care.consents, out.consents, [&](const auto& view) { return make.consent(view); });
    each(care.advance_decisions, out.treatment_limits,
         [&](const auto& view) { return make.treatment_limit(view); });
    each(care.communications, out.communications, [&](const auto& view) {
        auto item = make.fact<CommunicationItem, CommunicationText, v1::Communication>(
            view, view.value.has_communication(), communication_text);
        for (const auto& reading : view.readings)
            item.readers.push_back({said_of(session, reading.by),
                                    token_of(chart::item_of(*reading.act).version, age),
                                    reading.as_it_stands});
        return item;
    });
    return out;
}

}  // namespace kari::device
