// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/authoring.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "sdk/base/id.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/clinical/knowledge_pack.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/device/finding_state.hpp"
#include "sdk/device/moments.hpp"
#include "sdk/device/views.hpp"

namespace kari::device {

namespace {

store::WriteRequest request_of(Session& session, const Act& act) {
    store::WriteRequest out;
    out.record = act.record;
    out.new_record = act.new_record;
    out.resource = act.resource;
    out.kind = static_cast<std::uint32_t>(act.kind);
    out.parents = act.parents;
    out.message = act.message;
    for (const ChangeId& id : act.order_version) {
        out.basis.add_order_version(base::to_bytes(id));
    }
    out.basis.set_pack(session.store.pack().name());
    if (act.age_ms) out.basis.set_data_age_ms(*act.age_ms);
    out.recorded = recorded_now(session.platform, session.settings);
    if (act.effective) {
        v1::EffectiveTime& effective = out.effective.emplace();
        effective.set_start_ms(act.effective->start.ms);
        effective.set_end_ms(act.effective->end.ms);
        effective.set_offset_s(out.recorded.offset_s());
        effective.set_zone(out.recorded.zone());
    }
    out.author = author_of(session);
    out.salt = random_bytes(*session.platform.entropy, 16);
    return out;
}

// Open findings of the resource, for whoever just wrote.
Result<std::vector<FindingItem>> raised(Session& session, const store::Written& written) {
    const auto found = session.store.tracked_about(written.record, written.resource.id);
    if (!found) return tl::unexpected(found.error());
    std::vector<FindingItem> out;
    if (found->empty()) return out;
    const auto recent = session.store.recent(written.record, recent_window(session));
    if (!recent) return tl::unexpected(recent.error());
    for (const chart::TrackedFinding& tracked : *found) {
        if (!is_open(session, tracked) || !tracked.found_here) continue;
        out.push_back(finding_item(session, written.record, tracked, **recent));
    }
    sort_by_severity(out);
    return out;
}

// The writer goes on from the data that the act rested on.
Result<Written> written_of(Session& session, const Act& act, const store::Written& stored) {
    Written out;
    out.change = stored.change;
    out.record = stored.record;
    out.resource = stored.resource.id;
    SeenResource seen;
    seen.record = stored.record;
    seen.resource = stored.resource.id;
    seen.heads = stored.resource.heads;
    seen.age_ms = act.age_ms;
    out.token = make_token(seen);
    auto findings = raised(session, stored);
    // The change stands: what cannot be read of findings now is shown when the chart is opened.
    if (findings) out.raised = std::move(*findings);
    session.events.push_back({EventKind::record_changed, stored.record});
    if (!stored.findings.empty()) {
        session.events.push_back({EventKind::findings_changed, stored.record});
    }
    return out;
}

}  // namespace

Result<Written> write(Session& session, const Act& act) {
    const auto stored = session.store.write(request_of(session, act));
    if (!stored) return tl::unexpected(stored.error());
    return written_of(session, act, *stored);
}

Result<Written> write_seen(Session& session, const SeenResource& at, v1::Kind kind,
                           const google::protobuf::Message& message) {
    Act act;
    act.record = at.record;
    act.resource = at.resource;
    act.kind = kind;
    act.parents = at.heads;
    act.message = &message;
    if (kind == v1::KIND_MEDICATION_REQUEST) act.order_version = at.heads;
    act.age_ms = at.age_ms;
    return write(session, act);
}

Result<std::vector<Written>> write_all(Session& session, const std::vector<Act>& acts) {
    std::vector<store::WriteRequest> requests;
    for (const Act& act : acts)
        requests.push_back(request_of(session, act));
    const auto stored = session.store.write_many(requests);
    if (!stored) return tl::unexpected(stored.error());
    std::vector<Written> out;
    for (std::size_t at = 0; at < stored->size(); ++at) {
        auto written = written_of(session, acts[at], (*stored)[at]);
        if (!written) return tl::unexpected(written.error());
        out.push_back(std::move(*written));
    }
    return out;
}

Result<Seen> seen_as(Session& session, const EditToken& token, v1::Kind kind) {
    auto seen = read_token(token);
    if (!seen) return tl::unexpected(seen.error());
    const auto changes = session.store.changes(seen->record, seen->resource);
    if (!changes) return tl::unexpected(changes.error());
    if (changes->empty()) return fail(ErrorCode::not_found, "the resource of the token");
    if (changes->front().header.kind() == v1::KIND_OTHER_RESOURCE) {
        return fail(ErrorCode::resource_kept_whole, "kept whole by an earlier version");
    }
    if (changes->front().header.kind() != static_cast<std::uint32_t>(kind)) {
        return fail(ErrorCode::invalid_argument, "the token is of another kind of item");
    }
    std::map<ChangeId, const merge::Change*> by_id;
    for (const merge::Change& change : *changes)
        by_id[change.id] = &change;
    std::deque<ChangeId> left;
    for (const ChangeId& head : seen->heads) {
        if (!by_id.contains(head)) {
            return fail(ErrorCode::view_outdated, "what the view showed is not here any more");
        }
        left.push_back(head);
    }
    std::set<ChangeId> reached;
    std::vector<const merge::Change*> ancestry;
    while (!left.empty()) {
        const ChangeId id = left.front();
        left.pop_front();
        const auto at = by_id.find(id);
        if (at == by_id.end() || !reached.insert(id).second) continue;
        ancestry.push_back(at->second);
        left.insert(left.end(), at->second->parents.begin(), at->second->parents.end());
    }
    if (ancestry.empty()) return fail(ErrorCode::malformed, "the token names no version");
    return Seen{std::move(*seen), merge::fold(ancestry)};
}

Result<ZonedInstant> moment_of(const ZonedInstant& at) {
    // A day less on either side: in its own zone, too, it is of those years.
    constexpr Instant first{-62'135'510'400'000};
    constexpr Instant last{253'402'128'000'000};
    if (at.offset_s < -86'400 || at.offset_s > 86'400) {
        return fail(ErrorCode::malformed, "the offset of a time");
    }
    if (at.instant < first || at.instant > last) {
        return fail(ErrorCode::malformed, "a time outside the years 1 to 9999");
    }
    if (at.zone.empty()) return at;
    auto there = base::in_zone(at.instant, at.zone);
    if (!there) return fail(ErrorCode::malformed, "the zone of a time");
    // One of the two is wrong, and so may be the moment that was made of it.
    if (at.offset_s != 0 && at.offset_s != there->offset_s) {
        return fail(ErrorCode::malformed, "the offset of a time is not its zone's");
    }
    return there;
}

Result<Happened> happened(const Session& session, const std::optional<ZonedInstant>& at) {
    ZonedInstant when;
    if (at) {
        auto given = moment_of(*at);
        if (!given) return tl::unexpected(given.error());
        when = std::move(*given);
    } else {
        auto now = best_local_now(session);
        if (!now) return tl::unexpected(now.error());
        when = *now;
    }
    return Happened{base::fhir_date_time(when), {when.instant, when.instant}};
}

Result<void> review_owed(Session& session) {
    while (true) {
        const auto left = session.store.review_owed(100);
        if (!left) return tl::unexpected(left.error());
        if (*left == 0) return {};
    }
}

Result<void> require_reason(std::string_view reason) {
    return clinical::validate_reason(reason);
}

}  // namespace kari::device
