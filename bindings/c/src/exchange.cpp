// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "bindings/c/src/callback.hpp"
#include "bindings/c/src/tablet.hpp"
#include "bindings/c/src/views.hpp"

namespace kari::c {

namespace {

// Behind kari_cancel.
class CancelObject : public Object {
public:
    Cancel cancel;
    std::atomic<bool> taken = false;
};

// A cancel for the time of a call; of none where the app gave none.
class Taken {
public:
    explicit Taken(std::shared_ptr<CancelObject> cancel) : cancel_(std::move(cancel)) {}
    Taken(Taken&&) noexcept = default;
    Taken& operator=(Taken&&) = delete;
    ~Taken() {
        if (cancel_) cancel_->taken = false;
    }
    Cancel* get() const { return cancel_ ? &cancel_->cancel : nullptr; }

private:
    std::shared_ptr<CancelObject> cancel_;
};

kari_progress progress_of(const SyncProgress& progress) {
    return {progress.requests,       progress.sent,      progress.received,   progress.records_done,
            progress.records_wanted, progress.chunks_up, progress.chunks_down};
}

void fill_report(kari_sync_report& c, const SyncReport& report, Shelf& shelf) {
    auto* const progress = shelf.make<kari_progress>();
    *progress = progress_of(report.progress);
    c.complete = report.complete;
    c.progress = progress;
    c.returned = report.returned;
    c.quarantined = report.quarantined;
    c.bytes_up = report.bytes_up;
    c.bytes_down = report.bytes_down;
    c.findings = shelf.list<kari_new_finding>(report.findings_new, c.finding_count,
                                              [](kari_new_finding& row, const NewFinding& one) {
                                                  row.id = id_as<kari_digest>(one.id);
                                                  row.record = id_as<kari_record_id>(one.record);
                                                  row.rule = shown(one.rule);
                                                  row.severity = one.severity;
                                                  row.title = shown(one.title);
                                              });
    c.records_hidden = report.records_hidden;
    c.records_purged = report.records_purged;
    c.attachments_sent = report.attachments_sent;
    c.attachments_fetched = report.attachments_fetched;
    c.attachments_waiting = report.attachments_waiting;
    c.new_epoch = report.new_epoch;
    c.server_recovering = report.server_recovering;
    c.problems = shelf.texts(report.problems, c.problem_count);
}

const kari_pack* pack_in(Shelf& shelf, const PackStatus& pack) {
    auto* const c = shelf.make<kari_pack>();
    c->name = shown(pack.name);
    c->label = shown(pack.label);
    c->date = date_of(pack.date);
    c->days_old = pack.days_old;
    c->compiled_in = pack.compiled_in;
    c->told = shown(pack.told);
    c->told_to_do = shown(pack.told_to_do);
    return c;
}

void fill_status(kari_sync_status& c, const SyncStatus& status, Shelf& shelf) {
    c.unsent = status.unsent;
    c.unsecured = status.unsecured;
    c.access_unsent = status.access_unsent;
    c.last_complete_ms = ms_of(status.last_complete);
    c.server_minus_wall_ms = status.server_minus_wall_ms.value_or(KARI_NO_TIME);
    c.server_recovering = status.server_recovering;
    c.pack = pack_in(shelf, status.pack);
    c.quarantined =
        shelf.list<kari_quarantined>(status.quarantined, c.quarantined_count,
                                     [](kari_quarantined& row, const QuarantinedItem& one) {
                                         row.change = id_as<kari_change_id>(one.change);
                                         row.record = id_as<kari_record_id>(one.record);
                                         row.reason = shown(one.reason);
                                         row.advice = shown(one.advice);
                                     });
}

// Wakes one call only. Errors: invalid_argument, in_use (another call has it).
Result<Taken> cancel_of(kari_cancel* handle) {
    if (handle == nullptr) return Taken(nullptr);
    auto found = Handles::all().find<CancelObject>(handle);
    if (!found) return refuse("cancel: freed or no cancel");
    if (found->taken.exchange(true)) {
        return fail(ErrorCode::in_use, "cancel: another call has it");
    }
    return Taken(std::move(found));
}

// What went wrong, as an error object that a callback may read. Null where nothing did.
class LentError {
public:
    explicit LentError(const std::optional<Error>& error) {
        if (!error) return;
        auto object = std::make_shared<ErrorObject>();
        object->set(*error);
        handle_ = Handles::all().put<kari_error>(std::move(object));
    }
    LentError(const LentError&) = delete;
    LentError& operator=(const LentError&) = delete;
    ~LentError() {
        if (handle_ != nullptr) Handles::all().take<ErrorObject>(handle_);
    }
    const kari_error* get() const { return handle_; }

private:
    kari_error* handle_ = nullptr;
};

kari_follow_state follow_state_of(FollowState state) {
    switch (state) {
        case FollowState::syncing:
            return KARI_FOLLOW_SYNCING;
        case FollowState::waiting:
            return KARI_FOLLOW_WAITING;
        case FollowState::trouble:
            break;
    }
    return KARI_FOLLOW_TROUBLE;
}

Result<void> sync(Device& tablet, const kari_sync_options* options, const kari_sync_report** out) {
    Arguments read;
    const auto given = options != nullptr ? read.sized(options, "options") : kari_sync_options{};
    if (auto fit = read.done(); !fit) return fit;
    const auto cancel = cancel_of(given.cancel);
    if (!cancel) return tl::unexpected(cancel.error());
    Callback callback;
    SyncOptions how;
    how.attachments = !given.without_attachments;
    how.cancel = cancel->get();
    how.progress = [&](const SyncProgress& progress) {
        const kari_progress now = progress_of(progress);
        callback.call(given.progress, given.context, &now);
    };
    auto report = tablet.sync(how);
    if (auto fit = callback.done(); !fit) return fit;
    if (!report) return passed_on(report);
    answer(out, std::move(*report), fill_report);
    return {};
}

Result<void> follow(Device& tablet, const kari_follow_options* options) {
    Arguments read;
    const auto given = read.sized(options, "options");
    read.given(given.cancel, "options.cancel");
    if (auto fit = read.done(); !fit) return fit;
    const auto cancel = cancel_of(given.cancel);
    if (!cancel) return tl::unexpected(cancel.error());
    Callback callback;
    const auto end_if_it_threw = [&] {
        if (callback.threw()) cancel->get()->ask();
    };
    FollowOptions how;
    how.cancel = cancel->get();
    how.status = [&](const FollowStatus& now) {
        const LentError why(now.why);
        callback.call(given.state, given.context, follow_state_of(now.state), why.get());
        end_if_it_threw();
    };
    how.synced = [&](const SyncReport& report) {
        Shelf shelf;
        kari_sync_report c{};
        fill_report(c, report, shelf);
        callback.call(given.synced, given.context, &c);
        end_if_it_threw();
    };
    auto followed = tablet.follow(how);
    if (auto fit = callback.done(); !fit) return fit;
    return followed;
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_cancel* kari_cancel_new(void) {
    try {
        return Handles::all().put<kari_cancel>(std::make_shared<CancelObject>());
    } catch (...) {
        return nullptr;
    }
}

void kari_cancel_ask(kari_cancel* cancel) {
    if (const auto found = Handles::all().find<CancelObject>(cancel)) found->cancel.ask();
}

void kari_cancel_free(kari_cancel* cancel) {
    Handles::all().take<CancelObject>(cancel);
}

kari_status kari_sync_run(kari_device* device, const kari_sync_options* options,
                          const kari_sync_report** out, kari_error* error) {
    clear(out);
    const auto run = [&](kari::Device& tablet) {
        return sync(tablet, options, out);
    };
    return on_tablet(device, error, run, From::no_callback);
}

kari_status kari_follow_run(kari_device* device, const kari_follow_options* options,
                            kari_error* error) {
    const auto run = [&](kari::Device& tablet) {
        return follow(tablet, options);
    };
    return on_tablet(device, error, run, From::no_callback);
}

kari_status kari_sync_status_read(kari_device* device, const kari_sync_status** out,
                                  kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        auto status = tablet.sync_status();
        if (!status) return passed_on(status);
        answer(out, std::move(*status), fill_status);
        return {};
    });
}

}  // extern "C"
