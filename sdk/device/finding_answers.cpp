// SPDX-License-Identifier: Apache-2.0
//
// What people do with findings: resolve, defer, assign.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/moments.hpp"

namespace kari {

namespace {

using namespace device;

// The issue resource that a token was shown: where in the group of linked records it stands.
// Errors: malformed, not_found.
Result<SeenResource> seen_finding(Session& session, const EditToken& token) {
    auto seen = read_token(token);
    if (!seen) return seen;
    if (!seen->finding) return fail(ErrorCode::malformed, "the token names no finding");
    const auto members = session.store.members(seen->record);
    if (!members) return tl::unexpected(members.error());
    const auto found = session.store.finding(seen->record, seen->finding->finding);
    if (!found) return tl::unexpected(found.error());
    // A finding across linked records has an issue in each, and the view showed the heads of all:
    // an answer is written in one, and names those that stand there. All of them are read together.
    std::vector<RecordId> order{seen->record};
    order.insert(order.end(), members->begin(), members->end());
    bool here = found->has_value();
    for (const RecordId& record : order) {
        const auto issue = session.store.resource(record, seen->resource);
        if (!issue && issue.error().code == ErrorCode::not_found) continue;
        if (!issue) return tl::unexpected(issue.error());
        here = true;
        std::vector<ChangeId> heads;
        for (const ChangeId& head : seen->heads) {
            if (std::binary_search(issue->changes.begin(), issue->changes.end(), head)) {
                heads.push_back(head);
            }
        }
        if (heads.empty()) continue;
        seen->record = record;
        seen->heads = std::move(heads);
        return seen;
    }
    if (!here) return fail(ErrorCode::not_found, "the finding is not here");
    if (seen->heads.empty()) return seen;
    return fail(ErrorCode::view_outdated, "what the view showed is not here any more");
}

Result<Written> resolve(Session& session, const FindingAnswer& answer) {
    const auto seen = seen_finding(session, answer.token);
    if (!seen) return tl::unexpected(seen.error());
    const bool severe = seen->finding->severity <= v1::SEVERITY_S2;
    if (severe || !answer.reason.empty()) {
        if (auto stated = require_reason(answer.reason); !stated) {
            return tl::unexpected(stated.error());
        }
    }
    if (answer.outcome.empty()) {
        return fail(ErrorCode::invalid_argument, "say what came of it");
    }
    v1::DetectedIssue issue;
    v1::Resolution* resolution = issue.mutable_resolution()->add_items();
    for (const ChangeId& input : seen->finding->inputs) {
        resolution->add_input(base::to_bytes(input));
    }
    resolution->set_severity(static_cast<v1::Severity>(seen->finding->severity));
    resolution->set_outcome(answer.outcome);
    resolution->set_reason(answer.reason);
    return write_seen(session, *seen, v1::KIND_DETECTED_ISSUE, issue);
}

}  // namespace

Result<Written> Device::resolve_finding(const FindingAnswer& answer) {
    return impl_->run([&](Session& session) { return resolve(session, answer); });
}

Result<Written> Device::defer_finding(const EditToken& token, const ZonedInstant& until,
                                      std::string_view reason) {
    return impl_->run([&](Session& session) -> Result<Written> {
        if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
        const auto moment = moment_of(until);
        if (!moment) return tl::unexpected(moment.error());
        if (until.instant <= best_now(session.platform, session.settings)) {
            return fail(ErrorCode::value_out_of_range,
                        "until: name a moment that is still to come");
        }
        const auto seen = seen_finding(session, token);
        if (!seen) return tl::unexpected(seen.error());
        v1::DetectedIssue issue;
        v1::Deferral& deferral = *issue.mutable_deferral();
        deferral.set_until(base::fhir_date_time(*moment));
        deferral.set_reason(std::string(reason));
        for (const ChangeId& input : seen->finding->inputs)
            deferral.add_input(base::to_bytes(input));
        deferral.set_severity(static_cast<v1::Severity>(seen->finding->severity));
        return write_seen(session, *seen, v1::KIND_DETECTED_ISSUE, issue);
    });
}

Result<Written> Device::assign_finding(const EditToken& token, const PersonId& person) {
    return impl_->run([&](Session& session) -> Result<Written> {
        const auto seen = seen_finding(session, token);
        if (!seen) return tl::unexpected(seen.error());
        const v1::DirectoryPerson* known = session.settings.person(person);
        if (known == nullptr) {
            return fail(ErrorCode::not_found, "the directory here does not know the person");
        }
        v1::DetectedIssue issue;
        issue.mutable_assignment()->set_person(base::to_bytes(person));
        issue.mutable_assignment()->set_role(known->role());
        return write_seen(session, *seen, v1::KIND_DETECTED_ISSUE, issue);
    });
}

}  // namespace kari
