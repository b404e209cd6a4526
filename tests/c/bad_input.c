// SPDX-License-Identifier: Apache-2.0
// What an app may get wrong, and what it is told: never a crash, never a write.
#include "bad_input.h"

#include "check.h"

// No handle that is not a live device is taken for one.
static void no_device(kari_device* device) {
    const kari_record_id record = {{1}};
    const kari_person_id person = {{1}};
    kari_device_options place = {.struct_size = sizeof place};
    kari_enrol_options enrol = {.struct_size = sizeof enrol};
    kari_watch* watch = NULL;
    kari_digest digest;
    REFUSED(kari_device_enrol(&enrol, NULL, why));
    REFUSED(kari_device_open(&place, NULL, why));
    REFUSED(kari_device_close(device, why));
    REFUSED(kari_device_state_read(device, NULL, why));
    REFUSED(kari_device_set_language(device, KARI_LANGUAGE_EN, why));
    REFUSED(kari_nurses_read(device, NULL, why));
    REFUSED(kari_people_read(device, NULL, why));
    REFUSED(kari_nurse_add(device, &person, t(PIN), why));
    REFUSED(kari_device_unlock(device, &person, t(PIN), NULL, why));
    REFUSED(kari_device_lock(device, why));
    REFUSED(kari_patients_read(device, NULL, NULL, why));
    REFUSED(kari_chart_read(device, &record, NULL, NULL, why));
    REFUSED(kari_round_read(device, &record, NULL, NULL, why));
    REFUSED(kari_findings_read(device, &record, NULL, why));
    REFUSED(kari_fhir_read(device, &record, NULL, NULL, why));
    REFUSED(kari_observation_record(device, &record, NULL, NULL, why));
    REFUSED(kari_observation_correct(device, t("x"), NULL, NULL, why));
    REFUSED(kari_observation_retract(device, t("x"), t("x"), NULL, why));
    REFUSED(kari_dose_check(device, NULL, NULL, why));
    REFUSED(kari_dose_give(device, NULL, NULL, why));
    REFUSED(kari_dose_not_given(device, NULL, NULL, why));
    REFUSED(kari_dose_correct(device, NULL, NULL, why));
    REFUSED(kari_order_stop(device, t("x"), t("x"), NULL, why));
    REFUSED(kari_case_read(device, t("x"), NULL, NULL, why));
    REFUSED(kari_history_read(device, &record, t("x"), NULL, 1, NULL, why));
    REFUSED(kari_history_want(device, &record, 0, NULL, why));
    REFUSED(kari_prescription_propose(device, NULL, NULL, why));
    REFUSED(kari_dose_check_given(device, t("x"), t("x"), NULL, why));
    REFUSED(kari_patch_take_off(device, NULL, NULL, why));
    REFUSED(kari_dose_vomited(device, NULL, NULL, why));
    REFUSED(kari_dose_effect(device, NULL, NULL, why));
    REFUSED(kari_allowance_ask_for(device, NULL, NULL, why));
    REFUSED(kari_allowance_return(device, t("x"), t(""), NULL, why));
    REFUSED(kari_allergy_add(device, &record, NULL, NULL, why));
    REFUSED(kari_allergy_evidence_add(device, t("x"), NULL, NULL, why));
    REFUSED(kari_allergy_refute(device, t("x"), t("x"), NULL, why));
    REFUSED(kari_allergy_retract(device, t("x"), t("x"), NULL, why));
    REFUSED(kari_record_create(device, NULL, NULL, why));
    REFUSED(kari_visit_start(device, &record, NULL, NULL, why));
    REFUSED(kari_visit_hindered(device, &record, NULL, 0, NULL, why));
    REFUSED(kari_visit_end(device, t("x"), NULL, t(""), NULL, why));
    REFUSED(kari_act_record(device, 0, NULL, NULL, why));
    REFUSED(kari_care_end(device, 0, t("x"), t("x"), NULL, why));
    REFUSED(kari_task_add(device, &record, NULL, NULL, why));
    REFUSED(kari_note_addend(device, t("x"), NULL, NULL, why));
    REFUSED(kari_draft_save(device, &record, t("x"), NULL, why));
    REFUSED(kari_draft_read(device, &record, t("x"), NULL, why));
    REFUSED(kari_draft_drop(device, &record, t("x"), why));
    REFUSED(kari_note_write(device, &record, NULL, NULL, why));
    REFUSED(kari_note_edit(device, t("x"), NULL, NULL, why));
    REFUSED(kari_note_sign(device, t("x"), NULL, why));
    REFUSED(kari_finding_resolve(device, NULL, NULL, why));
    REFUSED(kari_finding_defer(device, t("x"), NULL, t("x"), NULL, why));
    REFUSED(kari_finding_assign(device, t("x"), &person, NULL, why));
    REFUSED(kari_sync_run(device, NULL, NULL, why));
    REFUSED(kari_follow_run(device, NULL, why));
    REFUSED(kari_sync_status_read(device, NULL, why));
    REFUSED(kari_observe(device, NULL, NULL, &watch, why));
    REFUSED(kari_watch_new(device, NULL, NULL, NULL, &watch, why));
    REFUSED(kari_proof_read(device, NULL, why));
    REFUSED(kari_state_digest(device, &record, &digest, why));
    REFUSED(kari_records_read(device, NULL, why));
}

