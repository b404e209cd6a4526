// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/second_check.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "sdk/base/id.hpp"
#include "sdk/base/quantity.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/second_person.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_act_atom = 1;

// By its bytes: most acts are about something else, and each is looked at in every review.
bool mentions_check(const merge::Change& change) {
    return change.body.resource().find(k_second_check) != std::string::npos;
}
bool mentions_check(const GroupResource& act) {
    return std::any_of(act.history.begin(), act.history.end(),
                       [](const ChangePtr& change) { return mentions_check(*change); });
}

bool same_amount(const v1::Administration& a, const v1::Administration& b) {
    if (a.has_dose() != b.has_dose()) return false;
    if (!a.has_dose()) return true;
    const auto left = Decimal::parse(a.dose().value());
    const auto right = Decimal::parse(b.dose().value());
    if (!left || !right) return a.dose().SerializeAsString() == b.dose().SerializeAsString();
    const auto order =
        base::compare(Quantity{*left, a.dose().code(), {}}, Quantity{*right, b.dose().code(), {}});
    return order && *order == std::strong_ordering::equal;
}

std::string drug_of(const v1::Administration& said) {
    return said.medication().SerializeAsString() + said.medication_reference().SerializeAsString();
}

// What a check compares: the drug, how much, how and when.
bool same_dose(const v1::Administration& a, const v1::Administration& b) {
    return drug_of(a) == drug_of(b) && same_amount(a, b) &&
           a.route().SerializeAsString() == b.route().SerializeAsString() &&
           a.effective() == b.effective() &&
           a.effective_period().SerializeAsString() == b.effective_period().SerializeAsString();
}

// The statements that its author saw: of those that the version covers, the ones that nobody in it
// had said otherwise of.
std::vector<const Claim*> seen_in(const GroupResource& administration, const Claims& claims,
                                  const v1::Performance& act) {
    const auto version = version_seen(act);
    const Causality causality(administration);
    std::vector<const Claim*> covered;
    for (const auto& claim : claims.all) {
        if (causality.covers(version, claim.change->id)) covered.push_back(&claim);
    }
    std::vector<const Claim*> out;
    for (const auto* claim : covered) {
        const bool superseded = std::any_of(covered.begin(), covered.end(), [&](const auto* other) {
            return other != claim && causality.saw(other->change->id, claim->change->id);
        });
        if (!superseded) out.push_back(claim);
    }
    return out;
}

bool by_same_person(const merge::Change& check, const Claims& claims) {
    const auto& checker = check.header.author().practitioner();
    return checker.empty() ||
           std::any_of(claims.all.begin(), claims.all.end(), [&](const Claim& claim) {
               return says_taken(claim.said.status()) &&
                      claim.change->header.author().practitioner() == checker;
           });
}

// The dose that an act says was checked, as long as it says that.
std::optional<ResourceId> dose_checked(const GroupResource& act) {
    if (!mentions_check(act)) return std::nullopt;
    const auto said = act_of(act).as_procedure;
    if (!is_second_check(said) || !was_done(said)) return std::nullopt;
    return base::from_bytes<ResourceId>(said.about().resource());
}

// Whatever the check is worth: one that counts for nothing is found as such. What a source system
// tells of was checked there, or not, by a routine of its own.
void review_missing(Case& the_case, const std::set<ResourceId>& checked) {
    for (const auto& given : the_case.given) {
        const auto* exposure = given.claims.exposure();
        if (exposure == nullptr || exposure->change->from_server() ||
            !the_case.asks(given.resource->id) || checked.contains(given.resource->id) ||
            !clinical::needs_second_person(exposure->said, the_case.pack)) {
            continue;
        }
        const bool waived = clinical::waives_second_person(exposure->said);
        the_case.find("dose/second-check-missing", waived ? v1::SEVERITY_S4 : v1::SEVERITY_S2,
                      Subject::resource(given.resource->id), {exposure->change->id},
                      {given.resource});
    }
}

}  // namespace

bool is_second_check(const v1::Performance& act) {
    return clinical::code_in(act.code(), k_act_system) == k_second_check;
}

std::vector<ResourceId> checked_by(const GroupResource& act) {
    std::vector<ResourceId> out;
    if (act.kind != v1::KIND_PROCEDURE) return out;
    for (const auto& change : act.history) {
        if (!mentions_check(*change)) continue;
        const auto said = said_by<v1::Procedure>(*change).procedure();
        const auto about = base::from_bytes<ResourceId>(said.about().resource());
        if (is_second_check(said) && about) out.push_back(*about);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<SecondCheck> second_check_of(const Group& group, const GroupResource& act,
                                           const ClockNotes& clocks) {
    if (act.kind != v1::KIND_PROCEDURE || !mentions_check(act)) return std::nullopt;
    const auto said = act_of(act).as_procedure;
    const auto about = base::from_bytes<ResourceId>(said.about().resource());
    if (!is_second_check(said) || !was_done(said) || !about) return std::nullopt;
    const auto* administration = group.find(*about);
    if (administration == nullptr || administration->kind != v1::KIND_MEDICATION_ADMINISTRATION) {
        return std::nullopt;
    }
    const Claims claims = claims_of(*administration, clocks);
    const Causality causality(act);
    SecondCheck out{
        &act, administration, causality.find(act.operative_write(k_act_atom)->change), {}, {}};
    if (!claims.any_live_taken() || out.change == nullptr) return std::nullopt;
    const auto seen = seen_in(*administration, claims, said);
    for (const auto& claim : claims.all) {
        if (!claim.live || !says_taken(claim.said.status())) continue;
        const bool as_seen = std::any_of(seen.begin(), seen.end(), [&](const Claim* one) {
            return same_dose(one->said, claim.said);
        });
        if (!as_seen) out.unseen.push_back(claim.change->id);
    }
    const bool in_time = std::any_of(seen.begin(), seen.end(), [&](const Claim* one) {
        return clocks.apart(*out.change, *one->change) <= k_check_within;
    });
    if (by_same_person(*out.change, claims)) {
        out.standing = CheckStanding::same_person;
    } else if (!out.unseen.empty()) {
        out.standing = CheckStanding::stale;
    } else if (!in_time) {
        out.standing = CheckStanding::out_of_time;
    }
    return out;
}

void review_second_checks(Case& the_case) {
    std::set<ResourceId> checked;
    for (const auto* act : the_case.of(v1::KIND_PROCEDURE)) {
        const auto check = second_check_of(the_case.group, *act, the_case.clocks);
        // Also of a dose that was withdrawn since: while it counts it was checked.
        if (const auto dose = dose_checked(*act)) checked.insert(*dose);
        if (!check || check->standing == CheckStanding::holds ||
            !the_case.asks(act, check->administration)) {
            continue;
        }
        const bool stale = check->standing == CheckStanding::stale;
        std::vector<ChangeId> inputs = check->unseen;
        inputs.push_back(check->change->id);
        the_case.find(stale ? "dose/second-check-stale" : "dose/second-check-void", v1::SEVERITY_S2,
                      Subject::pair(check->administration->id, act->id), inputs,
                      {check->administration, act});
    }
    review_missing(the_case, checked);
}

}  // namespace kari::chart
