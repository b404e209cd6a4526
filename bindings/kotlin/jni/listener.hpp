// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jni.h>
#include <mutex>

#include "bindings/kotlin/jni/wire.hpp"

namespace kari::jni {

// A no.kari.Listener that C calls back. On a thread that Java does not know it attaches, and leaves
// it as it was. What a listener throws stops there: it is kept, and it is told no more.
class Listener {
public:
    enum class Kind : std::int32_t { progress = 0, state = 1, synced = 2, event = 3, changed = 4 };

    Listener(JNIEnv* env, jobject listener);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    void tell(Kind kind, const Writer& what);
    // What it threw is thrown in Java from here on. Only on a thread that is in a call from Java.
    bool throw_again(JNIEnv* env);

private:
    bool threw();

    JavaVM* machine_ = nullptr;
    jobject listener_ = nullptr;
    jmethodID told_ = nullptr;
    std::mutex mutex_;
    jthrowable thrown_ = nullptr;  // guarded by mutex_
};

}  // namespace kari::jni
