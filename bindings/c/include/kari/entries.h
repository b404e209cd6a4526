// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_ENTRIES_H
#define KARI_ENTRIES_H

#include <kari/chart.h>

// What: what is said to a tablet: the structs that an app fills in for calls that read and
//   write. kari/actions.hpp and kari/care_actions.hpp say more of each field.
// Requires: `struct_size` is the sizeof of the struct, and all that is not used is zero. Tokens are
//   those of the view that the author had before their eyes.
// Ownership: the app's; nothing is kept when the call has returned.
// Units and limits: doses and values in UCUM; a moment that is null is now.

// For what a record is opened.
typedef uint32_t kari_purpose;
enum { KARI_PURPOSE_TREATMENT = 0, KARI_PURPOSE_EMERGENCY = 1, KARI_PURPOSE_ADMINISTRATION = 2 };

// Null where one is asked for: treatment, without a reason.
typedef struct kari_access {
    size_t struct_size;
    kari_purpose purpose;
    kari_text reason;  // required for an emergency, and after the offline lease
} kari_access;

typedef struct kari_observation_entry {
    size_t struct_size;
    kari_coded code;             // LOINC or SNOMED CT
    const kari_quantity* value;  // or null, and
    kari_text text;              // a value that is no quantity
    size_t component_count;
    const kari_observation_part* components;
    const kari_time* effective;
    kari_text note;
    bool confirmed;        // the author has looked again at an unusual value
} kari_observation_entry;  // a measurement, or what was seen

// How a dose came to be taken. Each counts as taken.
typedef uint32_t kari_intake;
enum {
    KARI_INTAKE_GIVEN = 0,
    KARI_INTAKE_SELF_OBSERVED = 1,
    KARI_INTAKE_SELF_REPORTED = 2,
    KARI_INTAKE_HANDED_OVER = 3,
    KARI_INTAKE_BY_OTHER = 4,
};

typedef struct kari_dose_entry {
    size_t struct_size;
    kari_text token;            // of a slot, or of an order for a dose outside the schedule
    const kari_quantity* dose;  // null: as ordered
    const kari_time* effective;
    kari_coded site;
    kari_text note;
    size_t override_count;
    const kari_override* overrides;
    kari_text
        scanned;  // of the package; left out: not scanned. kari/actions.hpp says what is asked
    kari_text identity;  // who is at hand: a number or a date of birth; compared and not kept
    kari_intake intake;
    int32_t effect_after_minutes;  // 0: 60 for a dose as needed; below 0: nobody is to look
    kari_text given_by;            // of KARI_INTAKE_BY_OTHER, and required then: who, and as what
} kari_dose_entry;                 // a dose that was given or taken

typedef uint32_t kari_not_given;
enum {
    KARI_NOT_GIVEN_OTHER = 0,
    KARI_NOT_GIVEN_REFUSED = 1,
    KARI_NOT_GIVEN_WITHHELD_CLINICAL = 2,
    KARI_NOT_GIVEN_UNAVAILABLE = 3,
    KARI_NOT_GIVEN_AWAY = 4,
    KARI_NOT_GIVEN_ASLEEP = 5,
    KARI_NOT_GIVEN_MISSED_VISIT = 6,
    KARI_NOT_GIVEN_MISSED_FORGOTTEN = 7,
    KARI_NOT_GIVEN_CONTRAINDICATED = 8,
    KARI_NOT_GIVEN_SELF_MANAGED = 9,
    KARI_NOT_GIVEN_DUPLICATE_AVOIDED = 10,
    KARI_NOT_GIVEN_UNSAFE_IDENTITY = 11,
};  // why a dose was not given

typedef struct kari_not_given_entry {
    size_t struct_size;
    kari_text token;  // of a slot or an order
    kari_not_given why;
    kari_text reason;  // required
    const kari_time* effective;
} kari_not_given_entry;  // a dose that was not given, and why

typedef struct kari_dose_correction {
    size_t struct_size;
    kari_text token;  // of an administration; what is null below stays as it was
    const kari_quantity* dose;
    const kari_time* effective;
    const kari_coded* site;
    bool entered_in_error;
    kari_text reason;  // required
    const kari_intake* intake;
    kari_text given_by;  // of a dose that another gave, and required then
} kari_dose_correction;  // what a dose was, said otherwise

// Whether the medicine was seen in what came up; unknown: nobody looked.
typedef uint32_t kari_seen;
enum {
    KARI_SEEN_UNKNOWN = 0,
    KARI_SEEN_YES = 1,
    KARI_SEEN_NO = 2,
};

// A dose that came up again.
typedef struct kari_vomited_entry {
    size_t struct_size;
    kari_text token;  // of an administration
    const kari_time* at;
    kari_seen seen;
    kari_text note;
    size_t override_count;  // of "entry/before-dose"
    const kari_override* overrides;
} kari_vomited_entry;

// Whether a dose helped.
typedef uint32_t kari_effect;
enum {
    KARI_EFFECT_NONE = 0,
    KARI_EFFECT_SOME = 1,
    KARI_EFFECT_GOOD = 2,
    KARI_EFFECT_UNWANTED = 3,
};

// How a dose worked.
typedef struct kari_effect_entry {
    size_t struct_size;
    kari_text token;  // of a follow-up or an administration
    kari_effect effect;
    const kari_time* at;
    kari_text note;
    size_t override_count;  // of "entry/before-dose"
    const kari_override* overrides;
} kari_effect_entry;

