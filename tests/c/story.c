// SPDX-License-Identifier: Apache-2.0
// Two tablets of one unit: a round offline on both, the same dose given twice, and what a sync
// finds of it.
#include <pthread.h>

#include "bad_input.h"
#include "check.h"

// The row of the patient whose name holds `name`.
static kari_record_id patient(kari_device* device, const char* name) {
    const kari_patients* list = NULL;
    MUST(kari_patients_read(device, NULL, &list, why));
    CHECK(list->count == 3 && list->age->tier == KARI_FRESHNESS_FRESH);
    kari_record_id found = {{0}};
    for (size_t at = 0; at < list->count; ++at)
        if (holds(list->rows[at]->name, name)) found = list->rows[at]->record;
    kari_free(list);
    char text[33];
    kari_id_text(found.bytes, sizeof found.bytes, text);
    CHECK(strlen(text) == 32 && strcmp(text, "00000000000000000000000000000000") != 0);
    return found;
}

static void sign_in(const ward* ward, kari_device* device) {
    ANSWERS(KARI_ERROR_WRONG_PIN, kari_device_unlock(device, &ward->nurse, t("0000"), NULL, why));
    CHECK(kari_error_status(why) == KARI_ERROR_WRONG_PIN);
    CHECK(kari_error_what(why).size > 0);
    CHECK(kari_error_sentence(why, KARI_LANGUAGE_EN).size > 0);
    CHECK(kari_error_what_to_do(why, KARI_LANGUAGE_NB).size > 0);
    CHECK(strcmp(kari_status_name(KARI_ERROR_WRONG_PIN), "wrong_pin") == 0);
    CHECK(kari_status_advice(KARI_ERROR_WRONG_PIN) == KARI_ADVICE_USER);
    const kari_signed_in* signed_in = NULL;
    MUST(kari_device_unlock(device, &ward->nurse, t(PIN), &signed_in, why));
    CHECK(is(signed_in->nurse->name, "Ingrid Berg") && !signed_in->was_restored);
    kari_free(signed_in);
}

static kari_device* reopened(const ward* ward, const char* name) {
    char directory[512];
    place_of(ward, name, directory, sizeof directory);
    kari_device_options place = {.struct_size = sizeof place, .directory = t(directory)};
    kari_device* device = NULL;
    MUST(kari_device_open(&place, &device, why));
    MUST(kari_device_set_language(device, KARI_LANGUAGE_EN, why));
    const kari_device_state* state = NULL;
    MUST(kari_device_state_read(device, &state, why));
    CHECK(state->locked && state->nurse == NULL && state->today.year == 0);
    kari_free(state);
    const kari_nurses* nurses = NULL;
    MUST(kari_nurses_read(device, &nurses, why));
    CHECK(nurses->count >= 1);
    kari_free(nurses);
    sign_in(ward, device);
    return device;
}

static void read_chart(kari_device* device, const kari_record_id* record) {
    const kari_chart* chart = NULL;
    kari_access access = {.struct_size = sizeof access, .purpose = KARI_PURPOSE_TREATMENT};
    MUST(kari_chart_read(device, record, &access, &chart, why));
    CHECK(chart->age->tier == KARI_FRESHNESS_FRESH && chart->age->as_of_ms != KARI_NO_TIME);
    CHECK(chart->missing_count == 0 && chart->group_count == 1 && chart->suspended == NULL);
    CHECK(chart->patient != NULL && is(chart->patient->birth_date, "1931-05-04"));
    CHECK(chart->allergy_statement == KARI_ALLERGIES_LISTED && chart->allergy_count == 1);
    CHECK(is(chart->allergies[0]->code.value->text, "Penicillin") && chart->allergies[0]->active);
    CHECK(is(*chart->allergies[0]->criticality.value, "high"));
    CHECK(chart->order_count == 2 && chart->orders[0]->active);
    CHECK(!chart->orders[0]->prescription.contested);
    CHECK(chart->orders[0]->prescription.live_count == 1);
    CHECK(chart->orders[0]->prescription.live[0].said->by_server);
    CHECK(chart->orders[0]->prescription.value->time_of_day_count > 0);
    CHECK(chart->observation_count == 1);
    const kari_observation_text* weight = chart->observations[0]->statement.value;
    CHECK(is(weight->value->plain, "61.5") && is(weight->value->code, "kg"));
    kari_free(chart);

    const kari_document* bundle = NULL;
    MUST(kari_fhir_read(device, record, NULL, &bundle, why));
    CHECK(holds(bundle->text, "Penicillin"));
    kari_free(bundle);
}

