// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdk/chart/dates.hpp"
#include "sdk/chart/immunization_state.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr std::size_t k_atc_group = 5;

// A vaccination that counts as given: its statement of first rank says so.
struct Vaccinated {
    const GroupResource* resource = nullptr;
    const merge::Change* change = nullptr;
    v1::Vaccination said;
};

std::vector<Vaccinated> given_in(const Case& the_case) {
    std::vector<Vaccinated> out;
    for (const auto* each : the_case.of(v1::KIND_IMMUNIZATION)) {
        const GroupResource& resource = *each;
        const auto* write = resource.operative_write(1);
        if (write == nullptr) {
            // Several say that it was given, and differ in the rest: the newest stands for them.
            const auto* atom = resource.atom(1);
            if (atom == nullptr || atom->live.empty()) continue;
            write = &*std::max_element(
                atom->live.begin(), atom->live.end(), [](const auto& a, const auto& b) {
                    return std::pair(a.tick, a.change) < std::pair(b.tick, b.change);
                });
        }
        const auto said = merge::value_as<v1::Immunization>(resource, *write).immunization();
        const auto* change = Causality(resource).find(write->change);
        if (said.status() != v1::IMMUNIZATION_STATUS_COMPLETED || change == nullptr) continue;
        out.push_back({&resource, change, said});
    }
    return out;
}

}  // namespace

bool same_vaccine(const v1::CodeableConcept& a, const v1::CodeableConcept& b) {
    if (clinical::share_coding(a, b)) return true;
    for (const auto& one : clinical::atc_codes(a)) {
        for (const auto& other : clinical::atc_codes(b)) {
            if (one.size() >= k_atc_group &&
                one.substr(0, k_atc_group) == other.substr(0, k_atc_group)) {
                return true;
            }
        }
    }
    const bool uncoded = a.coding_size() == 0 || b.coding_size() == 0;
    const auto words = clinical::folded(clinical::shown(a));
    return uncoded && !words.empty() && words == clinical::folded(clinical::shown(b));
}

bool too_near(const Span& a, const Span& b, const clinical::KnowledgePack& pack) {
    const Duration gap = a.latest < b.earliest ? b.earliest - a.latest : a.earliest - b.latest;
    return gap < Duration{std::int64_t{pack.vaccine_interval_days} * 24 * 60 * 60 * 1000};
}

bool was_expired(const v1::Vaccination& said, const Span& given, std::string_view zone) {
    const auto until = stated_in(said.expiration_date(), zone);
    return until && given.earliest >= until->end;
}

void review_immunizations(Case& the_case) {
    const auto all = given_in(the_case);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Vaccinated& one = all[i];
        const Span when = the_case.clocks.effective(*one.change);
        if (the_case.asks(one.resource->id) &&
            was_expired(one.said, when, one.change->header.recorded().zone())) {
            the_case.find("immunization/expired", v1::SEVERITY_S1,
                          Subject::resource(one.resource->id), {one.change->id}, {one.resource});
        }
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            const Vaccinated& other = all[j];
            if (!the_case.asks(one.resource, other.resource) ||
                !same_vaccine(one.said.vaccine_code(), other.said.vaccine_code()) ||
                !too_near(when, the_case.clocks.effective(*other.change), the_case.pack)) {
                continue;
            }
            the_case.find("immunization/possible-double", v1::SEVERITY_S1,
                          Subject::pair(one.resource->id, other.resource->id),
                          {one.change->id, other.change->id}, {one.resource, other.resource});
        }
    }
}

}  // namespace kari::chart