void use_after_close(kari_device* device) {
    no_device(device);
}

static void other_handles(kari_device* device) {
    kari_cancel* cancel = kari_cancel_new();
    no_device(NULL);
    no_device((kari_device*)cancel);
    no_device((kari_device*)why);
    kari_sync_options how = {.struct_size = sizeof how, .cancel = (kari_cancel*)device};
    REFUSED(kari_sync_run(device, &how, NULL, why));
    kari_cancel_free(cancel);
    how.cancel = cancel;
    REFUSED(kari_sync_run(device, &how, NULL, why));
    kari_cancel_ask(cancel);
    kari_cancel_free(cancel);
    kari_cancel_free(NULL);
    REFUSED(kari_watch_again(NULL, why));
    REFUSED(kari_watch_free(NULL, why));

    kari_error* other = kari_error_new();
    kari_error_free(other);
    kari_error_free(other);
    REFUSED(kari_device_set_language(device, KARI_LANGUAGE_EN, other));
    CHECK(kari_error_status(other) == KARI_ERROR_INVALID_ARGUMENT);
    CHECK(kari_error_what(other).size == 0 && *kari_error_what(NULL).data == '\0');
    CHECK(kari_error_sentence(NULL, KARI_LANGUAGE_NB).size == 0);
    CHECK(kari_error_what_to_do(other, KARI_LANGUAGE_NB).size == 0);
    kari_free(NULL);
    kari_free(&other);
    kari_free(why);
    MUST(kari_device_set_language(device, KARI_LANGUAGE_EN, NULL));
    MUST(kari_device_set_language(device, KARI_LANGUAGE_EN, why));
    CHECK(kari_error_status(why) == KARI_OK && kari_error_what(why).size == 0);
    CHECK(kari_error_sentence(why, KARI_LANGUAGE_EN).size == 0);
}

static void texts(kari_device* device, const kari_record_id* record) {
    static const char* const wrong[] = {"\xff",
                                        "a\xc3",
                                        "\xc0\xaf",
                                        "\xe0\x80\x80",
                                        "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xf8\x88\x80\x80\x80",
                                        "\xc3("};
    kari_note_entry note = {.struct_size = sizeof note, .title = t("A")};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; ++at) {
        note.text = t(wrong[at]);
        REFUSED(kari_note_write(device, record, &note, NULL, why));
    }
    note.text.data = "before\0after";
    note.text.size = 12;
    REFUSED(kari_note_write(device, record, &note, NULL, why));
    note.text.data = NULL;
    REFUSED(kari_note_write(device, record, &note, NULL, why));
    CHECK(strcmp(kari_error_what(why).data, "text: null") == 0);
    ANSWERS(KARI_ERROR_MALFORMED, kari_note_sign(device, t("no token"), NULL, why));
    note.text = t("Bl\xc3\xa5 himmel, \xe2\x82\xac og \xf0\x9f\x98\x80");
    MUST(kari_note_write(device, record, &note, NULL, why));

    kari_quantity value = {.value = t("seventy"), .code = t("/min"), .unit = t("")};
    kari_observation_entry pulse = {.struct_size = sizeof pulse, .value = &value};
    ANSWERS(KARI_ERROR_MALFORMED, kari_observation_record(device, record, &pulse, NULL, why));
    pulse.value = NULL;
    pulse.component_count = 2;
    REFUSED(kari_observation_record(device, record, &pulse, NULL, why));
    const kari_override none = {t(""), t("")};
    kari_dose_entry dose = {.struct_size = sizeof dose, .overrides = &none, .override_count = 1001};
    ANSWERS(KARI_ERROR_TOO_LARGE, kari_dose_give(device, &dose, NULL, why));

    uint8_t id[16];
    CHECK(kari_id_parse(t("xyz"), id, 16) == KARI_ERROR_MALFORMED);
    CHECK(kari_id_parse(t("00"), id, 1) == KARI_ERROR_INVALID_ARGUMENT);
    CHECK(kari_id_parse(t(NULL), id, 16) == KARI_ERROR_INVALID_ARGUMENT);
    CHECK(kari_id_parse(t("00"), NULL, 16) == KARI_ERROR_INVALID_ARGUMENT);
    char nothing[1] = {'x'};
    kari_id_text(NULL, 16, nothing);
    kari_id_text(id, 16, NULL);
    CHECK(nothing[0] == '\0');
}

// The struct of a header that has one field more.
typedef struct newer_access {
    kari_access access;
    uint64_t more;
} newer_access;

