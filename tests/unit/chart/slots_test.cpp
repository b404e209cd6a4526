// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::DueState;
using chart::SlotState;

Instant at(int hour, int minute) {
    return base::resolve(k_today, LocalTime{hour, minute, 0}, k_oslo)->instant;
}

TEST_CASE("a slot is upcoming, due and overdue by the clock that is given") {
    Scene scene;
    scene.order();
    const auto state = [&](int hour, int minute) {
        return *scene.slots(at(hour, minute)).slots.at(0).due;
    };
    CHECK(state(5, 59) == DueState::upcoming);
    CHECK(state(6, 0) == DueState::due);
    CHECK(state(10, 0) == DueState::due);
    CHECK(state(10, 1) == DueState::overdue);
    CHECK_FALSE(scene.slots().slots.at(0).due);
}

TEST_CASE("a critical drug has the narrow window, several a day the middle one") {
    Scene scene;
    scene.order("A10AB05", {"08:00"});
    CHECK(scene.slots().slots.at(0).window == Duration::minutes(30));
    CHECK(scene.slots().slots.at(0).critical);
    Scene several;
    several.order("N02BE01", {"08:00", "20:00"});
    CHECK(several.slots().slots.at(0).window == Duration::minutes(60));
}

TEST_CASE("an event closes its slot and no clock opens it again") {
    Scene scene;
    const auto order = scene.order();
    CHECK(scene.slots(at(12, 0)).slots.at(0).may_give);
    scene.give(scene.a, order);
    const auto slot = scene.slots(at(12, 0)).slots.at(0);
    CHECK(slot.state == SlotState::given);
    CHECK_FALSE(slot.due);
    CHECK_FALSE(slot.may_give);
    CHECK(slot.administrations.size() == 1);
}

TEST_CASE("time alone closes no slot") {
    Scene scene;
    scene.order();
    CHECK(scene.slots(at(23, 59)).slots.at(0).state == SlotState::none);
}

TEST_CASE("a refused dose may be tried again") {
    Scene scene;
    const auto order = scene.order();
    scene.refuse(scene.a, order);
    CHECK(scene.slots().slots.at(0).state == SlotState::not_done);
    CHECK(scene.slots().slots.at(0).may_give);
}

TEST_CASE("two that count as taken mark the slot") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    CHECK_FALSE(scene.slots().slots.at(0).possible_double);
    scene.give(scene.b, order);
    CHECK(scene.slots().slots.at(0).possible_double);
}

TEST_CASE("a stopped order opens no slot, but what was given from it stays to be seen") {
    Scene scene;
    const auto order = scene.order();
    const auto stop = scene.set_status(scene.server, order, {order.change->id},
                                       v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.slots(at(8, 0)).slots.empty());
    scene.give(scene.a, order);
    const auto slots = scene.slots(at(8, 0));
    REQUIRE(slots.slots.size() == 1);
    CHECK(slots.slots[0].state == SlotState::given);
    CHECK_FALSE(slots.slots[0].may_give);
    CHECK_FALSE(slots.slots[0].due);
    (void)stop;
}

// An order of 1, stopped, and the order of 2 that took its place in the lineage.
struct ChangedDose {
    Scene scene;
    Scene::Order before = scene.order();
    Scene::Order after{scene.next(), nullptr};

    ChangedDose() {
        v1::MedicationRequest request;
        *request.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "2");
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        request.mutable_lineage()->set_first_order(base::to_bytes(before.id));
        after.change = scene.add(scene.server, {scene.record, after.id}, request);
        scene.set_status(scene.server, before, {before.change->id},
                         v1::MEDICATION_REQUEST_STATUS_STOPPED);
    }
    chart::SlotView only_slot() const {
        const auto slots = scene.slots(at(8, 0));
        REQUIRE(slots.slots.size() == 1);
        return slots.slots[0];
    }
    void state(const Scene::Order& from, v1::AdministrationStatus status) {
        scene.state(scene.a, Scene::said(from, status, {from.change->id}, Scene::slot(before)));
    }
};