// A slot of the round, of a medicine that `drug` names; the caller frees the round.
static const kari_slot* slot_of(const kari_round* round, const char* drug, const char* time) {
    for (size_t at = 0; at < round->slot_count; ++at) {
        const kari_slot* slot = round->slots[at];
        if (holds(slot->medication.text, drug) && is(slot->nominal, time)) return slot;
    }
    fprintf(stderr, "no slot of %s at %s\n", drug, time);
    exit(1);
}

// Gives what is asked for, with a reason for every warning that wants one. A dose that differs is
// refused without.
static void give(kari_device* device, kari_text token, const kari_quantity* dose,
                 const kari_written** out) {
    kari_dose_entry entry = {.struct_size = sizeof entry, .token = token, .dose = dose};
    entry.identity = t("1901-01-01");
    ANSWERS(KARI_ERROR_REASON_REQUIRED, kari_dose_give(device, &entry, NULL, why));
    CHECK(holds(kari_error_what(why), "entry/other-patient"));
    entry.identity = t("");
    entry.scanned = t("no label");
    ANSWERS(KARI_ERROR_MALFORMED, kari_dose_give(device, &entry, NULL, why));
    entry.scanned = t("");
    const kari_warnings* warnings = NULL;
    MUST(kari_dose_check(device, &entry, &warnings, why));
    kari_override overrides[16];
    for (size_t at = 0; at < warnings->count; ++at) {
        if (!warnings->rows[at]->needs_reason) continue;
        CHECK(warnings->rows[at]->sentence.size > 0 && entry.override_count < 16);
        overrides[entry.override_count].rule = warnings->rows[at]->rule;
        overrides[entry.override_count++].reason = t("talked to the doctor on the phone");
    }
    const size_t reasons = entry.override_count;
    entry.override_count = 0;
    if (dose != NULL) {
        ANSWERS(KARI_ERROR_REASON_REQUIRED, kari_dose_give(device, &entry, NULL, why));
        CHECK(holds(kari_error_what(why), "entry/dose-differs"));
    }
    entry.override_count = reasons;
    entry.overrides = overrides;
    MUST(kari_dose_give(device, &entry, out, why));
    kari_free(warnings);
}

// Facts beside the dose, which stays given.
static void say_what_came_of(kari_device* device, kari_text dose) {
    kari_vomited_entry up = {.struct_size = sizeof up, .token = dose, .seen = 3};
    ANSWERS(KARI_ERROR_INVALID_ARGUMENT, kari_dose_vomited(device, &up, NULL, why));
    up.seen = KARI_SEEN_NO;
    const kari_written* told = NULL;
    MUST(kari_dose_vomited(device, &up, &told, why));
    CHECK(told->told_count == 1 && is(told->told[0]->rule, "entry/ask-before-repeat"));
    kari_free(told);
    kari_effect_entry effect = {.struct_size = sizeof effect, .token = dose, .note = t("slept")};
    effect.effect = KARI_EFFECT_GOOD;
    MUST(kari_dose_effect(device, &effect, NULL, why));
}

