// SPDX-License-Identifier: Apache-2.0
//
// Measurements that speak against a dose, and visits beside a stay in hospital.
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/measurements.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

struct Insulin : CareScene {
    Order insulin = order("A10AB05");

    static v1::Observation glucose(const char* value, const char* unit = "mmol/L",
                                   const char* comparator = "") {
        v1::Observation out;
        auto& said = *out.mutable_observation();
        said.set_status(v1::OBSERVATION_STATUS_FINAL);
        auto* code = said.mutable_code()->add_coding();
        code->set_system("http://loinc.org");
        code->set_code("15074-8");
        auto* quantity = said.mutable_value()->mutable_quantity();
        quantity->set_value(value);
        quantity->set_code(unit);
        quantity->set_comparator(comparator);
        return out;
    }
    Made measure(Writer& who, const v1::Observation& said) { return begin(who, said, who.now); }
};

constexpr auto k_rule = "dose/given-against-measurement";

}  // namespace

TEST_CASE("a measurement that is learnt later speaks against a dose that was given") {
    Insulin scene;
    const auto low = scene.measure(scene.b, Insulin::glucose("2.9"));
    scene.a.waits(Duration::minutes(20));
    const auto dose = scene.give(scene.a, scene.insulin);
    const auto found = only(scene.findings(), "dose/given-against-measurement");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({low.change, dose.change}));
    // Of two corrections that did not see each other either may be right.
    const auto higher = scene.then(scene.b, low, {low.change->id}, Insulin::glucose("9.2"));
    CHECK_FALSE(only(scene.findings(), k_rule));
    scene.then(scene.c, low, {low.change->id}, Insulin::glucose("2.8"));
    CHECK(only(scene.findings(), k_rule));
    CHECK(higher != nullptr);
}

TEST_CASE("no measurement after a dose, long before it, of another thing or within limits does") {
    SECTION("within limits, or in a unit that cannot be compared") {
        Insulin scene;
        scene.measure(scene.b, Insulin::glucose("4.0"));
        scene.measure(scene.b, Insulin::glucose("2.9", "g"));
        scene.measure(scene.b, Insulin::glucose("3.0", "mmol/L", ">"));
        scene.give(scene.a, scene.insulin);
        CHECK(scene.findings().empty());
        scene.b.waits(Duration::minutes(1));
        scene.measure(scene.b, Insulin::glucose("4.0", "mmol/L", "<"));
        scene.a.waits(Duration::minutes(5));
        scene.give(scene.a, scene.insulin);
        CHECK(only(scene.findings(), k_rule));
    }
    SECTION("after the dose, and more than two hours before it") {
        Insulin scene;
        scene.measure(scene.b, Insulin::glucose("2.9"));
        scene.a.waits(Duration::minutes(121));
        scene.give(scene.a, scene.insulin);
        scene.b.waits(Duration::minutes(122));
        scene.measure(scene.b, Insulin::glucose("2.9"));
        CHECK(scene.findings().empty());
    }
    SECTION("of another drug, of a dose that was refused, of a measurement that was withdrawn") {
        Insulin scene;
        const auto other = scene.order("N02BE01");
        const auto low = scene.measure(scene.b, Insulin::glucose("2.9"));
        scene.give(scene.a, other);
        scene.refuse(scene.a, scene.insulin);
        CHECK(scene.findings().empty());
        scene.b.waits(Duration::minutes(5));
        scene.give(scene.b, scene.insulin);
        CHECK(only(scene.findings(), k_rule));
        auto wrong = Insulin::glucose("2.9");
        wrong.mutable_observation()->set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
        scene.then(scene.b, low, {low.change->id}, wrong);
        CHECK_FALSE(only(scene.findings(), k_rule));
    }
}

TEST_CASE("a dose that was given against a measurement with a reason is for review") {
    Insulin scene;
    scene.measure(scene.a, Insulin::glucose("3.8"));
    auto said = Scene::said(scene.insulin, v1::ADMINISTRATION_STATUS_COMPLETED,
                            {scene.insulin.change->id}, Scene::slot(scene.insulin));
    auto* meant = said.add_override();
    meant->set_rule(k_rule);
    meant->set_reason("has eaten, by phone with Dr Li");
    scene.a.waits(Duration::minutes(5));
    scene.state(scene.a, said);
    const auto found = only(scene.findings(), k_rule);
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    // Before the next dose it is said.
    const auto& now = scene.a.now;
    CHECK(chart::against_giving(scene.group(), atc("A10AB05"), now, clinical::demo_pack()).size() ==
          1);
    CHECK(chart::against_giving(scene.group(), atc("N02BE01"), now, clinical::demo_pack()).empty());
    CHECK(chart::against_giving(scene.group(), atc("A10AB05"), now + Duration::hours(3),
                                clinical::demo_pack())
              .empty());
}

