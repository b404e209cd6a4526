// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/care_items.hpp"

#include "bindings/c/src/views.hpp"

namespace kari::c {

namespace {

kari_coded_field coded_field(Shelf& shelf, const Field<Coded>& field) {
    return field_of<kari_coded_field, kari_coded_statement>(shelf, field, coded_in);
}

template <typename T>
const T* value_in(Shelf& shelf, T value) {
    T* const c = shelf.make<T>();
    *c = value;
    return c;
}

const std::int32_t* number_in(Shelf& shelf, int value) {
    return value_in<std::int32_t>(shelf, value);
}

const bool* flag_in(Shelf& shelf, bool value) {
    return value_in(shelf, value);
}

const kari_planned_time* planned_time_in(Shelf& shelf, const PlannedTime& time) {
    return value_in(shelf, kari_planned_time{shown(time.starts), shown(time.ends)});
}

const kari_act_text* act_in(Shelf& shelf, const ActText& text) {
    auto* const c = shelf.make<kari_act_text>();
    c->status = shown(text.status);
    c->code = coded_of(text.code);
    c->about = id_as<kari_resource_id>(text.about);
    c->performed = shown(text.performed);
    c->reason = shown(text.reason);
    c->performers = shelf.texts(text.performers, c->performer_count);
    c->notes = shelf.texts(text.notes, c->note_count);
    return c;
}

const kari_visit_text* visit_in(Shelf& shelf, const VisitText& text) {
    auto* const c = shelf.make<kari_visit_text>();
    c->status = shown(text.status);
    c->hindrance = shown(text.hindrance);
    c->starts = shown(text.starts);
    c->ends = shown(text.ends);
    c->type = coded_of(text.type);
    c->reasons = shelf.array<kari_coded>(text.reasons, c->reason_count, coded_of);
    c->plan = id_as<kari_resource_id>(text.plan);
    c->performers = shelf.texts(text.performers, c->performer_count);
    c->notes = shelf.texts(text.notes, c->note_count);
    return c;
}

const kari_immunization_text* immunization_in(Shelf& shelf, const ImmunizationText& text) {
    auto* const c = shelf.make<kari_immunization_text>();
    c->status = shown(text.status);
    c->vaccine = coded_of(text.vaccine);
    c->occurrence = shown(text.occurrence);
    c->told = text.told;
    c->lot = shown(text.lot);
    c->expires = shown(text.expires);
    c->dose = quantity_in(shelf, text.dose);
    c->site = coded_of(text.site);
    c->reason = shown(text.reason);
    c->performers = shelf.texts(text.performers, c->performer_count);
    c->notes = shelf.texts(text.notes, c->note_count);
    c->overrides = shelf.array<kari_override>(text.overrides, c->override_count, override_of);
    return c;
}

void fill_consent_text(kari_consent_text& c, const ConsentText& text, Shelf& shelf) {
    c.effect = shown(text.effect);
    c.scope = coded_of(text.scope);
    c.starts = shown(text.starts);
    c.ends = shown(text.ends);
    c.parties = shelf.texts(text.parties, c.party_count);
    c.text = shown(text.text);
    c.has_exceptions = text.has_exceptions;
}

const kari_consent_text* consent_in(Shelf& shelf, const ConsentText& text) {
    auto* const c = shelf.make<kari_consent_text>();
    fill_consent_text(*c, text, shelf);
    return c;
}

const kari_communication_text* communication_in(Shelf& shelf, const CommunicationText& text) {
    auto* const c = shelf.make<kari_communication_text>();
    c->status = shown(text.status);
    c->topic = coded_of(text.topic);
    c->text = shown(text.text);
    c->sent = shown(text.sent);
    c->sender = shown(text.sender);
    c->recipients = shelf.texts(text.recipients, c->recipient_count);
    c->notes = shelf.texts(text.notes, c->note_count);
    return c;
}

void fill(kari_problem& c, const ProblemItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.code = coded_field(shelf, item.code);
    c.clinical_status = text_field(shelf, item.clinical_status);
    c.verification_status = text_field(shelf, item.verification_status);
    c.severity = coded_field(shelf, item.severity);
    c.onset = shown(item.onset);
    c.abatement = shown(item.abatement);
    c.notes = shelf.texts(item.notes, c.note_count);
    c.active = item.active;
}

void fill(kari_measure& c, const MeasureItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.kind = shown(item.kind);
    c.what = coded_field(shelf, item.what);
    c.title = shown(item.title);
    c.description = shown(item.description);
    c.activities = shelf.array<kari_coded>(item.activities, c.activity_count, coded_of);
    c.timing = text_field(shelf, item.timing);
    c.instruction = text_field(shelf, item.instruction);
    c.people = field_of<kari_number_field, kari_number_statement>(shelf, item.people, number_in);
    c.goal = shown(item.goal);
    c.status = text_field(shelf, item.status);
    c.status_reason = shown(item.status_reason);
    c.starts = shown(item.starts);
    c.ends = shown(item.ends);
    c.in_force = item.in_force;
    c.past_its_end = item.past_its_end;
    c.end_proposed = item.end_proposed;
    c.notes = shelf.texts(item.notes, c.note_count);
    c.acts = shelf.ids<kari_resource_id>(item.acts, c.act_count);
}

void fill(kari_act& c, const ActItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.statement = field_of<kari_act_field, kari_act_statement>(shelf, item.statement, act_in);
    c.earlier = statements_in<kari_act_statement>(shelf, item.earlier, c.earlier_count, act_in);
}

void fill(kari_visit& c, const VisitItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.statement = field_of<kari_visit_field, kari_visit_statement>(shelf, item.statement, visit_in);
    c.earlier = statements_in<kari_visit_statement>(shelf, item.earlier, c.earlier_count, visit_in);
}

void fill(kari_planned_visit& c, const PlannedVisitItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.state = shown(item.state);
    c.time = field_of<kari_planned_time_field, kari_planned_time_statement>(shelf, item.time,
                                                                            planned_time_in);
    c.status = text_field(shelf, item.status);
    c.type = coded_of(item.type);
    c.reasons = shelf.array<kari_coded>(item.reasons, c.reason_count, coded_of);
    c.performers = shelf.texts(item.performers, c.performer_count);
    c.notes = shelf.texts(item.notes, c.note_count);
    c.visits = shelf.ids<kari_resource_id>(item.visits, c.visit_count);
}

void fill(kari_appointment& c, const AppointmentItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.state = shown(item.state);
    c.time = field_of<kari_planned_time_field, kari_planned_time_statement>(shelf, item.time,
                                                                            planned_time_in);
    c.status = text_field(shelf, item.status);
    c.description = shown(item.description);
    c.instruction = shown(item.instruction);
    c.participants = shelf.texts(item.participants, c.participant_count);
    c.cancelled_because = shown(item.cancelled_because);
    c.visits = shelf.ids<kari_resource_id>(item.visits, c.visit_count);
}

void fill(kari_immunization& c, const ImmunizationItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.statement = field_of<kari_immunization_field, kari_immunization_statement>(
        shelf, item.statement, immunization_in);
    c.earlier = statements_in<kari_immunization_statement>(shelf, item.earlier, c.earlier_count,
                                                           immunization_in);
}

void fill(kari_task& c, const TaskItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.state = shown(item.state);
    c.code = coded_of(item.code);
    c.description = shown(item.description);
    c.effect = shown(item.effect);
    c.status = text_field(shelf, item.status);
    c.priority = text_field(shelf, item.priority);
    c.owner = text_field(shelf, item.owner);
    c.due = shown(item.due);
    c.notes = shelf.texts(item.notes, c.note_count);
    c.acts = shelf.ids<kari_resource_id>(item.acts, c.act_count);
}

void fill(kari_related_person& c, const RelatedPersonItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.name = text_field(shelf, item.name);
    c.relationships = shelf.array<kari_coded>(item.relationship, c.relationship_count, coded_of);
    c.telecom = shelf.texts(item.telecom, c.telecom_count);
    c.address = shown(item.address);
    c.call_order = item.call_order ? static_cast<std::int32_t>(*item.call_order) : -1;
    c.next_of_kin =
        field_of<kari_flag_field, kari_flag_statement>(shelf, item.next_of_kin, flag_in);
    c.nearest = item.nearest;
    c.legal_role = shown(item.legal_role);
    c.contact = text_field(shelf, item.contact);
    c.information = text_field(shelf, item.information);
    c.notes = shelf.texts(item.notes, c.note_count);
}

void fill(kari_consent& c, const ConsentItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.decision =
        field_of<kari_consent_field, kari_consent_statement>(shelf, item.decision, consent_in);
    c.denials = shelf.list<kari_consent_text>(item.denials, c.denial_count,
                                              [&](kari_consent_text& row, const ConsentText& text) {
                                                  fill_consent_text(row, text, shelf);
                                              });
    c.notes = shelf.texts(item.notes, c.note_count);
}

void fill(kari_treatment_limit& c, const TreatmentLimitItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.decision =
        field_of<kari_consent_field, kari_consent_statement>(shelf, item.decision, consent_in);
    c.unclear = item.unclear;
    c.review_overdue = item.review_overdue;
    c.notes = shelf.texts(item.notes, c.note_count);
}

void fill(kari_communication& c, const CommunicationItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.statement = field_of<kari_communication_field, kari_communication_statement>(
        shelf, item.statement, communication_in);
    c.readers = shelf.list<kari_reader>(item.readers, c.reader_count,
                                        [&](kari_reader& row, const MessageReader& reader) {
                                            row.said = said_in(shelf, reader.said);
                                            row.token = shown(reader.token.text);
                                            row.as_it_stands = reader.as_it_stands;
                                        });
    c.earlier = statements_in<kari_communication_statement>(shelf, item.earlier, c.earlier_count,
                                                            communication_in);
}

template <typename C, typename Item>
const C* const* all_of(Shelf& shelf, const std::vector<Item>& items, std::size_t& count) {
    return shelf.list<C>(items, count, [&](C& row, const Item& item) { fill(row, item, shelf); });
}

}  // namespace

const kari_care* care_in(Shelf& shelf, const CareView& care) {
    auto* const c = shelf.make<kari_care>();
    c->problems = all_of<kari_problem>(shelf, care.problems, c->problem_count);
    c->measures = all_of<kari_measure>(shelf, care.measures, c->measure_count);
    c->acts = all_of<kari_act>(shelf, care.acts, c->act_count);
    c->visits = all_of<kari_visit>(shelf, care.visits, c->visit_count);
    c->planned_visits =
        all_of<kari_planned_visit>(shelf, care.planned_visits, c->planned_visit_count);
    c->appointments = all_of<kari_appointment>(shelf, care.appointments, c->appointment_count);
    c->immunizations = all_of<kari_immunization>(shelf, care.immunizations, c->immunization_count);
    c->tasks = all_of<kari_task>(shelf, care.tasks, c->task_count);
    c->related_persons =
        all_of<kari_related_person>(shelf, care.related_persons, c->related_person_count);
    c->consents = all_of<kari_consent>(shelf, care.consents, c->consent_count);
    c->treatment_limits =
        all_of<kari_treatment_limit>(shelf, care.treatment_limits, c->treatment_limit_count);
    c->communications =
        all_of<kari_communication>(shelf, care.communications, c->communication_count);
    return c;
}

}  // namespace kari::c
