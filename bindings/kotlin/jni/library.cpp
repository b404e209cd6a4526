// SPDX-License-Identifier: Apache-2.0
// What is of no device, and how Java finds all of it.
#include <array>

#include <glue.hpp>
#include "bindings/kotlin/jni/key_store.hpp"

namespace kari::jni {

jbyteArray version(JNIEnv* env, jclass) {
    return call(env, nullptr, [](Reader&, Writer& out, kari_error*) {
        put(out, kari_text_of(kari_version()));
        return KARI_OK;
    });
}

jlong live_objects(JNIEnv*, jclass) {
    return static_cast<jlong>(kari_live_objects());
}

jbyteArray id_text(JNIEnv* env, jclass, jbyteArray id) {
    return call(env, id, [](Reader& in, Writer& out, kari_error*) {
        std::size_t size = 0;
        get_size(in, size);
        std::array<char, 65> room{};
        if (size > 32) return static_cast<kari_status>(KARI_ERROR_INVALID_ARGUMENT);
        kari_id_text(in.take(size), size, room.data());
        put(out, kari_text_of(room.data()));
        return static_cast<kari_status>(KARI_OK);
    });
}

jbyteArray id_parse(JNIEnv* env, jclass, jbyteArray arguments) {
    return call(env, arguments, [](Reader& in, Writer& out, kari_error*) {
        std::size_t size = 0;
        kari_text text{};
        get_size(in, size);
        get(in, text);
        std::array<std::uint8_t, 32> id{};
        if (size > id.size()) return static_cast<kari_status>(KARI_ERROR_INVALID_ARGUMENT);
        const kari_status status = kari_id_parse(text, id.data(), size);
        out.bytes(id.data(), size);
        return status;
    });
}

}  // namespace kari::jni

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* machine, void*) {
    void* found = nullptr;
    if (machine->GetEnv(&found, JNI_VERSION_1_6) != JNI_OK) return JNI_ERR;
    auto* env = static_cast<JNIEnv*>(found);
    // Fails where the Kotlin of another release was loaded: better at once than at a call.
    const auto registered = [&](const char* name, const std::vector<JNINativeMethod>& methods) {
        jclass found_class = env->FindClass(name);
        return found_class != nullptr &&
               env->RegisterNatives(found_class, methods.data(),
                                    static_cast<jint>(methods.size())) == JNI_OK;
    };
    if (!registered("no/kari/Native", kari::jni::methods()) ||
        !registered("no/kari/KeyStoreCalls", kari::jni::key_store_methods()))
        return JNI_ERR;
    return JNI_VERSION_1_6;
}
