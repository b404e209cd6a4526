// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/allergy_state.hpp"

#include <algorithm>

namespace kari::chart {
namespace {

constexpr Duration k_own_withdrawal = Duration::hours(24);

bool removes(const v1::AllergyIntolerance& said) {
    const bool clinical = said.has_clinical_status() &&
                          (said.clinical_status() == v1::ALLERGY_CLINICAL_STATUS_INACTIVE ||
                           said.clinical_status() == v1::ALLERGY_CLINICAL_STATUS_RESOLVED);
    const bool verification =
        said.has_verification_status() &&
        (said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_REFUTED ||
         said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    return clinical || verification;
}

bool affirms(const v1::AllergyIntolerance& said) {
    const bool clinical =
        said.has_clinical_status() && said.clinical_status() == v1::ALLERGY_CLINICAL_STATUS_ACTIVE;
    const bool verification =
        said.has_verification_status() &&
        (said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED ||
         said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_PRESUMED ||
         said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED);
    return clinical || verification;
}

// Whether a change speaks for the allergy: it names it, says how bad it is, or affirms it. One
// that removes in the same breath speaks against it.
bool is_evidence(const v1::AllergyIntolerance& said) {
    if (removes(said)) return false;
    return said.has_code() || said.has_criticality() || said.has_reaction() || affirms(said);
}

bool withdraws(const merge::Change& change) {
    const auto said = said_by<v1::AllergyIntolerance>(change);
    return said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR;
}

// Whether a withdrawal stands by itself: the server's, or an author's of what he alone has said
// within a day.
bool is_confirmed(const merge::Change& withdrawal, const GroupResource& resource,
                  const ClockNotes& clocks) {
    if (withdrawal.from_server()) return true;
    const auto& author = withdrawal.header.author().practitioner();
    if (author.empty()) return false;
    return std::all_of(
        resource.history.begin(), resource.history.end(), [&](const ChangePtr& change) {
            return !is_evidence(said_by<v1::AllergyIntolerance>(*change)) ||
                   (!change->from_server() && change->header.author().practitioner() == author &&
                    clocks.longest_between(*change, withdrawal) <= k_own_withdrawal);
        });
}

void sort_unique(std::vector<ChangeId>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// The writes of the status that stands; each must have seen all that speaks for the allergy.
void weigh_removal(const GroupResource& resource, const ClockNotes& clocks, AllergyState& state) {
    if (!removes(state.value)) return;
    for (const auto number : {k_allergy_clinical, k_allergy_verification}) {
        const auto* atom = resource.atom(number);
        if (atom == nullptr) continue;
        for (const auto& write : atom->live) {
            if (removes(merge::value_as<v1::AllergyIntolerance>(resource, write))) {
                state.removals.push_back(write.change);
            }
        }
    }
    sort_unique(state.removals);
    const Causality causality(resource);
    std::vector<ChangeId> least_unseen;
    bool seen_all = false;
    bool ended = false;
    for (const auto& removal : state.removals) {
        std::vector<ChangeId> unseen;
        for (const auto& change : resource.history) {
            if (is_evidence(said_by<v1::AllergyIntolerance>(*change)) &&
                !causality.saw(removal, change->id)) {
                unseen.push_back(change->id);
            }
        }
        if (unseen.empty()) {
            const auto* change = causality.find(removal);
            const bool stands = change != nullptr &&
                                (!withdraws(*change) || is_confirmed(*change, resource, clocks));
            if (!stands) state.unconfirmed.push_back(removal);
            seen_all = true;
            ended = ended || stands;
        } else if (least_unseen.empty() || unseen.size() < least_unseen.size()) {
            least_unseen = std::move(unseen);
        }
    }
    if (!seen_all) state.unseen = std::move(least_unseen);
    if (ended) state.unconfirmed.clear();
    if (ended && !resource.incomplete()) state.standing = AllergyStanding::removed;
}

}  // namespace

AllergyState allergy_state(const GroupResource& resource, const ClockNotes& clocks) {
    AllergyState state;
    state.value = merge::operative_as<v1::AllergyIntolerance>(resource);
    for (const auto number : {k_allergy_code, k_allergy_clinical, k_allergy_verification,
                              k_allergy_criticality, k_allergy_reaction}) {
        const auto* atom = resource.atom(number);
        if (atom == nullptr) continue;
        for (const auto& write : atom->live) {
            state.speaking.push_back(write.change);
            const auto said = merge::value_as<v1::AllergyIntolerance>(resource, write);
            if (number == k_allergy_code && said.has_code()) state.codes.push_back(said.code());
        }
    }
    sort_unique(state.speaking);
    state.entry.criticality = state.value.criticality();
    state.entry.type = state.value.type();
    for (const auto& reaction : state.value.reaction().items()) {
        state.entry.worst_reaction = std::max(state.entry.worst_reaction, reaction.severity());
        state.entry.anaphylaxis |= clinical::names_anaphylaxis(reaction);
    }
    state.entry.unconfirmed =
        state.value.has_verification_status() &&
        state.value.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED;
    const auto all_codes = [&](auto predicate) {
        return !state.codes.empty() &&
               std::all_of(state.codes.begin(), state.codes.end(), predicate);
    };
    state.none_known = all_codes(clinical::is_none_known);
    state.free_text = state.codes.empty() ||
                      !all_codes([](const auto& code) { return !clinical::is_free_text(code); });
    weigh_removal(resource, clocks, state);
    return state;
}

clinical::AllergyHit worst_hit(const AllergyState& allergy, const v1::CodeableConcept& drug,
                               const clinical::KnowledgePack& pack) {
    clinical::AllergyHit worst;
    if (allergy.codes.empty()) {
        worst.match = clinical::AllergyMatch::uncomputable;
        worst.level = clinical::WarningLevel::passive;
        return worst;
    }
    for (const auto& code : allergy.codes) {
        clinical::AllergyEntry entry = allergy.entry;
        entry.code = code;
        auto hit = clinical::check_allergy(entry, drug, pack);
        if (std::pair(hit.level, hit.match) > std::pair(worst.level, worst.match)) {
            worst = std::move(hit);
        }
    }
    return worst;
}

}  // namespace kari::chart
