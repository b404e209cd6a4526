// SPDX-License-Identifier: Apache-2.0
#include "bindings/kotlin/jni/listener.hpp"

#include "bindings/kotlin/jni/attached.hpp"
#include "bindings/kotlin/jni/call.hpp"

namespace kari::jni {
Listener::Listener(JNIEnv* env, jobject listener) {
    env->GetJavaVM(&machine_);
    jclass kind = env->GetObjectClass(listener);
    told_ = env->GetMethodID(kind, "told", "(I[B)V");
    env->DeleteLocalRef(kind);
    listener_ = env->NewGlobalRef(listener);
    if (told_ == nullptr || listener_ == nullptr) throw std::bad_alloc();
}

Listener::~Listener() {
    const Attached here(machine_);
    if (here.env() == nullptr) return;
    here.env()->DeleteGlobalRef(listener_);
    if (thrown_ != nullptr) here.env()->DeleteGlobalRef(thrown_);
}

void Listener::tell(Kind kind, const Writer& what) {
    const Attached here(machine_);
    JNIEnv* env = here.env();
    if (env == nullptr || env->ExceptionCheck() == JNI_TRUE || threw()) return;
    jbyteArray bytes = array_of(env, what.written());
    if (bytes != nullptr) env->CallVoidMethod(listener_, told_, static_cast<jint>(kind), bytes);
    jthrowable thrown = env->ExceptionOccurred();
    if (thrown != nullptr) {
        env->ExceptionClear();
        const std::lock_guard lock(mutex_);
        if (thrown_ == nullptr) thrown_ = static_cast<jthrowable>(env->NewGlobalRef(thrown));
        env->DeleteLocalRef(thrown);
    }
    if (bytes != nullptr) env->DeleteLocalRef(bytes);
}

bool Listener::threw() {
    const std::lock_guard lock(mutex_);
    return thrown_ != nullptr;
}

bool Listener::throw_again(JNIEnv* env) {
    const std::lock_guard lock(mutex_);
    return thrown_ != nullptr && env->Throw(thrown_) == JNI_OK;
}

}  // namespace kari::jni