TEST_CASE("a dose given once is one row however often its order was changed") {
    ChangedDose changed;
    CHECK(changed.only_slot().order.resource == changed.after.id);
    CHECK(changed.only_slot().may_give);
    changed.state(changed.after, v1::ADMINISTRATION_STATUS_COMPLETED);
    CHECK(changed.only_slot().state == SlotState::given);
    CHECK(changed.only_slot().order.resource == changed.after.id);
    CHECK(changed.only_slot().dosage.text() == "2 tablet");
    CHECK(changed.only_slot().administrations.size() == 1);
}

TEST_CASE("a dose given before the change was known is the row of the order it was given from") {
    ChangedDose changed;
    changed.state(changed.before, v1::ADMINISTRATION_STATUS_COMPLETED);
    const auto slot = changed.only_slot();
    CHECK(slot.state == SlotState::given);
    CHECK(slot.order.resource == changed.before.id);
    CHECK(slot.dosage.text() == "1 tablet");
    CHECK_FALSE(slot.may_give);
}

TEST_CASE("what was refused by the order before may be given by the one that is open") {
    ChangedDose changed;
    changed.state(changed.before, v1::ADMINISTRATION_STATUS_NOT_DONE);
    const auto slot = changed.only_slot();
    CHECK(slot.state == SlotState::not_done);
    CHECK(slot.order.resource == changed.after.id);
    CHECK(slot.may_give);
}

TEST_CASE("a dose of a contested order is the row of the side that its giver had seen") {
    for (const char* followed : {"2", "0.5"}) {
        Scene scene;
        const auto order = scene.order();
        Writer other = Writer::server(901);
        const auto twice = scene.set_dose(scene.server, order, {order.change->id}, "2");
        const auto half = scene.set_dose(other, order, {order.change->id}, "0.5");
        CHECK(scene.slots().slots.size() == 2);  // no one is chosen before it is given
        const auto& seen = followed == std::string("2") ? twice : half;
        scene.state(scene.a, Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {seen->id},
                                         Scene::slot(order)));
        const auto slots = scene.slots();
        REQUIRE(slots.slots.size() == 1);
        CHECK(slots.slots[0].dosage.text() == followed + std::string(" tablet"));
        CHECK(slots.slots[0].order_contested);
    }
}

TEST_CASE("an order that cannot be expanded says to look at its text") {
    Scene scene;
    const auto order = scene.order();
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("N02BE01", {}, "1");
    auto* repeat =
        request.mutable_prescription()->mutable_dosage(0)->mutable_timing()->mutable_repeat();
    repeat->set_frequency(1);
    repeat->set_period("8");
    repeat->set_period_unit("h");
    scene.add(scene.server,
              {.record = scene.record, .resource = order.id, .parents = {order.change->id}},
              request);
    const auto slots = scene.slots();
    CHECK(slots.slots.empty());
    REQUIRE(slots.look_at.size() == 1);
    CHECK(slots.look_at[0].said.text() == "1 tablet");
    CHECK(slots.look_at[0].reason == clinical::CannotTell::no_start);
}

TEST_CASE("an as-needed order is listed apart and opens no slot") {
    Scene scene;
    const auto order = scene.order();
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
    request.mutable_prescription()->mutable_dosage(0)->set_as_needed(true);
    scene.add(scene.server,
              {.record = scene.record, .resource = order.id, .parents = {order.change->id}},
              request);
    const auto slots = scene.slots();
    CHECK(slots.slots.empty());
    CHECK(slots.look_at.empty());
    CHECK(slots.as_needed.size() == 1);
}

TEST_CASE("an item hands out the version that an edit must give back") {
    Scene scene;
    const auto order = scene.order();
    CHECK(scene.slots().slots.at(0).order ==
          chart::Version{scene.record, order.id, {order.change->id}});
    const auto changed = scene.set_dose(scene.server, order, {order.change->id}, "2");
    CHECK(scene.slots().slots.at(0).order.heads == ids({changed}));
}

TEST_CASE("a group that is not whole says so") {
    Scene scene;
    scene.order();
    const auto partial = chart::make_group({scene.record}, {id_of<RecordId>(2)}, scene.changes);
    CHECK_FALSE(
        chart::slots_for(partial, clinical::demo_pack(), k_today, k_oslo, std::nullopt).whole);
    CHECK(scene.slots().whole);
}

}  // namespace
}  // namespace kari::test
