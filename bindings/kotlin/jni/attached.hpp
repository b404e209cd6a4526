// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jni.h>

namespace kari::jni {

// The thread's JNIEnv for as long as this lives. A thread that Java does not know is attached, and
// left as it was.
class Attached {
public:
    explicit Attached(JavaVM* machine) : machine_(machine) {
        void* found = nullptr;
        if (machine->GetEnv(&found, JNI_VERSION_1_6) == JNI_OK) {
            env_ = static_cast<JNIEnv*>(found);
            return;
        }
#ifdef __ANDROID__
        came_ = machine->AttachCurrentThreadAsDaemon(&env_, nullptr) == JNI_OK;
#else
        came_ = machine->AttachCurrentThreadAsDaemon(&found, nullptr) == JNI_OK;
        env_ = static_cast<JNIEnv*>(found);
#endif
        if (!came_) env_ = nullptr;
    }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
    ~Attached() {
        if (came_) machine_->DetachCurrentThread();
    }
    // Null where the Java machine takes no thread any more.
    JNIEnv* env() const { return env_; }

private:
    JavaVM* machine_;
    JNIEnv* env_ = nullptr;
    bool came_ = false;
};

}  // namespace kari::jni
