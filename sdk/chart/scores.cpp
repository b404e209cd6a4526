// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/scores.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "kari/v1/care.pb.h"
#include "sdk/base/time.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/statements.hpp"

namespace kari::chart {
namespace {

using clinical::k_news2_parts;
using clinical::News2;
using clinical::News2Part;
using clinical::News2Values;
using clinical::SaturationScale;

constexpr Duration k_together = Duration::hours(1);
constexpr std::uint32_t k_observation_atom = 1;

// ---- What was measured ----------------------------------------------------------------------

// One part, as one observation stands: of two corrections apart either value.
struct Measured {
    Instant at;
    ResourceId resource;
    News2Part part;
    std::vector<int> values;
};

struct TakenBack {
    Instant at;
    ResourceId resource;
};

v1::Measurement measurement_in(const v1::Observation& of) {
    return of.observation();
}

void add_observation(const GroupResource& resource, std::string_view zone,
                     std::vector<Measured>& measured, std::vector<TakenBack>& taken_back) {
    const auto at = [&](const Statement<v1::Measurement>& said) {
        return happened(said.value.effective(), said.value.effective_period(), said.by, zone);
    };
    std::map<News2Part, Measured> parts;
    const auto live =
        live_statements<v1::Observation>(resource, k_observation_atom, measurement_in);
    for (const auto& said : live) {
        for (const auto& reading : clinical::news2_readings(said.value)) {
            Measured& one =
                parts.try_emplace(reading.part, Measured{at(said), resource.id, reading.part, {}})
                    .first->second;
            one.at = std::max(one.at, at(said));
            one.values.push_back(reading.value);
        }
    }
    for (auto& [part, one] : parts)
        measured.push_back(std::move(one));
    const bool withdrawn = std::any_of(live.begin(), live.end(), [](const auto& said) {
        return said.value.status() == v1::OBSERVATION_STATUS_ENTERED_IN_ERROR ||
               said.value.status() == v1::OBSERVATION_STATUS_CANCELLED;
    });
    if (!withdrawn || !parts.empty()) return;
    for (const auto& said :
         earlier_statements<v1::Observation>(resource, k_observation_atom, measurement_in)) {
        if (clinical::news2_readings(said.value).empty()) continue;
        taken_back.push_back({at(said), resource.id});
        return;
    }
}

// ---- Of one hour ----------------------------------------------------------------------------

using PartValues = std::array<std::vector<int>, k_news2_parts>;

// The values that make the most points, or the fewest.
News2Values chosen(const PartValues& all, SaturationScale scale, bool most) {
    constexpr auto k_saturation = static_cast<std::size_t>(News2Part::saturation);
    constexpr auto k_oxygen = static_cast<std::size_t>(News2Part::oxygen);
    News2Values out;
    constexpr int k_none = -1;
    int best = k_none;
    const auto better = [&](int known) {
        const bool is = best == k_none || (most ? known > best : known < best);
        if (is) best = known;
        return is;
    };
    const auto options = [&](std::size_t part) {
        std::vector<std::optional<int>> values(all[part].begin(), all[part].end());
        if (values.empty()) values.emplace_back();
        return values;
    };
    // The one is judged by the other.
    for (const auto& saturation : options(k_saturation)) {
        for (const auto& oxygen : options(k_oxygen)) {
            News2Values pair;
            pair[k_saturation] = saturation;
            pair[k_oxygen] = oxygen;
            if (!better(clinical::news2(pair, scale).known)) continue;
            out[k_saturation] = saturation;
            out[k_oxygen] = oxygen;
        }
    }
    for (std::size_t part = 0; part < k_news2_parts; ++part) {
        if (part == k_saturation || part == k_oxygen) continue;
        best = k_none;
        for (const int value : all[part]) {
            News2Values one;
            one[part] = value;
            if (better(clinical::news2(one, scale).known)) out[part] = value;
        }
    }
    return out;
}

// Of what was measured since `from`, the newest of each part; of one moment all of it.
Score score_of(const Group& group, const std::vector<Measured>& hour, std::string_view zone) {
    Score out;
    out.at = hour.front().at;
    PartValues values;
    std::map<News2Part, Instant> newest;
    std::set<ResourceId> basis;
    for (const auto& one : hour) {  // newest first
        const Instant at = newest.try_emplace(one.part, one.at).first->second;
        if (one.at != at) continue;
        auto& of_part = values[static_cast<std::size_t>(one.part)];
        of_part.insert(of_part.end(), one.values.begin(), one.values.end());
        basis.insert(one.resource);
    }
    out.basis.assign(basis.begin(), basis.end());
    out.scale = scale_at(group, out.at, zone);
    const auto by = [&](SaturationScale scale, bool most) {
        return clinical::news2(chosen(values, scale, most), scale);
    };
    out.worst = by(out.scale.scale, true);
    const News2 least = by(out.scale.scale, false);
    if (out.worst.total && least.total != out.worst.total) out.at_least = least.total;
    if (!out.scale.settled) out.by_two = by(SaturationScale::two, true);
    return out;
}

bool is_told(const Score& score) {
    return score.worst.parts * 2 > static_cast<int>(k_news2_parts) || score.three_in_one();
}

// ---- Which scale ----------------------------------------------------------------------------

bool decides(const std::string& content) {
    v1::ServiceMeasure said;
    return said.ParseFromString(content) && clinical::decides_scale_two(said.content().code());
}

bool is_active(const std::string& status) {
    return measure_status(status) == v1::MEASURE_STATUS_ACTIVE;
}

// Of some writes: none, some or all say so.
enum class Say { none, some, all };

Say say_of(const std::vector<merge::AtomWrite>& writes, bool (*says)(const std::string&)) {
    const auto count = std::count_if(writes.begin(), writes.end(),
                                     [&](const auto& write) { return says(write.value); });
    if (count == 0) return Say::none;
    return count == static_cast<std::ptrdiff_t>(writes.size()) ? Say::all : Say::some;
}

Say holds_at(const GroupResource& measure, Instant at, std::string_view zone) {
    const auto* atom = measure.atom(k_measure_validity);
    if (atom == nullptr || atom->live.empty()) return Say::all;
    std::size_t holds = 0;
    for (const auto& write : atom->live) {
        const auto period = merge::value_as<v1::ServiceMeasure>(measure, write).validity();
        const auto start = base::parse_fhir_time(period.start(), zone);
        const auto end = base::parse_fhir_time(period.end(), zone);
        if ((!start || start->start <= at) && (!end || at < end->end)) ++holds;
    }
    if (holds == 0) return Say::none;
    return holds == atom->live.size() ? Say::all : Say::some;
}

// What a measure says of the second scale at a moment.
enum class Word { nothing, decided, proposed, unsettled };

Word word_of(const GroupResource& measure, Instant at, std::string_view zone) {
    static const merge::AtomState k_unsaid;
    const auto* content_atom = measure.atom(k_measure_content);
    const auto* status_atom = measure.atom(k_measure_status);
    const auto& content = content_atom == nullptr ? k_unsaid : *content_atom;
    const auto& status = status_atom == nullptr ? k_unsaid : *status_atom;
    const Say decides_now = say_of(content.live, decides);
    const Say asks_for = say_of(content.pending, decides);
    const Say holds = holds_at(measure, at, zone);
    if ((decides_now == Say::none && asks_for == Say::none) || holds == Say::none) {
        return Word::nothing;
    }
    if (measure.incomplete() || measure.unreadable) return Word::unsettled;
    const Say active = say_of(status.live, is_active);
    const bool to_begin = say_of(status.pending, is_active) != Say::none;
    if (active == Say::none || decides_now == Say::none) {
        const bool may_begin = to_begin || active != Say::none;
        return may_begin ? Word::proposed : Word::nothing;
    }
    const bool to_end = say_of(status.pending, is_active) != Say::all && !status.pending.empty();
    const bool to_change = asks_for != Say::all && !content.pending.empty();
    const bool agreed = active == Say::all && decides_now == Say::all && holds == Say::all;
    return agreed && !to_end && !to_change ? Word::decided : Word::unsettled;
}

}  // namespace

ScaleInForce scale_at(const Group& group, Instant at, std::string_view zone) {
    ScaleInForce out;
    bool proposed = false;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_SERVICE_MEASURE) continue;
        const Word word = word_of(resource, at, zone);
        if (word == Word::unsettled) out.settled = false;
        if (word == Word::proposed) proposed = true;
        if (word == Word::decided && !out.decision) out.decision = resource.id;
    }
    if (!out.decision && proposed) out.settled = false;
    if (!out.settled) out.decision.reset();
    if (out.decision) out.scale = SaturationScale::two;
    return out;
}

