// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/dispute.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::Dispute;

chart::TrackedFinding tracked(const Scene& scene, std::string_view rule) {
    const auto all = chart::track(scene.group(), scene.findings());
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& one) { return one.finding.rule == rule; });
    REQUIRE(found != all.end());
    return *found;
}

std::vector<ChangeId> changes_of(const std::vector<chart::DisputeStatement>& statements) {
    std::vector<ChangeId> out;
    for (const auto& one : statements)
        out.push_back(one.change->id);
    std::sort(out.begin(), out.end());
    return out;
}

// Two prescriptions of servers that did not see each other.
struct TwoDoses : Scene {
    Order order = Scene::order();
    Writer other = Writer::server(901);
    ChangePtr left, right;

    TwoDoses() {
        other.reads(*order.change);
        other.waits(Duration::minutes(20));
        left = set_dose(server, order, {order.change->id}, "2");
        right = set_dose(other, order, {order.change->id}, "3");
    }
};

TEST_CASE("a finding in full has both sides, what each had not seen, and what both had") {
    TwoDoses scene;
    scene.allergy(scene.a, Scene::reacts_to(atc("J01C")));
    const auto group = scene.group();
    const auto one = tracked(scene, "merge/order-prescription");
    const Dispute dispute = chart::dispute_of(group, one.finding);
    CHECK(changes_of(dispute.base) == ids({scene.order.change}));
    CHECK(changes_of(dispute.sides) == ids({scene.left, scene.right}));
    CHECK(dispute.not_here.empty());
    for (const auto& side : dispute.sides) {
        const auto& other = side.change->id == scene.left->id ? scene.right : scene.left;
        CHECK(side.not_seen == std::vector<ChangeId>{other->id});
        CHECK(side.resource->id == scene.order.id);
    }
    CHECK(dispute.base.at(0).not_seen.empty());
}

TEST_CASE("what both had in common is the newest, and only of what they wrote") {
    Scene scene;
    Writer other = Writer::server(901);
    const auto order = scene.order();
    const auto dose = scene.set_dose(scene.server, order, {order.change->id}, "2");
    const auto status =
        scene.set_status(scene.server, order, {dose->id}, v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    other.reads(*status);
    scene.set_dose(scene.server, order, {status->id}, "3");
    scene.set_dose(other, order, {status->id}, "4");
    const auto group = scene.group();
    const auto one = tracked(scene, "merge/order-prescription");
    CHECK(changes_of(chart::dispute_of(group, one.finding).base) == ids({dose}));
}

TEST_CASE("two doses of two nurses have no base, and neither had seen the other") {
    Scene scene;
    const auto order = scene.order();
    const auto first = scene.give(scene.a, order);
    const auto second = scene.give(scene.b, order);
    const auto group = scene.group();
    const auto one = tracked(scene, "dose/possible-double");
    const Dispute dispute = chart::dispute_of(group, one.finding);
    CHECK(dispute.base.empty());
    CHECK(changes_of(dispute.sides) == ids({first.change, second.change}));
}

TEST_CASE("an input that is not here is named") {
    Scene scene;
    scene.order();
    chart::Finding finding;
    finding.inputs = {id_of<ChangeId>(404)};
    const auto group = scene.group();
    const Dispute dispute = chart::dispute_of(group, finding);
    CHECK(dispute.sides.empty());
    CHECK(dispute.not_here == finding.inputs);
}

TEST_CASE("a finding is due after its newest input: at once, this shift, in a week, or never") {
    TwoDoses severe;
    CHECK(tracked(severe, "merge/order-prescription").due == severe.other.now);

    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    scene.b.waits(Duration::hours(2));
    scene.refuse(scene.b, order);
    CHECK(tracked(scene, "dose/given-and-not-given").due == scene.b.now + Duration::hours(8));

    // Only what is found here or elsewhere with its inputs here has a time.
    std::vector<chart::TrackedFinding> unknown(1);
    unknown[0].finding.severity = v1::SEVERITY_S1;
    unknown[0].finding.inputs = {id_of<ChangeId>(404)};
    chart::set_due(scene.group(), unknown);
    CHECK_FALSE(unknown[0].due);
}

TEST_CASE("who a finding is assigned to is told with it") {
    TwoDoses scene;
    const auto before = tracked(scene, "merge/order-prescription");
    CHECK_FALSE(before.assigned_to);
    v1::DetectedIssue issue;
    issue.mutable_assignment()->set_person(base::to_bytes(*scene.b.person));
    scene.add(scene.a,
              {.record = scene.record, .resource = chart::issue_resource(before.finding.id)},
              issue);
    CHECK(tracked(scene, "merge/order-prescription").assigned_to == scene.b.person);
}

TEST_CASE("an answer to a finding says who gave it, and what it saw") {
    TwoDoses scene;
    const auto one = tracked(scene, "merge/order-prescription");
    CHECK(chart::answers_of(scene.group(), one.finding).empty());
    v1::DetectedIssue issue;
    auto& resolution = *issue.mutable_resolution()->add_items();
    resolution.set_outcome("right");
    resolution.add_input(base::to_bytes(scene.left->id));
    const Act act{.record = scene.record, .resource = chart::issue_resource(one.finding.id)};
    const auto settled = scene.add(scene.b, act, issue);
    v1::DetectedIssue later;
    later.mutable_deferral()->set_until("2026-01-07");
    const auto put_off = scene.add(scene.c, act, later);
    const auto answers = chart::answers_of(scene.group(), one.finding);
    REQUIRE(answers.size() == 2);
    for (const auto& answer : answers) {
        CHECK(answer.change->id == (answer.resolution ? settled : put_off)->id);
        CHECK(answer.resolution.has_value() != answer.deferral.has_value());
    }
}

TEST_CASE("by when a finding is due is the same of one as of all") {
    TwoDoses scene;
    scene.allergy(scene.a, Scene::reacts_to(atc("J01C")));
    const auto group = scene.group();
    const chart::ClockNotes clocks(group);
    const auto all = chart::track(group, scene.findings());
    REQUIRE_FALSE(all.empty());
    for (const auto& one : all) {
        CHECK(one.due.has_value());
        CHECK(chart::due_of(group, clocks, one.finding) == one.due);
    }
    auto elsewhere = all.front().finding;
    elsewhere.inputs = {id_of<ChangeId>(77)};
    CHECK_FALSE(chart::due_of(group, clocks, elsewhere).has_value());
    elsewhere = all.front().finding;
    elsewhere.severity = v1::SEVERITY_S4;
    CHECK_FALSE(chart::due_of(group, clocks, elsewhere).has_value());
}

TEST_CASE("of three sides one that had seen another is against the third alone") {
    TwoDoses scene;
    const auto after = scene.set_dose(scene.server, scene.order, {scene.left->id}, "4");
    chart::Finding finding;
    finding.inputs = ids({scene.left, scene.right, after});
    const auto group = scene.group();
    const auto dispute = chart::dispute_of(group, finding);
    REQUIRE(dispute.sides.size() == 3);
    for (const auto& side : dispute.sides) {
        CHECK(side.not_seen == (side.change->id == scene.right->id
                                    ? ids({scene.left, after})
                                    : std::vector<ChangeId>{scene.right->id}));
    }
}

std::vector<chart::StatementPart> parts(const Scene& scene, const ChangePtr& change) {
    const auto group = scene.group();
    const auto* resource = group.find(change->resource);
    REQUIRE(resource != nullptr);
    return chart::parts_of({resource, change.get(), {}}, clinical::Language::english);
}

TEST_CASE("of a list each entry that stands is acted on, and one that was taken out is not") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    v1::AllergyIntolerance rash, nothing;
    rash.mutable_reaction()->add_items()->add_manifestation()->set_text("rash");
    const auto one = scene.edit(scene.a, allergy, {allergy.change->id}, rash);
    REQUIRE(parts(scene, one).size() == 1);
    CHECK(parts(scene, one)[0].acted_on);
    nothing.mutable_reaction();
    scene.edit(scene.a, allergy, {one->id}, nothing);
    CHECK_FALSE(parts(scene, one)[0].acted_on);
}

