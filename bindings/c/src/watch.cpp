// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

#include "bindings/c/src/callback.hpp"
#include "bindings/c/src/tablet.hpp"
#include "bindings/c/src/views.hpp"

namespace kari::c {

namespace {

using Watched = std::variant<std::monostate, Device::Subscription, Live>;

// Behind kari_watch.
class WatchObject : public Object {
public:
    explicit WatchObject(std::shared_ptr<Tablet> of) : tablet(std::move(of)) {}

    const std::shared_ptr<Tablet> tablet;
    Callback callback;  // outlives what calls it

    void begin(Watched watched) {
        const std::lock_guard guard(mutex_);
        watched_ = std::move(watched);
    }

    // Errors: invalid_argument (it has ended, or is no live query), internal (its callback threw:
    // it is called no more), those of Device::again.
    Result<void> again(Device& device) {
        const std::lock_guard guard(mutex_);
        const auto* const live = std::get_if<Live>(&watched_);
        if (live == nullptr) return refuse("watch: none of kari_watch_new");
        if (auto sound = callback.done(); !sound) return sound;
        return device.again(*live);
    }

    // Waits for a callback that runs; it may be in again() meanwhile.
    void end() {
        Watched last;
        const std::lock_guard guard(mutex_);
        std::swap(last, watched_);
    }

private:
    std::mutex mutex_;
    Watched watched_;
};

kari_event event_of(EventKind kind) {
    switch (kind) {
        case EventKind::record_changed:
            return KARI_EVENT_RECORD_CHANGED;
        case EventKind::findings_changed:
            return KARI_EVENT_FINDINGS_CHANGED;
        case EventKind::caseload_changed:
            return KARI_EVENT_CASELOAD_CHANGED;
        case EventKind::synced:
            return KARI_EVENT_SYNCED;
        case EventKind::locked:
            break;
    }
    return KARI_EVENT_LOCKED;
}

// Makes a watch that `begin(watch, device)` sets to watching.
template <typename Begin>
kari_status make_watch(kari_device* device, bool has_callback, kari_watch** out, kari_error* error,
                       Begin begin) {
    return read_on(device, out, error, [&](Device& tablet) -> Result<void> {
        if (!has_callback) return refuse("callback: null");
        const auto watch = std::make_shared<WatchObject>(Handles::all().find<Tablet>(device));
        if (auto begun = begin(*watch, tablet); !begun) return begun;
        *out = Handles::all().put<kari_watch>(watch);
        return {};
    });
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_observe(kari_device* device,
                         void (*told)(void* context, kari_event event,
                                      const kari_record_id* record),
                         void* context, kari_watch** out, kari_error* error) {
    return make_watch(
        device, told != nullptr, out, error,
        [&](WatchObject& watch, kari::Device& tablet) -> kari::Result<void> {
            watch.begin(tablet.observe([&watch, told, context](const kari::Event& event) {
                const auto record = id_as<kari_record_id>(event.record);
                watch.callback.call(told, context, event_of(event.kind),
                                    event.record.is_zero() ? nullptr : &record);
            }));
            return {};
        });
}

kari_status kari_watch_new(kari_device* device, const kari_record_id* record,
                           void (*changed)(void* context), void* context, kari_watch** out,
                           kari_error* error) {
    return make_watch(
        device, changed != nullptr, out, error,
        [&](WatchObject& watch, kari::Device& tablet) -> kari::Result<void> {
            Arguments read;
            const auto query = record == nullptr
                                   ? kari::LiveQuery::caseload()
                                   : kari::LiveQuery::of(read.id<kari::RecordId>(record, "record"));
            auto live = tablet.watch(
                query, [&watch, changed, context] { watch.callback.call(changed, context); });
            if (!live) return passed_on(live);
            watch.begin(std::move(*live));
            return {};
        });
}

kari_status kari_watch_again(kari_watch* watch, kari_error* error) {
    return guard(error, [&]() -> kari::Result<void> {
        const auto found = Handles::all().find<WatchObject>(watch);
        if (!found) return refuse("watch: null, freed or no watch");
        auto call = Tablet::enter(found->tablet, From::anywhere);
        if (!call) return passed_on(call);
        return found->again(call->device());
    });
}

kari_status kari_watch_free(kari_watch* watch, kari_error* error) {
    return guard(error, [&]() -> kari::Result<void> {
        const auto found = Handles::all().find<WatchObject>(watch);
        if (!found) return refuse("watch: null, freed or no watch");
        if (found->tablet->is_calling_back()) {
            return fail(kari::ErrorCode::in_use, "not from within a callback of its device");
        }
        if (Handles::all().take<WatchObject>(watch)) found->end();
        return {};
    });
}

}  // extern "C"
