// SPDX-License-Identifier: Apache-2.0
// A key store that an app wrote in Kotlin, as C asks for one.
#include "bindings/kotlin/jni/key_store.hpp"

#include <memory>

#include "bindings/kotlin/jni/attached.hpp"
#include "bindings/kotlin/jni/call.hpp"

namespace kari::jni {
namespace {

// As no.kari.KeyStoreCalls numbers them.
enum class Ask : jint { make_signing_key, public_key, sign, wrap, unwrap, save, load, erase };

// Asked on whatever thread the core works. What is secret crosses in C's own memory, which Kotlin
// reads and writes: nothing is left in arrays between.
class AppKeys {
public:
    AppKeys(JNIEnv* env, jobject calls);
    AppKeys(const AppKeys&) = delete;
    AppKeys& operator=(const AppKeys&) = delete;
    ~AppKeys();

    const kari_key_store* as_c() const { return &c_; }

private:
    kari_status ask(Ask what, kari_text name, kari_bytes given, kari_room* out);
    kari_status ask_in(JNIEnv* env, Ask what, const std::string& name, kari_bytes given,
                       kari_room* out);
    static kari_status asked(void* keys, Ask what, kari_text name, kari_bytes given = {},
                             kari_room* out = nullptr) noexcept;

    JavaVM* machine_ = nullptr;
    jobject calls_ = nullptr;
    jmethodID ask_ = nullptr;
    kari_key_store c_{};
};

AppKeys::AppKeys(JNIEnv* env, jobject calls) {
    env->GetJavaVM(&machine_);
    jclass kind = env->GetObjectClass(calls);
    ask_ = env->GetMethodID(kind, "ask",
                            "(ILjava/lang/String;Ljava/nio/ByteBuffer;Ljava/nio/ByteBuffer;)J");
    env->DeleteLocalRef(kind);
    calls_ = env->NewGlobalRef(calls);
    if (ask_ == nullptr || calls_ == nullptr) throw std::bad_alloc();
    c_.struct_size = sizeof c_;
    c_.context = this;
    c_.make_signing_key = [](void* keys, kari_text name) {
        return asked(keys, Ask::make_signing_key, name);
    };
    c_.public_key = [](void* keys, kari_text name, kari_room* out) {
        return asked(keys, Ask::public_key, name, {}, out);
    };
    c_.sign = [](void* keys, kari_text name, const kari_digest* digest, kari_room* out) {
        return asked(keys, Ask::sign, name, {digest->bytes, sizeof digest->bytes}, out);
    };
    c_.wrap = [](void* keys, kari_bytes plain, kari_room* out) {
        return asked(keys, Ask::wrap, {}, plain, out);
    };
    c_.unwrap = [](void* keys, kari_bytes wrapped, kari_room* out) {
        return asked(keys, Ask::unwrap, {}, wrapped, out);
    };
    c_.save = [](void* keys, kari_text name, kari_bytes value) {
        return asked(keys, Ask::save, name, value);
    };
    c_.load = [](void* keys, kari_text name, kari_room* out) {
        return asked(keys, Ask::load, name, {}, out);
    };
    c_.erase = [](void* keys, kari_text name) {
        return asked(keys, Ask::erase, name);
    };
    c_.released = [](void* keys) {
        delete static_cast<AppKeys*>(keys);
    };
}

AppKeys::~AppKeys() {
    const Attached here(machine_);
    if (here.env() != nullptr && calls_ != nullptr) here.env()->DeleteGlobalRef(calls_);
}

kari_status AppKeys::asked(void* keys, Ask what, kari_text name, kari_bytes given,
                           kari_room* out) noexcept {
    try {
        return static_cast<AppKeys*>(keys)->ask(what, name, given, out);
    } catch (...) {
        return KARI_ERROR_KEY_STORE_FAILED;
    }
}

kari_status AppKeys::ask(Ask what, kari_text name, kari_bytes given, kari_room* out) {
    const std::string text =
        name.data == nullptr ? std::string() : std::string(name.data, name.size);
    const Attached here(machine_);
    JNIEnv* env = here.env();
    // With an exception pending nothing of Java may be called.
    if (env == nullptr || env->ExceptionCheck() == JNI_TRUE) return KARI_ERROR_KEY_STORE_FAILED;
    // A sync asks many times within one call of Java's: what each leaves behind goes with it.
    kari_status status = KARI_ERROR_KEY_STORE_FAILED;
    if (env->PushLocalFrame(8) == JNI_OK) {
        status = ask_in(env, what, text, given, out);
        env->PopLocalFrame(nullptr);
    }
    if (env->ExceptionCheck() == JNI_TRUE) env->ExceptionClear();
    return status;
}

kari_status AppKeys::ask_in(JNIEnv* env, Ask what, const std::string& name, kari_bytes given,
                            kari_room* out) {
    static std::uint8_t nothing = 0;  // a buffer of no bytes has an address all the same
    // Names are ASCII, so that they are Java's own UTF-8 too.
    jstring java_name = env->NewStringUTF(name.c_str());
    if (java_name == nullptr) return KARI_ERROR_KEY_STORE_FAILED;
    const auto buffer = [&](const std::uint8_t* data, std::size_t size) {
        auto* address = const_cast<std::uint8_t*>(size > 0 ? data : &nothing);
        return env->NewDirectByteBuffer(address, static_cast<jlong>(size));
    };
    jobject java_given = buffer(given.data, given.size);
    if (java_given == nullptr) return KARI_ERROR_KEY_STORE_FAILED;
    jobject java_room =
        buffer(out != nullptr ? out->data : nullptr, out != nullptr ? out->room : 0);
    if (java_room == nullptr) return KARI_ERROR_KEY_STORE_FAILED;
    // The status above, the size of the answer below.
    const auto answer = static_cast<std::uint64_t>(env->CallLongMethod(
        calls_, ask_, static_cast<jint>(what), java_name, java_given, java_room));
    if (env->ExceptionCheck() == JNI_TRUE) return KARI_ERROR_KEY_STORE_FAILED;
    if (out != nullptr) out->size = static_cast<std::size_t>(answer & 0xFFFFFFFFU);
    return static_cast<kari_status>(answer >> 32U);
}

jlong hold(JNIEnv* env, jobject calls) {
    try {
        auto keys = std::make_unique<AppKeys>(env, calls);
        return number_of(keys.release()->as_c());
    } catch (...) {
        rethrow(env);
        return 0;
    }
}

}  // namespace

void get_key_store(Reader& from, const kari_key_store*& value) {
    std::int64_t number = 0;
    get(from, number);
    value = handle<const kari_key_store>(number);
}

std::vector<JNINativeMethod> key_store_methods() {
    return {{const_cast<char*>("hold"), const_cast<char*>("()J"), reinterpret_cast<void*>(hold)}};
}

}  // namespace kari::jni
