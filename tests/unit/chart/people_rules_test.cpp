// SPDX-License-Identifier: Apache-2.0
//
// The citizen, and whom the record is linked with: each rule's case, and its converse.
#include <catch2/catch_test_macros.hpp>

#include <rapidcheck.h>

#include "sdk/chart/death.hpp"
#include "tests/unit/chart/care_day.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

v1::Patient death(bool dead = true) {
    v1::Patient out;
    out.mutable_deceased()->set_deceased(dead);
    return out;
}

// A citizen with an order and a visit planned, all from the server.
struct Citizen : CareScene {
    Order order_of_day = order();
    Made planned = begin(server, plan());
    Made patient = begin(server, [] {
        v1::Patient out;
        out.mutable_name()->add_items()->set_text("Anne");
        return out;
    }());

    chart::SlotView slot() const {
        const auto day = slots(Instant{1'767'596'400'000});  // 08:00 of the day
        REQUIRE(day.slots.size() == 1);
        return day.slots.front();
    }
    chart::VisitState visit_state() const { return chart().care.planned_visits.at(0).state; }
};

}  // namespace

TEST_CASE("a death told by anybody suspends doses and visits until it is confirmed") {
    Citizen scene;
    CHECK(scene.slot().may_give);
    CHECK(scene.slot().due);
    const auto told = scene.then(scene.a, scene.patient, {scene.patient.change->id}, death());
    const auto found = only(scene.findings(), "patient/death-unconfirmed");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({told}));
    // Shown, with the reason: never a dose that is not there.
    CHECK(scene.slot().suspended);
    CHECK_FALSE(scene.slot().may_give);
    CHECK_FALSE(scene.slot().due);
    CHECK(chart::suspended_by(scene.slots().death) == "patient/death-unconfirmed");
    CHECK(scene.visit_state() == chart::VisitState::suspended);

    SECTION("confirmed, it is no finding any more, and all stays suspended") {
        scene.then(scene.server, scene.patient, {told->id}, death());
        CHECK(scene.findings().empty());
        CHECK(scene.slot().suspended);
        CHECK(chart::suspended_by(scene.slots().death) == "patient/deceased");
        CHECK(scene.visit_state() == chart::VisitState::suspended);
    }
    SECTION("what was done all the same stands") {
        scene.give(scene.b, scene.order_of_day);
        scene.visit(scene.b, scene.planned, v1::ENCOUNTER_STATUS_FINISHED);
        CHECK(scene.slot().state == chart::SlotState::given);
        CHECK_FALSE(scene.slot().suspended);
        CHECK(scene.visit_state() == chart::VisitState::carried_out);
        CHECK(only(scene.findings(), "patient/death-unconfirmed"));
    }
}

TEST_CASE("a death that is taken back, or denied by the server, suspends nothing") {
    Citizen scene;
    const auto told = scene.then(scene.a, scene.patient, {scene.patient.change->id}, death());
    const auto back = scene.then(scene.b, scene.patient, {told->id}, death(false));
    CHECK(scene.findings().empty());
    CHECK(scene.slot().may_give);
    CHECK(scene.visit_state() == chart::VisitState::planned);
    // Who had not seen that it was taken back says it anew.
    scene.then(scene.c, scene.patient, {told->id}, death());
    CHECK(only(scene.findings(), "patient/death-unconfirmed"));
    CHECK(scene.slot().suspended);
    std::vector<ChangeId> all = scene.group().find(scene.patient.id)->heads;
    scene.then(scene.server, scene.patient, all, death(false));
    CHECK(scene.findings().empty());
    CHECK(scene.slot().may_give);
    CHECK(std::find(all.begin(), all.end(), back->id) != all.end());
}

TEST_CASE("who says that a citizen lives whom the server holds for dead is heard, and phoned") {
    Citizen scene;
    const auto dead = scene.then(scene.server, scene.patient, {scene.patient.change->id}, death());
    CHECK(scene.findings().empty());
    CHECK(chart::death_of(scene.group()) == chart::Death::confirmed);
    const auto lives = scene.then(scene.a, scene.patient, {dead->id}, death(false));
    const auto found = only(scene.findings(), "patient/death-unconfirmed");
    REQUIRE(found);
    CHECK(found->inputs == ids({dead, lives}));
    CHECK(scene.slot().suspended);
    scene.then(scene.server, scene.patient, {lives->id}, death(false));
    CHECK(scene.findings().empty());
    CHECK(scene.slot().may_give);
}

