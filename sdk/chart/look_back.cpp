// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/look_back.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "sdk/chart/measurements.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/traces.hpp"

namespace kari::chart {
namespace {

void take(std::optional<Instant>& from, const std::optional<Instant>& other) {
    if (other) from = from ? std::min(*from, *other) : *other;
}

bool is_in(const std::vector<ResourceId>& ids, const ResourceId& id) {
    return std::binary_search(ids.begin(), ids.end(), id);
}

constexpr Instant k_ever{INT64_MIN};

bool is_held(const Given& dose, const clinical::KnowledgePack& pack) {
    return std::any_of(pack.holds.begin(), pack.holds.end(),
                       [&](const auto& hold) { return is_held_by(dose.drugs, hold); });
}

}  // namespace

std::vector<DoseRange> doses_about(const Group& group, const clinical::KnowledgePack& pack,
                                   const std::vector<ResourceId>& touched,
                                   const std::vector<DoseClass>& classes) {
    std::vector<ResourceId> samples;
    for (const auto& each : classes)
        samples.push_back(each.sample);
    std::sort(samples.begin(), samples.end());
    samples.erase(std::unique(samples.begin(), samples.end()), samples.end());
    const Case the_case(group, pack, &samples);
    std::map<ResourceId, const Given*> given;
    for (const auto& each : the_case.given)
        given.emplace(each.resource->id, &each);
    std::vector<DoseRange> out;
    for (const auto& each : classes) {
        if (is_mixed(each.key)) {
            out.push_back({each.key, Instant{INT64_MIN}});
            continue;
        }
        const auto at = given.find(each.sample);
        if (at == given.end() || at->second->claims.exposure() == nullptr) continue;
        const Given& dose = *at->second;
        const bool order_touched = dose.order != nullptr && is_in(touched, dose.order->id);
        std::optional<Instant> from;
        if (order_touched) take(from, found_from(*dose.order, *dose.claims.exposure(), the_case));
        if (order_touched && dose.as_ordered && is_held(dose, pack)) take(from, k_ever);
        for (const auto& allergy : the_case.allergies) {
            if (is_in(touched, allergy.resource->id) || (order_touched && dose.as_ordered)) {
                take(from, met_from(the_case, dose, allergy));
            }
        }
        if (from) out.push_back({each.key, *from});
    }
    return out;
}

MeasuredRange measured_about(const Group& group, const clinical::KnowledgePack& pack,
                             const std::vector<ResourceId>& touched) {
    MeasuredRange out;
    if (pack.holds.empty()) return out;
    const Case the_case(group, pack, &touched);
    for (const auto& resource : group.resources) {
        if (!is_in(touched, resource.id)) continue;
        for (const auto& reading : readings_against(resource, pack))
            take(out.doses_from, the_case.clocks.effective(*reading.change).earliest);
    }
    Duration longest;
    for (const auto& hold : pack.holds)
        longest = std::max(longest, hold.within);
    for (const auto& dose : the_case.given) {
        const bool order_touched =
            dose.as_ordered && dose.order != nullptr && is_in(touched, dose.order->id);
        if (dose.claims.exposure() == nullptr || !is_held(dose, pack) ||
            (!order_touched && !is_in(touched, dose.resource->id))) {
            continue;
        }
        const Instant taken = dose.claims.taken(the_case.clocks).earliest;
        take(out.readings_from, taken - longest);
    }
    return out;
}

}  // namespace kari::chart
