// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/dose_limits.hpp"

#include <algorithm>
#include <utility>

#include "sdk/base/time.hpp"
#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_limit.hpp"
#include "sdk/clinical/drug_group.hpp"

namespace kari::chart {
namespace {

using clinical::DoseLimit;

// A birth date is the business of whoever gives: what is found of doses rests on doses alone.
bool is_reviewed(const DoseLimit& limit) {
    return !limit.age_from && !limit.age_below;
}

// What any statement of a dose is of, and adds up with others.
std::vector<const DoseLimit*> may_be_of(const GroupResource& dose,
                                        const clinical::KnowledgePack& pack) {
    std::vector<const DoseLimit*> out;
    for (const auto& change : dose.history) {
        const auto said = said_by<v1::MedicationAdministration>(*change).administration();
        if (said.medication().coding().empty()) continue;
        for (const DoseLimit& limit : pack.dose_limits) {
            if (!is_reviewed(limit) || !clinical::reach_of(limit)) continue;
            const bool there = std::find(out.begin(), out.end(), &limit) != out.end();
            if (!there && clinical::concerns(limit, said.medication())) out.push_back(&limit);
        }
    }
    return out;
}

// Doses, and what they are near to.
class Nearness {
public:
    Nearness(const Group& group, const std::vector<ResourceId>& touched,
             const clinical::KnowledgePack& pack)
        : group_(group), pack_(pack), times_(group) {
        for (const RecordId& record : group.records) {
            for (const ResourceId& id : touched) {
                const auto* dose = group.find(record, id);
                if (dose == nullptr || dose->kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
                take(*dose, may_be_of(*dose, pack), moments_);
            }
        }
    }

    bool any() const { return !moments_.empty(); }

    // The doses near a moment, whose own times are moments from then on.
    std::vector<ResourceId> widen() {
        std::vector<ResourceId> out;
        std::vector<Moment> found;
        for (const auto& resource : group_.resources) {
            if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
            const Span at = times_.of(resource);
            const bool any = std::any_of(moments_.begin(), moments_.end(), [&](const auto& one) {
                return are_near(at, one.at, one.reach);
            });
            if (!any) continue;
            auto limits = may_be_of(resource, pack_);
            std::erase_if(limits, [&](const DoseLimit* limit) { return !is_near(at, *limit); });
            if (limits.empty()) continue;
            out.push_back(resource.id);
            take(resource, may_be_of(resource, pack_), found);
        }
        moments_ = std::move(found);
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }

    std::optional<Instant> since() const {
        std::optional<Instant> out;
        for (const Moment& one : moments_) {
            const Instant from = one.at.earliest - one.reach;
            out = out ? std::min(*out, from) : from;
        }
        return out;
    }

private:
    struct Moment {
        Span at;
        std::vector<const DoseLimit*> limits;
        Duration reach;  // the longest
    };

    void take(const GroupResource& dose, std::vector<const DoseLimit*> limits,
              std::vector<Moment>& into) const {
        if (limits.empty()) return;
        Moment out{times_.of(dose), std::move(limits), {}};
        for (const DoseLimit* limit : out.limits)
            out.reach = std::max(out.reach, *clinical::reach_of(*limit));
        into.push_back(std::move(out));
    }
    bool is_near(const Span& at, const DoseLimit& limit) const {
        return std::any_of(moments_.begin(), moments_.end(), [&](const Moment& one) {
            return std::find(one.limits.begin(), one.limits.end(), &limit) != one.limits.end() &&
                   are_near(at, one.at, *clinical::reach_of(limit));
        });
    }

    const Group& group_;
    const clinical::KnowledgePack& pack_;
    RoughTimes times_;
    std::vector<Moment> moments_;
};

}  // namespace

LimitedBeside limited_beside(const Group& group, const DoseLimit& limit, const Span& when) {
    LimitedBeside out;
    const auto reach = clinical::reach_of(limit);
    if (!reach) return out;
    const ClockNotes clocks(group);
    const RoughTimes times(group);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION ||
            !are_near(times.of(resource), when, *reach)) {
            continue;
        }
        const Claims claims = claims_of(resource, clocks);
        const Claim* claim = claims.exposure();
        if (claim == nullptr) continue;
        const auto& drug = claim->said.medication();
        const bool concerned = clinical::concerns(limit, drug);
        const bool coded = clinical::names_substance(clinical::atc_codes(drug));
        if (!concerned && coded) continue;
        const Span at = claims.taken(clocks);
        if (!are_near(at, when, *reach)) continue;
        out.cannot_tell = out.cannot_tell || !concerned;
        if (concerned) out.known.push_back({&resource, claim->change, claim->said, at});
    }
    std::sort(out.known.begin(), out.known.end(), [](const LimitedGiven& a, const LimitedGiven& b) {
        return std::pair(a.when.earliest, a.dose->id) < std::pair(b.when.earliest, b.dose->id);
    });
    return out;
}

std::vector<ResourceId> limited_near(const Group& group, const std::vector<ResourceId>& touched,
                                     const clinical::KnowledgePack& pack, int times) {
    std::vector<ResourceId> out;
    Nearness about(group, touched, pack);
    for (int i = 0; i < times && about.any(); ++i)
        out = about.widen();
    return out;
}

std::optional<Instant> limited_near_since(const Group& group,
                                          const std::vector<ResourceId>& touched,
                                          const clinical::KnowledgePack& pack, int times) {
    Nearness about(group, touched, pack);
    for (int i = 0; i < times && about.any(); ++i)
        about.widen();
    return about.since();
}

std::optional<int> years_on(const Group& group, const LocalDate& day) {
    std::optional<LocalDate> born;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_PATIENT) continue;
        const std::string text = merge::operative_as<v1::Patient>(resource).birth_date();
        if (text.empty()) continue;
        const auto date = base::parse_date(text);
        // A year alone, or two of whom nobody knows who it is.
        if (!date || (born && !(*born == *date))) return std::nullopt;
        born = *date;
    }
    if (!born) return std::nullopt;
    const bool had_birthday = std::pair(day.month, day.day) >= std::pair(born->month, born->day);
    return day.year - born->year - (had_birthday ? 0 : 1);
}

}  // namespace kari::chart
