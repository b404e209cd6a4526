// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/patches.hpp"

#include <algorithm>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/patch.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_act_atom = 1;

bool says_off(const v1::Performance& act) {
    return clinical::code_in(act.code(), k_act_system) == k_patch_off;
}

// By its bytes: most acts are about something else.
bool mentions_off(const merge::Change& change) {
    return change.body.resource().find(k_patch_off) != std::string::npos;
}

std::optional<ResourceId> about_of(const v1::Performance& act) {
    return base::from_bytes<ResourceId>(act.about().resource());
}

// What an act comes to: when, and by which change.
struct Off {
    Span when;
    const merge::Change* change = nullptr;
    bool found = true;
    bool saw_put_on = false;  // whoever took it off had it before them, whatever clocks say
};

// Nothing when any of its live statements says something else.
std::optional<Off> off_by(const GroupResource& act, const Patch& patch, const ClockNotes& clocks) {
    const auto* atom = act.atom(k_act_atom);
    if (atom == nullptr || atom->live.empty()) return std::nullopt;
    const Causality causality(act);
    std::optional<Off> out;
    for (const auto& live : atom->live) {
        const auto* change = causality.find(live.change);
        if (change == nullptr) return std::nullopt;
        const auto said = said_by<v1::Procedure>(*change).procedure();
        if (!says_off(said) || !was_done(said) || about_of(said) != patch.dose->id) {
            return std::nullopt;
        }
        const Off one{clocks.effective(*change), change,
                      clinical::code_in(said.outcome(), k_act_system) != k_patch_not_found,
                      Causality(*patch.dose).covers(version_seen(said), patch.put_on->id)};
        if (!out || one.when.latest > out->when.latest) out = one;
    }
    return out;
}

// Taken off counts before not found, the latest of those and the first of these.
bool counts_before(const Off& a, const Off& b) {
    if (a.found != b.found) return a.found;
    return a.found ? a.when.latest > b.when.latest : a.when.latest < b.when.latest;
}

Instant stated(const merge::Change& change) {
    const auto& header = change.header;
    return Instant{ClockNotes::states_time(change) ? header.effective().start_ms()
                                                   : header.recorded().wall_ms()};
}

bool of_one_clock(const merge::Change& a, const merge::Change& b) {
    const auto& boot = a.header.recorded().boot();
    return !a.from_server() && !boot.empty() && a.incarnation == b.incarnation &&
           boot == b.header.recorded().boot();
}

// What was taken off and put on by one clock is told apart by that clock, however wrong it was.
Instant until_beside(const Patch& patch, const Patch& other) {
    if (patch.off == nullptr || !of_one_clock(*patch.off, *other.put_on)) return patch.until;
    return std::min(patch.until, other.on.earliest + (stated(*patch.off) - stated(*other.put_on)));
}

}  // namespace

PatchActs::PatchActs(const Group& group) {
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_PROCEDURE || taken_off_by(resource).empty()) continue;
        for (const auto& id : named_by(resource))
            all_[id].push_back(&resource);
    }
}

const std::vector<const GroupResource*>& PatchActs::about(const ResourceId& patch) const {
    static const std::vector<const GroupResource*> none;
    const auto at = all_.find(patch);
    return at == all_.end() ? none : at->second;
}