int Score::points() const {
    return by_two ? std::max(worst.known, by_two->known) : worst.known;
}

bool Score::three_in_one() const {
    return worst.three_in_one || (by_two && by_two->three_in_one);
}

std::vector<Score> scores_of(const Group& group, std::string_view zone) {
    std::vector<Measured> measured;
    std::vector<TakenBack> taken_back;
    for (const auto& resource : group.resources) {
        if (resource.kind == v1::KIND_OBSERVATION) {
            add_observation(resource, zone, measured, taken_back);
        }
    }
    std::sort(taken_back.begin(), taken_back.end(),
              [](const auto& a, const auto& b) { return a.resource < b.resource; });
    std::sort(measured.begin(), measured.end(), [](const Measured& a, const Measured& b) {
        return std::tie(b.at, a.resource, a.part) < std::tie(a.at, b.resource, b.part);
    });
    std::vector<Score> out;
    for (auto from = measured.begin(); from != measured.end();) {
        const Instant since = from->at - k_together;
        const auto end = std::find_if(from, measured.end(),
                                      [&](const Measured& one) { return one.at <= since; });
        Score score = score_of(group, {from, end}, zone);
        for (const auto& one : taken_back) {
            if (one.at > since && one.at <= score.at) score.withdrawn.push_back(one.resource);
        }
        if (is_told(score)) out.push_back(std::move(score));
        from = end;
    }
    return out;
}

}  // namespace kari::chart
