// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdk/chart/finding_rules.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::chart {
namespace {

// Values by which an order may still be given.
bool lets_give(v1::MedicationRequestStatus status) {
    return status == v1::MEDICATION_REQUEST_STATUS_ACTIVE ||
           status == v1::MEDICATION_REQUEST_STATUS_DRAFT ||
           status == v1::MEDICATION_REQUEST_STATUS_UNKNOWN ||
           status == v1::MEDICATION_REQUEST_STATUS_UNSPECIFIED;
}

// Give or do not give: phone. Only different ways not to give: for review.
v1::Severity order_status_severity(const GroupResource& order, const merge::AtomState& atom) {
    for (const auto& write : atom.live) {
        const auto said = merge::value_as<v1::MedicationRequest>(order, write);
        if (lets_give(said.status())) return v1::SEVERITY_S1;
    }
    return v1::SEVERITY_S3;
}

v1::Severity severity_of(const GroupResource& resource, const merge::AtomState& atom) {
    const std::string rule = contested_rule(resource.kind, atom.number);
    if (rule == "merge/order-status") return order_status_severity(resource, atom);
    return finding_rule(rule).worst;
}

// The two status atoms of an allergy or problem are one decision: one finding about the entry.
Subject subject_of(const GroupResource& resource, std::uint32_t atom) {
    const std::string rule = contested_rule(resource.kind, atom);
    if (rule == "merge/allergy-status" || rule == "merge/problem-status") {
        return Subject::resource(resource.id);
    }
    return Subject::atom(resource.id, atom);
}

}  // namespace

void review_contested(Case& the_case) {
    for (const auto* resource : the_case.asked()) {
        // Findings about findings would never end; what is contested there stays open instead.
        if (resource->kind == v1::KIND_DETECTED_ISSUE || resource->incomplete()) continue;
        for (const auto& atom : resource->atoms) {
            if (!atom.contested) continue;
            std::vector<ChangeId> inputs;
            for (const auto& write : atom.live)
                inputs.push_back(write.change);
            the_case.find(contested_rule(resource->kind, atom.number), severity_of(*resource, atom),
                          subject_of(*resource, atom.number), inputs, {resource});
        }
    }
}

void review_streams(Case& the_case) {
    for (const auto& fork : the_case.group.forks) {
        const auto subject = Subject::stream(fork.incarnation, fork.record, fork.seq);
        for (const auto& resource : the_case.group.resources) {
            std::vector<ChangeId> here;
            std::set_intersection(fork.changes.begin(), fork.changes.end(),
                                  resource.changes.begin(), resource.changes.end(),
                                  std::back_inserter(here));
            if (here.empty()) continue;
            the_case.find("integrity/stream-fork", v1::SEVERITY_S2, subject, fork.changes,
                          {&resource});
        }
    }
}

}  // namespace kari::chart