// Parts that are null stay as they are ordered.
typedef struct kari_prescription_proposal {
    size_t struct_size;
    kari_text token;  // of an order
    const kari_coded* medication;
    const kari_quantity* strength;
    const kari_quantity* strength_per;
    const kari_quantity* dose;
    const kari_text* dosage_text;
    size_t time_of_day_count;
    const kari_text* times_of_day;  // "08:00"; an array of none, not null: at no fixed time
    size_t day_of_week_count;
    const kari_text* days_of_week;  // "mon" .. "sun"; likewise: on every day
    kari_text reason;               // required
    size_t override_count;
    const kari_override* overrides;
} kari_prescription_proposal;

typedef struct kari_allowance_ask {
    size_t struct_size;
    kari_text token;   // of an order, or of an unscheduled dose of a round
    uint32_t doses;    // 1 to 20; fewer may be granted
    uint32_t hours;    // 1 to 12, from when the server answers
} kari_allowance_ask;  // what a tablet asks the server to promise it

typedef struct kari_patch_off_entry {
    size_t struct_size;
    kari_text token;  // of a patch or an administration
    const kari_time* at;
    bool not_found;  // the whole body was searched
    kari_text note;
    size_t override_count;
    const kari_override* overrides;
} kari_patch_off_entry;  // a patch that was taken off

typedef struct kari_allergy_entry {
    size_t struct_size;
    kari_coded code;         // ATC, SNOMED CT, or text alone
    kari_text criticality;   // "low", "high", "unable-to-assess" or left out
    kari_text verification;  // left out: unconfirmed, or as it was
    kari_text type;          // "allergy", "intolerance" or left out
    kari_text reaction;
    kari_text note;
} kari_allergy_entry;  // an allergy, as a nurse learns of it

typedef struct kari_new_patient {
    size_t struct_size;
    kari_text family;
    kari_text given;
    kari_text birth_date;         // FHIR date; this and what follows may be left out
    kari_text gender;             // FHIR code
    kari_text identifier_system;  // both or none
    kari_text identifier_value;
    kari_text note;  // how the person was met, for whoever links the records
} kari_new_patient;  // a citizen whom nobody here can identify yet

typedef struct kari_note_entry {
    size_t struct_size;
    kari_text type;
    kari_text title;
    kari_text text;
    const kari_time* date;
} kari_note_entry;  // a note as it is written

typedef struct kari_visit_entry {
    size_t struct_size;
    kari_text plan;  // token of a planned visit or an appointment; left out: it was not planned
    const kari_time* starts;
    kari_text note;
} kari_visit_entry;  // a visit that begins, or came to nothing

typedef uint32_t kari_hindrance;
enum {
    KARI_HINDRANCE_OTHER = 0,
    KARI_HINDRANCE_NO_ANSWER = 1,
    KARI_HINDRANCE_REFUSED = 2,
    KARI_HINDRANCE_AWAY = 3,
};  // why no visit came of it

typedef uint32_t kari_act_kind;
enum {
    KARI_ACT_MEASURE_DONE = 0,
    KARI_ACT_MEASURE_NOT_DONE = 1,
    KARI_ACT_TASK_DONE = 2,
    KARI_ACT_TASK_TAKEN = 3,    // by whoever is signed in; has a token only
    KARI_ACT_MESSAGE_READ = 4,  // likewise
};  // what was done

typedef struct kari_act_entry {
    size_t struct_size;
    kari_text token;  // of a measure, a task, a message
    const kari_time* performed;
    kari_text reason;  // required when it was not done
    kari_text note;
} kari_act_entry;  // something that was done, or was not

// What ends, or was written by mistake.
typedef uint32_t kari_ending;
enum {
    KARI_ENDING_PROBLEM_RESOLVED = 0,
    KARI_ENDING_PROBLEM_RETRACTED = 1,
    KARI_ENDING_MEASURE = 2,  // a restraint everywhere at once; a service's end is a proposal
    KARI_ENDING_ACT_RETRACTED = 3,
    KARI_ENDING_VISIT_RETRACTED = 4,
    KARI_ENDING_IMMUNIZATION_RETRACTED = 5,
    KARI_ENDING_COMMUNICATION_RETRACTED = 6,
    KARI_ENDING_TASK_CANCELLED = 7,
    KARI_ENDING_CONTACT = 8,            // with a related person; holds everywhere at once
    KARI_ENDING_CONSENT_WITHDRAWN = 9,  // holds everywhere at once
    KARI_ENDING_WORD_OF_DEATH = 10,     // of the patient: the citizen lives
};

typedef struct kari_task_entry {
    size_t struct_size;
    kari_coded code;
    kari_text description;
    kari_text effect;    // "clinical", "contact", "welfare-check" or left out
    kari_text priority;  // "routine", "urgent", "asap", "stat" or left out
    const kari_time* due;
    kari_text note;
} kari_task_entry;  // such a task, as it is written

typedef struct kari_finding_answer {
    size_t struct_size;
    kari_text token;    // of a finding: names its inputs as they were shown
    kari_text outcome;  // "confirmed-double", "not-a-double" ...
    kari_text reason;   // required for severity 1 and 2
} kari_finding_answer;  // an answer to a finding

#endif
