// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_CARE_H
#define KARI_CARE_H

#include <kari/values.h>

// What: the view of what a chart has beside medicine and measurements. kari/care_view.hpp says more
//   of each field.

typedef struct kari_problem {
    const kari_item* item;
    kari_coded_field code;
    kari_text_field clinical_status;
    kari_text_field verification_status;
    kari_coded_field severity;
    kari_text onset;  // FHIR dateTime, or words
    kari_text abatement;
    size_t note_count;
    const kari_text* notes;
    bool active;  // while anything speaks for it that its end had not seen
} kari_problem;   // a problem as it stands now

KARI_FIELD(kari_number, int32_t);

typedef struct kari_measure {
    const kari_item* item;
    kari_text kind;  // "protective" (stays while in doubt), "service" or "restraint" (ends at once)
    kari_coded_field what;
    kari_text title;
    kari_text description;
    size_t activity_count;
    const kari_coded* activities;  // of a plan from elsewhere that lists several
    kari_text_field timing;
    kari_text_field instruction;
    kari_number_field people;  // needed at once; 4 is four or more
    kari_text goal;
    kari_text_field status;
    kari_text status_reason;
    kari_text starts;
    kari_text ends;
    bool in_force;
    bool past_its_end;
    bool end_proposed;  // not confirmed: go on
    size_t note_count;
    const kari_text* notes;
    size_t act_count;
    const kari_resource_id* acts;  // performed or not, newest first
} kari_measure;                    // a measure of the care plan

typedef struct kari_act_text {
    kari_text status;
    kari_coded code;
    kari_resource_id about;  // zero when it names none that is here
    kari_text performed;
    kari_text reason;  // when it was not done
    size_t performer_count;
    const kari_text* performers;
    size_t note_count;
    const kari_text* notes;
} kari_act_text;  // what was said of an act
KARI_FIELD(kari_act, kari_act_text);

// A measure or task that was done or not; or a procedure from elsewhere.
typedef struct kari_act {
    const kari_item* item;
    kari_act_field statement;
    size_t earlier_count;
    const kari_act_statement* earlier;
} kari_act;

typedef struct kari_visit_text {
    kari_text status;
    kari_text hindrance;  // "no-answer", "refused", "away", "other"; empty when it was made
    kari_text starts;
    kari_text ends;
    kari_coded type;
    size_t reason_count;
    const kari_coded* reasons;
    kari_resource_id plan;  // zero when it was not planned
    size_t performer_count;
    const kari_text* performers;
    size_t note_count;
    const kari_text* notes;
} kari_visit_text;  // what was said of a visit
KARI_FIELD(kari_visit, kari_visit_text);

typedef struct kari_visit {
    const kari_item* item;
    kari_visit_field statement;
    size_t earlier_count;
    const kari_visit_statement* earlier;
} kari_visit;  // a visit, with what was said before

typedef struct kari_planned_time {
    kari_text starts;
    kari_text ends;
} kari_planned_time;  // when something is to be
KARI_FIELD(kari_planned_time, kari_planned_time);

// A visit or an appointment. `state` is "planned", "suspended", "cancelled", "hindered",
// "under-way" or "carried-out": what was done wins over what was cancelled.
typedef struct kari_planned_visit {
    const kari_item* item;
    kari_text state;
    kari_planned_time_field time;
    kari_text_field status;
    kari_coded type;
    size_t reason_count;
    const kari_coded* reasons;
    size_t performer_count;
    const kari_text* performers;
    size_t note_count;
    const kari_text* notes;
    size_t visit_count;
    const kari_resource_id* visits;
} kari_planned_visit;

typedef struct kari_appointment {
    const kari_item* item;
    kari_text state;
    kari_planned_time_field time;
    kari_text_field status;
    kari_text description;
    kari_text instruction;  // for the patient
    size_t participant_count;
    const kari_text* participants;
    kari_text cancelled_because;
    size_t visit_count;
    const kari_resource_id* visits;
} kari_appointment;  // an appointment elsewhere

typedef struct kari_immunization_text {
    kari_text status;
    kari_coded vaccine;
    kari_text occurrence;  // FHIR dateTime, or words
    bool told;             // somebody told of it; nobody here saw it given
    kari_text lot;
    kari_text expires;
    const kari_quantity* dose;  // may be null
    kari_coded site;
    kari_text reason;  // when it was not given
    size_t performer_count;
    const kari_text* performers;
    size_t note_count;
    const kari_text* notes;
    size_t override_count;
    const kari_override* overrides;
} kari_immunization_text;  // what was said of a vaccine
KARI_FIELD(kari_immunization, kari_immunization_text);

