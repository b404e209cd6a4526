// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_H
#define KARI_H

// Kari in C: a tablet that charts and gives medicine with no network, and agrees with the server
// when there is one. examples/quickstart/c shows it in a page; bindings/README.md says the rest.
//
// What: one handle, the device; calls on it answer views, plain structs of kari/chart.h,
//   kari/round.h and kari/exchange.h. The C++ headers say what a call means ("C++:" names which);
//   here stands what is C's. No rule of care stands in this layer.
// Requires: handles, views and pointers that kari gave, and texts of UTF-8 without NUL. A text is
//   read before the call returns. An argument is never null unless its comment says so. Handles are
//   numbers that are never used twice: one that is null, closed or of another kind is told, and
//   touches no memory.
// Returns and errors: KARI_OK or what went wrong. Any call may say KARI_ERROR_INVALID_ARGUMENT (for
//   what this page requires), KARI_ERROR_INTERNAL and, on a device, KARI_ERROR_LOCKED and the
//   storage errors; "Errors" names the others. The last argument of a call may be null, or is an
//   error object, which then holds what happened, in words. Out-pointers are null after an error.
// Durability: a write that answered KARI_OK is on the disk for ever; one that answered an error
//   wrote nothing, save KARI_ERROR_INTERNAL: then read the chart before writing it again.
// Threads: any thread may call anything at any time; the calls of one device wait for each other as
//   in kari/device.hpp. An error object is for one thread at a time. A callback runs on a thread
//   that is in a call; it may read, and may not sync, follow, lock, close or end a watch of its
//   device (KARI_ERROR_IN_USE). One that lets a C++ exception out is called no more: what called it
//   ends in KARI_ERROR_INTERNAL where it is a call to end, and kari_watch_again() answers that.
// Ownership: what `..._new`, `..._open` and `..._enrol` give, `..._free` and `..._close` end. A
//   view is given back by kari_free(). Nothing else is owned; all other pointers are borrowed.
// Growth: a struct that is an argument begins with `struct_size`: set it to its sizeof and all that
//   you do not use to zero. Fields are added at the end. A library takes the struct of an older
//   header as it is; that of a newer one too, while what it does not know is zero.
// Units and limits: see kari/values.h. At most 1,000 items in a list that is an argument.
// Source of clinical rules: none here.

#include <kari/case.h>
#include <kari/chart.h>
#include <kari/entries.h>
#include <kari/exchange.h>
#include <kari/key_store.h>
#include <kari/round.h>
#include <kari/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kari_device kari_device;  // a tablet
typedef struct kari_error kari_error;    // what went wrong
typedef struct kari_cancel kari_cancel;  // asks a call under way to end
typedef struct kari_watch kari_watch;    // word of changes

typedef uint32_t kari_language;
enum { KARI_LANGUAGE_NB = 0, KARI_LANGUAGE_EN = 1 };  // of the sentences

// ---- The library ----------------------------------------------------------------------------
// Of the library that runs: "0.1.0". Static.
const char* kari_version(void);
// Handles and views that are not given back yet: 0 when an app has forgotten none.
uint64_t kari_live_objects(void);
// Gives a view back, with all that it points to. Null does nothing, and so does what is no view (as
// far as that can be seen: never free twice).
void kari_free(const void* view);

// The stable name: "wrong_pin". Static; "internal" for a number that this library does not know.
// C++: name
const char* kari_status_name(kari_status status);
// Who can do something about it.
// C++: advice
kari_advice kari_status_advice(kari_status status);

// Holds the outcome of the last call that it was given to. Null when there is no memory.
kari_error* kari_error_new(void);
void kari_error_free(kari_error* error);
// The number, and what failed where: English, for logs, without patient data; of
// KARI_ERROR_REASON_REQUIRED the rules that want an override, with ", " between. Borrowed until the
// next call with this object.
kari_status kari_error_status(const kari_error* error);
kari_text kari_error_what(const kari_error* error);
// What happened and what to do next, for whoever holds the tablet. Borrowed likewise.
// C++: explain
kari_text kari_error_sentence(const kari_error* error, kari_language language);
kari_text kari_error_what_to_do(const kari_error* error, kari_language language);

