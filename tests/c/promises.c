// SPDX-License-Identifier: Apache-2.0
// What the first page of kari.h promises of out-pointers, of callbacks while a device ends, of
// moments and of cancels.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "bad_input.h"
#include "check.h"

static const char poison = 'x';

// The call is refused, and leaves no pointer of before.
#define EMPTIES(type, out, call)                 \
    do {                                         \
        type* out = (type*)(const void*)&poison; \
        REFUSED(call);                           \
        CHECK(out == NULL);                      \
    } while (0)

// `device` is none, or the error object is none.
static void outs(kari_device* device, kari_error* error) {
    const kari_record_id record = {{1}};
    const kari_person_id person = {{1}};
    EMPTIES(const kari_device_state, out, kari_device_state_read(device, &out, error));
    EMPTIES(const kari_nurses, out, kari_nurses_read(device, &out, error));
    EMPTIES(const kari_nurses, out, kari_people_read(device, &out, error));
    EMPTIES(const kari_signed_in, out, kari_device_unlock(device, &person, t(PIN), &out, error));
    EMPTIES(const kari_patients, out, kari_patients_read(device, NULL, &out, error));
    EMPTIES(const kari_chart, out, kari_chart_read(device, &record, NULL, &out, error));
    EMPTIES(const kari_round, out, kari_round_read(device, &record, NULL, &out, error));
    EMPTIES(const kari_findings, out, kari_findings_read(device, &record, &out, error));
    EMPTIES(const kari_case, out, kari_case_read(device, t("x"), NULL, &out, error));
    EMPTIES(const kari_history, out,
            kari_history_read(device, &record, t("x"), NULL, 1, &out, error));
    EMPTIES(const kari_document, out, kari_fhir_read(device, &record, NULL, &out, error));
    EMPTIES(const kari_warnings, out, kari_dose_check(device, NULL, &out, error));
    EMPTIES(const kari_draft, out, kari_draft_read(device, &record, t("x"), &out, error));
    EMPTIES(const kari_sync_status, out, kari_sync_status_read(device, &out, error));
    EMPTIES(const kari_sync_report, out, kari_sync_run(device, NULL, &out, error));
    EMPTIES(const kari_proof, out, kari_proof_read(device, &out, error));
    EMPTIES(const kari_records, out, kari_records_read(device, &out, error));
    EMPTIES(const kari_written, out, kari_note_sign(device, t("x"), &out, error));
    EMPTIES(const kari_written, out, kari_dose_give(device, NULL, &out, error));
    EMPTIES(kari_watch, out, kari_observe(device, NULL, NULL, &out, error));
    EMPTIES(kari_watch, out, kari_watch_new(device, NULL, NULL, NULL, &out, error));
    EMPTIES(kari_device, out, kari_device_open(NULL, &out, error));
    EMPTIES(kari_device, out, kari_device_enrol(NULL, &out, error));
    bool coming = true;
    REFUSED(kari_history_want(device, &record, 0, &coming, error));
    CHECK(!coming);
    kari_digest digest = {{1}};
    REFUSED(kari_state_digest(device, &record, &digest, error));
    CHECK(digest.bytes[0] == 0);
}

static void on_synced_within(void* context, kari_event event, const kari_record_id* record) {
    kari_device* device = context;
    const kari_sync_report* report = (const kari_sync_report*)(const void*)&poison;
    (void)event;
    (void)record;
    ANSWERS(KARI_ERROR_IN_USE, kari_sync_run(device, NULL, &report, why));
    CHECK(report == NULL);
}

// Written down at the time of day of its zone, or refused.
static void moments(kari_device* device, const kari_record_id* record) {
    kari_time at = {1790000000000, 0, t("Europe/Oslo")};  // 2026-09-21, in summer
    kari_visit_entry came = {.struct_size = sizeof came, .starts = &at};
    MUST(kari_visit_start(device, record, &came, NULL, why));
    const kari_chart* chart = NULL;
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    bool found = false;
    for (size_t i = 0; i < chart->care->visit_count; ++i)
        found |= is(chart->care->visits[i]->statement.value->starts, "2026-09-21T16:13:20+02:00");
    CHECK(found);
    kari_free(chart);
    at.offset_s = 7200;
    MUST(kari_visit_start(device, record, &came, NULL, why));
    at.offset_s = 3600;
    ANSWERS(KARI_ERROR_MALFORMED, kari_visit_start(device, record, &came, NULL, why));
    CHECK(holds(kari_error_what(why), "offset"));
    at.offset_s = 0;
    at.zone = t("Europe/Atlantis");
    ANSWERS(KARI_ERROR_MALFORMED, kari_visit_start(device, record, &came, NULL, why));
    at.zone = t("");
    at.offset_s = INT32_MIN;
    ANSWERS(KARI_ERROR_MALFORMED, kari_visit_start(device, record, &came, NULL, why));
    at.offset_s = -3600;
    at.ms = INT64_MIN;
    ANSWERS(KARI_ERROR_MALFORMED, kari_visit_start(device, record, &came, NULL, why));
    at.ms = INT64_MAX;
    ANSWERS(KARI_ERROR_MALFORMED, kari_visit_start(device, record, &came, NULL, why));
}