static void give_the_round(kari_device* device, const kari_record_id* record) {
    const kari_round* round = NULL;
    MUST(kari_round_read(device, record, NULL, &round, why));
    CHECK(round->whole && round->slot_count == 3 && round->suspended == NULL);
    CHECK(round->changes_in_ms > 0 && round->changes_in_ms <= 24 * 3600 * 1000);
    const kari_slot* metoprolol = slot_of(round, "Metoprolol", "08:00");
    CHECK(metoprolol->state >= KARI_DOSE_UPCOMING && metoprolol->state <= KARI_DOSE_OVERDUE);
    CHECK(metoprolol->may_give && is(metoprolol->dose->value, "0.5"));
    give(device, metoprolol->token, NULL, NULL);
    kari_quantity one = {.value = t("1"), .code = t("{tablet}"), .unit = t("tablett")};
    const kari_written* written = NULL;
    give(device, slot_of(round, "Paracetamol", "08:00")->token, &one, &written);
    kari_dose_correction anew = {.struct_size = sizeof anew, .token = written->token};
    ANSWERS(KARI_ERROR_REASON_REQUIRED, kari_dose_correct(device, &anew, NULL, why));
    anew.reason = t("gave both after all");
    kari_quantity two = {.value = t("2"), .code = t("{tablet}"), .unit = t("tablett")};
    anew.dose = &two;
    anew.given_by = t("Anne Moen, daughter");
    REFUSED(kari_dose_correct(device, &anew, NULL, why));
    const kari_intake by_other = KARI_INTAKE_BY_OTHER;
    anew.intake = &by_other;
    MUST(kari_dose_correct(device, &anew, NULL, why));
    say_what_came_of(device, written->token);
    kari_free(written);

    kari_not_given_entry not_given = {.struct_size = sizeof not_given,
                                      .token = slot_of(round, "Metoprolol", "20:00")->token,
                                      .why = KARI_NOT_GIVEN_REFUSED,
                                      .reason = t("did not want it")};
    MUST(kari_dose_not_given(device, &not_given, NULL, why));
    kari_free(round);

    MUST(kari_round_read(device, record, NULL, &round, why));
    CHECK(slot_of(round, "Metoprolol", "08:00")->state == KARI_DOSE_GIVEN);
    CHECK(slot_of(round, "Metoprolol", "20:00")->state == KARI_DOSE_NOT_GIVEN);
    CHECK(slot_of(round, "Paracetamol", "08:00")->administration_count == 1);
    CHECK(slot_of(round, "Paracetamol", "08:00")->vomited.size > 0);
    CHECK(slot_of(round, "Paracetamol", "08:00")->state == KARI_DOSE_GIVEN);
    const kari_date then = {2026, 3, 2};
    const kari_round* earlier = NULL;
    MUST(kari_round_read(device, record, &then, &earlier, why));
    CHECK(earlier->date.month == 3 &&
          slot_of(earlier, "Metoprolol", "08:00")->state != KARI_DOSE_GIVEN);
    kari_free(earlier);
    const kari_date nowhere[] = {{2026, 2, 30}, {0, 0, 0}, {INT32_MAX, 1, 1}, {2026, 257, 1}};
    for (size_t at = 0; at < sizeof nowhere / sizeof *nowhere; ++at) {
        ANSWERS(KARI_ERROR_MALFORMED, kari_round_read(device, record, &nowhere[at], &earlier, why));
    }
    kari_free(round);
}

static void measure(kari_device* device, const kari_record_id* record) {
    kari_quantity value = {.value = t("310"), .code = t("/min"), .unit = t("")};
    kari_observation_entry pulse = {.struct_size = sizeof pulse,
                                    .code = {t("http://loinc.org"), t("8867-4"), t("Puls")},
                                    .value = &value};
    ANSWERS(KARI_ERROR_VALUE_OUT_OF_RANGE,
            kari_observation_record(device, record, &pulse, NULL, why));
    value.value = t("72.0");
    const kari_written* written = NULL;
    MUST(kari_observation_record(device, record, &pulse, &written, why));
    CHECK(memcmp(written->record.bytes, record->bytes, 16) == 0);
    const kari_chart* chart = NULL;
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    const kari_quantity* shown = chart->observations[0]->statement.value->value;
    CHECK(is(shown->value, "72.0") && is(shown->plain, "72"));
    kari_free(chart);
    value.value = t("74");
    const kari_written* anew = NULL;
    MUST(kari_observation_correct(device, written->token, &pulse, &anew, why));
    ANSWERS(KARI_ERROR_REASON_REQUIRED,
            kari_observation_retract(device, anew->token, t(""), NULL, why));
    MUST(kari_observation_retract(device, anew->token, t("of another patient"), NULL, why));
    kari_free(anew);
    kari_free(written);
}

