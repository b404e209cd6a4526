// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_CHART_H
#define KARI_CHART_H

#include <kari/care.h>
#include <kari/values.h>

// What: the views of a tablet, of its patients and of one chart. kari/chart_view.hpp says more of
//   each field; whose value is acted on is decided by docs/formats/merge-rules.md.

typedef struct kari_nurses {
    size_t count;
    const kari_nurse* const* rows;
} kari_nurses;  // those of a tablet or of a unit

typedef struct kari_signed_in {
    const kari_nurse* nurse;
    const kari_age* age;
    uint64_t unsent;
    bool was_restored;  // the database had been put back: reach the server once
} kari_signed_in;       // who is signed in now, and on what

typedef struct kari_device_state {
    bool locked;
    const kari_nurse* nurse;  // null while locked
    kari_text zone;           // IANA; days and times of day are read in it
    kari_date today;          // there; this and the next two are zero while locked
    kari_device_id device;
    kari_device_id incarnation;
} kari_device_state;  // what holds of a tablet now

typedef struct kari_patient_row {
    kari_record_id record;
    kari_text name;
    kari_text birth_date;
    uint32_t open_findings;
    int32_t worst_severity;  // 1 stop and phone .. 4 for the log; 0: no finding
    bool contested_name;
    bool made_here;
} kari_patient_row;  // a citizen of the caseload

typedef struct kari_patients {
    const kari_age* age;
    size_t count;
    const kari_patient_row* const* rows;
} kari_patients;  // the caseload

// How a finding stands.
typedef uint32_t kari_finding_state;
enum { KARI_FINDING_OPEN = 0, KARI_FINDING_RESOLVED = 1, KARI_FINDING_DEFERRED = 2 };

// A dose, an order, a measurement that a finding is about.
typedef struct kari_about {
    kari_resource_id resource;
    kari_text kind;  // FHIR type
    kari_text what;
    kari_text effective;
    kari_text amount;
} kari_about;

// What a person must look at; a conflict is a finding whose rule begins with "merge/".
typedef struct kari_finding {
    kari_digest id;
    kari_text token;  // an answer hands it back
    kari_text rule;
    int32_t severity;  // 1 stop and phone, 2 answer in this shift, 3 look, 4 for the log
    kari_text title;
    kari_text meaning;
    kari_text action;
    kari_finding_state state;
    bool provisional;  // the server has not stated it yet
    size_t input_count;
    const kari_change_id* inputs;
    size_t record_count;
    const kari_record_id* records;
    size_t resource_count;
    const kari_resource_id* resources;
    size_t about_count;
    const kari_about* const* about;
    kari_person_id assigned_to;  // zero: nobody
    kari_text deferred_until;
    kari_text resolver;  // who may resolve it: "prescriber", and the same in words:
    kari_text resolver_name;
    int64_t due_ms;  // by when, or KARI_NO_TIME
} kari_finding;

typedef struct kari_findings {
    size_t count;
    const kari_finding* const* rows;
} kari_findings;  // what a person must look at

typedef struct kari_patient {
    const kari_item* item;
    kari_text name;
    kari_text birth_date;  // may be a year only
    kari_text gender;
    kari_text address;
    kari_text telecom;
    size_t identifier_count;
    const kari_text* identifiers;
    bool name_contested;
    bool deceased;
} kari_patient;  // who the citizen is

typedef struct kari_allergy {
    const kari_item* item;
    kari_coded_field code;
    kari_text_field clinical_status;
    kari_text_field verification_status;
    kari_text_field criticality;
    size_t reaction_count;
    const kari_text* reactions;
    size_t note_count;
    const kari_text* notes;
    bool active;  // warns when a dose is given
} kari_allergy;   // an allergy as it stands now