// Writes `size` bytes (16 or 32) as hexadecimal and a NUL: `out` has room for 2 * size + 1.
// C++: Opaque::text
void kari_id_text(const uint8_t* id, size_t size, char* out);
// Reads what kari_id_text wrote into `size` bytes. Errors: malformed.
// C++: Opaque::parse
kari_status kari_id_parse(kari_text text, uint8_t* id, size_t size);

// ---- A tablet -------------------------------------------------------------------------------
// Where a tablet lives. Its keys are in the key store of this platform, on Linux files, which are
// for development and for disks that are encrypted (kari/linux_platform.hpp); or in one of the
// app's.
typedef struct kari_device_options {
    size_t struct_size;
    kari_text directory;  // of the database
    kari_text keys;       // of the key store; its parent exists; left out: `directory`.keys
    kari_text log_file;   // left out: warnings and errors go to standard error
    kari_text zone;       // IANA, until the unit's is known; left out: the machine's
    kari_language language;
    const kari_key_store* key_store;  // instead of the platform's, or null; `keys` is then not used
} kari_device_options;

typedef struct kari_enrol_options {
    size_t struct_size;
    const kari_device_options* device;
    kari_text server;         // "https://host:port"
    kari_text code;           // one-time; carries the server's pin
    kari_text device_name;    // may be left out
    kari_person_id person;    // first nurse; the unit's directory lists them
    kari_text pin;            // 4 to 64 characters
    uint32_t pin_memory_kib;  // cost of trying PINs; 0: 64 MiB and 3, about 0.3 s
    uint32_t pin_iterations;
} kari_enrol_options;  // how a machine becomes a tablet

// Makes this machine a tablet of a unit and signs `person` in. Blocks on the network. Errors:
// already_exists, code_refused, server_untrusted, offline, timed_out, not_permitted,
// value_out_of_range (PIN), key_store_failed.
// C++: Device::enrol
kari_status kari_device_enrol(const kari_enrol_options* options, kari_device** out,
                              kari_error* error);
// Opens what was enrolled; locked. Errors: not_enrolled, in_use, wiped, key_store_failed,
// storage_missing, key_store_missing.
// C++: Device::open
kari_status kari_device_open(const kari_device_options* options, kari_device** out,
                             kari_error* error);
// Locks, waits for the calls of other threads (ask their cancel first), and ends the handle. Its
// watches call back no more, and are still to be freed. Views stay. Errors: in_use (from a callback
// of this device: nothing was done).
kari_status kari_device_close(kari_device* device, kari_error* error);
// What holds now, signed in or not. View. Errors: not_found (an unknown zone).
// C++: Device::locked, Device::signed_in, Device::zone, Device::today, Device::device_id,
//   Device::incarnation
kari_status kari_device_state_read(kari_device* device, const kari_device_state** out,
                                   kari_error* error);
// Of the sentences in views.
// C++: Device::set_language
kari_status kari_device_set_language(kari_device* device, kari_language language,
                                     kari_error* error);

// ---- Nurses ---------------------------------------------------------------------------------
// Who can unlock this tablet; also while locked. View.
// C++: Device::nurses
kari_status kari_nurses_read(kari_device* device, const kari_nurses** out, kari_error* error);
// Whom the unit's directory lists. View.
// C++: Device::directory_people
kari_status kari_people_read(kari_device* device, const kari_nurses** out, kari_error* error);
// Sets the PIN of the nurse who signed in within five minutes, and of no other. Blocks 0.3 s.
// Errors: not_permitted, value_out_of_range.
// C++: Device::add_nurse
kari_status kari_nurse_add(kari_device* device, const kari_person_id* person, kari_text pin,
                           kari_error* error);
// Signs in, by PIN (0.3 s), or by the one-time code that the server made for her (the network,
// while somebody is signed in): then kari_nurse_add. View; `out` may be null. Errors: wrong_pin,
// pin_delayed, wiped, not_found, not_permitted, locked, code_refused, offline, timed_out,
// server_busy.
// C++: Device::unlock
kari_status kari_device_unlock(kari_device* device, const kari_person_id* person, kari_text pin,
                               const kari_signed_in** out, kari_error* error);
