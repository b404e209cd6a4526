// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

using clinical::AllergyMatch;
using clinical::WarningLevel;

std::vector<ChangeId> joined(const std::vector<ChangeId>& a, const std::vector<ChangeId>& b) {
    std::vector<ChangeId> out = a;
    out.insert(out.end(), b.begin(), b.end());
    return out;
}

v1::Severity severity_of(WarningLevel level) {
    switch (level) {
        case WarningLevel::hard_stop:
            return v1::SEVERITY_S1;
        case WarningLevel::interruptive:
            return v1::SEVERITY_S2;
        default:
            return v1::SEVERITY_S3;
    }
}

clinical::AllergyHit hit_of(const Case& the_case, const Given& given, const Allergy& allergy) {
    clinical::AllergyHit worst;
    for (const auto& drug : given.drugs) {
        const auto hit = worst_hit(allergy.state, drug, the_case.pack);
        if (hit.level > worst.level || (hit.level == worst.level && hit.match > worst.match)) {
            worst = hit;
        }
    }
    return worst;
}

bool is_met(const Allergy& allergy, const clinical::AllergyHit& hit) {
    return allergy.state.standing == AllergyStanding::active && !allergy.state.none_known &&
           hit.match != AllergyMatch::none && hit.match != AllergyMatch::uncomputable;
}

void check_given(Case& the_case, const Given& given, const Allergy& allergy) {
    const Claim* exposure = given.claims.exposure();
    if (exposure == nullptr) return;
    const auto worst = hit_of(the_case, given, allergy);
    if (!is_met(allergy, worst)) return;
    const auto* order = given.as_ordered ? given.order : nullptr;
    // A dose taken before anybody knew says nothing about how it was given.
    if (allergy.known_since > the_case.clocks.effective(*exposure->change).latest) return;
    const bool by_text = worst.match == AllergyMatch::same_text;
    the_case.find(by_text ? "dose/given-against-allergy-text" : "dose/given-against-allergy",
                  severity_of(worst.level), Subject::pair(allergy.resource->id, given.resource->id),
                  joined(allergy.state.speaking, {exposure->change->id}),
                  {allergy.resource, given.resource, order});
}

bool same_substance(const AllergyState& a, const AllergyState& b) {
    for (const auto& left : a.codes) {
        for (const auto& right : b.codes) {
            if (clinical::share_coding(left, right)) return true;
            const auto x = clinical::atc_codes(left);
            const auto y = clinical::atc_codes(right);
            std::vector<std::string> both;
            std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(both));
            if (!both.empty()) return true;
            const auto words = clinical::folded(clinical::shown(left));
            if (!words.empty() && words == clinical::folded(clinical::shown(right))) return true;
        }
    }
    return false;
}

void check_pair(Case& the_case, const Allergy& a, const Allergy& b) {
    if (a.state.standing != AllergyStanding::active ||
        b.state.standing != AllergyStanding::active) {
        return;
    }
    const auto subject = Subject::pair(a.resource->id, b.resource->id);
    const auto inputs = joined(a.state.speaking, b.state.speaking);
    if (a.state.none_known != b.state.none_known) {
        the_case.find("allergy/none-known-contradicted", v1::SEVERITY_S2, subject, inputs,
                      {a.resource, b.resource});
    } else if (!a.state.none_known && same_substance(a.state, b.state)) {
        the_case.find("allergy/possible-duplicate", v1::SEVERITY_S3, subject, inputs,
                      {a.resource, b.resource});
    }
}

}  // namespace

std::optional<Instant> met_from(const Case& the_case, const Given& given, const Allergy& allergy) {
    if (!is_met(allergy, hit_of(the_case, given, allergy))) return std::nullopt;
    return allergy.known_since;
}

void review_allergies(Case& the_case) {
    for (std::size_t i = 0; i < the_case.allergies.size(); ++i) {
        const auto& allergy = the_case.allergies[i];
        for (const auto& given : the_case.given) {
            const auto* order = given.as_ordered ? given.order : nullptr;
            if (the_case.asks(allergy.resource, given.resource) ||
                (order != nullptr && the_case.asks(order->id))) {
                check_given(the_case, given, allergy);
            }
        }
        for (std::size_t j = i + 1; j < the_case.allergies.size(); ++j) {
            if (!the_case.asks(allergy.resource, the_case.allergies[j].resource)) continue;
            check_pair(the_case, allergy, the_case.allergies[j]);
        }
        // It can be compared with no drug: whoever knows what it means gives it a code.
        if (allergy.state.standing == AllergyStanding::active && allergy.state.free_text &&
            !allergy.state.none_known && !allergy.resource->incomplete()) {
            the_case.find("allergy/uncoded", v1::SEVERITY_S3,
                          Subject::resource(allergy.resource->id), allergy.state.speaking,
                          {allergy.resource});
        }
        if (!allergy.state.unseen.empty() && !allergy.resource->incomplete()) {
            the_case.find("allergy/refuted-beside-evidence", v1::SEVERITY_S2,
                          Subject::resource(allergy.resource->id),
                          joined(allergy.state.removals, allergy.state.unseen), {allergy.resource});
        }
        if (!allergy.state.unconfirmed.empty() && !allergy.resource->incomplete()) {
            the_case.find("allergy/withdrawal-unconfirmed", v1::SEVERITY_S3,
                          Subject::resource(allergy.resource->id), allergy.state.unconfirmed,
                          {allergy.resource});
        }
    }
}

}  // namespace kari::chart