static void write_notes(kari_device* device, const kari_record_id* record) {
    kari_note_entry note = {.struct_size = sizeof note, .title = t("Tilsyn"), .text = t("Sover.")};
    const kari_written* written = NULL;
    MUST(kari_note_write(device, record, &note, &written, why));
    note.text = t("Sover godt.");
    const kari_written* edited = NULL;
    MUST(kari_note_edit(device, written->token, &note, &edited, why));
    const kari_written* signed_note = NULL;
    MUST(kari_note_sign(device, edited->token, &signed_note, why));
    ANSWERS(KARI_ERROR_SIGNED_TEXT_IS_FINAL,
            kari_note_edit(device, signed_note->token, &note, NULL, why));
    kari_free(signed_note);
    kari_free(edited);
    kari_free(written);
    const kari_chart* chart = NULL;
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    CHECK(chart->note_count == 1 && chart->notes[0]->document.value->is_signed);
    CHECK(is(chart->notes[0]->document.value->text, "Sover godt."));
    kari_free(chart);
}

static void stop_an_order(kari_device* device, const kari_record_id* record) {
    const kari_chart* chart = NULL;
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    CHECK(chart->order_count == 1 && chart->orders[0]->active);
    MUST(kari_order_stop(device, chart->orders[0]->item->token, t("swollen legs"), NULL, why));
    kari_free(chart);
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    CHECK(!chart->orders[0]->active);
    kari_free(chart);
}

typedef struct heard {
    unsigned progress;
    unsigned events;
    unsigned changed;
    uint64_t received;
    kari_device* device;
    kari_cancel* cancel;
    kari_status inside;
} heard;

static void on_progress(void* context, const kari_progress* progress) {
    heard* here = context;
    ++here->progress;
    here->received = progress->received;
    // A callback may read, and may not sync.
    const kari_sync_status* status = NULL;
    if (kari_sync_status_read(here->device, &status, NULL) == KARI_OK) kari_free(status);
    here->inside = kari_sync_run(here->device, NULL, NULL, NULL);
}

static void on_event(void* context, kari_event event, const kari_record_id* record) {
    heard* here = context;
    if (event == KARI_EVENT_RECORD_CHANGED && record != NULL) ++here->events;
}

static void on_changed(void* context) {
    ++((heard*)context)->changed;
}

static void sync_and_listen(kari_device* device) {
    heard here = {.device = device};
    kari_cancel* cancel = kari_cancel_new();
    kari_sync_options how = {
        .struct_size = sizeof how, .progress = on_progress, .context = &here, .cancel = cancel};
    const kari_sync_report* report = NULL;
    MUST(kari_sync_run(device, &how, &report, why));
    CHECK(report->complete && report->problem_count == 0 && report->progress->sent > 0);
    CHECK(here.progress > 0 && here.inside == KARI_ERROR_IN_USE);
    kari_free(report);
    kari_cancel_ask(cancel);
    ANSWERS(KARI_ERROR_CANCELLED, kari_sync_run(device, &how, NULL, why));
    kari_cancel_free(cancel);
    const kari_sync_status* status = NULL;
    MUST(kari_sync_status_read(device, &status, why));
    CHECK(status->unsent == 0 && status->last_complete_ms != KARI_NO_TIME);
    CHECK(status->pack->name.size > 0 && status->quarantined_count == 0);
    kari_free(status);
}

static void watch(kari_device* device, const kari_record_id* record) {
    heard here = {.device = device};
    kari_watch* events = NULL;
    kari_watch* live = NULL;
    MUST(kari_observe(device, on_event, &here, &events, why));
    MUST(kari_watch_new(device, record, on_changed, &here, &live, why));
    measure(device, record);  // writes three times
    CHECK(here.events >= 3 && here.changed == 1);
    MUST(kari_watch_again(live, why));
    measure(device, record);
    CHECK(here.changed == 2);
    MUST(kari_watch_free(live, why));
    MUST(kari_watch_free(events, why));
    measure(device, record);
    CHECK(here.changed == 2);
}