// Forgets the key. Errors: in_use (from a callback).
// C++: Device::lock
kari_status kari_device_lock(kari_device* device, kari_error* error);

// ---- Reading: each leaves an access entry on the disk before it answers ----------------------
// The caseload. View. Errors: lease_ended, reason_required.
// C++: Device::my_patients
kari_status kari_patients_read(kari_device* device, const kari_access* access,
                               const kari_patients** out, kari_error* error);
// The chart of a record and of those linked to it; show `age` and `missing` with it. View. Errors:
// not_found, lease_ended, reason_required, not_permitted.
// C++: Device::open_chart
kari_status kari_chart_read(kari_device* device, const kari_record_id* record,
                            const kari_access* access, const kari_chart** out, kari_error* error);
// The doses of a date; null: today. Needs kari_chart_read() in this sign-in, as the next one. View.
// Errors: not_permitted, not_found, malformed (no such date).
// C++: Device::doses_due
kari_status kari_round_read(kari_device* device, const kari_record_id* record,
                            const kari_date* date, const kari_round** out, kari_error* error);
// Open findings, and answered ones as far back as the chart reaches. View. Errors: not_permitted.
// C++: Device::findings
kari_status kari_findings_read(kari_device* device, const kari_record_id* record,
                               const kari_findings** out, kari_error* error);
// One finding in full: who said what, and what they had seen. View. Errors: as kari_chart_read.
// C++: Device::finding_case
kari_status kari_case_read(kari_device* device, kari_text finding, const kari_access* access,
                           const kari_case** out, kari_error* error);
// Older items of a kind that the chart's complete_since names, newest first, at most 200 at a time.
// `before`: the last page's `next`; null: from the newest. View. Errors: not_permitted.
// C++: Device::history
kari_status kari_history_read(kari_device* device, const kari_record_id* record, kari_text kind,
                              const kari_history_mark* before, size_t limit,
                              const kari_history** out, kari_error* error);
// Has the next sync bring what is at the server alone, back to a moment (INT64_MIN: all). `coming`
// may be null; it says whether there is any. Errors: not_permitted.
// C++: Device::want_history
kari_status kari_history_want(kari_device* device, const kari_record_id* record, int64_t back_to_ms,
                              bool* coming, kari_error* error);
// All that is here, as a FHIR R4 Bundle. View. Errors: as kari_chart_read.
// C++: Device::export_fhir
kari_status kari_fhir_read(kari_device* device, const kari_record_id* record,
                           const kari_access* access, const kari_document** out, kari_error* error);

// ---- Writing: `out` is a view and may be null; a moment that is null is now --------------------
// Errors of all: not_found, malformed (a token or number that nobody wrote), time_in_future,
// too_large, resource_incomplete, resource_unreadable, resource_kept_whole.

// Errors: confirmation_required, value_out_of_range, unit_unknown, reason_required (entry/late:
// more than a day ago; say why in the note).
// C++: Device::record_observation
kari_status kari_observation_record(kari_device* device, const kari_record_id* record,
                                    const kari_observation_entry* entry, const kari_written** out,
                                    kari_error* error);
// Says it anew. Errors: as above.
// C++: Device::correct_observation
kari_status kari_observation_correct(kari_device* device, kari_text token,
                                     const kari_observation_entry* entry, const kari_written** out,
                                     kari_error* error);
// It was written by mistake. Errors: reason_required.
// C++: Device::observation_entered_in_error
kari_status kari_observation_retract(kari_device* device, kari_text token, kari_text reason,
                                     const kari_written** out, kari_error* error);

// Warnings that kari_dose_give() will want an override for; writes nothing. View.
// C++: Device::check_dose
kari_status kari_dose_check(kari_device* device, const kari_dose_entry* entry,
                            const kari_warnings** out, kari_error* error);
// Errors: reason_required (kari_error_what names the rules: say why, call again; a note answers
// entry/late as well), value_out_of_range.
// C++: Device::give
kari_status kari_dose_give(kari_device* device, const kari_dose_entry* entry,
                           const kari_written** out, kari_error* error);
