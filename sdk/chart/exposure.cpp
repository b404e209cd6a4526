// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/exposure.hpp"

#include <algorithm>

#include <kari/decimal.hpp>

#include "sdk/base/mutant.hpp"
#include "sdk/base/quantity.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_administration_atom = 1;
constexpr Duration k_own_correction = Duration::hours(1);

bool same_claim(const v1::Administration& a, const v1::Administration& b) {
    return a.status() == b.status() && a.slot() == b.slot() &&
           a.dose().value() == b.dose().value() && a.dose().code() == b.dose().code();
}

// A later program may say what this one cannot read, of the dose or beside it.
bool can_be_read(v1::AdministrationStatus status) {
    return status != v1::ADMINISTRATION_STATUS_UNSPECIFIED &&
           v1::AdministrationStatus_IsValid(status);
}

bool is_confirmed_wrong(const Claim& claim, const std::vector<Claim>& all,
                        const Causality& causality, const ClockNotes& clocks) {
    const auto& author = claim.change->header.author().practitioner();
    bool by_author = false;
    bool by_author_at_once = false;
    bool by_other = false;
    for (const auto& later : all) {
        if (later.change == claim.change || same_claim(later.said, claim.said) ||
            !causality.saw(later.change->id, claim.change->id)) {
            continue;
        }
        if (later.change->from_server() && claim.change->from_server()) return true;
        const auto& corrector = later.change->header.author().practitioner();
        if (corrector.empty() || !can_be_read(later.said.status())) continue;
        if (author == corrector) {
            by_author = true;
            by_author_at_once |=
                clocks.longest_between(*claim.change, *later.change) <= k_own_correction;
        } else {
            by_other = true;
        }
    }
    return by_author_at_once || (by_author && by_other);
}

// True when `a` is the larger dose. Doses that cannot be compared are not.
bool larger_dose(const v1::Administration& a, const v1::Administration& b) {
    const auto left = Decimal::parse(a.dose().value());
    const auto right = Decimal::parse(b.dose().value());
    if (!left || !right) return false;
    const auto order =
        base::compare(Quantity{*left, a.dose().code(), {}}, Quantity{*right, b.dose().code(), {}});
    return order && *order == std::strong_ordering::greater;
}

// By dose; where this says nothing, one that names a slot: were it passed over for one that does
// not, what it closed would be given again.
bool weighs_more(const v1::Administration& a, const v1::Administration& b) {
    if (larger_dose(a, b)) return true;
    return !larger_dose(b, a) && !a.slot().empty() && b.slot().empty();
}

}  // namespace

bool says_taken(v1::AdministrationStatus status) {
    return status != v1::ADMINISTRATION_STATUS_NOT_DONE &&
           status != v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR;
}

const Claim* Claims::exposure() const {
    const Claim* worst = nullptr;
    for (const auto& claim : all) {
        if (claim.confirmed_wrong || !says_taken(claim.said.status())) continue;
        if (KARI_MUTATED(correction_erases) && !claim.live) continue;
        if (KARI_MUTATED(reported_is_not_taken) &&
            claim.said.intake() == v1::INTAKE_SELF_REPORTED) {
            continue;
        }
        // Ascending by tick: of equals the newest stands.
        if (worst == nullptr || !weighs_more(worst->said, claim.said)) worst = &claim;
    }
    return worst;
}

bool Claims::correction_unconfirmed() const {
    const auto* worst = exposure();
    return worst != nullptr && !worst->live;
}

bool Claims::any_live_taken() const {
    return std::any_of(all.begin(), all.end(), [](const Claim& claim) {
        return claim.live && says_taken(claim.said.status());
    });
}

Claims claims_of(const GroupResource& administration, const ClockNotes& clocks) {
    Claims claims;
    const auto* atom = administration.atom(k_administration_atom);
    for (const auto& write : writes_of(administration, k_administration_atom)) {
        if (write.value.empty()) continue;
        Claim claim;
        claim.change = write.change;
        claim.said = said_by<v1::MedicationAdministration>(*write.change).administration();
        claim.live = atom != nullptr &&
                     std::any_of(atom->live.begin(), atom->live.end(),
                                 [&](const auto& live) { return live.change == write.change->id; });
        claims.all.push_back(std::move(claim));
    }
    std::sort(claims.all.begin(), claims.all.end(), [](const Claim& a, const Claim& b) {
        return std::pair(a.change->header.tick(), a.change->id) <
               std::pair(b.change->header.tick(), b.change->id);
    });
    if (claims.all.size() < 2) return claims;
    const Causality causality(administration);
    for (auto& claim : claims.all) {
        claim.confirmed_wrong = is_confirmed_wrong(claim, claims.all, causality, clocks);
    }
    return claims;
}

}  // namespace kari::chart
