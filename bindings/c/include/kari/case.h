// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_CASE_H
#define KARI_CASE_H

#include <kari/chart.h>

// What: the views of one finding in full, of the older part of a chart, and of a draft.

// One atom that a statement wrote.
typedef struct kari_case_part {
    kari_text atom;   // the schema's name: "prescription", "status"
    kari_text value;  // whole, in words; empty when it was cleared
    bool acted_on;    // this is what holds now
} kari_case_part;

typedef struct kari_case_statement {
    const kari_said* said;
    kari_text role;          // of the author
    bool here;               // written on this tablet
    kari_device_id machine;  // the incarnation it was written by
    kari_record_id record;
    kari_resource_id resource;
    kari_text kind;  // FHIR type
    size_t part_count;
    const kari_case_part* const* parts;
    int64_t data_age_ms;  // how old the data before its author were, or KARI_NO_TIME
    size_t not_seen_count;
    const kari_change_id* not_seen;  // sides that its author had not seen
    bool withheld;                   // what it says is not on this tablet
} kari_case_statement;               // one of the statements that it is about

typedef struct kari_case_resolution {
    const kari_said* said;
    kari_text outcome;
    kari_text reason;
    int32_t severity;  // as the resolver saw it
    size_t input_count;
    const kari_change_id* inputs;  // those that the resolver saw
} kari_case_resolution;            // how somebody answered it

typedef struct kari_case {
    const kari_finding* finding;
    size_t base_count;
    const kari_case_statement* const* base;  // what all sides had seen
    size_t side_count;
    const kari_case_statement* const* sides;  // oldest first within a resource
    size_t not_here_count;
    const kari_change_id* not_here;  // inputs that this tablet does not hold
    size_t resolution_count;
    const kari_case_resolution* const* resolutions;
} kari_case;  // a finding in full

// A place in a record's history: what is older comes next. A chart's part of a kind ends at its
// kari_complete_since, with a resource of zeros.
typedef struct kari_history_mark {
    int64_t moment_ms;
    kari_resource_id resource;
} kari_history_mark;

typedef struct kari_history {
    const kari_chart* items;        // of one kind, in its list, with the findings that name them
    const kari_history_mark* next;  // null: this tablet has nothing older
    int64_t on_tablet_since_ms;     // what is older is at the server alone; or KARI_NO_TIME
} kari_history;                     // a page of what is older

typedef struct kari_draft {
    kari_text type;
    kari_text title;
    kari_text text;
} kari_draft;  // a note that is not written yet

#endif