// It is called back no more, and whoever asks is told.
static void a_watch_that_threw(kari_device* device, const kari_record_id* record) {
    kari_note_entry note = {.struct_size = sizeof note, .title = t("A"), .text = t("B")};
    kari_watch* watch = NULL;
    MUST(kari_watch_new(device, record, throwing_change, NULL, &watch, why));
    MUST(kari_note_write(device, record, &note, NULL, why));
    ANSWERS(KARI_ERROR_INTERNAL, kari_watch_again(watch, why));
    MUST(kari_watch_free(watch, why));
}

void promises(kari_device* device, const kari_record_id* record) {
    kari_error* freed = kari_error_new();
    kari_error_free(freed);
    outs(NULL, why);
    outs((kari_device*)why, why);
    outs(device, freed);
    kari_watch* watch = NULL;
    kari_note_entry note = {.struct_size = sizeof note, .title = t("A"), .text = t("B")};
    MUST(kari_observe(device, on_synced_within, device, &watch, why));
    MUST(kari_note_write(device, record, &note, NULL, why));
    MUST(kari_watch_free(watch, why));
    moments(device, record);
    a_watch_that_threw(device, record);
}

typedef struct ending {
    kari_device* device;
    kari_watch* events;
    kari_watch* live;
    const ward* ward;
    unsigned locks;
    unsigned changed;
    atomic_bool unlocks;
} ending;

// The device ends while this runs: nothing of it can be ended from here.
static void on_lock(void* context, kari_event event, const kari_record_id* record) {
    ending* here = context;
    if (event != KARI_EVENT_LOCKED) return;
    CHECK(record == NULL);
    ++here->locks;
    CHECK(kari_watch_free(here->events, NULL) == KARI_ERROR_IN_USE);
    CHECK(kari_device_close(here->device, NULL) == KARI_ERROR_IN_USE);
}

static void on_changed(void* context) {
    ending* here = context;
    ++here->changed;
    CHECK(kari_watch_again(here->live, NULL) != KARI_OK);
}

void lock_is_told(const ward* ward, kari_device* device, const kari_record_id* record) {
    ending here = {.device = device};
    MUST(kari_watch_new(device, record, on_changed, &here, &here.live, why));
    MUST(kari_device_lock(device, why));
    CHECK(here.changed == 1);
    ANSWERS(KARI_ERROR_LOCKED, kari_watch_again(here.live, why));
    MUST(kari_device_unlock(device, &ward->nurse, t(PIN), NULL, why));
    ANSWERS(KARI_ERROR_LOCKED, kari_watch_again(here.live, why));
    MUST(kari_watch_free(here.live, why));
}

void close_with_watches(kari_device* device, const kari_record_id* record) {
    ending here = {.device = device};
    MUST(kari_observe(device, on_lock, &here, &here.events, why));
    MUST(kari_watch_new(device, record, on_changed, &here, &here.live, why));
    MUST(kari_device_close(device, why));
    CHECK(here.locks == 1 && here.changed == 1);
    REFUSED(kari_watch_again(here.live, why));
    MUST(kari_watch_free(here.live, why));
    MUST(kari_watch_free(here.events, why));
}

static void* unlocker(void* context) {
    ending* here = context;
    atomic_store(&here->unlocks, true);
    const kari_status status =
        kari_device_unlock(here->device, &here->ward->nurse, t(PIN), NULL, NULL);
    CHECK(status == KARI_OK || status == KARI_ERROR_INVALID_ARGUMENT);
    return NULL;
}

// Closed while somebody signs in: the lock is then told by the device's own end.
void close_while_unlocking(const ward* ward, kari_device* device) {
    ending here = {.device = device, .ward = ward};
    pthread_t thread;
    MUST(kari_device_lock(device, why));
    MUST(kari_observe(device, on_lock, &here, &here.events, why));
    CHECK(pthread_create(&thread, NULL, unlocker, &here) == 0);
    while (!atomic_load(&here.unlocks))
        sched_yield();
    sched_yield();
    MUST(kari_device_close(device, why));
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(here.locks <= 1);
    MUST(kari_watch_free(here.events, why));
}
