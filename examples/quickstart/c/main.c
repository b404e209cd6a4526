// SPDX-License-Identifier: Apache-2.0
// From nothing to an offline chart and a dose: quickstart FOLDER https://HOST:PORT PERSON [CODE]
// With a code the machine becomes a tablet; without one it needs no network at all.
#include <kari.h>
#include <stdio.h>
#include <stdlib.h>

static kari_error* why;  // says in words what to do about what a call answers

static void must(kari_status status) {
    if (status == KARI_OK) return;
    fprintf(stderr, "%s %s\n", kari_error_sentence(why, KARI_LANGUAGE_EN).data,
            kari_error_what_to_do(why, KARI_LANGUAGE_EN).data);
    exit(1);
}

int main(int count, char** words) {
    if (count < 4) return 2;
    why = kari_error_new();
    kari_device* tablet;
    kari_device_options place = {.struct_size = sizeof place, .directory = kari_text_of(words[1])};
    kari_enrol_options how = {.struct_size = sizeof how, .device = &place};
    must(kari_id_parse(kari_text_of(words[3]), how.person.bytes, sizeof how.person.bytes));
    how.pin = kari_text_of("1357");  // an app asks the nurse for it
    if (count > 4) {
        how.server = kari_text_of(words[2]);
        how.code = kari_text_of(words[4]);
        must(kari_device_enrol(&how, &tablet, why));
        must(kari_sync_run(tablet, NULL, NULL, why));  // fetches the caseload
    } else {
        must(kari_device_open(&place, &tablet, why));
        must(kari_device_unlock(tablet, &how.person, how.pin, NULL, why));
    }
    const kari_patients* patients;  // from here on nothing needs a network
    must(kari_patients_read(tablet, NULL, &patients, why));
    for (size_t at = 0; at < patients->count; ++at) {
        const kari_chart* chart;
        const kari_round* round;
        must(kari_chart_read(tablet, &patients->rows[at]->record, NULL, &chart, why));
        must(kari_round_read(tablet, &patients->rows[at]->record, NULL, &round, why));
        printf("%s: %zu orders, %zu doses today", patients->rows[at]->name.data, chart->order_count,
               round->slot_count);
        printf("; %lld min old, look at %zu%s\n", (long long)round->age->age_ms / 60000,
               round->look_at_count + chart->missing_count, round->whole ? "" : ", NOT WHOLE");
        for (size_t dose = 0; dose < round->slot_count; ++dose) {
            const kari_slot* slot = round->slots[dose];
            if (slot->state != KARI_DOSE_DUE) continue;
            const bool may = slot->may_give && slot->elsewhere_count == 0;  // else ring first
            kari_dose_entry given = {.struct_size = sizeof given, .token = slot->token};
            if (may) must(kari_dose_give(tablet, &given, NULL, why));
            printf("%s %s\n", may ? "gave" : "not given:", slot->medication.text.data);
        }
        kari_free(round);
        kari_free(chart);
    }
    kari_free(patients);
    must(kari_device_close(tablet, why));
    kari_error_free(why);
}
