// SPDX-License-Identifier: Apache-2.0
//
// Doses beside measurements that speak against them: a glucose of 2.9 that another tablet took
// before the insulin was given.
#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "sdk/chart/measurements.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr std::string_view k_rule = "dose/given-against-measurement";

// By its bytes: whether a code that a hold looks for is named at all.
bool mentions(const GroupResource& resource, const clinical::KnowledgePack& pack) {
    return std::any_of(
        resource.history.begin(), resource.history.end(), [&](const ChangePtr& change) {
            return std::any_of(pack.holds.begin(), pack.holds.end(), [&](const auto& hold) {
                return std::any_of(hold.codes.begin(), hold.codes.end(), [&](const auto& code) {
                    return change->body.resource().find(code) != std::string::npos;
                });
            });
        });
}

void check(Case& the_case, const Given& given, const GroupResource& observation,
           const Reading& reading) {
    const Claim& exposure = *given.claims.exposure();
    const Span taken = given.claims.taken(the_case.clocks);
    const Span measured = the_case.clocks.effective(*reading.change);
    for (const auto* hold : reading.holds) {
        if (!is_held_by(given.drugs, *hold)) continue;
        if (measured.earliest > taken.latest || measured.latest < taken.earliest - hold->within) {
            continue;
        }
        const auto& overrides = exposure.said.override();
        const bool meant = std::any_of(overrides.begin(), overrides.end(), [](const auto& each) {
            return each.rule() == k_rule && !each.reason().empty();
        });
        the_case.find(k_rule, meant ? v1::SEVERITY_S3 : v1::SEVERITY_S1,
                      Subject::pair(observation.id, given.resource->id),
                      {reading.change->id, exposure.change->id},
                      {&observation, given.resource, given.as_ordered ? given.order : nullptr});
    }
}

}  // namespace

std::vector<Reading> readings_against(const GroupResource& observation,
                                      const clinical::KnowledgePack& pack) {
    std::vector<Reading> out;
    if (observation.kind != v1::KIND_OBSERVATION || !mentions(observation, pack)) return out;
    const auto* atom = observation.atom(1);
    const Causality causality(observation);
    for (const auto& write : atom == nullptr ? std::vector<merge::AtomWrite>{} : atom->live) {
        const auto* change = causality.find(write.change);
        if (change == nullptr) continue;
        const auto said = merge::value_as<v1::Observation>(observation, write).observation();
        Reading reading{change, clinical::holds_by(said, pack)};
        if (!reading.holds.empty()) out.push_back(std::move(reading));
    }
    return out;
}

bool is_held_by(const std::vector<v1::CodeableConcept>& drugs, const clinical::DoseHold& hold) {
    return std::any_of(drugs.begin(), drugs.end(),
                       [&](const auto& drug) { return clinical::holds(hold, drug); });
}

std::vector<ResourceId> against_giving(const Group& group, const v1::CodeableConcept& drug,
                                       Instant at, const clinical::KnowledgePack& pack) {
    std::vector<ResourceId> out;
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        for (const auto& reading : readings_against(resource, pack)) {
            const Span measured = clocks.effective(*reading.change);
            const bool held =
                std::any_of(reading.holds.begin(), reading.holds.end(), [&](const auto* hold) {
                    return clinical::holds(*hold, drug) && measured.latest >= at - hold->within;
                });
            if (held && measured.earliest <= at) out.push_back(resource.id);
        }
    }
    return out;
}

void review_measurements(Case& the_case) {
    const auto concerned = [&](const Given& given) {
        return given.claims.exposure() != nullptr &&
               std::any_of(the_case.pack.holds.begin(), the_case.pack.holds.end(),
                           [&](const auto& hold) { return is_held_by(given.drugs, hold); });
    };
    std::vector<const Given*> doses;
    for (const auto& given : the_case.given) {
        if (concerned(given)) doses.push_back(&given);
    }
    if (doses.empty()) return;
    for (const auto* resource : the_case.of(v1::KIND_OBSERVATION)) {
        for (const auto& reading : readings_against(*resource, the_case.pack)) {
            for (const auto* given : doses) {
                const auto* order = given->as_ordered ? given->order : nullptr;
                if (the_case.asks(resource, given->resource) ||
                    (order != nullptr && the_case.asks(order->id))) {
                    check(the_case, *given, *resource, reading);
                }
            }
        }
    }
}

}  // namespace kari::chart
