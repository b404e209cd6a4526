// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_ROUND_H
#define KARI_ROUND_H

#include <kari/chart.h>

// What: the views of a round of medicine, of warnings, and of what was written.

typedef uint32_t kari_dose_state;
enum {
    KARI_DOSE_CANNOT_TELL = 0,  // it may have been given: ask
    KARI_DOSE_UPCOMING = 1,
    KARI_DOSE_DUE = 2,
    KARI_DOSE_OVERDUE = 3,
    KARI_DOSE_GIVEN = 4,
    KARI_DOSE_NOT_GIVEN = 5,
    KARI_DOSE_CONTESTED = 6,
    KARI_DOSE_SUSPENDED = 7,
};  // how a dose of a round stands

// A dose near a slot that nobody said it was for: ask before giving.
typedef struct kari_dose_elsewhere {
    kari_resource_id administration;
    kari_text medication;
    kari_text effective;
    kari_text amount;
    const kari_said* said;
} kari_dose_elsewhere;

typedef struct kari_slot {
    kari_digest id;
    kari_text token;  // kari_dose_give() and kari_dose_not_given() take it
    kari_record_id record;
    kari_resource_id order;
    kari_text order_status;
    kari_coded medication;
    kari_text dosage_shown;
    const kari_quantity* dose;  // as ordered; null when given otherwise
    kari_text route;
    kari_date date;
    kari_text nominal;  // "08:00", or a part of the day such as "MORN"
    uint32_t ordinal;
    kari_time planned;
    kari_dose_state state;
    kari_text reason;  // of a dose not given
    bool may_give;     // false: look at the order, and ring, before giving
    bool possible_double;
    bool given_and_not_given;
    bool order_contested;
    bool critical;  // leaving it out does harm too
    size_t administration_count;
    const kari_resource_id* administrations;
    size_t elsewhere_count;
    const kari_dose_elsewhere* const* elsewhere;
    kari_text intake;     // of what counts and was not given from here: as an administration's
    kari_text how_taken;  // the same in words, with what came of it and what to do then
    kari_text vomited;    // when; left out: nobody said so. It counts all the same
} kari_slot;              // a dose that is due at a time

// How much one tablet may give of a medicine as needed without asking anybody. `state` is "asked",
// "granted", "refused", "spent", "returned", "over", "unusable", or "elsewhere" when another tablet
// holds it.
typedef struct kari_allowance {
    kari_record_id record;
    kari_resource_id resource;
    kari_text token;  // kari_allowance_return() takes it
    kari_text state;
    kari_text reason;  // why it is refused or unusable
    kari_text action;  // and what to do
    uint32_t doses;
    uint32_t doses_left;
    kari_text amount;  // of them together, in words
    kari_text amount_left;
    kari_text until;  // empty until it is granted
    const kari_said* asked;
} kari_allowance;

// Given when needed, or an order of which nobody can say what is due.
typedef struct kari_unscheduled {
    kari_text token;  // of the order
    kari_record_id record;
    kari_resource_id order;
    kari_text medication;
    kari_text text;
    kari_text reason;  // why it cannot be told; empty when it is given when needed
    kari_text last_given;
    kari_text given_last_day;
    bool wants_allowance;  // the pack asks for one of the server before it is given
    size_t allowance_count;
    const kari_allowance* const* allowances;  // those that there are
} kari_unscheduled;

typedef struct kari_round {
    kari_date date;
    const kari_age* age;
    size_t slot_count;
    const kari_slot* const* slots;  // by time
    size_t as_needed_count;
    const kari_unscheduled* const* as_needed;
    size_t look_at_count;
    const kari_unscheduled* const* look_at;  // never silence: read the order
    size_t patch_count;
    const kari_patch* const* patches;
    int64_t changes_in_ms;  // so long from the reading the clock alone makes it another; or
                            // KARI_NO_TIME
    bool whole;             // false: something that it builds on is not here
    const kari_suspension* suspended;  // null: it is not
    size_t follow_up_count;
    const kari_follow_up* const* follow_ups;  // of which somebody is to see whether they helped
} kari_round;                                 // the doses of a date

typedef struct kari_warning {
    kari_text rule;
    int32_t severity;
    bool needs_reason;  // an override of this rule is asked for
    kari_text sentence;
    kari_text action;
    size_t about_count;
    const kari_resource_id* about;  // doses that it is about; a reason is kept with them
} kari_warning;                     // what is said before a dose is given

typedef struct kari_warnings {
    size_t count;
    const kari_warning* const* rows;
} kari_warnings;  // those of one dose

typedef struct kari_written {
    kari_change_id change;
    kari_record_id record;
    kari_resource_id resource;
    kari_text token;  // for the next edit of the same resource
    size_t also_count;
    const kari_change_id* also;  // the others of the same call
    size_t raised_count;
    const kari_finding* const* raised;  // open findings that name it, most severe first
    size_t told_count;
    const kari_warning* const* told;  // what is to be read, unasked
} kari_written;                       // what a call has written

#endif
