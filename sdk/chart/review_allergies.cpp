// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string>

#include "sdk/chart/alike.hpp"
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
    if (allergy.known_since > given.claims.taken(the_case.clocks).latest) return;
    const bool by_text = worst.match == AllergyMatch::same_text;
    the_case.find(by_text ? "dose/given-against-allergy-text" : "dose/given-against-allergy",
                  severity_of(worst.level), Subject::pair(allergy.resource->id, given.resource->id),
                  joined(allergy.state.speaking, {exposure->change->id}),
                  {allergy.resource, given.resource, order});
}

// What two entries of one substance have in common: a code, an ATC code, or the words.
std::set<std::string> substances_of(const AllergyState& state) {
    std::set<std::string> out;
    for (const auto& code : state.codes) {
        for (const auto& coding : code.coding()) {
            if (coding.system().empty() || coding.code().empty()) continue;
            out.insert("code " + coding.system() + ' ' + coding.code());
        }
        for (const auto& atc : clinical::atc_codes(code))
            out.insert("atc " + atc);
        const auto words = clinical::folded(clinical::shown(code));
        if (!words.empty()) out.insert("words " + words);
    }
    return out;
}

void find_pair(Case& the_case, std::string_view rule, v1::Severity severity, const Allergy& a,
               const Allergy& b) {
    if (!the_case.asks(a.resource, b.resource)) return;
    the_case.find(rule, severity, Subject::pair(a.resource->id, b.resource->id),
                  joined(a.state.speaking, b.state.speaking), {a.resource, b.resource});
}

void check_pairs(Case& the_case) {
    std::vector<const Allergy*> some;
    std::vector<const Allergy*> none_known;
    AlikeKeys substances;
    for (const auto& allergy : the_case.allergies) {
        if (allergy.state.standing != AllergyStanding::active) continue;
        if (allergy.state.none_known) {
            none_known.push_back(&allergy);
            continue;
        }
        some.push_back(&allergy);
        substances.push_back(substances_of(allergy.state));
    }
    for (const auto* none : none_known) {
        for (const auto* one : some) {
            find_pair(the_case, "allergy/none-known-contradicted", v1::SEVERITY_S2, *none, *one);
        }
    }
    each_alike(substances, [&](std::size_t a, std::size_t b) {
        find_pair(the_case, "allergy/possible-duplicate", v1::SEVERITY_S3, *some[a], *some[b]);
    });
}

// It can be compared with no drug: whoever knows what it means gives it a code. What is said to be
// of food or of surroundings and of no drug has no such code.
bool wants_code(const Allergy& allergy) {
    if (allergy.state.standing != AllergyStanding::active || !allergy.state.free_text ||
        allergy.state.none_known || allergy.resource->incomplete()) {
        return false;
    }
    const auto& categories = allergy.state.value.category().items();
    return categories.empty() ||
           std::any_of(categories.begin(), categories.end(), [](const std::string& category) {
               return category != "food" && category != "environment";
           });
}

}  // namespace

std::optional<Instant> met_from(const Case& the_case, const Given& given, const Allergy& allergy) {
    if (!is_met(allergy, hit_of(the_case, given, allergy))) return std::nullopt;
    return allergy.known_since;
}

void review_allergies(Case& the_case) {
    check_pairs(the_case);
    for (const auto& allergy : the_case.allergies) {
        for (const auto& given : the_case.given) {
            const auto* order = given.as_ordered ? given.order : nullptr;
            if (the_case.asks(allergy.resource, given.resource) ||
                (order != nullptr && the_case.asks(order->id))) {
                check_given(the_case, given, allergy);
            }
        }
        if (wants_code(allergy)) {
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
