// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_VALUES_H
#define KARI_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// What: the small values that cross the C ABI, and what every view is made of. Include <kari.h>.
// Ownership: a view and all that it points to are one piece, which kari_free() gives back; until
//   then nothing in it changes, whatever becomes of the device. A pointer may be null where a
//   comment says so. `data` of a text in a view is never null, and a NUL follows the text.
// Growth: what stands inside another struct or in a plain array never changes. Views are reached
//   by pointers, are made by the library alone, and may grow at their end: never copy one by
//   sizeof, never make an array of them.
// Units and limits: moments in milliseconds of UTC since 1970; texts in UTF-8; texts of times and
//   codes are FHIR R4's; numbers are decimal texts with a point, as they were typed.

// Where a view has no moment to tell.
#define KARI_NO_TIME INT64_MIN

// Null with a size of 0 is the empty text, and says "left out" where a text may be.
typedef struct kari_text {
    const char* data;
    size_t size;
} kari_text;

// Borrows a C string; null is empty.
static inline kari_text kari_text_of(const char* words) {
    kari_text text;
    text.data = words;
    text.size = words ? strlen(words) : 0;
    return text;
}

// Names of things; all zeros name nothing. kari_id_text() and kari_id_parse() know hexadecimal.
typedef struct kari_record_id {
    uint8_t bytes[16];
} kari_record_id;
typedef struct kari_resource_id {
    uint8_t bytes[16];
} kari_resource_id;  // of what a record holds: an order, a dose
typedef struct kari_person_id {
    uint8_t bytes[16];
} kari_person_id;  // of a nurse, or another who writes
typedef struct kari_device_id {
    uint8_t bytes[16];
} kari_device_id;  // of a tablet
typedef struct kari_change_id {
    uint8_t bytes[32];
} kari_change_id;  // of a change: a digest
typedef struct kari_digest {
    uint8_t bytes[32];
} kari_digest;  // SHA-256

typedef struct kari_coded {
    kari_text system;
    kari_text code;
    kari_text text;  // as shown
} kari_coded;        // a code, and the words that it was shown with

// Show `plain` and never `value`: "1e2", and the zero that ends "0.50", have been read as ten times
// as much.
// C++: plain_digits
typedef struct kari_quantity {
    kari_text value;  // as it was written: "0.50"
    kari_text code;   // UCUM: "mg", "/min", "{tablet}"
    kari_text unit;   // as shown; the code when empty
    kari_text plain;  // as people read it: "0.5"; not used in an argument
} kari_quantity;

typedef struct kari_date {
    int32_t year;
    int32_t month;
    int32_t day;
} kari_date;  // of a calendar, without a zone

// A moment with the zone in which it is read: what is written down is its time of day there. Of the
// years 1 to 9999. As an argument: with a zone, the zone decides, and an offset that is neither 0
// nor the zone's is malformed; without one, the offset.
typedef struct kari_time {
    int64_t ms;
    int32_t offset_s;  // seconds east of UTC
    kari_text zone;    // IANA
} kari_time;

// A warning that the author saw, and why the fact stands all the same.
typedef struct kari_override {
    kari_text rule;
    kari_text reason;
} kari_override;

typedef uint32_t kari_freshness;
enum {
    KARI_FRESHNESS_NEVER_SYNCED = 0,
    KARI_FRESHNESS_OLD = 1,
    KARI_FRESHNESS_STALE = 2,
    KARI_FRESHNESS_AGING = 3,
    KARI_FRESHNESS_FRESH = 4,
};  // how old what is shown is

// To be shown with whatever it is part of.
typedef struct kari_age {
    int64_t as_of_ms;  // server time of the last complete exchange, or KARI_NO_TIME
    int64_t age_ms;    // since then, by the clock that does harm
    kari_freshness tier;
    bool lease_ended;
    kari_text drug_facts;  // what must be said of the drug facts; else empty
} kari_age;

typedef struct kari_said {
    kari_change_id change;
    kari_person_id person;  // zero when a system wrote
    kari_text person_name;
    kari_time recorded;
    bool by_server;
} kari_said;  // who said something, and when

typedef struct kari_nurse {
    kari_person_id person;
    kari_text name;
    kari_text role;
} kari_nurse;  // a person who can unlock

// One resource as it stood when it was read. Every edit hands the token back: it says what the
// author had before their eyes.
typedef struct kari_item {
    kari_record_id record;
    kari_resource_id resource;
    kari_text token;
    bool incomplete;  // something it builds on is not here: it takes no edit
    bool unreadable;  // by a newer version, in a way this one cannot read: call
    bool kept_whole;  // taken in before it could be changed here: it takes no edit
} kari_item;

// One atom of a resource: `value` is what to act on (null: nothing is), `live` all that stands,
// which is more than one statement when people wrote without seeing each other (`contested`: show
// them all), `proposed` what waits for the server.
#define KARI_FIELD(name, type)            \
    typedef struct name##_statement {     \
        const type* value;                \
        const kari_said* said;            \
    } name##_statement;                   \
    typedef struct name##_field {         \
        const type* value;                \
        bool contested;                   \
        size_t live_count;                \
        const name##_statement* live;     \
        size_t proposed_count;            \
        const name##_statement* proposed; \
    } name##_field

KARI_FIELD(kari_text, kari_text);
KARI_FIELD(kari_coded, kari_coded);

#endif