// Errors: reason_required.
// C++: Device::not_given
kari_status kari_dose_not_given(kari_device* device, const kari_not_given_entry* entry,
                                const kari_written** out, kari_error* error);
// Errors: reason_required, invalid_argument.
// C++: Device::correct_dose
kari_status kari_dose_correct(kari_device* device, const kari_dose_correction* entry,
                              const kari_written** out, kari_error* error);

// Stops an order, here and everywhere at once. Errors: reason_required.
// C++: Device::propose_stop
kari_status kari_order_stop(kari_device* device, kari_text token, kari_text reason,
                            const kari_written** out, kari_error* error);

// Waits for the server; the order stands as it was until then. Errors: reason_required.
// C++: Device::propose_prescription
kari_status kari_prescription_propose(kari_device* device,
                                      const kari_prescription_proposal* proposal,
                                      const kari_written** out, kari_error* error);
// Whoever is signed in has looked at drug, amount, way and time of a dose that another gave.
// Errors: invalid_argument (an own dose).
// C++: Care::check_given_dose
kari_status kari_dose_check_given(kari_device* device, kari_text token, kari_text note,
                                  const kari_written** out, kari_error* error);

// Asks the server, at the next exchange, to promise this tablet doses of a medicine as needed.
// Errors: value_out_of_range, invalid_argument (the pack asks for none of that drug).
// C++: Care::ask_allowance
kari_status kari_allowance_ask_for(kari_device* device, const kari_allowance_ask* entry,
                                   const kari_written** out, kari_error* error);
// Gives back what is left; the reason may be empty. Errors: not_permitted (another tablet holds
// it), invalid_argument (it was given back before).
// C++: Care::return_allowance
kari_status kari_allowance_return(kari_device* device, kari_text token, kari_text reason,
                                  const kari_written** out, kari_error* error);

// A patch is off. Errors: invalid_argument (the dose put none on), reason_required.
// C++: Care::take_off_patch
kari_status kari_patch_take_off(kari_device* device, const kari_patch_off_entry* entry,
                                const kari_written** out, kari_error* error);

// A dose came up again: a fact beside it. It counts as taken and its slot stays closed; `told` says
// whom to ask before it is given again. Errors: invalid_argument (nobody says that the dose was
// taken), reason_required.
// C++: Care::dose_vomited
kari_status kari_dose_vomited(kari_device* device, const kari_vomited_entry* entry,
                              const kari_written** out, kari_error* error);
// Whether a dose helped: a fact beside it. Errors: as kari_dose_vomited().
// C++: Care::dose_effect
kari_status kari_dose_effect(kari_device* device, const kari_effect_entry* entry,
                             const kari_written** out, kari_error* error);

// C++: Device::add_allergy
kari_status kari_allergy_add(kari_device* device, const kari_record_id* record,
                             const kari_allergy_entry* entry, const kari_written** out,
                             kari_error* error);
// New evidence, which a refutation that did not see it cannot end.
// C++: Device::add_allergy_evidence
kari_status kari_allergy_evidence_add(kari_device* device, kari_text token,
                                      const kari_allergy_entry* entry, const kari_written** out,
                                      kari_error* error);
// It never was. Errors: reason_required.
// C++: Device::refute_allergy
kari_status kari_allergy_refute(kari_device* device, kari_text token, kari_text reason,
                                const kari_written** out, kari_error* error);
// It was written by mistake. Errors: reason_required.
// C++: Device::retract_allergy
kari_status kari_allergy_retract(kari_device* device, kari_text token, kari_text reason,
                                 const kari_written** out, kari_error* error);

// A record for somebody nobody here can identify yet, in the unit's caseload at once.
// C++: Device::create_record
kari_status kari_record_create(kari_device* device, const kari_new_patient* patient,
                               const kari_written** out, kari_error* error);

// Somebody came: a fact, planned or not.
// C++: Care::start_visit
kari_status kari_visit_start(kari_device* device, const kari_record_id* record,
                             const kari_visit_entry* entry, const kari_written** out,
                             kari_error* error);
