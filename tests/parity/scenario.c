// SPDX-License-Identifier: Apache-2.0
// One shift, as in the other languages: scenario FOLDER https://HOST:PORT PERSON begin CODE
// or ... shift, which needs no network, or ... sync. Prints the record, its digest, open findings.
#include <kari.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kari_error* why;

static void must(kari_status status) {
    if (status == KARI_OK) return;
    fprintf(stderr, "%s: %s\n", kari_status_name(status), kari_error_what(why).data);
    exit(1);
}

static kari_device* opened(char** words, const kari_person_id* nurse) {
    const kari_text pin = kari_text_of("2468");
    kari_device* tablet = NULL;
    kari_device_options place = {.struct_size = sizeof place, .directory = kari_text_of(words[1])};
    if (strcmp(words[4], "begin") == 0) {
        kari_enrol_options how = {.struct_size = sizeof how, .device = &place, .person = *nurse};
        how.server = kari_text_of(words[2]);
        how.code = kari_text_of(words[5]);
        how.pin = pin;
        how.pin_memory_kib = 1024;
        how.pin_iterations = 1;
        must(kari_device_enrol(&how, &tablet, why));
        must(kari_device_close(tablet, why));
    }
    must(kari_device_open(&place, &tablet, why));
    must(kari_device_unlock(tablet, nurse, pin, NULL, why));
    return tablet;
}

static kari_record_id record_of(kari_device* tablet) {
    const kari_patients* patients = NULL;
    must(kari_patients_read(tablet, NULL, &patients, why));
    kari_record_id record = {{0}};
    for (size_t at = 0; at < patients->count; ++at) {
        if (strstr(patients->rows[at]->name.data, "Åse") != NULL)
            record = patients->rows[at]->record;
    }
    kari_free(patients);
    return record;
}

static void give(kari_device* tablet, kari_text token) {
    kari_dose_entry dose = {.struct_size = sizeof dose, .token = token};
    kari_override reasons[16];
    const kari_warnings* warnings = NULL;
    must(kari_dose_check(tablet, &dose, &warnings, why));
    for (size_t at = 0; at < warnings->count && dose.override_count < 16; ++at) {
        if (!warnings->rows[at]->needs_reason) continue;
        reasons[dose.override_count].rule = warnings->rows[at]->rule;
        reasons[dose.override_count].reason = kari_text_of("rang the doctor");
        ++dose.override_count;
    }
    dose.overrides = dose.override_count > 0 ? reasons : NULL;
    must(kari_dose_give(tablet, &dose, NULL, why));
    kari_free(warnings);
}

static void shift(kari_device* tablet, const kari_record_id* record) {
    const kari_round* round = NULL;
    must(kari_round_read(tablet, record, NULL, &round, why));
    for (size_t at = 0; at < round->slot_count; ++at) {
        const kari_slot* slot = round->slots[at];
        if (strstr(slot->medication.text.data, "Metoprolol") != NULL &&
            strcmp(slot->nominal.data, "08:00") == 0)
            give(tablet, slot->token);
    }
    kari_free(round);
    kari_note_entry note = {.struct_size = sizeof note};
    note.title = kari_text_of("Tilsyn");
    note.text = kari_text_of("Skrevet i C.");
    must(kari_note_write(tablet, record, &note, NULL, why));
}

int main(int count, char** words) {
    if (count < 5) return 2;
    why = kari_error_new();
    kari_person_id nurse;
    must(kari_id_parse(kari_text_of(words[3]), nurse.bytes, sizeof nurse.bytes));
    kari_device* tablet = opened(words, &nurse);
    if (strcmp(words[4], "shift") != 0) must(kari_sync_run(tablet, NULL, NULL, why));
    const kari_record_id record = record_of(tablet);
    const kari_chart* chart = NULL;
    must(kari_chart_read(tablet, &record, NULL, &chart, why));
    kari_free(chart);
    if (strcmp(words[4], "shift") == 0) shift(tablet, &record);
    const kari_findings* findings = NULL;
    must(kari_findings_read(tablet, &record, &findings, why));
    int open = 0;
    for (size_t at = 0; at < findings->count; ++at)
        open += findings->rows[at]->state == KARI_FINDING_OPEN;
    kari_free(findings);
    kari_digest digest;
    must(kari_state_digest(tablet, &record, &digest, why));
    char name[33], state[65];
    kari_id_text(record.bytes, sizeof record.bytes, name);
    kari_id_text(digest.bytes, sizeof digest.bytes, state);
    printf("%s %s %d\n", name, state, open);
    must(kari_device_close(tablet, why));
    kari_error_free(why);
    return kari_live_objects() == 0 ? 0 : 4;
}
