// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/exposure.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <kari/decimal.hpp>

#include "sdk/base/mutant.hpp"
#include "sdk/base/quantity.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_administration_atom = 1;
constexpr Duration k_own_correction = Duration::hours(1);

bool same_time(const v1::Administration& a, const v1::Administration& b) {
    return a.effective() == b.effective() &&
           a.effective_period().start() == b.effective_period().start() &&
           a.effective_period().end() == b.effective_period().end();
}

bool same_claim(const v1::Administration& a, const v1::Administration& b) {
    return a.status() == b.status() && a.slot() == b.slot() &&
           a.dose().value() == b.dose().value() && a.dose().code() == b.dose().code() &&
           same_time(a, b);
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
            // It had seen the claim: before it, it can only be by a clock that is wrong.
            const Duration after = clocks.longest_between(*claim.change, *later.change);
            by_author_at_once |= after >= Duration{} && after <= k_own_correction;
        } else {
            by_other = true;
        }
    }
    return by_author_at_once || (by_author && by_other);
}

// A source system may state a unit in words alone.
std::optional<std::strong_ordering> compared(const v1::Administration& a,
                                             const v1::Administration& b) {
    const auto left = Decimal::parse(a.dose().value());
    const auto right = Decimal::parse(b.dose().value());
    if (!left || !right) return std::nullopt;
    const Quantity one{*left, clinical::meant_unit(a.dose()), {}};
    const Quantity other{*right, clinical::meant_unit(b.dose()), {}};
    if (one.code == other.code) return one.value.compare(other.value);
    const auto order = base::compare(one, other);
    if (!order) return std::nullopt;
    return *order;
}

bool counts(const Claim& claim) {
    if (claim.confirmed_wrong || !says_taken(claim.said.status())) return false;
    if (KARI_MUTATED(correction_erases) && !claim.live) return false;
    return !(KARI_MUTATED(reported_is_not_taken) &&
             claim.said.intake() == v1::INTAKE_SELF_REPORTED);
}

// Of two of which neither is the larger. Were one that names a slot passed over for one that does
// not, what it closed would be given again; and were an amount that cannot be added up taken for
// one that can, no sum would tell.
std::pair<bool, bool> weight(const Claim& claim, const Claim& first) {
    return {!claim.said.slot().empty(), compared(claim.said, first.said).has_value()};
}

}  // namespace

bool says_taken(v1::AdministrationStatus status) {
    return status != v1::ADMINISTRATION_STATUS_NOT_DONE &&
           status != v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR;
}

const Claim* Claims::exposure() const {
    const Claim* first = nullptr;
    const Claim* worst = nullptr;
    for (const auto& claim : all) {
        if (!counts(claim)) continue;
        if (first == nullptr) first = &claim;
        const bool passed = std::any_of(all.begin(), all.end(), [&](const Claim& other) {
            return &other != &claim && counts(other) &&
                   compared(other.said, claim.said) == std::strong_ordering::greater;
        });
        // Ascending by tick: of equals the newest stands.
        if (!passed && (worst == nullptr || weight(claim, *first) >= weight(*worst, *first))) {
            worst = &claim;
        }
    }
    return worst;
}

Span Claims::taken(const ClockNotes& clocks) const {
    Span out = clocks.effective(*exposure()->change);
    for (const auto& claim : all) {
        if (!counts(claim)) continue;
        const Span one = clocks.effective(*claim.change);
        out.earliest = std::min(out.earliest, one.earliest);
        out.latest = std::max(out.latest, one.latest);
    }
    return out;
}

bool Claims::correction_unconfirmed() const {
    const auto* worst = exposure();
    return worst != nullptr &&
           (!worst->live || std::any_of(all.begin(), all.end(), [&](const Claim& claim) {
               return counts(claim) && !claim.live && !same_time(claim.said, worst->said);
           }));
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
