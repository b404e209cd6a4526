// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jni.h>
#include <exception>
#include <new>

#include "bindings/kotlin/jni/wire.hpp"

// One call of Kotlin's: bytes in, bytes out. The answer begins with the status; after an error come
// its name, who can do something, and what happened, for logs and for people.
namespace kari::jni {

class Error {
public:
    Error() : error_(kari_error_new()) {
        if (error_ == nullptr) throw std::bad_alloc();
    }
    Error(const Error&) = delete;
    Error& operator=(const Error&) = delete;
    ~Error() { kari_error_free(error_); }
    kari_error* get() const { return error_; }

private:
    kari_error* error_;
};

// Gives a view back when it has been copied.
template <typename Value>
class View {
public:
    View() = default;
    View(const View&) = delete;
    View& operator=(const View&) = delete;
    ~View() { kari_free(view_); }
    const Value** out() { return &view_; }
    const Value* get() const { return view_; }

private:
    const Value* view_ = nullptr;
};

template <typename Handle>
Handle* handle(jlong number) {
    return reinterpret_cast<Handle*>(static_cast<std::uintptr_t>(number));
}
inline std::int64_t number_of(const void* handle) {
    return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(handle));
}

std::vector<std::uint8_t> bytes_of(JNIEnv* env, jbyteArray array);
// Null, with an exception of Java's pending, when there is no memory.
jbyteArray array_of(JNIEnv* env, const std::vector<std::uint8_t>& bytes);
void put_outcome(Writer& to, kari_status status, const kari_error* error);
// Tells Java what C++ threw: only for want of memory, or by a defect of this layer.
void rethrow(JNIEnv* env);

// `act` reads its arguments, calls, and writes what came of it, if it went well.
template <typename Act>
jbyteArray call(JNIEnv* env, jbyteArray arguments, Act act) {
    try {
        Reader in(bytes_of(env, arguments));
        const Error error;
        Writer result;
        const kari_status status = act(in, result, error.get());
        Writer out;
        put_outcome(out, status, error.get());
        if (status == KARI_OK) out.bytes(result.written().data(), result.written().size());
        return array_of(env, out.written());
    } catch (...) {
        rethrow(env);
        return nullptr;
    }
}

}  // namespace kari::jni