static void on_state(void* context, kari_follow_state state, const kari_error* trouble) {
    heard* here = context;
    if (state == KARI_FOLLOW_WAITING && trouble == NULL) kari_cancel_ask(here->cancel);
}

static void on_synced(void* context, const kari_sync_report* report) {
    heard* here = context;
    if (report->complete) ++here->progress;
}

static void* follow_thread(void* context) {
    heard* here = context;
    kari_follow_options how = {.struct_size = sizeof how,
                               .state = on_state,
                               .synced = on_synced,
                               .context = here,
                               .cancel = here->cancel};
    here->inside = kari_follow_run(here->device, &how, NULL);
    return NULL;
}

static void follow(kari_device* device) {
    heard here = {.device = device, .cancel = kari_cancel_new()};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, follow_thread, &here) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(here.inside == KARI_OK && here.progress == 1);
    kari_cancel_free(here.cancel);
}

// What the two tablets did without seeing each other is found, and a person answers for it.
static void answer_findings(const ward* ward, kari_device* device, const kari_record_id* record) {
    const kari_chart* chart = NULL;
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    CHECK(chart->finding_count > 0);
    kari_free(chart);
    const kari_findings* findings = NULL;
    MUST(kari_findings_read(device, record, &findings, why));
    const kari_finding* double_dose = NULL;
    for (size_t at = 0; at < findings->count; ++at)
        if (findings->rows[at]->severity <= 2 && findings->rows[at]->state == KARI_FINDING_OPEN &&
            findings->rows[at]->input_count >= 2)
            double_dose = findings->rows[at];
    CHECK(double_dose != NULL && double_dose->action.size > 0);
    printf("finding %s\n", double_dose->rule.data);
    const kari_case* sides = NULL;
    MUST(kari_case_read(device, double_dose->token, NULL, &sides, why));
    CHECK(sides->side_count >= 2 && is(sides->finding->rule, double_dose->rule.data));
    CHECK(sides->sides[0]->part_count > 0 && sides->not_here_count == 0);
    CHECK(is(sides->sides[0]->said->person_name, "Ingrid Berg"));
    CHECK(sides->sides[0]->here != sides->sides[1]->here && sides->resolution_count == 0);
    kari_free(sides);

    const kari_written* written = NULL;
    MUST(kari_finding_assign(device, double_dose->token, &ward->colleague, &written, why));
    kari_free(written);
    kari_free(findings);
    MUST(kari_findings_read(device, record, &findings, why));
    size_t open = 0;
    for (size_t at = 0; at < findings->count; ++at) {
        const kari_finding* one = findings->rows[at];
        if (one->state != KARI_FINDING_OPEN) continue;
        const kari_time until = {1900000000000, 0, t("UTC")};
        kari_finding_answer answer = {.struct_size = sizeof answer,
                                      .token = one->token,
                                      .outcome = t("confirmed-double"),
                                      .reason = t("counted the tablets")};
        if (open++ == 0) {
            MUST(kari_finding_resolve(device, &answer, NULL, why));
        } else {
            const kari_time past = {1790000000000, 0, t("UTC")};
            ANSWERS(KARI_ERROR_VALUE_OUT_OF_RANGE,
                    kari_finding_defer(device, one->token, &past, t("rings"), NULL, why));
            MUST(kari_finding_defer(device, one->token, &until, t("rings tomorrow"), NULL, why));
        }
    }
    CHECK(open >= 2);
    kari_free(findings);
}

static kari_digest digest_of(kari_device* device, const kari_record_id* record) {
    kari_digest digest;
    MUST(kari_state_digest(device, record, &digest, why));
    return digest;
}

