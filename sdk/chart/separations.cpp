// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/separations.hpp"

#include <algorithm>
#include <utility>

#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/doses_within.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/stated_reason.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/drug_group.hpp"

namespace kari::chart {
namespace {

constexpr std::string_view k_rule = "dose/too-near-other";
constexpr std::string_view k_asked = "entry/too-near-other";

IsSuchDose separated_by(const clinical::KnowledgePack& pack) {
    return [&pack](const v1::Administration& said) {
        return !pack.separations.named(clinical::atc_codes(said.medication())).empty();
    };
}

// One that counts as taken, of whatever drug.
std::optional<SeparatedDose> dose_of(const GroupResource& dose, const Claims& claims,
                                     const ClockNotes& clocks,
                                     const clinical::KnowledgePack& pack) {
    const Claim* claim = claims.exposure();
    if (claim == nullptr) return std::nullopt;
    return SeparatedDose{&dose, claim->change, claim->said,
                         pack.separations.named(clinical::atc_codes(claim->said.medication())),
                         claims.taken(clocks)};
}

bool comes_before(const SeparatedDose& a, const SeparatedDose& b) {
    return std::pair(a.when.earliest, a.dose->id) < std::pair(b.when.earliest, b.dose->id);
}

// Whoever gave it was told of the other, and said why.
bool is_meant(const SeparatedDose& dose, const SeparatedDose& other) {
    return stated_reason(dose.said, k_asked, {other.dose->id});
}

void review_pair(Case& the_case, const SeparatedDose& a, const SeparatedDose& b) {
    if (!the_case.asks(a.dose, b.dose) ||
        too_near(a.drug, a.when, b.drug, b.when, the_case.pack) == nullptr) {
        return;
    }
    const auto severity = is_meant(a, b) || is_meant(b, a) ? v1::SEVERITY_S4 : v1::SEVERITY_S3;
    the_case.find(k_rule, severity, Subject::pair(a.dose->id, b.dose->id),
                  {a.change->id, b.change->id}, {a.dose, b.dose});
}

}  // namespace

const clinical::Separation* too_near(const clinical::Separations::Named& one, const Span& when,
                                     const clinical::Separations::Named& other,
                                     const Span& other_when, const clinical::KnowledgePack& pack) {
    const auto waits = [&](const auto& earlier, const Span& first, const auto& later,
                           const Span& second) -> const clinical::Separation* {
        if (second.latest < first.earliest) return nullptr;  // it was the other way round
        const auto* entry = pack.separations.between(earlier, later);
        return entry != nullptr && apart(first, second) < entry->wait ? entry : nullptr;
    };
    const auto* forth = waits(one, when, other, other_when);
    const auto* back = waits(other, other_when, one, when);
    if (forth == nullptr || back == nullptr) return forth == nullptr ? back : forth;
    return back->wait > forth->wait ? back : forth;
}

DosesTooNear separated_beside(const Group& group, const v1::CodeableConcept& drug, const Span& when,
                              const clinical::KnowledgePack& pack) {
    DosesTooNear out;
    const auto codes = clinical::atc_codes(drug);
    const auto named = pack.separations.named(codes);
    const bool coded = clinical::names_substance(codes);
    if (named.empty() && coded) return out;
    const ClockNotes clocks(group);
    const RoughTimes times(group);
    const Duration longest = pack.separations.longest();
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION ||
            !are_near(times.of(resource), when, longest)) {
            continue;
        }
        auto dose = dose_of(resource, claims_of(resource, clocks), clocks, pack);
        if (!dose || apart(dose->when, when) >= longest) continue;
        const bool other_coded =
            clinical::names_substance(clinical::atc_codes(dose->said.medication()));
        // The one that waits is known, and what the other is, nobody can tell.
        out.cannot_tell = out.cannot_tell || (!coded && named.empty() && !dose->drug.empty()) ||
                          (!other_coded && dose->drug.empty() && !named.empty());
        if (const auto* by = too_near(named, when, dose->drug, dose->when, pack)) {
            out.known.push_back({std::move(*dose), by});
        }
    }
    std::sort(out.known.begin(), out.known.end(),
              [](const auto& a, const auto& b) { return comes_before(a.dose, b.dose); });
    return out;
}

std::vector<ResourceId> separated_near(const Group& group, const std::vector<ResourceId>& touched,
                                       const clinical::KnowledgePack& pack) {
    if (pack.separations.all().empty()) return {};
    return doses_within(group, touched, pack.separations.longest(), separated_by(pack));
}

std::optional<Instant> separated_near_since(const Group& group,
                                            const std::vector<ResourceId>& touched,
                                            const clinical::KnowledgePack& pack) {
    if (pack.separations.all().empty()) return std::nullopt;
    return doses_within_since(group, touched, pack.separations.longest(), separated_by(pack));
}

void review_separations(Case& the_case) {
    if (the_case.pack.separations.all().empty()) return;
    std::vector<SeparatedDose> all;
    for (const auto& given : the_case.given) {
        auto dose = dose_of(*given.resource, given.claims, the_case.clocks, the_case.pack);
        if (dose && !dose->drug.empty()) all.push_back(std::move(*dose));
    }
    std::sort(all.begin(), all.end(), comes_before);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Instant last = all[i].when.latest + the_case.pack.separations.longest();
        for (std::size_t k = i + 1; k < all.size() && all[k].when.earliest <= last; ++k)
            review_pair(the_case, all[i], all[k]);
    }
}

}  // namespace kari::chart