TEST_CASE("a part that is contested is nobody's yet, and one of tomorrow's is not told") {
    Scene scene;
    v1::Observation pulse;
    pulse.mutable_observation()->mutable_value()->set_text("72");
    Scene::Dose made{scene.next(), nullptr};
    made.change = scene.add(scene.a, {.record = scene.record, .resource = made.id}, pulse);
    pulse.mutable_observation()->mutable_value()->set_text("73");
    pulse.GetReflection()->MutableUnknownFields(&pulse)->AddLengthDelimited(77, "tomorrow");
    const Act act{.record = scene.record, .resource = made.id, .parents = {made.change->id}};
    const auto one = scene.add(scene.a, act, pulse);
    CHECK(parts(scene, one).size() == 1);
    CHECK(parts(scene, one)[0].acted_on);
    pulse.mutable_observation()->mutable_value()->set_text("27");
    scene.add(scene.b, act, pulse);
    CHECK_FALSE(parts(scene, one)[0].acted_on);
}

TEST_CASE("a deferral that was cleared answers nothing, nor does what is no finding at its id") {
    TwoDoses scene;
    const auto one = tracked(scene, "merge/order-prescription");
    v1::DetectedIssue later;
    later.mutable_deferral()->set_until("2026-01-07");
    Act act{.record = scene.record, .resource = chart::issue_resource(one.finding.id)};
    const auto put_off = scene.add(scene.c, act, later);
    REQUIRE(chart::answers_of(scene.group(), one.finding).size() == 1);
    act.parents = {put_off->id};
    act.cleared = {v1::DetectedIssue::kDeferralFieldNumber};
    scene.add(scene.c, act, v1::DetectedIssue());
    CHECK(chart::answers_of(scene.group(), one.finding).empty());

    TwoDoses odd;
    v1::Observation pulse;
    pulse.mutable_observation()->mutable_value()->set_text("72");
    odd.add(odd.a, {.record = odd.record, .resource = chart::issue_resource(one.finding.id)},
            pulse);
    CHECK(chart::answers_of(odd.group(), one.finding).empty());
}

}  // namespace
}  // namespace kari::test
