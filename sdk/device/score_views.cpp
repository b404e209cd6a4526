// SPDX-License-Identifier: Apache-2.0
//
// What a score means for whoever stands by the bed.
#include "sdk/device/score_views.hpp"

#include <string>
#include <string_view>

#include "sdk/base/time.hpp"
#include "sdk/device/views.hpp"

namespace kari::device {

namespace {

constexpr int k_medium = 5;
constexpr int k_high = 7;

const char* level_of(const chart::Score& score) {
    if (score.points() >= k_high) return "high";
    if (score.points() >= k_medium) return "medium";
    return score.three_in_one() ? "single-three" : "low";
}

ScoreItem item_of(const Session& session, const chart::Score& score) {
    const auto language = spoken(session.language);
    const auto said = [&](std::string_view rule) {
        return *clinical::sentences(rule, language);
    };
    ScoreItem out;
    if (const auto at = base::in_zone(score.at, zone_of(session))) {
        out.effective = base::fhir_date_time(*at);
    }
    out.total = score.worst.total;
    out.at_least = score.at_least;
    out.parts = score.worst.parts;
    out.scale = score.scale.scale == clinical::SaturationScale::two ? 2 : 1;
    out.decision = score.scale.decision.value_or(ResourceId{});
    if (score.by_two) out.by_scale_2 = score.by_two->total;
    out.level = level_of(score);
    // Nothing is low while something has not been measured.
    const bool open = !out.total && out.level == "low";
    const auto level = said(open ? "score/incomplete" : "score/" + out.level);
    out.title = level.title;
    out.action = level.next;
    const auto reserve = [&](bool applies, std::string_view rule) {
        if (!applies) return;
        const auto why = said(rule);
        out.reservations.push_back(std::string(why.title) + ". " + std::string(why.meaning) + " " +
                                   std::string(why.next));
    };
    reserve(!out.total && !open, "score/incomplete");
    reserve(!score.withdrawn.empty(), "score/basis-withdrawn");
    reserve(out.at_least.has_value(), "score/not-one-total");
    reserve(!score.scale.settled, "score/scale-unsettled");
    out.measurements = score.basis;
    return out;
}

}  // namespace

std::vector<ScoreItem> score_items(const Session& session,
                                   const std::vector<chart::Score>& scores) {
    std::vector<ScoreItem> out;
    for (const chart::Score& score : scores)
        out.push_back(item_of(session, score));
    return out;
}

}  // namespace kari::device
