// SPDX-License-Identifier: Apache-2.0
//
// Changes as another device wrote them: decoded, folded in any order, charted, reviewed, exported.
#include "tests/fuzz/target.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/chart.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/clinical/knowledge_pack.hpp"
#include "sdk/fhir/export.hpp"
#include "sdk/fhir/lift.hpp"
#include "tests/fuzz/sound_change.hpp"

namespace kari::fuzz {
namespace {

constexpr std::size_t k_changes_max = 16;
const RecordId k_record = base::shorten<RecordId>(base::sha256("record"));

ChangePtr decoded(std::string header, std::string body) {
    auto change = merge::decode_change(header, body);
    if (!change) return nullptr;
    const auto again = merge::decode_change(change->header_bytes, change->body_bytes);
    REQUIRE(again);
    REQUIRE(again->id == change->id);
    REQUIRE(change->header_bytes == header);
    const auto split = merge::split_header(header);
    REQUIRE(split);
    REQUIRE(merge::join_header(split->core, split->prev) == header);
    return std::make_shared<const merge::Change>(std::move(*change));
}

std::vector<ChangePtr> changes_of(Input& input) {
    std::vector<ChangePtr> changes;
    while (!input.empty() && changes.size() < k_changes_max) {
        const std::string header(input.piece());
        const std::string body(input.piece());
        decoded(header, body);  // as it came
        const auto sound = sound_header(header, body, k_record, changes);
        if (!sound) continue;
        if (const auto change = decoded(*sound, body)) changes.push_back(change);
    }
    return changes;
}

std::string text_of(const chart::Group& group) {
    const auto& pack = clinical::demo_pack();
    const auto findings = chart::track(group, chart::review(group, pack));
    const auto chart = chart::make_chart(group, pack, findings, "Europe/Oslo");
    for (const auto& order : chart.orders) {
        if (!order.prescription) continue;
        static_cast<void>(chart::check_drug(group, order.prescription->medication(), pack));
    }
    const auto bundle = fhir::to_bundle(group, findings, {});
    const std::string text = fhir::to_text(bundle);
    const auto back = fhir::parse_json(text);
    REQUIRE((back || back.error().code == ErrorCode::too_large ||
             back.error().code == ErrorCode::too_deep));
    return text;
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    Input input(bytes);
    auto changes = changes_of(input);
    if (changes.empty()) return;
    const auto group = chart::make_group({k_record}, {}, changes, fhir::lift);
    const std::string once = text_of(group);
    std::reverse(changes.begin(), changes.end());
    changes.push_back(changes.front());
    REQUIRE(text_of(chart::make_group({k_record}, {}, changes, fhir::lift)) == once);

    // What is reviewed by what was touched is what is reviewed whole.
    std::vector<ResourceId> all;
    for (const auto& resource : group.resources)
        all.push_back(resource.id);
    std::sort(all.begin(), all.end());
    const auto& pack = clinical::demo_pack();
    REQUIRE(chart::review_touched(group, pack, all).findings == chart::review(group, pack));
}

}  // namespace kari::fuzz