typedef struct kari_immunization {
    const kari_item* item;
    kari_immunization_field statement;
    size_t earlier_count;
    const kari_immunization_statement* earlier;
} kari_immunization;  // a vaccine, with what was said before

typedef struct kari_task {
    const kari_item* item;
    kari_text state;  // "open", "done" or "cancelled"
    kari_coded code;
    kari_text description;
    kari_text effect;  // "clinical", "contact", "welfare-check" or empty
    kari_text_field status;
    kari_text_field priority;
    kari_text_field owner;
    kari_text due;  // the earliest that anybody states
    size_t note_count;
    const kari_text* notes;
    size_t act_count;
    const kari_resource_id* acts;
} kari_task;  // a task for the unit

KARI_FIELD(kari_flag, bool);

typedef struct kari_related_person {
    const kari_item* item;
    kari_text_field name;
    size_t relationship_count;
    const kari_coded* relationships;
    size_t telecom_count;
    const kari_text* telecom;
    kari_text address;
    int32_t call_order;           // -1: none is stated
    kari_flag_field next_of_kin;  // what each said; who is the nearest of all:
    bool nearest;
    kari_text legal_role;         // guardian, power of attorney
    kari_text_field contact;      // "may-contact", "ask-first", "do-not-contact"
    kari_text_field information;  // "full", "limited", "none"
    size_t note_count;
    const kari_text* notes;
} kari_related_person;  // a relative, or another person close by

typedef struct kari_consent_text {
    kari_text
        effect;  // "denied", "withdrawn", "proposed", "entered-in-error", "lifted", "permitted"
    kari_coded scope;
    kari_text starts;
    kari_text ends;
    size_t party_count;
    const kari_text* parties;
    kari_text text;
    bool has_exceptions;  // read them in the source before you act on it
} kari_consent_text;      // what a consent says
KARI_FIELD(kari_consent, kari_consent_text);

typedef struct kari_consent {
    const kari_item* item;
    kari_consent_field decision;
    size_t denial_count;
    const kari_consent_text* const* denials;  // all that hold, each for its own scope
    size_t note_count;
    const kari_text* notes;
} kari_consent;  // a consent as it stands now

// A limit to treatment, from a doctor: the decision's effect is "in-force", "ended", "proposed" or
// "entered-in-error".
typedef struct kari_treatment_limit {
    const kari_item* item;
    kari_consent_field decision;
    bool unclear;         // treat, resuscitate, and ring
    bool review_overdue;  // it holds until a doctor says, and is asked
    size_t note_count;
    const kari_text* notes;
} kari_treatment_limit;

typedef struct kari_communication_text {
    kari_text status;
    kari_coded topic;
    kari_text text;
    kari_text sent;
    kari_text sender;
    size_t recipient_count;
    const kari_text* recipients;
    size_t note_count;
    const kari_text* notes;
} kari_communication_text;  // what was said of a message or a call
KARI_FIELD(kari_communication, kari_communication_text);

// Who read a message, each once.
typedef struct kari_reader {
    const kari_said* said;
    kari_text token;    // of the act, to take it back
    bool as_it_stands;  // false: the message has been said otherwise since
} kari_reader;

typedef struct kari_communication {
    const kari_item* item;
    kari_communication_field statement;
    size_t reader_count;
    const kari_reader* const* readers;
    size_t earlier_count;
    const kari_communication_statement* earlier;
} kari_communication;  // a message or a call, with who has read it

typedef struct kari_care {
    size_t problem_count;
    const kari_problem* const* problems;  // active first
    size_t measure_count;
    const kari_measure* const* measures;  // in force first
    size_t act_count;
    const kari_act* const* acts;  // newest first, as the other facts here
    size_t visit_count;
    const kari_visit* const* visits;
    size_t planned_visit_count;
    const kari_planned_visit* const* planned_visits;
    size_t appointment_count;
    const kari_appointment* const* appointments;
    size_t immunization_count;
    const kari_immunization* const* immunizations;
    size_t task_count;
    const kari_task* const* tasks;
    size_t related_person_count;
    const kari_related_person* const* related_persons;
    size_t consent_count;
    const kari_consent* const* consents;
    size_t treatment_limit_count;
    const kari_treatment_limit* const* treatment_limits;
    size_t communication_count;
    const kari_communication* const* communications;
} kari_care;  // the chart beside medicine and measurements

#endif
