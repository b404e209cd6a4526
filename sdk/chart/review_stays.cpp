// SPDX-License-Identifier: Apache-2.0
//
// Visits at home while the citizen was in hospital: somebody saw another person, or the hospital's
// message is about one.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "sdk/chart/care_state.hpp"
#include "sdk/chart/dates.hpp"
#include "sdk/chart/rules.hpp"

namespace kari::chart {
namespace {

constexpr std::string_view k_classes = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

constexpr std::string_view k_home = "HH";
constexpr std::string_view k_stays[] = {"IMP", "ACUTE", "NONAC"};

bool is_at_home(const v1::Visit& visit) {
    const auto& said = visit.encounter_class();
    return said.system() == k_classes && said.code() == k_home && took_place(visit);
}

struct Met {
    const GroupResource* resource = nullptr;
    const merge::Change* change = nullptr;  // whose word counts
    v1::Visit visit;
};

std::optional<Met> met_in(const GroupResource& resource) {
    const auto* write = resource.operative_write(1);
    const auto* change = write == nullptr ? nullptr : Causality(resource).find(write->change);
    if (change == nullptr) return std::nullopt;
    return Met{&resource, change, merge::value_as<v1::Encounter>(resource, *write).visit()};
}

// By its bytes: most encounters are visits, and are passed over unread.
bool mentions_a_stay(const GroupResource& resource) {
    return std::any_of(
        resource.history.begin(), resource.history.end(), [](const ChangePtr& change) {
            return std::any_of(std::begin(k_stays), std::end(k_stays), [&](std::string_view code) {
                return change->body.resource().find(code) != std::string::npos;
            });
        });
}

}  // namespace

// Who is on leave may be at home.
bool is_stay(const v1::Visit& visit) {
    const auto& said = visit.encounter_class();
    return said.system() == k_classes && took_place(visit) &&
           visit.status() != v1::ENCOUNTER_STATUS_ONLEAVE &&
           std::find(std::begin(k_stays), std::end(k_stays), said.code()) != std::end(k_stays);
}

Span span_of_stay(const v1::Visit& stay, const merge::Change& change, const ClockNotes& clocks) {
    const auto starts = stated_by(change, stay.period().start());
    const auto ends = stated_by(change, stay.period().end());
    Span out = clocks.effective(change);
    if (starts) out = {starts->start, std::max(starts->end, starts->start)};
    if (ends) {
        out.latest = ends->end;
    } else if (stay.status() != v1::ENCOUNTER_STATUS_FINISHED) {
        out.latest = Instant{INT64_MAX};  // still there, as far as anybody was told
    }
    return out;
}

void review_stays(Case& the_case) {
    const auto& encounters = the_case.of(v1::KIND_ENCOUNTER);
    const auto concerned = [&](const GroupResource* each) {
        return the_case.asks(each->id);
    };
    if (std::none_of(encounters.begin(), encounters.end(), concerned)) return;
    std::vector<Met> stays;
    for (const auto* resource : encounters) {
        if (!mentions_a_stay(*resource)) continue;
        if (auto met = met_in(*resource); met && is_stay(met->visit)) stays.push_back(*met);
    }
    for (const auto& stay : stays) {
        const Span away = span_of_stay(stay.visit, *stay.change, the_case.clocks);
        for (const auto* resource : encounters) {
            if (!the_case.asks(resource, stay.resource)) continue;
            const auto met = met_in(*resource);
            if (!met || !is_at_home(met->visit)) continue;
            const Span here = the_case.clocks.effective(*met->change);
            if (here.latest < away.earliest || here.earliest > away.latest) continue;
            the_case.find("visit/while-in-hospital", v1::SEVERITY_S1,
                          Subject::pair(resource->id, stay.resource->id),
                          {met->change->id, stay.change->id}, {resource, stay.resource});
        }
    }
}

}  // namespace kari::chart
