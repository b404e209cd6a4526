// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/chart/allergy_state.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

// Atom numbers of MedicationRequest.
inline constexpr std::uint32_t k_order_prescription = 1;
inline constexpr std::uint32_t k_order_status = 2;
inline constexpr std::uint32_t k_order_lineage = 3;

// The rules' view of an administration.
struct Given {
    const GroupResource* resource = nullptr;
    Claims claims;
    const GroupResource* order = nullptr;  // null when none is named or it is not here
    // The drug of the claim that counts: as the giver wrote it, else by the name of a reference
    // and each that is ordered.
    std::vector<v1::CodeableConcept> drugs;
    bool as_ordered = false;
};

struct Allergy {
    const GroupResource* resource = nullptr;
    AllergyState state;
    Instant known_since;  // the earliest of what it says and when it was written
};

// What the rules read and where they write. What is needed is decoded once.
class Case {
public:
    // `touched`: only what findings that name one of these need, ascending; null for all.
    Case(const Group& group, const clinical::KnowledgePack& pack,
         const std::vector<ResourceId>* touched);

    const Group& group;
    const clinical::KnowledgePack& pack;
    ClockNotes clocks;
    std::vector<Given> given;
    std::vector<Allergy> allergies;
    std::vector<const GroupResource*> orders;

    // Notes a finding. Found twice, its inputs and resources add up and the worse severity
    // stands. `about`: all resources that it depends on.
    void find(std::string_view rule, v1::Severity severity, const Subject& subject,
              const std::vector<ChangeId>& inputs,
              std::initializer_list<const GroupResource*> about);
    std::vector<Finding> findings() const;

    // Of a kind, and of what findings are asked for, in the group's order. A journal of years has
    // tens of thousands of resources: a rule that looks at each of them makes every review dear.
    const std::vector<const GroupResource*>& of(v1::Kind kind) const { return kinds_[kind]; }
    const std::vector<const GroupResource*>& asked() const { return asked_; }

    // True when findings about the resource are asked for.
    bool asks(const ResourceId& id) const;
    bool asks(const GroupResource* a, const GroupResource* b) const {
        return asks(a->id) || asks(b->id);
    }

private:
    std::vector<std::string> needles() const;
    void add_given(const GroupResource& resource);
    void add_allergy(const GroupResource& resource);

    const std::vector<ResourceId>* touched_;
    std::array<std::vector<const GroupResource*>, v1::Kind_ARRAYSIZE> kinds_;  // that we know
    std::vector<const GroupResource*> asked_;
    std::map<FindingId, Finding> found_;
};

// The earliest that a dose like this one (its order, the version that its giver saw) can have been
// taken, for rules to find anything of it beside its order; nothing: they never do.
std::optional<Instant> found_from(const GroupResource& order, const Claim& exposure,
                                  const Case& the_case);
// The same beside an allergy: since somebody can have known, when the drug meets it.
std::optional<Instant> met_from(const Case& the_case, const Given& given, const Allergy& allergy);

void review_doses(Case& the_case);
void review_as_needed(Case& the_case);
void review_patches(Case& the_case);
void review_weekly(Case& the_case);
void review_dose_limits(Case& the_case);
void review_separations(Case& the_case);
void review_orders(Case& the_case);
void review_interactions(Case& the_case);
void review_verbal_orders(Case& the_case);
void review_second_checks(Case& the_case);
void review_stock(Case& the_case);
void review_allergies(Case& the_case);
void review_care(Case& the_case);
void review_immunizations(Case& the_case);
void review_measurements(Case& the_case);
void review_stays(Case& the_case);
void review_people(Case& the_case);
void review_contested(Case& the_case);
void review_streams(Case& the_case);

}  // namespace kari::chart
