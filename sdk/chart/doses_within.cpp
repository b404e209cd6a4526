// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/doses_within.hpp"

#include <algorithm>

#include "sdk/chart/as_needed.hpp"

namespace kari::chart {
namespace {

std::vector<Span> touched_doses(const Group& group, const std::vector<ResourceId>& touched,
                                const RoughTimes& times, const IsSuchDose& such) {
    std::vector<Span> out;
    for (const RecordId& record : group.records) {
        for (const ResourceId& id : touched) {
            const auto* resource = group.find(record, id);
            if (resource != nullptr && resource->kind == v1::KIND_MEDICATION_ADMINISTRATION &&
                may_be_such(*resource, such)) {
                out.push_back(times.of(*resource));
            }
        }
    }
    return out;
}

}  // namespace

bool may_be_such(const GroupResource& dose, const IsSuchDose& such) {
    return std::any_of(dose.history.begin(), dose.history.end(), [&](const ChangePtr& change) {
        return such(said_by<v1::MedicationAdministration>(*change).administration());
    });
}

std::vector<ResourceId> doses_within(const Group& group, const std::vector<ResourceId>& touched,
                                     Duration reach, const IsSuchDose& such) {
    std::vector<ResourceId> out;
    const RoughTimes times(group);
    const auto about = touched_doses(group, touched, times, such);
    if (about.empty()) return out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const Span at = times.of(resource);
        const bool near = std::any_of(about.begin(), about.end(), [&](const Span& other) {
            return are_near(at, other, reach);
        });
        if (near && may_be_such(resource, such)) out.push_back(resource.id);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<Instant> doses_within_since(const Group& group,
                                          const std::vector<ResourceId>& touched, Duration reach,
                                          const IsSuchDose& such) {
    std::optional<Instant> out;
    for (const Span& at : touched_doses(group, touched, RoughTimes(group), such))
        out = out ? std::min(*out, at.earliest) : at.earliest;
    return out ? std::optional(*out - reach) : std::nullopt;
}

Duration apart(const Span& a, const Span& b) {
    return std::max(Duration{}, std::max(a.earliest, b.earliest) - std::min(a.latest, b.latest));
}

}  // namespace kari::chart