// Somebody came, and no visit came of it.
// C++: Care::hindered_visit
kari_status kari_visit_hindered(kari_device* device, const kari_record_id* record,
                                const kari_visit_entry* entry, kari_hindrance hindrance,
                                const kari_written** out, kari_error* error);
// C++: Care::end_visit
kari_status kari_visit_end(kari_device* device, kari_text token, const kari_time* ends,
                           kari_text note, const kari_written** out, kari_error* error);

// What was done by a plan, or not. Errors: reason_required.
// C++: Care::measure_done, Care::measure_not_done, Care::task_done, Care::take_task,
//   Care::read_message
kari_status kari_act_record(kari_device* device, kari_act_kind kind, const kari_act_entry* entry,
                            const kari_written** out, kari_error* error);
// Ends or takes back what a token names. Errors: reason_required.
// C++: Care::resolve_problem, Care::retract_problem, Care::end_measure, Care::act_entered_in_error,
//   Care::visit_entered_in_error, Care::immunization_entered_in_error,
//   Care::communication_entered_in_error, Care::cancel_task, Care::do_not_contact,
//   Care::withdraw_consent, Care::report_alive
kari_status kari_care_end(kari_device* device, kari_ending what, kari_text token, kari_text reason,
                          const kari_written** out, kari_error* error);
// C++: Care::add_task
kari_status kari_task_add(kari_device* device, const kari_record_id* record,
                          const kari_task_entry* entry, const kari_written** out,
                          kari_error* error);

// A note, to be edited until it is signed.
// C++: Device::write_note
kari_status kari_note_write(kari_device* device, const kari_record_id* record,
                            const kari_note_entry* entry, const kari_written** out,
                            kari_error* error);
// Errors: signed_text_is_final, not_the_author.
// C++: Device::edit_note
kari_status kari_note_edit(kari_device* device, kari_text token, const kari_note_entry* entry,
                           const kari_written** out, kari_error* error);
// Errors: signed_text_is_final, not_the_author.
// C++: Device::sign_note
kari_status kari_note_sign(kari_device* device, kari_text token, const kari_written** out,
                           kari_error* error);
// A new note that points at a signed one.
// C++: Device::addend
kari_status kari_note_addend(kari_device* device, kari_text token, const kari_note_entry* entry,
                             const kari_written** out, kari_error* error);
// A draft is local to this tablet and its author, under a key of the app's; it is no note until it
// is written. Its date is not kept.
// C++: Device::save_draft
kari_status kari_draft_save(kari_device* device, const kari_record_id* record, kari_text key,
                            const kari_note_entry* entry, kari_error* error);
// View; null with KARI_OK where there is none.
// C++: Device::load_draft
kari_status kari_draft_read(kari_device* device, const kari_record_id* record, kari_text key,
                            const kari_draft** out, kari_error* error);
// C++: Device::drop_draft
kari_status kari_draft_drop(kari_device* device, const kari_record_id* record, kari_text key,
                            kari_error* error);

// Errors: reason_required.
// C++: Device::resolve_finding
kari_status kari_finding_resolve(kari_device* device, const kari_finding_answer* answer,
                                 const kari_written** out, kari_error* error);
// Puts it off: until then nobody counts it as open, and from then on everybody does again, by the
// clock of each tablet. Nothing calls back at that moment. Errors: reason_required,
// value_out_of_range (a moment that is past).
// C++: Device::defer_finding
kari_status kari_finding_defer(kari_device* device, kari_text token, const kari_time* until,
                               kari_text reason, const kari_written** out, kari_error* error);
// C++: Device::assign_finding
kari_status kari_finding_assign(kari_device* device, kari_text token, const kari_person_id* person,
                                const kari_written** out, kari_error* error);

// ---- Exchange -------------------------------------------------------------------------------
// May be asked from any thread, also from a callback. Of one call at a time: a second that is given
// it answers in_use. Null when there is no memory.
// C++: Cancel::ask
kari_cancel* kari_cancel_new(void);
void kari_cancel_ask(kari_cancel* cancel);
void kari_cancel_free(kari_cancel* cancel);  // a call that was given it goes on