TEST_CASE("only a reason for this very finding makes a dose against a measurement meant") {
    for (const auto& [rule, reason] : {std::pair(k_rule, ""), std::pair("entry/too-soon", "x")}) {
        Insulin scene;
        scene.measure(scene.a, Insulin::glucose("3.8"));
        auto said = Scene::said(scene.insulin, v1::ADMINISTRATION_STATUS_COMPLETED,
                                {scene.insulin.change->id}, Scene::slot(scene.insulin));
        said.add_override()->set_rule(rule);
        said.mutable_override(0)->set_reason(reason);
        scene.a.waits(Duration::minutes(5));
        scene.state(scene.a, said);
        CHECK(only(scene.findings(), k_rule)->severity == v1::SEVERITY_S1);
    }
}

TEST_CASE(
    "a measurement speaks against the drugs that its limit is for, and from when it was made") {
    Insulin scene;
    // A slow pulse holds a beta blocker, not insulin.
    const auto metoprolol = scene.order("C07AB02");
    scene.measure(scene.b, Insulin::glucose("2.9"));
    scene.a.waits(Duration::minutes(5));
    scene.give(scene.a, metoprolol);
    CHECK(scene.findings().empty());
    const auto before = scene.b.now - Duration::minutes(1);
    CHECK(chart::against_giving(scene.group(), atc("A10AB05"), before, clinical::demo_pack())
              .empty());
}

// ---- Visits beside a stay in hospital ----------------------------------------------------------

namespace {

v1::Encounter encounter(const char* code, v1::EncounterStatus status, const char* start,
                        const char* end = "") {
    v1::Encounter out;
    auto& visit = *out.mutable_visit();
    visit.set_status(status);
    visit.mutable_encounter_class()->set_system("http://terminology.hl7.org/CodeSystem/v3-ActCode");
    visit.mutable_encounter_class()->set_code(code);
    visit.mutable_period()->set_start(start);
    visit.mutable_period()->set_end(end);
    return out;
}

// 2026-01-05, 07:00 in Oslo, and so many hours later.
Instant at(int hours) {
    return *[&]() -> std::optional<Instant> {
        const auto six = base::parse_fhir_time("2026-01-05T07:00:00+01:00", "UTC");
        return six ? std::optional(six->start + Duration::hours(hours)) : std::nullopt;
    }();
}

}  // namespace

TEST_CASE("a visit at home while the citizen was in hospital is phoned about") {
    CareScene scene;
    const auto stay = scene.begin(
        scene.server, encounter("IMP", v1::ENCOUNTER_STATUS_IN_PROGRESS, "2026-01-04"), at(0));
    const auto visit = scene.begin(
        scene.a, encounter("HH", v1::ENCOUNTER_STATUS_FINISHED, "2026-01-05T08:00:00+01:00"),
        at(1));
    const auto found = only(scene.findings(), "visit/while-in-hospital");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({stay.change, visit.change}));
    CHECK(scene.chart().care.visits.size() == 2);
    // The hospital corrects itself: discharged the day before.
    scene.then(scene.server, stay, {stay.change->id},
               encounter("IMP", v1::ENCOUNTER_STATUS_FINISHED, "2026-01-04", "2026-01-04"));
    CHECK(scene.findings().empty());
}

TEST_CASE("a visit before an admission, after a discharge or in vain is none during a stay") {
    CareScene scene;
    scene.begin(scene.server,
                encounter("IMP", v1::ENCOUNTER_STATUS_FINISHED, "2026-01-05T09:00:00+01:00",
                          "2026-01-05T15:00:00+01:00"),
                at(2));
    // At the doctor's, and on leave from another stay.
    scene.begin(scene.server,
                encounter("AMB", v1::ENCOUNTER_STATUS_FINISHED, "2026-01-05T10:00:00+01:00"),
                at(3));
    scene.begin(scene.server, encounter("IMP", v1::ENCOUNTER_STATUS_ONLEAVE, "2026-01-01"), at(0));
    const auto visit = [&](v1::EncounterStatus status, int hour) {
        scene.begin(scene.a, encounter("HH", status, ""), at(hour));
    };
    visit(v1::ENCOUNTER_STATUS_FINISHED, 1);   // 08:00
    visit(v1::ENCOUNTER_STATUS_FINISHED, 9);   // 16:00
    visit(v1::ENCOUNTER_STATUS_CANCELLED, 4);  // 11:00, nobody opened
    CHECK(scene.findings().empty());
    visit(v1::ENCOUNTER_STATUS_IN_PROGRESS, 4);
    CHECK(only(scene.findings(), "visit/while-in-hospital"));
}

}  // namespace kari::test
