// SPDX-License-Identifier: Apache-2.0
// The calls that call back, and the handles that they take.
#include <memory>

#include <glue.hpp>
#include "bindings/kotlin/jni/listener.hpp"

namespace kari::jni {
namespace {

void on_progress(void* context, const kari_progress* progress) {
    Writer what;
    put(what, *progress);
    static_cast<Listener*>(context)->tell(Listener::Kind::progress, what);
}

void on_state(void* context, kari_follow_state state, const kari_error* why) {
    Writer what;
    put(what, state);
    put_outcome(what, why != nullptr ? kari_error_status(why) : KARI_OK, why);
    static_cast<Listener*>(context)->tell(Listener::Kind::state, what);
}

void on_synced(void* context, const kari_sync_report* report) {
    Writer what;
    put(what, *report);
    static_cast<Listener*>(context)->tell(Listener::Kind::synced, what);
}

void on_event(void* context, kari_event event, const kari_record_id* record) {
    Writer what;
    put(what, event);
    put_pointer(what, record);
    static_cast<Listener*>(context)->tell(Listener::Kind::event, what);
}

void on_changed(void* context) {
    static_cast<Listener*>(context)->tell(Listener::Kind::changed, Writer());
}

// A watch and what it calls back. Both are given to Kotlin as numbers and come back together.
jbyteArray watched(JNIEnv* env, jbyteArray arguments, jobject listener, auto begin) {
    return call(env, arguments, [&](Reader& in, Writer& out, kari_error* error) {
        auto told = std::make_unique<Listener>(env, listener);
        kari_watch* watch = nullptr;
        const kari_status status = begin(in, told.get(), &watch, error);
        put(out, number_of(watch));
        put(out, number_of(told.get()));
        if (status == KARI_OK) told.release();  // NOLINT(bugprone-unused-return-value)
        return status;
    });
}

}  // namespace

jlong cancel_new(JNIEnv*, jclass) {
    return number_of(kari_cancel_new());
}
void cancel_ask(JNIEnv*, jclass, jlong cancel) {
    kari_cancel_ask(handle<kari_cancel>(cancel));
}
void cancel_free(JNIEnv*, jclass, jlong cancel) {
    kari_cancel_free(handle<kari_cancel>(cancel));
}

jbyteArray sync_run(JNIEnv* env, jclass, jlong device, jlong cancel, jobject listener,
                    jboolean without_attachments) {
    try {
        Listener told(env, listener);
        kari_sync_options how{};
        how.struct_size = sizeof how;
        how.progress = on_progress;
        how.context = &told;
        how.cancel = handle<kari_cancel>(cancel);
        how.without_attachments = without_attachments == JNI_TRUE;
        jbyteArray answer = call(env, nullptr, [&](Reader&, Writer& out, kari_error* error) {
            View<kari_sync_report> report;
            const kari_status status =
                kari_sync_run(handle<kari_device>(device), &how, report.out(), error);
            put_pointer(out, report.get());
            return status;
        });
        return told.throw_again(env) ? nullptr : answer;
    } catch (...) {
        rethrow(env);
        return nullptr;
    }
}

jbyteArray follow_run(JNIEnv* env, jclass, jlong device, jlong cancel, jobject listener) {
    try {
        Listener told(env, listener);
        kari_follow_options how{};
        how.struct_size = sizeof how;
        how.state = on_state;
        how.synced = on_synced;
        how.context = &told;
        how.cancel = handle<kari_cancel>(cancel);
        jbyteArray answer = call(env, nullptr, [&](Reader&, Writer&, kari_error* error) {
            return kari_follow_run(handle<kari_device>(device), &how, error);
        });
        return told.throw_again(env) ? nullptr : answer;
    } catch (...) {
        rethrow(env);
        return nullptr;
    }
}

jbyteArray observe(JNIEnv* env, jclass, jlong device, jobject listener) {
    return watched(env, nullptr, listener,
                   [&](Reader&, Listener* told, kari_watch** watch, kari_error* error) {
                       return kari_observe(handle<kari_device>(device), on_event, told, watch,
                                           error);
                   });
}

jbyteArray watch_new(JNIEnv* env, jclass, jlong device, jbyteArray arguments, jobject listener) {
    return watched(env, arguments, listener,
                   [&](Reader& in, Listener* told, kari_watch** watch, kari_error* error) {
                       const kari_record_id* record = nullptr;
                       get_pointer(in, record);
                       return kari_watch_new(handle<kari_device>(device), record, on_changed, told,
                                             watch, error);
                   });
}

jbyteArray watch_again(JNIEnv* env, jclass, jlong watch) {
    return call(env, nullptr, [&](Reader&, Writer&, kari_error* error) {
        return kari_watch_again(handle<kari_watch>(watch), error);
    });
}

// Once for each watch, until it is gone: then nothing calls the listener any more. A watch whose
// device was closed calls back no more either, and is freed like any other.
jbyteArray watch_free(JNIEnv* env, jclass, jlong watch, jlong listener) {
    return call(env, nullptr, [&](Reader&, Writer&, kari_error* error) {
        const kari_status status = kari_watch_free(handle<kari_watch>(watch), error);
        if (status == KARI_OK || status == KARI_ERROR_INVALID_ARGUMENT) {
            delete handle<Listener>(listener);
        }
        return status;
    });
}

}  // namespace kari::jni
