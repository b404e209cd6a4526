// SPDX-License-Identifier: Apache-2.0
//
// Doses that nobody said which slot they were for.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::SlotState;

Instant on(int days, int hour, int minute = 0) {
    return base::resolve(base::add_days(k_today, days), LocalTime{hour, minute, 0}, k_oslo)
        ->instant;
}

// As a source system tells of it.
v1::Administration told(const std::string& atc_code) {
    v1::Administration out;
    out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    *out.mutable_medication() = atc(atc_code);
    out.mutable_dose()->set_value("1");
    out.mutable_dose()->set_code("{tablet}");
    return out;
}

std::vector<std::size_t> beside(const Scene& scene) {
    std::vector<std::size_t> out;
    for (const auto& slot : scene.slots().slots)
        out.push_back(slot.elsewhere.size());
    return out;
}

using Counts = std::vector<std::size_t>;

TEST_CASE("a dose that names no slot is told of beside the one it is nearest to, and closes none") {
    Scene scene;
    scene.order("N02BE01", {"08:00", "20:00"});
    scene.state(scene.server, told("N02BE01"), on(0, 9));
    const auto slots = scene.slots(on(0, 12)).slots;
    REQUIRE(slots.size() == 2);
    CHECK(slots[0].elsewhere.size() == 1);
    CHECK(slots[0].state == SlotState::none);
    CHECK(slots[0].due == chart::DueState::overdue);
    CHECK(slots[0].administrations.empty());
    CHECK_FALSE(slots[0].may_give);
    CHECK(slots[1].elsewhere.empty());
    CHECK(slots[1].may_give);
}

TEST_CASE("half-way between two slots it is told of beside both") {
    Scene scene;
    scene.order("N02BE01", {"08:00", "20:00"});
    scene.state(scene.server, told("N02BE01"), on(0, 14));
    CHECK(beside(scene) == Counts{1, 1});
    scene.state(scene.server, told("N02BE01"), on(-1, 22));
    CHECK(beside(scene) == Counts{1, 1});
    scene.state(scene.server, told("N02BE01"), on(0, 2));
    CHECK(beside(scene) == Counts{2, 1});
}

TEST_CASE("of a dose once a week one within half a week is told of") {
    Scene scene;
    const auto order = scene.next();
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("L04AX03", {"08:00"}, "1");
    auto& repeat =
        *request.mutable_prescription()->mutable_dosage(0)->mutable_timing()->mutable_repeat();
    repeat.add_day_of_week("mon");  // k_today is one
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.add(scene.server, {.record = scene.record, .resource = order}, request);
    scene.state(scene.server, told("L04AX03"), on(-2, 8));
    CHECK(beside(scene) == Counts{1});
    scene.state(scene.server, told("L04AX03"), on(-4, 8));
    CHECK(beside(scene) == Counts{1});
}

TEST_CASE("of a dose every four weeks one within a fortnight is told of") {
    Scene scene;
    const auto order = scene.next();
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("N05AX13", {"08:00"}, "1");
    auto& repeat =
        *request.mutable_prescription()->mutable_dosage(0)->mutable_timing()->mutable_repeat();
    repeat.set_period("4");
    repeat.set_period_unit("wk");
    repeat.mutable_bounds_period()->set_start(base::to_text(base::add_days(k_today, -56)));
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.add(scene.server, {.record = scene.record, .resource = order}, request);
    scene.state(scene.server, told("N05AX13"), on(-16, 8));
    CHECK(beside(scene) == Counts{0});
    scene.state(scene.server, told("N05AX13"), on(-12, 8));
    CHECK(beside(scene) == Counts{1});
}

TEST_CASE("it is of the order it names, or of the medicine by any order or none") {
    Scene scene;
    const auto order = scene.order("N02BE01", {"08:00"});
    auto named = told("");
    named.clear_medication();
    named.mutable_request()->set_resource(base::to_bytes(order.id));
    scene.state(scene.server, named, on(0, 8));
    CHECK(beside(scene) == Counts{1});
    auto elsewhere = told("N02BE01");
    elsewhere.mutable_request()->set_resource(base::to_bytes(scene.next()));
    scene.state(scene.server, elsewhere, on(0, 8));
    CHECK(beside(scene) == Counts{2});
    scene.state(scene.server, told("M01AE01"), on(0, 8));
    CHECK(beside(scene) == Counts{2});
}

TEST_CASE("what was not given, or names a slot, or is confirmed wrong is told of nowhere") {
    Scene scene;
    const auto order = scene.order("N02BE01", {"08:00"});
    auto refused = told("N02BE01");
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    scene.state(scene.server, refused, on(0, 8));
    scene.give(scene.a, order);
    const auto wrong = scene.state(scene.server, told("N02BE01"), on(0, 8));
    auto error = told("N02BE01");
    error.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
    scene.correct(scene.server, wrong, {wrong.change->id}, error);
    CHECK(beside(scene) == Counts{0});
}

TEST_CASE("an order's later version has the doses of the whole lineage beside its slots") {
    Scene scene;
    const auto before = scene.order("N02BE01", {"08:00"});
    scene.set_status(scene.server, before, {before.change->id},
                     v1::MEDICATION_REQUEST_STATUS_COMPLETED);
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("C07AB02", {"08:00"}, "2");
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    request.mutable_lineage()->set_first_order(base::to_bytes(before.id));
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, request);
    auto named = told("");
    named.clear_medication();
    named.mutable_request()->set_resource(base::to_bytes(before.id));
    scene.state(scene.server, named, on(0, 8, 5));
    CHECK(beside(scene) == Counts{1});
}

TEST_CASE("a dose without a slot is told of beside no slot that it is nearer to another than") {
    Scene scene;
    scene.order("N02BE01", {"08:00", "20:00"});
    scene.state(scene.server, told("N02BE01"), on(0, 21));
    CHECK(beside(scene) == Counts{0, 1});
    scene.state(scene.server, told("N02BE01"), on(-1, 21));
    CHECK(beside(scene) == Counts{0, 1});
}

}  // namespace
}  // namespace kari::test
