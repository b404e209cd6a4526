// SPDX-License-Identifier: Apache-2.0
//
// Device::sync: drives the exchange without holding the device's lock while the network is waited
// for.
#include "sdk/device/exchange_run.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/device/attachment_run.hpp"
#include "sdk/device/pack_run.hpp"
#include "sdk/device/pack_words.hpp"
#include "sdk/device/renewal.hpp"
#include "sdk/device/replica.hpp"
#include "sdk/device/telling.hpp"
#include "sdk/device/views.hpp"

namespace kari::device {

transport::Endpoint endpoint_of(const Settings& settings) {
    transport::Endpoint out;
    out.url = settings.server;
    out.pins = settings.pins;
    out.certificate_pem = crypto::der_to_pem("CERTIFICATE", settings.tls_certificate_der);
    out.private_key_pem = crypto::der_to_pem("EC PRIVATE KEY", settings.tls_key_der);
    return out;
}

namespace {

constexpr auto k_nobody_syncs_for = std::chrono::seconds(55);

using Findings = std::map<FindingId, NewFinding>;

// With the mutex held. Findings that this device's rules see and nobody has resolved, over all
// records here.
Result<Findings> all_findings(store::DeviceStore& store, Language language) {
    while (true) {
        const auto left = store.review_owed(100);
        if (!left) return tl::unexpected(left.error());
        if (*left == 0) break;
    }
    const auto records = store.records();
    if (!records) return tl::unexpected(records.error());
    Findings out;
    for (const RecordId& record : *records) {
        const auto findings = store.findings(record, chart::k_stands);
        if (!findings) return tl::unexpected(findings.error());
        for (const chart::Finding& finding : *findings) {
            const auto* said = clinical::sentences(finding.rule, spoken(language));
            out.try_emplace(
                finding.id,
                NewFinding{finding.id, record, finding.rule, static_cast<int>(finding.severity),
                           std::string(said == nullptr ? finding.rule : said->title)});
        }
    }
    return out;
}

// Begins and ends a sync: while it lasts the store stays open, locked or not.
class SyncGuard {
public:
    static Result<std::unique_ptr<SyncGuard>> begin(Core& core, std::shared_ptr<Cancel> cancel,
                                                    Attended attended) {
        const std::lock_guard guard(core.mutex);
        const bool nobody = attended == Attended::yes && !core.nurse;
        if (nobody || !core.open) return fail(ErrorCode::locked, "nobody is signed in");
        if (core.syncing) return fail(ErrorCode::in_use, "a sync runs already");
        core.syncing = true;
        core.sync_cancel = std::move(cancel);
        return std::unique_ptr<SyncGuard>(new SyncGuard(core));
    }
    SyncGuard(const SyncGuard&) = delete;
    SyncGuard& operator=(const SyncGuard&) = delete;
    ~SyncGuard() {
        const std::lock_guard guard(core_.mutex);
        core_.syncing = false;
        core_.sync_cancel.reset();
        if (!core_.nurse) core_.close_store();
        core_.sync_ended.notify_all();
    }

private:
    explicit SyncGuard(Core& core) : core_(core) {}
    Core& core_;
};

void add(const sync::Summary& summary, SyncReport& out) {
    SyncProgress& progress = out.progress;
    progress.requests += summary.progress.requests;
    progress.sent += summary.progress.changes_sent;
    progress.received += summary.progress.changes_received;
    progress.records_done += summary.progress.records_done;
    progress.records_wanted += summary.progress.records_wanted;
    out.complete = summary.complete;
    out.returned += summary.progress.changes_returned;
    out.quarantined += summary.quarantined;
    out.records_hidden += summary.hidden;
    out.records_purged += summary.purged;
    out.new_epoch = out.new_epoch || summary.new_epoch;
    out.server_recovering = summary.recovering;
    for (const sync::Problem& problem : summary.problems) {
        out.problems.push_back(fmt::format("{} {}", problem.record ? problem.record->text() : "-",
                                           name(problem.error.code)));
    }
}

// The most severe first; one that came twice, as it is now.
void add(const std::vector<NewFinding>& fresh, std::vector<NewFinding>& out) {
    for (const NewFinding& finding : fresh) {
        std::erase_if(out, [&](const NewFinding& one) { return one.id == finding.id; });
        out.push_back(finding);
    }
    std::stable_sort(out.begin(), out.end(), [](const NewFinding& a, const NewFinding& b) {
        return std::tie(a.severity, a.rule, a.record) < std::tie(b.severity, b.rule, b.record);
    });
}

struct Prepared {
    transport::Endpoint endpoint;
    Renewal renewal = Renewal::none;
    bool renews = true;  // when it is told that its certificate has expired
    bool after_unlock = false;
    Findings findings;
};

Result<Prepared> prepare(Core& core) {
    const std::lock_guard guard(core.mutex);
    OpenStore& open = *core.open;
    Prepared out;
    if (auto sealed = seal_grown(core.platform, open); !sealed) {
        return tl::unexpected(sealed.error());
    }
    auto findings = all_findings(open.store, core.language);
    if (!findings) return tl::unexpected(findings.error());
    out.findings = std::move(*findings);
    out.endpoint = endpoint_of(open.settings);
    out.renewal = renewal_of(core.platform, open.settings);
    out.after_unlock = !core.synced_since_unlock;
    return out;
}

// With the mutex held: the findings that were not there before, or milder.
Result<std::vector<NewFinding>> fresh_findings(Core& core, const Findings& before) {
    const auto after = all_findings(core.open->store, core.language);
    if (!after) return tl::unexpected(after.error());
    std::vector<NewFinding> fresh;
    for (const auto& [id, finding] : *after) {
        const auto known = before.find(id);
        if (known == before.end() || finding.severity < known->second.severity) {
            fresh.push_back(finding);
        }
    }
    return fresh;
}

// Reviews what came.
Result<std::vector<NewFinding>> settle(Core& core, const Result<sync::Summary>& summary,
                                       const Findings& before) {
    const std::lock_guard guard(core.mutex);
    OpenStore& open = *core.open;
    if (summary) {
        core.synced_since_unlock = true;
        open.settings.recovering = summary->recovering;
    }
    if (auto saved = save_settings(open.store, open.settings); !saved) {
        return tl::unexpected(saved.error());
    }
    return fresh_findings(core, before);
}

// After all else. What a new pack finds in what was here is told like what came.
Result<void> take_pack(Core& core, transport::HttpClient& client, transport::CancelToken& token,
                       const Findings& before, SyncReport& report) {
    if (!fetch_pack(core, client, token, report)) return {};
    auto fresh = [&] {
        const std::lock_guard guard(core.mutex);
        return fresh_findings(core, before);
    }();
    core.tell({{EventKind::findings_changed, RecordId{}}});
    if (!fresh) return tl::unexpected(fresh.error());
    add(*fresh, report.findings_new);
    return {};
}

// One session, from the safety lane to "nothing more".
Result<sync::Summary> exchange_once(Core& core, transport::HttpClient& client,
                                    transport::CancelToken& token, const SyncOptions& options,
                                    const Prepared& prepared, SyncReport& report) {
    StoreReplica replica(core);
    TellingClient telling(core, client);
    sync::Exchange exchange(replica, *core.platform.entropy);
    const sync::Session session{prepared.after_unlock, core.platform.connectivity->maybe_online(),
                                prepared.renews};
    const auto summary = transport::drive(exchange, session, telling, *core.platform.clock, token,
                                          [&](const sync::Progress& progress) {
                                              core.tell(replica.take_events());
                                              if (!options.progress) return;
                                              SyncReport so_far = report;
                                              sync::Summary part;
                                              part.progress = progress;
                                              add(part, so_far);
                                              options.progress(so_far.progress);
                                          });
    const auto fresh = settle(core, summary, prepared.findings);
    auto events = replica.take_events();
    events.push_back({EventKind::synced, RecordId{}});
    if (fresh && !fresh->empty()) events.push_back({EventKind::findings_changed, RecordId{}});
    core.tell(events);
    if (!summary) return tl::unexpected(summary.error());
    if (!fresh) return tl::unexpected(fresh.error());
    add(*summary, report);
    add(*fresh, report.findings_new);
    return *summary;
}

// Sessions, and what they found of attachments, until there is no more.
Result<SyncDone> exchange_all(Core& core, const SyncOptions& options, Line& line,
                              transport::CancelToken& token, Prepared& prepared) {
    const auto client = line.to(prepared.endpoint);
    if (!client) return tl::unexpected(client.error());
    const transport::TransferCount before = (*client)->count();
    SyncDone done;
    SyncReport& report = done.report;
    AttachmentRun attachments(core, **client, token);
    for (bool again = true; again;) {
        auto once = exchange_once(core, **client, token, options, prepared, report);
        if (!once) return tl::unexpected(once.error());
        done.summary = std::move(*once);
        if (!options.attachments) break;
        const auto more = attachments.move(report, options.progress);
        if (!more) return tl::unexpected(more.error());
        again = *more;
        if (!again) break;
        auto next = prepare(core);
        if (!next) return tl::unexpected(next.error());
        prepared = std::move(*next);
    }
    if (auto taken = take_pack(core, **client, token, prepared.findings, report); !taken) {
        return tl::unexpected(taken.error());
    }
    report.bytes_up = (*client)->count().sent - before.sent;
    report.bytes_down = (*client)->count().received - before.received;
    return done;
}

// Renews where it must, or had better. One whose end is only near is good enough for now; one that
// is revoked is told so, and its work goes to the quarantine under the name that it had.
Result<void> renew_in_time(Core& core, Line& line, transport::CancelToken& token,
                           Prepared& prepared) {
    if (prepared.renewal == Renewal::none) return {};
    const auto renewed = renew(core, line, token);
    const bool revoked = !renewed && renewed.error().code == ErrorCode::device_revoked;
    if (!renewed && !revoked && prepared.renewal == Renewal::required) return renewed;
    if (!renewed) {
        core.platform.log->log(LogLevel::warning, "certificate.not_renewed",
                               name(renewed.error().code));
    }
    const std::lock_guard lock(core.mutex);
    prepared.endpoint = endpoint_of(core.open->settings);
    return {};
}

// The server says that the certificate has expired. Nothing was sent yet.
Result<SyncDone> renew_and_exchange(Core& core, const SyncOptions& options, Line& line,
                                    transport::CancelToken& token) {
    const auto renewed = renew(core, line, token);
    if (!renewed && may_pass(renewed.error().code)) return tl::unexpected(renewed.error());
    auto prepared = prepare(core);
    if (!prepared) return tl::unexpected(prepared.error());
    // Refused again, what was charted goes to the quarantine.
    prepared->renews = false;
    return exchange_all(core, options, line, token, *prepared);
}

}  // namespace

Result<SyncDone> run_session(Core& core, const SyncOptions& options, Line& line,
                             Attended attended) {
    const auto cancel = std::make_shared<Cancel>();
    const auto token = std::make_shared<transport::CancelToken>();
    auto guard = SyncGuard::begin(core, cancel, attended);
    if (!guard) return tl::unexpected(guard.error());
    cancel->on_ask([token] { token->cancel(); });
    if (options.cancel != nullptr) options.cancel->on_ask([cancel] { cancel->ask(); });
    struct Detach {
        const Cancel* outer;
        const Cancel& inner;
        ~Detach() {
            if (outer != nullptr) outer->on_ask(nullptr);
            inner.on_ask(nullptr);
        }
    } const detach{options.cancel, *cancel};

    auto prepared = prepare(core);
    if (!prepared) return tl::unexpected(prepared.error());
    if (auto done = renew_in_time(core, line, *token, *prepared); !done) {
        return tl::unexpected(done.error());
    }
    auto done = exchange_all(core, options, line, *token, *prepared);
    if (done || done.error().code != ErrorCode::device_expired) return done;
    return renew_and_exchange(core, options, line, *token);
}

void sync_for_nobody(Core& core) {
    Cancel cancel;
    SyncOptions options;
    options.attachments = false;
    options.cancel = &cancel;
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;
    std::thread watchdog([&] {
        std::unique_lock waiting(mutex);
        if (!ended.wait_for(waiting, k_nobody_syncs_for, [&] { return done; })) cancel.ask();
    });
    Line line(core.http);
    const auto report = run_session(core, options, line, Attended::no);
    {
        const std::lock_guard guard(mutex);
        done = true;
    }
    ended.notify_all();
    watchdog.join();
    if (!report) {
        core.platform.log->log(LogLevel::warning, "unlock.list_not_asked",
                               name(report.error().code));
    }
}

}  // namespace kari::device