typedef struct kari_prescription {
    kari_coded medication;
    kari_text form;
    const kari_quantity* strength;      // of one piece; may be null, as the next two
    const kari_quantity* strength_per;  // "per": 1 tablet, 1 mL
    const kari_quantity* dose;          // of the first dosage line
    kari_text dosage_shown;             // the prescriber's words, else what the parts say
    kari_text route;
    kari_text site;
    size_t time_of_day_count;
    const kari_text* times_of_day;  // "08:00"
    bool as_needed;
    kari_text starts;
    kari_text ends;
} kari_prescription;  // the parts of an order
KARI_FIELD(kari_prescription, kari_prescription);

typedef struct kari_order {
    const kari_item* item;
    kari_text_field status;
    kari_prescription_field prescription;
    kari_text prescriber;
    kari_text status_reason;
    size_t note_count;
    const kari_text* notes;
    bool active;  // may be given from
} kari_order;     // an order as it stands now

// The package that a dose was taken from, as it was scanned; what its label did not say is empty.
typedef struct kari_scanned_package {
    kari_text gtin;  // 14 digits
    kari_text vnr;   // 6 digits
    kari_text expires;
    kari_text lot;
    kari_text serial;
} kari_scanned_package;

typedef struct kari_administration_text {
    kari_text status;  // "completed", "not-done", "entered-in-error"
    size_t status_reason_count;
    const kari_coded* status_reasons;
    kari_coded medication;
    kari_resource_id order;
    kari_text effective;
    const kari_quantity* dose;  // may be null
    kari_coded site;
    size_t performer_count;
    const kari_text* performers;
    size_t note_count;
    const kari_text* notes;
    size_t override_count;
    const kari_override* overrides;
    // Left out: its performer gave it; else "self-observed", "self-reported", "handed-over" or
    // "by-other", which all count as taken.
    kari_text intake;
    kari_text effect_due;                 // left out: nobody is to see whether it helped
    const kari_scanned_package* scanned;  // null: it was not scanned
} kari_administration_text;               // what was said of a dose
KARI_FIELD(kari_administration, kari_administration_text);

// A second person's check: "holds", or why it does not: "same-person", "out-of-time", "stale".
typedef struct kari_check {
    const kari_said* said;
    kari_text standing;
} kari_check;

// What came of a dose, which stays as it was given.
typedef struct kari_after_dose {
    kari_text what;  // "vomited" or "effect"
    kari_text at;
    kari_text outcome;  // "good", "some", "none", "unwanted"; "seen", "not-seen"; or left out
    kari_text note;
    kari_text token;  // kari_care_end() takes it, KARI_ENDING_ACT_RETRACTED
    const kari_said* said;
} kari_after_dose;

// A dose of which nobody has said yet whether it helped.
typedef struct kari_follow_up {
    kari_record_id record;
    kari_resource_id administration;
    kari_text token;  // kari_dose_effect() takes it
    kari_text medication;
    kari_text amount;
    kari_text given;
    kari_text due;
    bool overdue;
    const kari_said* said;
} kari_follow_up;

typedef struct kari_administration {
    const kari_item* item;
    kari_administration_field statement;
    size_t earlier_count;
    const kari_administration_statement* earlier;  // every statement, corrected ones too
    size_t check_count;
    const kari_check* const* checks;
    bool counts;                  // as taken
    bool correction_unconfirmed;  // until its author agrees
    size_t after_count;
    const kari_after_dose* const* after;
} kari_administration;  // a dose as it stands now

// A patch that may be on the body: nobody said that it is off.
typedef struct kari_patch {
    kari_record_id record;
    kari_resource_id administration;
    kari_text token;
    kari_text medication;
    kari_text amount;
    kari_text site;
    kari_text put_on;
    kari_text due_off;
    const kari_said* said;
} kari_patch;

