// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/review.hpp"

#include <algorithm>

#include "sdk/chart/rules.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::chart {
namespace {

template <typename T>
void insert_sorted(std::vector<T>& into, const T& item) {
    const auto at = std::lower_bound(into.begin(), into.end(), item);
    if (at == into.end() || *at != item) into.insert(at, item);
}

bool names_any(const Finding& finding, const std::vector<ResourceId>& ids) {
    return std::any_of(finding.resources.begin(), finding.resources.end(), [&](const auto& id) {
        return std::binary_search(ids.begin(), ids.end(), id);
    });
}

// What rules name a kind and an atom; else the schema's own names.
std::string_view short_kind(std::uint32_t kind) {
    switch (kind) {
        case v1::KIND_PATIENT: return "patient";
        case v1::KIND_ALLERGY_INTOLERANCE: return "allergy";
        case v1::KIND_MEDICATION_REQUEST: return "order";
        case v1::KIND_MEDICATION_ADMINISTRATION: return "administration";
        case v1::KIND_OBSERVATION: return "observation";
        case v1::KIND_DOCUMENT_REFERENCE: return "note";
        case v1::KIND_DETECTED_ISSUE: return "issue";
        case v1::KIND_RECORD_LINK: return "link";
        case v1::KIND_TIME_NOTE: return "time-note";
        case v1::KIND_OTHER_RESOURCE: return "other";
        default: return "unknown";
    }
}

}  // namespace

Case::Case(const Group& of, const clinical::KnowledgePack& by)
    : group(of), pack(by), clocks(of) {
    for (const auto& resource : group.resources) {
        if (resource.kind == v1::KIND_MEDICATION_REQUEST) orders.push_back(&resource);
        if (resource.kind == v1::KIND_ALLERGY_INTOLERANCE) {
            allergies.push_back(Allergy{&resource, allergy_state(resource)});
        }
        if (resource.kind == v1::KIND_MEDICATION_ADMINISTRATION) {
            given.push_back(Given{&resource, claims_of(resource, clocks), nullptr});
        }
    }
    for (auto& each : given) {
        // The order that the claim which counts names; when none counts, the newest that does.
        std::vector<const Claim*> claims;
        for (const auto& claim : each.claims.all) claims.push_back(&claim);
        if (const auto* exposure = each.claims.exposure()) claims.push_back(exposure);
        for (const auto* claim : claims) {
            const auto id = base::from_bytes<ResourceId>(claim->said.request().resource());
            const auto* order = id ? group.find(*id) : nullptr;
            if (order != nullptr && order->kind == v1::KIND_MEDICATION_REQUEST) each.order = order;
        }
    }
}

void Case::find(std::string_view rule, v1::Severity severity, const Subject& subject,
                const std::vector<ChangeId>& inputs,
                std::initializer_list<const GroupResource*> about) {
    const FindingId id = finding_id(rule, subject);
    Finding& finding = found_[id];
    if (finding.rule.empty()) {
        finding.id = id;
        finding.rule = std::string(rule);
        finding.subject = subject;
        finding.severity = severity;
    }
    if (more_severe(severity, finding.severity)) finding.severity = severity;
    for (const auto& input : inputs) insert_sorted(finding.inputs, input);
    for (const auto* resource : about) {
        if (resource == nullptr) continue;
        insert_sorted(finding.resources, resource->id);
        const bool holds_input = std::any_of(inputs.begin(), inputs.end(), [&](const auto& input) {
            return std::binary_search(resource->changes.begin(), resource->changes.end(), input);
        });
        if (holds_input) insert_sorted(finding.records, resource->record);
    }
}

std::vector<Finding> Case::findings() const {
    std::vector<Finding> all;
    all.reserve(found_.size());
    for (const auto& [id, finding] : found_) all.push_back(finding);
    return all;
}

std::vector<Finding> review(const Group& group, const clinical::KnowledgePack& pack) {
    Case the_case(group, pack);
    review_doses(the_case);
    review_orders(the_case);
    review_allergies(the_case);
    review_contested(the_case);
    review_streams(the_case);
    return the_case.findings();
}

Reviewed review_touched(const Group& group, const clinical::KnowledgePack& pack,
                        const std::vector<ResourceId>& touched) {
    Reviewed reviewed;
    for (const auto& id : touched) insert_sorted(reviewed.examined, id);
    for (auto& finding : review(group, pack)) {
        if (names_any(finding, reviewed.examined)) reviewed.findings.push_back(std::move(finding));
    }
    return reviewed;
}

std::string contested_rule(std::uint32_t kind, std::uint32_t atom) {
    switch (kind) {
        case v1::KIND_MEDICATION_ADMINISTRATION: return "merge/administration";
        case v1::KIND_OBSERVATION: return "merge/observation";
        case v1::KIND_DOCUMENT_REFERENCE: return "merge/note-fork";
        case v1::KIND_ALLERGY_INTOLERANCE:
            if (atom == k_allergy_clinical || atom == k_allergy_verification) {
                return "merge/allergy-status";
            }
            break;
        default: break;
    }
    std::string name = "atom-" + std::to_string(atom);
    const auto* schema = merge::schema_of(kind);
    if (const auto* known = schema == nullptr ? nullptr : schema->atom(atom)) name = known->name;
    std::replace(name.begin(), name.end(), '_', '-');
    return "merge/" + std::string(short_kind(kind)) + "-" + name;
}

std::vector<std::string_view> review_rules() {
    return {"allergy/none-known-contradicted", "allergy/possible-duplicate",
            "allergy/refuted-beside-evidence", "dose/given-after-stop",
            "dose/given-against-allergy",      "dose/given-against-allergy-text",
            "dose/given-and-not-given",        "dose/outdated-order",
            "dose/possible-double",            "dose/unknown-order-version",
            "integrity/stream-fork",           "merge/administration",
            "merge/allergy-code",              "merge/allergy-criticality",
            "merge/allergy-status",            "merge/note-fork",
            "merge/observation",               "merge/order-prescription",
            "merge/order-status",              "merge/order-stop-beside-change",
            "order/stale-proposal"};
}

}  // namespace kari::chart
