// SPDX-License-Identifier: Apache-2.0
//
// Device::follow: sessions and waits in turn, over one connection.
#include <memory>
#include <utility>

#include "sdk/device/exchange_run.hpp"
#include "sdk/sync/follow.hpp"
#include "sdk/transport/follow.hpp"

namespace kari {
namespace {

using namespace device;

// Begins and ends a following. lock() and the end of the device break into it.
class FollowGuard {
public:
    static Result<std::unique_ptr<FollowGuard>> begin(Core& core) {
        const std::lock_guard guard(core.mutex);
        if (!core.nurse || !core.open) return fail(ErrorCode::locked, "nobody is signed in");
        if (core.following) return fail(ErrorCode::in_use, "a follow runs already");
        core.following = std::make_shared<transport::Interrupt>();
        return std::unique_ptr<FollowGuard>(new FollowGuard(core));
    }
    FollowGuard(const FollowGuard&) = delete;
    FollowGuard& operator=(const FollowGuard&) = delete;
    ~FollowGuard() {
        const std::lock_guard guard(core_.mutex);
        core_.following.reset();
        core_.sync_ended.notify_all();
    }
    const std::shared_ptr<transport::Interrupt>& interrupt() const { return interrupt_; }

private:
    explicit FollowGuard(Core& core) : core_(core), interrupt_(core.following) {}
    Core& core_;
    const std::shared_ptr<transport::Interrupt> interrupt_;
};

FollowState state_of(transport::Phase phase) {
    switch (phase) {
        case transport::Phase::session:
            return FollowState::syncing;
        case transport::Phase::waiting:
            return FollowState::waiting;
        case transport::Phase::trouble:
            break;
    }
    return FollowState::trouble;
}

transport::FollowParts parts_of(Core& core, const FollowOptions& options, const Cancel& stop,
                                Line& line) {
    transport::FollowParts parts;
    parts.session = [&core, &options, &stop, &line]() -> Result<sync::Summary> {
        SyncOptions session;
        session.cancel = &stop;
        auto done = run_session(core, session, line);
        if (!done) return tl::unexpected(done.error());
        if (options.synced) options.synced(done->report);
        return std::move(done->summary);
    };
    parts.client = [&core, &line]() -> Result<transport::HttpClient*> {
        transport::Endpoint endpoint;
        {
            const std::lock_guard guard(core.mutex);
            if (!core.nurse || !core.open) return fail(ErrorCode::locked, "nobody is signed in");
            endpoint = endpoint_of(core.open->settings);
        }
        return line.to(endpoint);
    };
    parts.unsent = [&core] {
        const std::lock_guard guard(core.mutex);
        if (!core.nurse || !core.open) return false;
        const auto outbox = core.open->store.outbox_state();
        return !outbox || outbox->unsent + outbox->access_unsent > 0;
    };
    parts.tell = [&options](transport::Phase phase, const std::optional<Error>& why) {
        if (!options.status) return;
        FollowStatus status{state_of(phase), std::nullopt};
        if (phase == transport::Phase::trouble) status.why = why;
        options.status(status);
    };
    return parts;
}

}  // namespace

Result<void> Device::follow(const FollowOptions& options) {
    Core& core = *impl_;
    auto guard = FollowGuard::begin(core);
    if (!guard) return tl::unexpected(guard.error());
    const auto interrupt = (*guard)->interrupt();
    const auto stop = std::make_shared<Cancel>();  // of a session under way
    const Cancel never;
    const Cancel& asked = options.cancel != nullptr ? *options.cancel : never;
    // By value: whoever asks may still be in here when this call has returned.
    asked.on_ask([interrupt, stop] {
        interrupt->end();
        stop->ask();
    });
    struct Detach {
        const Cancel& asked;
        ~Detach() { asked.on_ask(nullptr); }
    } const detach{asked};

    Line line(core.http);
    sync::Follow machine(*core.platform.entropy);
    const Error why = transport::drive(machine, parts_of(core, options, *stop, line),
                                       *core.platform.clock, *interrupt);
    if (asked.asked()) return {};
    if (why.code == ErrorCode::cancelled) return fail(ErrorCode::locked, "nobody is signed in");
    return tl::unexpected(why);
}

}  // namespace kari
