// SPDX-License-Identifier: Apache-2.0
//
// One finding in full, for whoever has to resolve it.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/chart/dispute.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"
#include "sdk/merge/schema.hpp"

namespace kari {

namespace {

using namespace device;

CaseStatement statement_of(const Session& session, const chart::DisputeStatement& from) {
    const merge::Change& change = *from.change;
    const auto by = chart::authorship_of(change);
    CaseStatement out;
    out.said = said_of(session, by);
    out.role = by.role;
    out.here = !by.from_server && change.incarnation == session.store.identity().incarnation;
    out.machine = change.incarnation;
    out.record = from.resource->record;
    out.resource = from.resource->id;
    out.not_seen = from.not_seen;
    out.withheld = !change.body_bytes;
    if (change.body.basis().has_data_age_ms()) {
        out.data_age = Duration{static_cast<std::int64_t>(change.body.basis().data_age_ms())};
    }
    const auto* kind = merge::schema_of(change.header.kind());
    if (kind != nullptr) out.kind = kind->name;
    for (auto& part : chart::parts_of(from, spoken(session.language))) {
        out.parts.push_back({std::move(part.atom), std::move(part.value), part.acted_on});
    }
    return out;
}

std::vector<ChangeId> ids_of(const google::protobuf::RepeatedPtrField<std::string>& from) {
    std::vector<ChangeId> out;
    for (const auto& bytes : from) {
        if (const auto id = base::from_bytes<ChangeId>(bytes)) out.push_back(*id);
    }
    return out;
}

// The finding as it stands now, whatever the token was shown. Errors: not_found.
Result<chart::TrackedFinding> tracked_now(Session& session, const chart::Group& group,
                                          const RecordId& record, const FindingId& id) {
    const auto found = session.store.finding(record, id);
    if (!found) return tl::unexpected(found.error());
    std::vector<chart::Finding> known;
    if (*found) known.push_back(**found);
    for (auto& tracked : chart::track(group, known)) {
        if (tracked.finding.id == id) return std::move(tracked);
    }
    return fail(ErrorCode::not_found, "the finding is not here");
}

Result<FindingCase> case_of(Session& session, const EditToken& token, const Access& access) {
    const auto seen = read_token(token);
    if (!seen) return tl::unexpected(seen.error());
    if (!seen->finding) return fail(ErrorCode::malformed, "the token names no finding");
    const auto group = enter_whole(session, seen->record, access);
    if (!group) return tl::unexpected(group.error());
    const auto tracked = tracked_now(session, **group, seen->record, seen->finding->finding);
    if (!tracked) return tl::unexpected(tracked.error());
    const auto dispute = chart::dispute_of(**group, tracked->finding);
    FindingCase out;
    out.finding = finding_item(session, seen->record, *tracked, **group);
    for (const auto& one : dispute.base)
        out.base.push_back(statement_of(session, one));
    for (const auto& one : dispute.sides)
        out.sides.push_back(statement_of(session, one));
    out.not_here = dispute.not_here;
    for (const auto& one : chart::answers_of(**group, tracked->finding)) {
        if (!one.resolution) continue;
        out.resolutions.push_back({said_of(session, chart::authorship_of(*one.change)),
                                   one.resolution->outcome(), one.resolution->reason(),
                                   static_cast<int>(one.resolution->severity()),
                                   ids_of(one.resolution->input())});
    }
    return out;
}

}  // namespace

Result<FindingCase> Device::finding_case(const EditToken& token, const Access& access) {
    return impl_->run([&](Session& session) { return case_of(session, token, access); });
}

}  // namespace kari
