// SPDX-License-Identifier: Apache-2.0
// What a nurse says beside the round: allergies, drafts, a person nobody knows, a proposal to the
// doctor, a colleague's check of a dose.
#include "check.h"

static const kari_chart* chart_of(kari_device* device, const kari_record_id* record) {
    const kari_chart* chart = NULL;
    MUST(kari_chart_read(device, record, NULL, &chart, why));
    return chart;
}

static void allergies(kari_device* device, const kari_record_id* record) {
    kari_allergy_entry latex = {.struct_size = sizeof latex,
                                .code = {.text = t("Latex")},
                                .criticality = t("low"),
                                .reaction = t("itching")};
    const kari_written* added = NULL;
    MUST(kari_allergy_add(device, record, &latex, &added, why));
    latex.criticality = t("high");
    const kari_written* evidence = NULL;
    MUST(kari_allergy_evidence_add(device, added->token, &latex, &evidence, why));
    const kari_chart* chart = chart_of(device, record);
    CHECK(chart->allergy_count == 1 && chart->allergies[0]->active);
    CHECK(is(*chart->allergies[0]->criticality.value, "high"));
    CHECK(!chart->allergies[0]->criticality.contested);
    kari_free(chart);
    ANSWERS(KARI_ERROR_REASON_REQUIRED,
            kari_allergy_refute(device, evidence->token, t(""), NULL, why));
    const kari_written* refuted = NULL;
    MUST(kari_allergy_refute(device, evidence->token, t("tested, no reaction"), &refuted, why));
    MUST(kari_allergy_retract(device, refuted->token, t("of another patient"), NULL, why));
    chart = chart_of(device, record);
    CHECK(!chart->allergies[0]->active);
    kari_free(chart);
    kari_free(refuted);
    kari_free(evidence);
    kari_free(added);
}

static void drafts(kari_device* device, const kari_record_id* record) {
    const kari_time date = {1790000000000, 7200, t("Europe/Oslo")};
    kari_note_entry note = {
        .struct_size = sizeof note, .title = t("Tilsyn"), .text = t("Halvferdig"), .date = &date};
    const kari_draft* draft = NULL;
    MUST(kari_draft_read(device, record, t("evening"), &draft, why));
    CHECK(draft == NULL);
    MUST(kari_draft_save(device, record, t("evening"), &note, why));
    MUST(kari_draft_read(device, record, t("evening"), &draft, why));
    CHECK(is(draft->title, "Tilsyn") && is(draft->text, "Halvferdig"));
    kari_free(draft);
    MUST(kari_draft_drop(device, record, t("evening"), why));
    MUST(kari_draft_read(device, record, t("evening"), &draft, why));
    CHECK(draft == NULL);

    const kari_written* written = NULL;
    const kari_written* signed_note = NULL;
    MUST(kari_note_write(device, record, &note, &written, why));
    MUST(kari_note_sign(device, written->token, &signed_note, why));
    note.text = t("Likevel ferdig");
    MUST(kari_note_addend(device, signed_note->token, &note, NULL, why));
    kari_free(signed_note);
    kari_free(written);
}

static void history(kari_device* device, const kari_record_id* record) {
    const kari_history* page = NULL;
    MUST(kari_history_read(device, record, t("MedicationRequest"), NULL, 10, &page, why));
    CHECK(page->items->order_count == 1 && page->next == NULL);
    kari_free(page);
    ANSWERS(KARI_ERROR_INVALID_ARGUMENT,
            kari_history_read(device, record, t("Weather"), NULL, 10, &page, why));
    const kari_history_mark first = {0, {{0}}};
    MUST(kari_history_read(device, record, t("MedicationRequest"), &first, 10, &page, why));
    CHECK(page->items->order_count == 0);
    kari_free(page);
    bool coming = true;
    MUST(kari_history_want(device, record, INT64_MIN, &coming, why));
    CHECK(!coming);
}

