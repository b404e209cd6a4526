// SPDX-License-Identifier: Apache-2.0
#include "bindings/kotlin/jni/call.hpp"

namespace kari::jni {

std::vector<std::uint8_t> bytes_of(JNIEnv* env, jbyteArray array) {
    if (array == nullptr) return {};
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(env->GetArrayLength(array)));
    env->GetByteArrayRegion(array, 0, static_cast<jsize>(bytes.size()),
                            reinterpret_cast<jbyte*>(bytes.data()));
    return bytes;
}

jbyteArray array_of(JNIEnv* env, const std::vector<std::uint8_t>& bytes) {
    const auto size = static_cast<jsize>(bytes.size());
    jbyteArray array = env->NewByteArray(size);
    if (array == nullptr) return nullptr;
    env->SetByteArrayRegion(array, 0, size, reinterpret_cast<const jbyte*>(bytes.data()));
    return array;
}

void put_outcome(Writer& to, kari_status status, const kari_error* error) {
    put(to, static_cast<std::int32_t>(status));
    if (status == KARI_OK) return;
    put(to, kari_text_of(kari_status_name(status)));
    put(to, kari_status_advice(status));
    put(to, kari_error_what(error));
    for (const kari_language language : {KARI_LANGUAGE_NB, KARI_LANGUAGE_EN}) {
        put(to, kari_error_sentence(error, language));
        put(to, kari_error_what_to_do(error, language));
    }
}

void rethrow(JNIEnv* env) {
    if (env->ExceptionCheck() == JNI_TRUE) return;
    const char* kind = "java/lang/IllegalStateException";
    std::string what = "the glue of kari failed";
    try {
        throw;
    } catch (const std::bad_alloc&) {
        kind = "java/lang/OutOfMemoryError";
        what = "no memory for what kari answers";
    } catch (const std::exception& caught) {
        what = caught.what();
    } catch (...) {
        what = "the glue of kari threw something strange";
    }
    jclass found = env->FindClass(kind);
    if (found != nullptr) env->ThrowNew(found, what.c_str());
}

}  // namespace kari::jni