std::vector<ResourceId> taken_off_by(const GroupResource& act) {
    std::vector<ResourceId> out;
    if (act.kind != v1::KIND_PROCEDURE) return out;
    for (const auto& change : act.history) {
        if (!mentions_off(*change)) continue;
        const auto said = said_by<v1::Procedure>(*change).procedure();
        const auto about = about_of(said);
        if (says_off(said) && about) out.push_back(*about);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<ResourceId> doses_of_acts(const Group& group, const std::vector<ResourceId>& acts) {
    std::vector<ResourceId> out;
    for (const RecordId& record : group.records) {
        for (const ResourceId& id : acts) {
            const auto* act = group.find(record, id);
            if (act == nullptr) continue;
            for (const auto& about : {taken_off_by(*act), checked_by(*act)})
                out.insert(out.end(), about.begin(), about.end());
        }
    }
    return out;
}

std::optional<Patch> patch_of(const GroupResource& dose, const Claims& claims,
                              const PatchActs& acts, const ClockNotes& clocks,
                              const clinical::KnowledgePack& pack) {
    const Claim* claim = claims.exposure();
    if (claim == nullptr || !clinical::is_patch(claim->said, pack)) return std::nullopt;
    Patch out;
    out.dose = &dose;
    out.put_on = claim->change;
    out.said = claim->said;
    out.on = claims.taken(clocks);
    out.acts = acts.about(dose.id);
    std::optional<Off> off;
    if (!claim->said.effective_period().end().empty()) {
        off = Off{out.on, claim->change};
        out.on.latest = out.on.earliest;
    }
    for (const auto* act : out.acts) {
        const auto one = off_by(*act, out, clocks);
        if (!one || (one->when.latest < out.on.earliest && !one->saw_put_on)) continue;
        if (!off || counts_before(*one, *off)) off = one;
    }
    out.until = out.on.latest + clinical::patch_counts(out.said.medication(), pack);
    if (off) {
        out.off = off->change;
        out.until = std::min(out.until, off->when.latest);
    }
    return out;
}

std::vector<Patch> patches_of(const Group& group, const ClockNotes& clocks,
                              const clinical::KnowledgePack& pack) {
    const PatchActs acts(group);
    std::vector<Patch> out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION || !may_be_patch(resource)) {
            continue;
        }
        auto patch = patch_of(resource, claims_of(resource, clocks), acts, clocks, pack);
        if (patch) out.push_back(std::move(*patch));
    }
    std::sort(out.begin(), out.end(), [](const Patch& a, const Patch& b) {
        return std::pair(a.on.earliest, a.dose->id) > std::pair(b.on.earliest, b.dose->id);
    });
    return out;
}

bool same_substance(const v1::Administration& a, const v1::Administration& b) {
    const auto& order = a.request().resource();
    if (!order.empty() && order == b.request().resource()) return true;
    return clinical::same_drug(clinical::drug_of(a.medication(), a.medication_reference()),
                               clinical::drug_of(b.medication(), b.medication_reference()));
}

bool worn_together(const Patch& a, const Patch& b, const clinical::KnowledgePack& pack) {
    const Instant from = std::max(a.on.earliest, b.on.earliest);
    const Instant to = std::min(until_beside(a, b), until_beside(b, a));
    return to - from > pack.patches.change;
}

bool may_be_patch(const GroupResource& dose) {
    return std::any_of(dose.history.begin(), dose.history.end(), [](const ChangePtr& change) {
        return clinical::may_be_patch(
            said_by<v1::MedicationAdministration>(*change).administration());
    });
}

namespace {

std::vector<Span> touched_patches(const Group& group, const std::vector<ResourceId>& touched,
                                  const RoughTimes& times) {
    std::vector<Span> out;
    for (const RecordId& record : group.records) {
        for (const ResourceId& id : touched) {
            const auto* resource = group.find(record, id);
            if (resource != nullptr && resource->kind == v1::KIND_MEDICATION_ADMINISTRATION &&
                may_be_patch(*resource)) {
                out.push_back(times.of(*resource));
            }
        }
    }
    return out;
}

}  // namespace

std::vector<ResourceId> patches_near(const Group& group, const std::vector<ResourceId>& touched,
                                     const clinical::KnowledgePack& pack) {
    std::vector<ResourceId> out;
    const RoughTimes times(group);
    const auto about = touched_patches(group, touched, times);
    if (about.empty()) return out;
    const Duration reach = pack.patches.longest();
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const Span at = times.of(resource);
        const bool near = std::any_of(about.begin(), about.end(), [&](const Span& other) {
            return are_near(at, other, reach);
        });
        if (near && may_be_patch(resource)) out.push_back(resource.id);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<Instant> patches_near_since(const Group& group,
                                          const std::vector<ResourceId>& touched,
                                          const clinical::KnowledgePack& pack) {
    std::optional<Instant> out;
    for (const Span& at : touched_patches(group, touched, RoughTimes(group)))
        out = out ? std::min(*out, at.earliest) : at.earliest;
    return out ? std::optional(*out - pack.patches.longest()) : std::nullopt;
}

}  // namespace kari::chart