static void propose(kari_device* device, const kari_record_id* record) {
    const kari_chart* chart = chart_of(device, record);
    const kari_quantity two = {.value = t("2"), .code = t("{tablet}"), .unit = t("tablett")};
    const kari_text times[] = {t("09:00")};
    kari_prescription_proposal more = {.struct_size = sizeof more,
                                       .token = chart->orders[0]->item->token,
                                       .dose = &two,
                                       .time_of_day_count = 1,
                                       .times_of_day = times};
    ANSWERS(KARI_ERROR_REASON_REQUIRED, kari_prescription_propose(device, &more, NULL, why));
    more.reason = t("swollen legs");
    MUST(kari_prescription_propose(device, &more, NULL, why));
    kari_free(chart);
    chart = chart_of(device, record);
    const kari_prescription_field* order = &chart->orders[0]->prescription;
    CHECK(is(order->value->dose->plain, "1") && order->proposed_count == 1);
    CHECK(is(order->proposed[0].value->dose->plain, "2"));
    CHECK(is(order->proposed[0].said->person_name, "Ingrid Berg"));
    kari_free(chart);
}

static void unknown_person(kari_device* device) {
    kari_new_patient person = {
        .struct_size = sizeof person, .family = t("Ukjent"), .note = t("found at the door")};
    const kari_written* written = NULL;
    MUST(kari_record_create(device, &person, &written, why));
    CHECK(written->also_count == 1);
    const kari_patients* list = NULL;
    MUST(kari_patients_read(device, NULL, &list, why));
    bool made_here = false;
    for (size_t at = 0; at < list->count; ++at)
        if (memcmp(list->rows[at]->record.bytes, written->record.bytes, 16) == 0)
            made_here = list->rows[at]->made_here;
    CHECK(made_here);
    kari_free(list);
    kari_free(written);
}

static void visits(kari_device* device, const kari_record_id* record) {
    kari_visit_entry entry = {.struct_size = sizeof entry, .note = t("rang twice")};
    const kari_written* written = NULL;
    REFUSED(kari_visit_hindered(device, record, &entry, 4, NULL, why));
    MUST(kari_visit_hindered(device, record, &entry, KARI_HINDRANCE_NO_ANSWER, &written, why));
    ANSWERS(KARI_ERROR_REASON_REQUIRED,
            kari_care_end(device, KARI_ENDING_VISIT_RETRACTED, written->token, t(""), NULL, why));
    MUST(kari_care_end(device, KARI_ENDING_VISIT_RETRACTED, written->token, t("another door"), NULL,
                       why));
    kari_free(written);
    MUST(kari_visit_start(device, record, &entry, &written, why));
    MUST(kari_visit_end(device, written->token, NULL, t("all well"), NULL, why));
    kari_free(written);
    const kari_chart* chart = chart_of(device, record);
    CHECK(chart->care->visit_count == 2);
    size_t ended = 0;
    for (size_t at = 0; at < 2; ++at)
        if (chart->care->visits[at]->statement.value->ends.size > 0) ++ended;
    CHECK(ended >= 1 && chart->care->problem_count == 0);
    kari_free(chart);
}

static void tasks(kari_device* device, const kari_record_id* record) {
    kari_task_entry task = {
        .struct_size = sizeof task, .description = t("Fetch tablets"), .priority = t("urgent")};
    const kari_written* added = NULL;
    MUST(kari_task_add(device, record, &task, &added, why));
    kari_act_entry entry = {.struct_size = sizeof entry, .token = added->token};
    const kari_written* taken = NULL;
    MUST(kari_act_record(device, KARI_ACT_TASK_TAKEN, &entry, &taken, why));
    entry.note = t("from the chemist's");
    REFUSED(kari_act_record(device, KARI_ACT_TASK_TAKEN, &entry, NULL, why));
    REFUSED(kari_act_record(device, 5, &entry, NULL, why));
    REFUSED(kari_care_end(device, 11, added->token, t("x"), NULL, why));
    entry.token = taken->token;
    MUST(kari_act_record(device, KARI_ACT_TASK_DONE, &entry, NULL, why));
    const kari_chart* chart = chart_of(device, record);
    CHECK(chart->care->task_count == 1 && is(chart->care->tasks[0]->state, "done"));
    CHECK(is(*chart->care->tasks[0]->priority.value, "urgent"));
    CHECK(chart->care->act_count == 1 && chart->care->tasks[0]->act_count == 1);
    kari_free(chart);
    kari_free(taken);
    kari_free(added);
}

