// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jni.h>
#include <vector>

#include "bindings/kotlin/jni/wire.hpp"

namespace kari::jni {

// The kari_key_store that a no.kari.KeyStoreCalls made for this call, by its number; null where the
// platform's is meant. The core gives it back, whatever comes of the call.
void get_key_store(Reader& from, const kari_key_store*& value);

// Native methods of no.kari.KeyStoreCalls.
std::vector<JNINativeMethod> key_store_methods();

}  // namespace kari::jni