typedef struct kari_sync_options {
    size_t struct_size;
    void (*progress)(void* context, const kari_progress* progress);  // after each step; or null
    void* context;
    kari_cancel* cancel;  // or null
    bool without_attachments;
} kari_sync_options;  // how a sync is told to go

// Exchanges with the server until there is no more. `options` and `out` may be null; view. Blocks
// on the network. Errors: offline, timed_out, server_busy, in_use (one at a time), cancelled,
// server_untrusted, device_unknown, device_revoked, device_expired, protocol_unsupported. What was
// applied before an error stays.
// C++: Device::sync
kari_status kari_sync_run(kari_device* device, const kari_sync_options* options,
                          const kari_sync_report** out, kari_error* error);

// What a tablet that follows is doing.
typedef uint32_t kari_follow_state;
enum { KARI_FOLLOW_SYNCING = 0, KARI_FOLLOW_WAITING = 1, KARI_FOLLOW_TROUBLE = 2 };

typedef struct kari_follow_options {
    size_t struct_size;
    // When it is another. `why` is null save in trouble, which it tries again from by itself; it is
    // borrowed until this returns, and kari_error_sentence() says it to whoever holds the tablet.
    void (*state)(void* context, kari_follow_state state, const kari_error* why);
    void (*synced)(void* context, const kari_sync_report* report);  // borrowed until it returns
    void* context;
    kari_cancel* cancel;  // required
} kari_follow_options;    // who is told while a tablet follows, and what ends it

// Stays in step with the server, on this thread, until its cancel is asked: then KARI_OK. Errors:
// locked (also when it is locked meanwhile), in_use, device_unknown, device_revoked,
// device_expired, protocol_unsupported.
// C++: Device::follow
kari_status kari_follow_run(kari_device* device, const kari_follow_options* options,
                            kari_error* error);
// What waits here, and the drug facts. View.
// C++: Device::sync_status
kari_status kari_sync_status_read(kari_device* device, const kari_sync_status** out,
                                  kari_error* error);

// ---- Word of changes -------------------------------------------------------------------------
typedef uint32_t kari_event;
enum {
    KARI_EVENT_RECORD_CHANGED = 0,
    KARI_EVENT_FINDINGS_CHANGED = 1,
    KARI_EVENT_CASELOAD_CHANGED = 2,
    KARI_EVENT_SYNCED = 3,
    KARI_EVENT_LOCKED = 4,
};  // what changed

// Calls back after a call of this device changed something, on the thread of that call; `record` is
// null where it concerns none.
// C++: Device::observe
kari_status kari_observe(kari_device* device,
                         void (*told)(void* context, kari_event event,
                                      const kari_record_id* record),
                         void* context, kari_watch** out, kari_error* error);
// A live query: calls back once when the chart, round or findings of a record (null: the caseload)
// may be others, and when the tablet is locked; then kari_watch_again(), and read.
// C++: Device::watch
kari_status kari_watch_new(kari_device* device, const kari_record_id* record,
                           void (*changed)(void* context), void* context, kari_watch** out,
                           kari_error* error);
// Errors: locked (the sign-in that it was begun in has ended: show nothing, free it, and watch anew
// after the next), invalid_argument (it is of kari_observe), internal (its callback threw).
// C++: Device::again
kari_status kari_watch_again(kari_watch* watch, kari_error* error);
// No callback runs after it returns KARI_OK. Errors: in_use (from a callback of its device).
kari_status kari_watch_free(kari_watch* watch, kari_error* error);

// ---- Proof ----------------------------------------------------------------------------------
// Recomputes every digest, chain and seal that is held. Blocks long. View.
// C++: Device::verify
kari_status kari_proof_read(kari_device* device, const kari_proof** out, kari_error* error);
// Equal on every replica that holds the same changes of the record. Errors: not_found.
// C++: Device::state_digest
kari_status kari_state_digest(kari_device* device, const kari_record_id* record, kari_digest* out,
                              kari_error* error);
// Every citizen's record that is held here. View.
// C++: Device::held_records
kari_status kari_records_read(kari_device* device, const kari_records** out, kari_error* error);

#ifdef __cplusplus
}
#endif

#endif