static void sizes(kari_device* device) {
    kari_access access = {.struct_size = sizeof access};
    const kari_patients* list = NULL;
    for (size_t size = 0; size < sizeof access; ++size) {
        access.struct_size = size;
        REFUSED(kari_patients_read(device, &access, &list, why));
    }
    access.struct_size = SIZE_MAX;
    REFUSED(kari_patients_read(device, &access, &list, why));
    newer_access newer = {.access = {.struct_size = sizeof newer}};
    MUST(kari_patients_read(device, &newer.access, &list, why));
    kari_free(list);
    newer.more = 1;
    REFUSED(kari_patients_read(device, &newer.access, &list, why));
    CHECK(list == NULL);
    access.struct_size = sizeof access;
    access.purpose = 3;
    REFUSED(kari_patients_read(device, &access, &list, why));
    kari_not_given_entry never = {.struct_size = sizeof never, .why = 12};
    REFUSED(kari_dose_not_given(device, &never, NULL, why));
    REFUSED(kari_device_set_language(device, 2, why));
    REFUSED(kari_patients_read(device, NULL, NULL, why));
    REFUSED(kari_chart_read(device, NULL, NULL, NULL, why));
    CHECK(strcmp(kari_status_name(-1), "internal") == 0);
    CHECK(strcmp(kari_status_name(99999), "internal") == 0);
    CHECK(strcmp(kari_status_name(KARI_OK), "ok") == 0);
}

static void directories(const ward* ward, kari_device* device) {
    char directory[512];
    kari_device* second = device;
    kari_device_options place = {.struct_size = sizeof place};
    REFUSED(kari_device_open(&place, &second, why));
    CHECK(second == NULL);
    place_of(ward, "b", directory, sizeof directory);
    place.directory = t(directory);
    ANSWERS(KARI_ERROR_IN_USE, kari_device_open(&place, &second, why));
    place_of(ward, "nowhere", directory, sizeof directory);
    ANSWERS(KARI_ERROR_NOT_ENROLLED, kari_device_open(&place, &second, why));
    kari_enrol_options enrol = {.struct_size = sizeof enrol, .server = t(ward->server)};
    REFUSED(kari_device_enrol(&enrol, &second, why));
    enrol.device = &place;
    enrol.code = t("no code");
    enrol.person = ward->nurse;
    enrol.pin = t(PIN);
    ANSWERS(KARI_ERROR_CODE_REFUSED, kari_device_enrol(&enrol, &second, why));
    CHECK(second == NULL);
}

typedef struct within {
    kari_device* device;
    kari_watch* watch;
    unsigned called;
} within;

// Ending what calls back, or what it is of, from within.
static void end_within(void* context, kari_event event, const kari_record_id* record) {
    within* here = context;
    (void)event;
    (void)record;
    ++here->called;
    REFUSED(kari_watch_again(here->watch, why));
    ANSWERS(KARI_ERROR_IN_USE, kari_watch_free(here->watch, why));
    ANSWERS(KARI_ERROR_IN_USE, kari_device_lock(here->device, why));
    ANSWERS(KARI_ERROR_IN_USE, kari_device_close(here->device, why));
    ANSWERS(KARI_ERROR_IN_USE, kari_sync_run(here->device, NULL, NULL, why));
    kari_cancel* cancel = kari_cancel_new();
    kari_follow_options how = {.struct_size = sizeof how, .cancel = cancel};
    ANSWERS(KARI_ERROR_IN_USE, kari_follow_run(here->device, &how, why));
    kari_cancel_free(cancel);
}

static void callbacks(kari_device* device, const kari_record_id* record) {
    kari_note_entry note = {.struct_size = sizeof note, .title = t("A"), .text = t("B")};
    within here = {.device = device};
    kari_watch* watch = NULL;
    REFUSED(kari_observe(device, NULL, NULL, &watch, why));
    REFUSED(kari_observe(device, end_within, NULL, NULL, why));
    MUST(kari_observe(device, end_within, &here, &here.watch, why));
    MUST(kari_note_write(device, record, &note, NULL, why));
    CHECK(here.called > 0);
    MUST(kari_watch_free(here.watch, why));
    REFUSED(kari_watch_free(here.watch, why));

    MUST(kari_observe(device, throwing_event, NULL, &watch, why));
    MUST(kari_note_write(device, record, &note, NULL, why));
    MUST(kari_watch_free(watch, why));
    kari_sync_options how = {.struct_size = sizeof how, .progress = throwing_progress};
    ANSWERS(KARI_ERROR_INTERNAL, kari_sync_run(device, &how, NULL, why));
    MUST(kari_sync_run(device, NULL, NULL, why));
    kari_cancel* cancel = kari_cancel_new();
    kari_follow_options stay = {
        .struct_size = sizeof stay, .state = throwing_state, .cancel = cancel};
    ANSWERS(KARI_ERROR_INTERNAL, kari_follow_run(device, &stay, why));
    kari_cancel_free(cancel);
    stay.cancel = NULL;
    REFUSED(kari_follow_run(device, &stay, why));
}

void bad_input(const ward* ward, kari_device* device) {
    const uint64_t before = kari_live_objects();
    const kari_patients* list = NULL;
    MUST(kari_patients_read(device, NULL, &list, why));
    const kari_record_id record = list->rows[0]->record;
    kari_free(list);
    other_handles(device);
    texts(device, &record);
    sizes(device);
    directories(ward, device);
    callbacks(device, &record);
    CHECK(kari_live_objects() == before);
}
