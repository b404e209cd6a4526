// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_EXCHANGE_H
#define KARI_EXCHANGE_H

#include <kari/values.h>

// What: the views of the exchange with the server, and of what a tablet can show for itself.

typedef struct kari_progress {
    uint64_t requests;
    uint64_t sent;            // own changes that the server answered for
    uint64_t received;        // changes applied
    uint64_t records_done;    // brought up to date
    uint64_t records_wanted;  // known to be behind
    uint64_t chunks_up;       // of attachments
    uint64_t chunks_down;
} kari_progress;  // how far a sync has come

// Whose it is, is not said here: the list of patients shows it, and leaves an access entry.
typedef struct kari_new_finding {
    kari_digest id;
    kari_record_id record;
    kari_text rule;
    int32_t severity;
    kari_text title;
} kari_new_finding;

typedef struct kari_sync_report {
    bool complete;  // nothing was left to send or fetch
    const kari_progress* progress;
    uint64_t returned;
    uint64_t quarantined;
    uint64_t bytes_up;
    uint64_t bytes_down;
    size_t finding_count;
    const kari_new_finding* const* findings;  // new or more severe; the most severe first
    uint64_t records_hidden;
    uint64_t records_purged;
    uint64_t attachments_sent;
    uint64_t attachments_fetched;
    uint64_t attachments_waiting;
    bool new_epoch;
    bool server_recovering;
    size_t problem_count;
    const kari_text* problems;  // a record's id and an error name
} kari_sync_report;             // what a sync brought

typedef struct kari_quarantined {
    kari_change_id change;
    kari_record_id record;
    kari_text reason;
    kari_text advice;
} kari_quarantined;  // what could not be taken in, and why

typedef struct kari_pack {
    kari_text name;
    kari_text label;  // what it calls itself; to be shown with it
    kari_date date;
    int32_t days_old;
    bool compiled_in;
    kari_text told;        // where the last one offered was not taken, or none is
    kari_text told_to_do;  // what to do about it
} kari_pack;               // which drug facts are in use

typedef struct kari_sync_status {
    uint64_t unsent;     // changes not acknowledged as stored
    uint64_t unsecured;  // stored, not yet secured
    uint64_t access_unsent;
    int64_t last_complete_ms;      // server time, or KARI_NO_TIME
    int64_t server_minus_wall_ms;  // or KARI_NO_TIME
    bool server_recovering;
    const kari_pack* pack;
    size_t quarantined_count;
    const kari_quarantined* const* quarantined;
} kari_sync_status;  // what waits here

typedef struct kari_proof {
    bool sound;
    uint64_t records;
    uint64_t changes;
    uint64_t streams;
    uint64_t seals;
    uint64_t unproven_seals;
    uint64_t access_entries;
    size_t problem_count;
    const kari_text* problems;
} kari_proof;  // what was recomputed, and what did not fit

typedef struct kari_records {
    size_t count;
    const kari_record_id* rows;
} kari_records;  // those that are held here

typedef struct kari_document {
    kari_text text;
} kari_document;  // a text that was made

#endif
