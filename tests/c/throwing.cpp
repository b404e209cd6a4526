// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "tests/c/bad_input.h"

extern "C" {

void throwing_event(void*, kari_event, const kari_record_id*) {
    throw std::runtime_error("an app's own");
}

void throwing_progress(void*, const kari_progress*) {
    throw std::runtime_error("an app's own");
}

void throwing_state(void*, kari_follow_state, const kari_error*) {
    throw std::runtime_error("an app's own");
}

void throwing_change(void*) {
    throw std::runtime_error("an app's own");
}

}  // extern "C"
