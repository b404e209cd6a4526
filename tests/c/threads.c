// SPDX-License-Identifier: Apache-2.0
// One device on many threads: closing it waits for those that are in a call, ends a follow, and
// tells everybody who comes later.
#include <pthread.h>

#include "check.h"

enum { READERS = 4 };

typedef struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool in_step;
    size_t reads;
    kari_device* device;
    kari_cancel* cancel;
} meeting;

static void on_state(void* context, kari_follow_state state, const kari_error* trouble) {
    meeting* here = context;
    (void)trouble;
    pthread_mutex_lock(&here->mutex);
    if (state == KARI_FOLLOW_WAITING) here->in_step = true;
    pthread_cond_broadcast(&here->changed);
    pthread_mutex_unlock(&here->mutex);
}

static void* follower(void* context) {
    meeting* here = context;
    kari_follow_options how = {
        .struct_size = sizeof how, .state = on_state, .context = here, .cancel = here->cancel};
    const kari_status ended = kari_follow_run(here->device, &how, NULL);
    CHECK(ended == KARI_ERROR_LOCKED);
    return NULL;
}

// Reads until the device is locked and then gone.
static void* reader(void* context) {
    meeting* here = context;
    kari_error* own = kari_error_new();
    kari_status status = KARI_OK;
    while (status == KARI_OK || status == KARI_ERROR_LOCKED) {
        const kari_patients* list = NULL;
        status = kari_patients_read(here->device, NULL, &list, own);
        CHECK((status == KARI_OK) == (list != NULL));
        CHECK(kari_error_status(own) == status);
        kari_free(list);
        pthread_mutex_lock(&here->mutex);
        if (status == KARI_OK) ++here->reads;
        pthread_cond_broadcast(&here->changed);
        pthread_mutex_unlock(&here->mutex);
    }
    CHECK(status == KARI_ERROR_INVALID_ARGUMENT);
    kari_error_free(own);
    return NULL;
}

void close_under_way(kari_device* device) {
    meeting here = {.device = device, .cancel = kari_cancel_new()};
    pthread_t threads[READERS + 1];
    pthread_mutex_init(&here.mutex, NULL);
    pthread_cond_init(&here.changed, NULL);
    CHECK(pthread_create(&threads[READERS], NULL, follower, &here) == 0);
    pthread_mutex_lock(&here.mutex);
    while (!here.in_step)
        pthread_cond_wait(&here.changed, &here.mutex);
    pthread_mutex_unlock(&here.mutex);
    // One cancel wakes one call.
    kari_sync_options how = {.struct_size = sizeof how, .cancel = here.cancel};
    ANSWERS(KARI_ERROR_IN_USE, kari_sync_run(device, &how, NULL, why));
    CHECK(holds(kari_error_what(why), "cancel"));
    // Only now: who reads without a pause leaves the follow little of the device's one lock.
    for (size_t at = 0; at < READERS; ++at)
        CHECK(pthread_create(&threads[at], NULL, reader, &here) == 0);
    pthread_mutex_lock(&here.mutex);
    while (here.reads < READERS)
        pthread_cond_wait(&here.changed, &here.mutex);
    pthread_mutex_unlock(&here.mutex);
    MUST(kari_device_close(device, why));
    for (size_t at = 0; at <= READERS; ++at)
        CHECK(pthread_join(threads[at], NULL) == 0);
    kari_cancel_free(here.cancel);
    pthread_cond_destroy(&here.changed);
    pthread_mutex_destroy(&here.mutex);
}