TEST_CASE("while a death is told no dose is due and no visit planned, whatever the history") {
    CHECK(rc::check([] {
        Day day;
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
            day.tell_of_death();
        const auto group = day.scene.group();
        const auto death = chart::death_of(group);
        const auto findings = day.scene.findings();
        bool found = false;
        for (const auto& finding : findings) {
            found = found || finding.rule == "patient/death-unconfirmed" ||
                    finding.rule == "merge/patient-deceased";
        }
        RC_ASSERT(!found || death == chart::Death::told);
        RC_ASSERT(found || death != chart::Death::told);
        for (const auto& view : day.scene.chart().care.planned_visits) {
            RC_ASSERT(
                (view.state == chart::VisitState::planned) ==
                (view.state < chart::VisitState::cancelled && death == chart::Death::not_told));
        }
        RC_CLASSIFY(death == chart::Death::told, "told");
        RC_CLASSIFY(death == chart::Death::confirmed, "confirmed");
    }));
}

// ---- Relatives ---------------------------------------------------------------------------------

namespace {

v1::RelatedPerson nearest(bool is, bool by_patient, const char* on = "") {
    v1::RelatedPerson out;
    out.mutable_next_of_kin()->set_nearest(is);
    out.mutable_next_of_kin()->set_stated_by_patient(by_patient);
    out.mutable_next_of_kin()->set_stated_on(on);
    return out;
}

}  // namespace

TEST_CASE(
    "of two relatives that the patient named the later one is the nearest, without a finding") {
    CareScene scene;
    scene.begin(scene.a, nearest(true, true, "2026-01-03"));
    scene.begin(scene.b, nearest(true, true, "2026-01-05T10:00:00+01:00"));
    scene.begin(scene.c, nearest(false, true, "2026-01-05"));
    CHECK(scene.findings().empty());
}

TEST_CASE("who the patient named last is the nearest, and nobody is while it is not known who is") {
    CareScene scene;
    const auto shown = [&] {
        std::vector<ResourceId> out;
        const auto chart = scene.chart();
        for (const auto& view : chart.care.related_persons) {
            if (view.nearest) out.push_back(view.version.resource);
        }
        return out;
    };
    scene.begin(scene.a, nearest(false, true, "2026-01-06"));
    CHECK(shown().empty());
    const auto first = scene.begin(scene.a, nearest(true, true, "2026-01-03"));
    CHECK(shown() == std::vector{first.id});
    const auto later = scene.begin(scene.b, nearest(true, true, "2026-01-05"));
    CHECK(shown() == std::vector{later.id});
    const auto older = scene.begin(scene.c, nearest(true, true, "2026-01-01"));
    CHECK(shown() == std::vector{later.id});
    // Somebody else's word is not the patient's: now it is not known.
    const auto told = scene.begin(scene.c, nearest(true, false, "2026-01-07"));
    CHECK(shown().empty());
    scene.then(scene.a, told, {told.change->id}, nearest(false, false));
    CHECK(shown() == std::vector{later.id});
    (void)older;
}

TEST_CASE("who is nearest is nobody's guess while two are said to be") {
    for (const auto& [by, on] :
         {std::pair(false, "2026-01-05"), {true, "2026-01-03"}, {true, ""}}) {
        CareScene scene;
        const auto one = scene.begin(scene.a, nearest(true, true, "2026-01-03"));
        const auto other = scene.begin(scene.b, nearest(true, by, on));
        const auto found = only(scene.findings(), "relative/nearest-contested");
        REQUIRE(found);
        CHECK(found->severity == v1::SEVERITY_S2);
        CHECK(found->inputs == ids({one.change, other.change}));
        scene.then(scene.c, other, {other.change->id}, nearest(false, false));
        CHECK(scene.findings().empty());
    }
}

// ---- Links -------------------------------------------------------------------------------------

TEST_CASE("a record that is joined with two others waits for a person to confirm that it is one") {
    CareScene scene;
    const auto join = [&](std::uint32_t other, v1::LinkState state) {
        const auto record = id_of<RecordId>(other);
        v1::RecordLink link;
        link.mutable_link()->set_other_record(base::to_bytes(record));
        link.mutable_link()->set_state(state);
        const auto id = chart::link_resource(scene.record, record);
        std::vector<ChangeId> parents;
        if (const auto* known = scene.group().find(id)) parents = known->heads;
        return scene.add(scene.server, {.record = scene.record, .resource = id, .parents = parents},
                         link);
    };
    const auto one = join(2, v1::LINK_STATE_LINKED);
    CHECK(scene.findings().empty());
    const auto two = join(3, v1::LINK_STATE_LINKED);
    const auto found = only(scene.findings(), "patient/linked-with-two");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({one, two}));
    join(3, v1::LINK_STATE_UNLINKED);
    CHECK(scene.findings().empty());
}

}  // namespace kari::test