static void people(const ward* ward, kari_device* device) {
    const kari_nurses* people = NULL;
    MUST(kari_people_read(device, &people, why));
    CHECK(people->count == 3);
    kari_free(people);
    ANSWERS(KARI_ERROR_NOT_PERMITTED, kari_nurse_add(device, &ward->colleague, t("97531"), why));
    MUST(kari_device_unlock(device, &ward->colleague, t(ward->colleague_code), NULL, why));
    MUST(kari_nurse_add(device, &ward->colleague, t("97531"), why));
    MUST(kari_device_unlock(device, &ward->nurse, t(PIN), NULL, why));
    MUST(kari_nurses_read(device, &people, why));
    CHECK(people->count == 2);
    kari_free(people);
    const kari_device_state* state = NULL;
    MUST(kari_device_state_read(device, &state, why));
    CHECK(!state->locked && is(state->nurse->name, "Ingrid Berg") && state->zone.size > 0);
    CHECK(state->today.year >= 2026);
    kari_free(state);
}

static void prove(kari_device* device) {
    const kari_proof* proof = NULL;
    MUST(kari_proof_read(device, &proof, why));
    CHECK(proof->sound && proof->problem_count == 0 && proof->changes > 0);
    kari_free(proof);
    const kari_records* records = NULL;
    MUST(kari_records_read(device, &records, why));
    CHECK(records->count == 4);
    kari_free(records);
}

// What another replica of the record must have too.
static void tell_digest(kari_device* device, const kari_record_id* record) {
    const kari_digest digest = digest_of(device, record);
    char record_text[33];
    char digest_text[65];
    kari_id_text(record->bytes, 16, record_text);
    kari_id_text(digest.bytes, 32, digest_text);
    printf("record %s\ndigest %s\n", record_text, digest_text);
}

void story(const ward* ward) {
    // The keys lie beside the directory, however that is written.
    kari_device* a = enrolled(ward, "a//", ward->codes[0]);
    kari_device* b = enrolled(ward, "b", ward->codes[1]);
    MUST(kari_sync_run(a, NULL, NULL, why));
    MUST(kari_sync_run(b, NULL, NULL, why));
    MUST(kari_device_close(a, why));
    a = reopened(ward, "a");
    const kari_record_id aase = patient(a, "Konstanse");
    const kari_record_id bjarne = patient(a, "Bjarne");
    const kari_record_id berit = patient(a, "Berit");

    read_chart(a, &aase);
    read_chart(b, &aase);
    const kari_digest before = digest_of(a, &aase);
    CHECK(memcmp(before.bytes, digest_of(b, &aase).bytes, 32) == 0);
    give_the_round(a, &aase);
    give_the_round(b, &aase);
    watch(a, &aase);
    write_notes(a, &aase);
    acts(a, &bjarne);
    ask_allowance(a, &berit);
    stop_an_order(b, &bjarne);
    const kari_digest offline = digest_of(a, &aase);
    CHECK(memcmp(before.bytes, offline.bytes, 32) != 0);

    sync_and_listen(b);
    sync_and_listen(a);
    answer_findings(ward, a, &aase);
    return_allowance(a, &berit);
    follow(a);
    MUST(kari_sync_run(b, NULL, NULL, why));
    CHECK(memcmp(digest_of(a, &aase).bytes, digest_of(b, &aase).bytes, 32) == 0);
    CHECK(memcmp(digest_of(a, &bjarne).bytes, digest_of(b, &bjarne).bytes, 32) == 0);

    people(ward, a);
    prove(a);
    check_as_colleague(ward, a, &aase);
    bad_input(ward, b);
    promises(b, &bjarne);
    lock_is_told(ward, b, &bjarne);
    MUST(kari_sync_run(a, NULL, NULL, why));
    MUST(kari_sync_run(b, NULL, NULL, why));
    CHECK(memcmp(digest_of(a, &aase).bytes, digest_of(b, &aase).bytes, 32) == 0);
    tell_digest(a, &aase);
    MUST(kari_device_lock(a, why));
    const kari_patients* list = NULL;
    ANSWERS(KARI_ERROR_LOCKED, kari_patients_read(a, NULL, &list, why));
    CHECK(list == NULL);
    close_while_unlocking(ward, a);
    use_after_close(a);
    a = reopened(ward, "a");
    close_with_watches(a, &aase);
    close_under_way(b);
    use_after_close(b);
}
