// SPDX-License-Identifier: Apache-2.0
//
// What of a dose counts when people say otherwise of it: when it was, how much, and by which clock.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

constexpr Duration k_hour = Duration::hours(1);
constexpr auto k_nine = "2026-01-05T09:00:00+01:00";
constexpr auto k_yesterday = "2026-01-04T06:00:00+01:00";

// An order of a drug that is given at most every four hours, and a dose of it.
struct Needed : Scene {
    Order order = needed("N02AA01", "4", "4");
    Dose dose = state(a, given("1", k_nine));

    v1::Administration given(const char* amount, const char* when) const {
        auto out = said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id}, {});
        out.clear_slot();
        *out.mutable_medication() = atc("N02AA01");
        out.mutable_dose()->set_value(amount);
        out.set_effective(when);
        return out;
    }
    // Says another time of it.
    ChangePtr move(Writer& who, std::vector<ChangeId> parents) {
        const Instant then = a.now - Duration::hours(26);
        v1::MedicationAdministration message;
        *message.mutable_administration() = given("1", k_yesterday);
        return add(who,
                   {.record = record,
                    .resource = dose.id,
                    .parents = std::move(parents),
                    .effective = std::pair(then, then)},
                   message);
    }
    // Another dose, an hour after the first.
    bool next_is(const char* rule) {
        c.now = a.now + k_hour;
        state(c, given("1", "2026-01-05T10:00:00+01:00"));
        return only(findings(), rule).has_value();
    }
    std::string counted() const {
        const auto dose_of = [](const auto& item) {
            return item.exposure->value.dose();
        };
        const auto all = chart().administrations;
        return dose_of(all.at(0)).value() + " " + dose_of(all.at(0)).code();
    }
};

TEST_CASE("a dose stays in its interval though one person says that it was at another time") {
    Needed scene;
    REQUIRE(Needed(scene).next_is("dose/too-soon"));
    scene.b.waits(Duration::minutes(30));
    const auto moved = scene.move(scene.b, {scene.dose.change->id});
    CHECK(scene.chart().administrations.at(0).correction_unconfirmed);
    CHECK(Needed(scene).next_is("dose/too-soon"));
    // Whoever gave it says so too.
    Needed confirmed = scene;
    confirmed.a.waits(Duration::hours(2));
    confirmed.move(confirmed.a, {moved->id});
    confirmed.a.now = confirmed.a.now - Duration::hours(2);
    CHECK_FALSE(confirmed.chart().administrations.at(0).correction_unconfirmed);
    CHECK_FALSE(confirmed.next_is("dose/too-soon"));
}

TEST_CASE("who gave a dose says at once when it was, and nobody else has to") {
    Needed scene;
    const Instant given_at = scene.a.now;
    scene.a.waits(Duration::minutes(50));
    scene.move(scene.a, {scene.dose.change->id});
    scene.a.now = given_at;
    CHECK_FALSE(scene.chart().administrations.at(0).correction_unconfirmed);
    CHECK_FALSE(scene.next_is("dose/too-soon"));
}

TEST_CASE(
    "no word about an amount that cannot be compared takes the larger one out of what counts") {
    Needed scene;
    const auto say = [&](Writer& who, std::vector<ChangeId> parents, const char* value,
                         const char* code, const char* unit = "") {
        who.waits(Duration::minutes(1));
        auto said = scene.given(value, k_nine);
        said.mutable_dose()->set_code(code);
        said.mutable_dose()->set_unit(unit);
        return scene.correct(who, scene.dose, std::move(parents), said)->id;
    };
    Needed bare = scene;
    const auto ten = say(scene.b, {scene.dose.change->id}, "10", "{tablet}");
    const auto other_unit = say(scene.c, {ten}, "1", "mL");
    Writer fourth = Writer::tablet(4);
    say(fourth, {other_unit}, "5", "{tablet}");
    CHECK(scene.counted() == "10 {tablet}");
    // A unit in words is that unit.
    auto said = bare.given("10", k_nine);
    said.mutable_dose()->set_code("");
    said.mutable_dose()->set_unit("tablett");
    const auto words = bare.correct(bare.b, bare.dose, {bare.dose.change->id}, said);
    bare.correct(bare.c, bare.dose, {words->id}, bare.given("2", k_nine));
    CHECK(bare.counted() == "10 ");
}

TEST_CASE("a withdrawal by a clock that lies before the dose is not one at once") {
    Scene scene;
    const auto order = scene.order();
    scene.a.waits(Duration::hours(8));
    const auto dose = scene.give(scene.a, order);
    // The same nurse on another tablet, whose clock is hours slow.
    Writer elsewhere = scene.b;
    elsewhere.person = scene.a.person;
    scene.withdraw(elsewhere, order, dose, {dose.change->id});
    CHECK(scene.slots().slots.at(0).state == chart::SlotState::contested);
}

TEST_CASE("numbers of a machine that mean no time overflow nothing, and are no time together") {
    Scene scene;
    const auto order = scene.order();
    scene.a.server_minus_wall_ms = INT64_MIN;
    scene.b.server_minus_wall_ms = INT64_MAX;
    for (auto* who : {&scene.a, &scene.b}) {
        v1::MedicationAdministration message;
        *message.mutable_administration() = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED,
                                                        {order.change->id}, Scene::slot(order));
        const Instant end{who == &scene.a ? INT64_MIN : INT64_MAX};
        scene.add(
            *who,
            {.record = scene.record, .resource = scene.next(), .effective = std::pair(end, end)},
            message);
    }
    v1::TimeNote note;
    note.mutable_note()->set_incarnation(base::to_bytes(scene.a.incarnation));
    note.mutable_note()->set_boot(base::to_bytes(scene.a.boot));
    note.mutable_note()->set_server_minus_device_ms(INT64_MIN);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
    CHECK(only(scene.findings(), "dose/possible-double"));
    const chart::ClockNotes clocks(scene.group());
    const chart::Span early = clocks.effective(*scene.changes.at(1));
    const chart::Span late = clocks.effective(*scene.changes.at(2));
    CHECK(late.earliest - early.latest > Duration::hours(24));
}

}  // namespace
}  // namespace kari::test
