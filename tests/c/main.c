// SPDX-License-Identifier: Apache-2.0
// c_tests DIRECTORY SERVER CODE CODE PERSON COLLEAGUE: the C ABI against a real server, every
// function of it; prints the digests that another replica must have too.
#include "check.h"

kari_error* why = NULL;

void place_of(const ward* ward, const char* name, char* room, size_t size) {
    CHECK((size_t)snprintf(room, size, "%s/%s", ward->directory, name) < size);
}

kari_device* enrolled(const ward* ward, const char* name, const char* code) {
    char directory[512];
    place_of(ward, name, directory, sizeof directory);
    kari_device_options place = {
        .struct_size = sizeof place, .directory = t(directory), .language = KARI_LANGUAGE_EN};
    kari_enrol_options how = {.struct_size = sizeof how,
                              .device = &place,
                              .server = t(ward->server),
                              .code = t(code),
                              .device_name = t(name),
                              .person = ward->nurse,
                              .pin = t(PIN),
                              .pin_memory_kib = 1024,
                              .pin_iterations = 1};
    kari_device* device = NULL;
    MUST(kari_device_enrol(&how, &device, why));
    return device;
}

int main(int count, char** words) {
    if (count != 8) {
        fprintf(stderr, "c_tests DIRECTORY SERVER CODE CODE PERSON COLLEAGUE HERCODE\n");
        return 2;
    }
    ward ward = {.directory = words[1],
                 .server = words[2],
                 .codes = {words[3], words[4]},
                 .colleague_code = words[7]};
    CHECK(kari_id_parse(t(words[5]), ward.nurse.bytes, 16) == KARI_OK);
    CHECK(kari_id_parse(t(words[6]), ward.colleague.bytes, 16) == KARI_OK);
    CHECK(strcmp(kari_version(), "0.1.0") == 0);
    CHECK(kari_live_objects() == 0);
    why = kari_error_new();
    CHECK(why != NULL && kari_error_status(why) == KARI_OK);

    story(&ward);

    CHECK(kari_live_objects() == 1);
    kari_error_free(why);
    CHECK(kari_live_objects() == 0);
    return 0;
}
