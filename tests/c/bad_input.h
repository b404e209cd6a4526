// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_TESTS_C_BAD_INPUT_H
#define KARI_TESTS_C_BAD_INPUT_H

#include <kari.h>

#ifdef __cplusplus
extern "C" {
#endif

// A closed device is told from a live one.
void use_after_close(kari_device* device);

// Callbacks of an app in C++ that lets exceptions out.
void throwing_event(void* context, kari_event event, const kari_record_id* record);
void throwing_progress(void* context, const kari_progress* progress);
void throwing_state(void* context, kari_follow_state state, const kari_error* why);
void throwing_change(void* context);

#ifdef __cplusplus
}
#endif

#endif