void acts(kari_device* device, const kari_record_id* record) {
    kari_free(chart_of(device, record));
    allergies(device, record);
    drafts(device, record);
    history(device, record);
    propose(device, record);
    unknown_person(device);
    visits(device, record);
    tasks(device, record);
}

// The round's only medicine as needed; the caller frees the round.
static const kari_unscheduled* as_needed(kari_device* device, const kari_record_id* record,
                                         const kari_round** round) {
    kari_free(chart_of(device, record));
    MUST(kari_round_read(device, record, NULL, round, why));
    CHECK((*round)->as_needed_count == 1 && (*round)->as_needed[0]->wants_allowance);
    return (*round)->as_needed[0];
}

void ask_allowance(kari_device* device, const kari_record_id* record) {
    const kari_round* round = NULL;
    const kari_unscheduled* opioid = as_needed(device, record, &round);
    CHECK(opioid->allowance_count == 0);
    kari_allowance_ask ask = {
        .struct_size = sizeof ask, .token = opioid->token, .doses = 21, .hours = 12};
    ANSWERS(KARI_ERROR_VALUE_OUT_OF_RANGE, kari_allowance_ask_for(device, &ask, NULL, why));
    ask.doses = 1;
    MUST(kari_allowance_ask_for(device, &ask, NULL, why));
    kari_free(round);
    opioid = as_needed(device, record, &round);
    CHECK(opioid->allowance_count == 1 && is(opioid->allowances[0]->state, "asked"));
    kari_free(round);
}

void return_allowance(kari_device* device, const kari_record_id* record) {
    const kari_round* round = NULL;
    const kari_unscheduled* opioid = as_needed(device, record, &round);
    const kari_allowance* allowance = opioid->allowances[0];
    CHECK(is(allowance->state, "granted") && allowance->doses_left == 1);
    CHECK(is(allowance->asked->person_name, "Ingrid Berg") && allowance->until.size > 0);
    MUST(kari_allowance_return(device, allowance->token, t(""), NULL, why));
    REFUSED(kari_allowance_return(device, allowance->token, t(""), NULL, why));
    kari_free(round);
    opioid = as_needed(device, record, &round);
    CHECK(opioid->allowance_count == 0);
    kari_free(round);
}

void check_as_colleague(const ward* ward, kari_device* device, const kari_record_id* record) {
    const kari_chart* chart = chart_of(device, record);
    CHECK(chart->administration_count > 0);
    const kari_administration* dose = NULL;
    size_t overrides = 0;
    for (size_t at = 0; at < chart->administration_count; ++at) {
        if (chart->administrations[at]->counts) dose = chart->administrations[at];
        const kari_administration_text* said = chart->administrations[at]->statement.value;
        if (said != NULL) overrides += said->override_count;
    }
    CHECK(dose != NULL && overrides > 0);
    ANSWERS(KARI_ERROR_INVALID_ARGUMENT,
            kari_dose_check_given(device, dose->item->token, t(""), NULL, why));
    kari_patch_off_entry off = {.struct_size = sizeof off, .token = dose->item->token};
    ANSWERS(KARI_ERROR_INVALID_ARGUMENT, kari_patch_take_off(device, &off, NULL, why));
    MUST(kari_device_lock(device, why));
    MUST(kari_device_unlock(device, &ward->colleague, t("97531"), NULL, why));
    const kari_chart* theirs = chart_of(device, record);
    MUST(kari_dose_check_given(device, dose->item->token, t("looked at it"), NULL, why));
    kari_free(theirs);
    kari_free(chart);
}
