// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/after_dose.hpp"

#include <algorithm>
#include <tuple>

#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/chart/view.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_act_atom = 1;

// By its bytes: most acts are about something else.
bool mentions(const GroupResource& act) {
    return std::any_of(act.history.begin(), act.history.end(), [](const ChangePtr& change) {
        const std::string& body = change->body.resource();
        return body.find(k_vomited) != std::string::npos ||
               body.find(k_effect) != std::string::npos;
    });
}

}  // namespace

AfterDoses::AfterDoses(const Group& group, const ClockNotes& clocks) {
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_PROCEDURE || !mentions(resource)) continue;
        const auto* write = resource.operative_write(k_act_atom);
        const auto* change = write == nullptr ? nullptr : Causality(resource).find(write->change);
        if (change == nullptr) continue;
        AfterDose one;
        one.said = said_by<v1::Procedure>(*change).procedure();
        const std::string_view code = clinical::code_in(one.said.code(), k_act_system);
        const auto about = base::from_bytes<ResourceId>(one.said.about().resource());
        if (!about || !was_done(one.said) || (code != k_vomited && code != k_effect)) continue;
        one.vomited = code == k_vomited;
        one.act = item_of(resource).version;
        one.by = authorship_of(*change);
        one.when = clocks.effective(*change);
        all_[*about].push_back(std::move(one));
    }
    for (auto& [dose, acts] : all_) {
        std::sort(acts.begin(), acts.end(), [](const AfterDose& a, const AfterDose& b) {
            return std::tie(a.when.earliest, a.act.resource) <
                   std::tie(b.when.earliest, b.act.resource);
        });
    }
}

const std::vector<AfterDose>& AfterDoses::of(const ResourceId& administration) const {
    static const std::vector<AfterDose> none;
    const auto found = all_.find(administration);
    return found == all_.end() ? none : found->second;
}

const AfterDose* AfterDoses::vomited(const ResourceId& administration) const {
    const auto& acts = of(administration);
    const auto last =
        std::find_if(acts.rbegin(), acts.rend(), [](const AfterDose& one) { return one.vomited; });
    return last == acts.rend() ? nullptr : &*last;
}

bool AfterDoses::effect_known(const ResourceId& administration) const {
    const auto& acts = of(administration);
    return std::any_of(acts.begin(), acts.end(), [](const AfterDose& one) { return !one.vomited; });
}

std::vector<FollowUp> follow_ups(const Group& group, const ClockNotes& clocks,
                                 std::string_view zone, Instant now) {
    const AfterDoses after(group, clocks);
    std::vector<FollowUp> out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const Claims claims = claims_of(resource, clocks);
        const Claim* counts = claims.exposure();
        if (counts == nullptr || counts->said.effect_due().empty() ||
            after.effect_known(resource.id)) {
            continue;
        }
        const auto due = base::parse_fhir_time(counts->said.effect_due(), zone);
        if (!due || due->start + k_follow_up_asked < now) continue;
        out.push_back(
            {item_of(resource).version, counts->said, authorship_of(*counts->change), due->start});
    }
    std::sort(out.begin(), out.end(), [](const FollowUp& a, const FollowUp& b) {
        return std::tie(a.due, a.administration.resource) <
               std::tie(b.due, b.administration.resource);
    });
    return out;
}

}  // namespace kari::chart