// NEWS2, of what was measured within an hour.
typedef struct kari_score {
    kari_text effective;
    int32_t total;       // -1: a part is missing
    int32_t at_least;    // while two values of a part stand; -1: a part is missing
    int32_t parts;       // of seven
    int32_t scale;       // of oxygen saturation
    int32_t by_scale_2;  // beside it, while it is not settled which applies; -1: it is
    kari_text level;  // "low", "single-three", "medium", "high"; low without a total says nothing
    kari_text title;
    kari_text action;
    size_t reservation_count;
    const kari_text* reservations;  // why to look twice
    kari_resource_id decision;      // by which scale 2 is used; zero with scale 1
} kari_score;

typedef struct kari_observation_part {
    kari_coded code;
    const kari_quantity* value;  // may be null
    kari_text text;              // a value that is no quantity
} kari_observation_part;         // a part of a panel

typedef struct kari_observation_text {
    kari_text status;
    kari_coded code;
    const kari_quantity* value;  // may be null
    kari_text text;              // a value that is no quantity
    size_t component_count;
    const kari_observation_part* components;
    kari_text effective;
    size_t note_count;
    const kari_text* notes;
} kari_observation_text;  // what was measured
KARI_FIELD(kari_observation, kari_observation_text);

typedef struct kari_observation {
    const kari_item* item;
    kari_observation_field statement;
    size_t earlier_count;
    const kari_observation_statement* earlier;
} kari_observation;  // a measurement, with what was said before

typedef struct kari_note_text {
    kari_text status;  // "current", "superseded", "entered-in-error"
    bool is_signed;
    kari_text type;
    kari_text title;
    kari_text text;
    kari_text date;
    size_t author_count;
    const kari_text* authors;
    kari_resource_id appends_to;  // zero unless it is an addendum
} kari_note_text;                 // what a note says
KARI_FIELD(kari_note, kari_note_text);

typedef struct kari_note {
    const kari_item* item;
    kari_note_field document;
} kari_note;  // a note as it stands now

// Why no dose is due: the citizen is said to be dead, or is.
typedef struct kari_suspension {
    kari_text rule;
    kari_text title;
    kari_text meaning;
    kari_text action;
} kari_suspension;

// What a chart cannot show, and what to do about it.
typedef struct kari_missing {
    kari_text what;  // "linked record", "allergies", "resource"
    kari_text advice;
} kari_missing;

// What is older of this kind is left out.
typedef struct kari_complete_since {
    kari_text kind;
    int64_t since_ms;
    int64_t on_tablet_since_ms;  // what is older yet is at the server alone; or KARI_NO_TIME
} kari_complete_since;

// An empty list of allergies is no answer; this is.
typedef uint32_t kari_allergy_statement;
enum {
    KARI_ALLERGIES_CANNOT_TELL = 0,
    KARI_ALLERGIES_NOT_RECORDED = 1,
    KARI_ALLERGIES_ASSERTED_NONE = 2,
    KARI_ALLERGIES_LISTED = 3,
};

typedef struct kari_chart {
    kari_record_id record;
    size_t group_count;
    const kari_record_id* group;  // linked records that are here, this one among them
    const kari_age* age;
    size_t missing_count;  // 0: the chart is whole
    const kari_missing* const* missing;
    const kari_patient* patient;       // may be null
    const kari_suspension* suspended;  // null: it is not
    kari_allergy_statement allergy_statement;
    size_t allergy_count;
    const kari_allergy* const* allergies;
    size_t order_count;
    const kari_order* const* orders;
    size_t administration_count;
    const kari_administration* const* administrations;
    size_t patch_count;
    const kari_patch* const* patches;
    size_t score_count;
    const kari_score* const* scores;
    size_t observation_count;
    const kari_observation* const* observations;
    size_t note_count;
    const kari_note* const* notes;
    size_t finding_count;
    const kari_finding* const* findings;
    size_t complete_since_count;
    const kari_complete_since* const* complete_since;
    const kari_care* care;   // problems, visits, measures, limits to treatment ...
    size_t other_resources;  // kept whole, shown by no version
} kari_chart;                // the chart of a citizen

#endif
