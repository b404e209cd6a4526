// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_TESTS_C_CHECK_H
#define KARI_TESTS_C_CHECK_H

#include <kari.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the tests in C have in common: a check ends the program at once and says where.
#define CHECK(what)                                                            \
    do {                                                                       \
        if (!(what)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

// The call answers this status.
#define ANSWERS(status, call) check_status(__FILE__, __LINE__, #call, (status), (call))
#define MUST(call) ANSWERS(KARI_OK, call)
#define REFUSED(call) ANSWERS(KARI_ERROR_INVALID_ARGUMENT, call)

// Every call is given this object; it is freed last.
extern kari_error* why;

static inline void check_status(const char* file, int line, const char* call, kari_status wanted,
                                kari_status got) {
    if (got == wanted) return;
    fprintf(stderr, "%s:%d: %s answers %s, not %s: %s\n", file, line, call, kari_status_name(got),
            kari_status_name(wanted), kari_error_what(why).data);
    exit(1);
}

static inline kari_text t(const char* words) {
    return kari_text_of(words);
}

static inline bool is(kari_text text, const char* words) {
    return text.size == strlen(words) && memcmp(text.data, words, text.size) == 0;
}

static inline bool holds(kari_text text, const char* words) {
    return strstr(text.data, words) != NULL;
}

// What the driver says of the server and its people.
typedef struct ward {
    const char* directory;
    const char* server;
    const char* codes[2];
    kari_person_id nurse;
    kari_person_id colleague;
    const char* colleague_code;  // for her alone, once
} ward;

static const char* const PIN = "2468";

kari_device* enrolled(const ward* ward, const char* name, const char* code);
void place_of(const ward* ward, const char* name, char* room, size_t size);
void story(const ward* ward);
void acts(kari_device* device, const kari_record_id* record);
void ask_allowance(kari_device* device, const kari_record_id* record);
void return_allowance(kari_device* device, const kari_record_id* record);
void check_as_colleague(const ward* ward, kari_device* device, const kari_record_id* record);
// Closes it while others are in calls of it.
void close_under_way(kari_device* device);
void bad_input(const ward* ward, kari_device* device);
void promises(kari_device* device, const kari_record_id* record);
void lock_is_told(const ward* ward, kari_device* device, const kari_record_id* record);
void close_with_watches(kari_device* device, const kari_record_id* record);
// While another thread signs in.
void close_while_unlocking(const ward* ward, kari_device* device);

#endif
