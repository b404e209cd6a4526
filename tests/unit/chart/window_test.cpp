// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/window.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

Instant moment(const Scene& scene, const ResourceId& id) {
    const auto group = scene.group();
    return chart::moment_of(*group.find(id), chart::ClockNotes(group));
}

v1::Observation pulse(const char* value) {
    v1::Observation message;
    message.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
    message.mutable_observation()->mutable_value()->set_text(value);
    return message;
}

constexpr Duration k_year = Duration::hours(24 * 365);

TEST_CASE("orders and allergies stand, a dose becomes history") {
    Scene scene;
    const auto order = scene.order();
    const auto allergy = scene.allergy(scene.a, Scene::reacts_to(atc("J01C")));
    const auto dose = scene.give(scene.a, order);
    CHECK(moment(scene, order.id) == chart::k_stands);
    CHECK(moment(scene, allergy.id) == chart::k_stands);
    CHECK(moment(scene, dose.id) == scene.a.now);
}

TEST_CASE(
    "what a nurse writes today of last year is of today, what is imported of last year is old") {
    Scene scene;
    const auto then = scene.a.now - k_year;
    const auto late = scene.next(), imported = scene.next();
    scene.add(scene.a, {.record = scene.record, .resource = late, .effective = {{then, then}}},
              pulse("70"));
    scene.add(scene.server,
              {.record = scene.record, .resource = imported, .effective = {{then, then}}},
              pulse("71"));
    CHECK(moment(scene, late) == scene.a.now);
    CHECK(moment(scene, imported) == then);
}

TEST_CASE("what two say against each other, or nobody has dated, stands however old it is") {
    Scene scene;
    const auto both = scene.next(), undated = scene.next(), unset = scene.next();
    const auto then = scene.server.now - k_year;
    scene.add(scene.server, {.record = scene.record, .resource = both, .effective = {{then, then}}},
              pulse("70"));
    CHECK(moment(scene, both) == then);
    scene.add(scene.server, {.record = scene.record, .resource = both, .effective = {{then, then}}},
              pulse("71"));
    CHECK(moment(scene, both) == chart::k_stands);
    scene.add(scene.server, {.record = scene.record, .resource = undated}, pulse("70"));
    CHECK(moment(scene, undated) == chart::k_stands);
    scene.a.now = Instant{Duration::hours(5).ms};  // 1970: a clock that was not set
    scene.add(scene.a, {.record = scene.record, .resource = unset}, pulse("70"));
    CHECK(moment(scene, unset) == chart::k_stands);
}

TEST_CASE("an issue stands until what it states is resolved") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    scene.give(scene.b, order);
    const auto finding = only(scene.findings(), "dose/possible-double");
    REQUIRE(finding);
    const auto id = chart::issue_resource(finding->id);
    v1::DetectedIssue stated;
    *stated.mutable_statement() = chart::statement_of(*finding);
    const auto statement =
        scene.add(scene.server, {.record = scene.record, .resource = id}, stated);
    CHECK(moment(scene, id) == chart::k_stands);
    v1::DetectedIssue answer;
    auto* item = answer.mutable_resolution()->add_items();
    item->set_severity(finding->severity);
    for (const auto& input : finding->inputs)
        item->add_input(base::to_bytes(input));
    scene.a.waits(Duration::hours(1));
    scene.add(scene.a, {.record = scene.record, .resource = id, .parents = {statement->id}},
              answer);
    CHECK(moment(scene, id) == scene.a.now);
}

TEST_CASE("of a slot whose doses are not all here nobody can tell whether it was given") {
    Scene scene;
    const auto order = scene.order();
    auto group = scene.group();
    const auto slots = [&] {
        return chart::slots_for(group, clinical::demo_pack(), k_today, k_oslo, scene.a.now);
    };
    REQUIRE(slots().slots.size() == 1);
    CHECK(slots().slots.front().may_give);
    CHECK(slots().whole);

    const auto day = slots().slots.front().slot.due.instant;
    group.complete_since[v1::KIND_MEDICATION_ADMINISTRATION] = day - Duration::hours(24 * 8);
    CHECK_FALSE(slots().slots.front().cannot_tell);
    group.complete_since[v1::KIND_MEDICATION_ADMINISTRATION] = day + Duration::hours(1);
    CHECK(slots().slots.front().cannot_tell);
    CHECK_FALSE(slots().slots.front().may_give);
    CHECK_FALSE(slots().slots.front().due.has_value());
    CHECK_FALSE(slots().whole);
    group.whole_slots = chart::slots_on(group, k_today, k_oslo);
    CHECK(group.whole_slots == std::vector{Scene::slot(order)});
    CHECK(slots().slots.front().may_give);
}

TEST_CASE("a dose whose slot is known to be given is shown as given, whatever is left out") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    auto group = scene.group();
    group.complete_since[v1::KIND_MEDICATION_ADMINISTRATION] = Instant{INT64_MAX / 2};
    const auto slots = chart::slots_for(group, clinical::demo_pack(), k_today, k_oslo, scene.a.now);
    REQUIRE(slots.slots.size() == 1);
    CHECK(slots.slots.front().state == chart::SlotState::given);
    CHECK_FALSE(slots.slots.front().cannot_tell);
}

}  // namespace
}  // namespace kari::test