namespace kari {

Result<SyncReport> Device::sync(const SyncOptions& options) {
    device::Line line(impl_->http);
    auto done = device::run_session(*impl_, options, line);
    if (!done) return tl::unexpected(done.error());
    return std::move(done->report);
}

Result<SyncStatus> Device::sync_status() {
    return impl_->run([](device::Session& session) -> Result<SyncStatus> {
        const auto outbox = session.store.outbox_state();
        if (!outbox) return tl::unexpected(outbox.error());
        SyncStatus out;
        out.unsent = outbox->unsent;
        out.unsecured = outbox->unsecured;
        out.access_unsent = outbox->access_unsent;
        out.last_complete = session.settings.fresh_server;
        out.server_minus_wall_ms = session.settings.server_minus_wall_ms;
        out.server_recovering = session.settings.recovering;
        out.pack = pack_status(session);
        const auto add = [&](const ChangeId& id, const RecordId& record, const Error& error) {
            out.quarantined.push_back({id, record, std::string(name(error.code)),
                                       explain(error, session.language).what_to_do});
        };
        const auto refused = session.store.refused();
        if (!refused) return tl::unexpected(refused.error());
        for (const store::Refused& one : *refused)
            add(one.id, one.record, {one.reason, ""});
        const auto records = session.store.records(true);
        if (!records) return tl::unexpected(records.error());
        for (const RecordId& record : *records) {
            const auto items = session.store.quarantined(record);
            if (!items) return tl::unexpected(items.error());
            for (const store::Quarantined& item : *items)
                add(item.id, record, {item.reason, item.what});
        }
        return out;
    });
}

}  // namespace kari
