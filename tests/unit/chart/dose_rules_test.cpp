// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("one dose given from the order as it stands is no finding") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
}

TEST_CASE("the same dose given by two nurses is a possible double, one finding a pair") {
    Scene scene;
    const auto order = scene.order();
    const auto first = scene.give(scene.a, order);
    const auto second = scene.give(scene.b, order);
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"dose/possible-double"});
    CHECK(findings[0].severity == v1::SEVERITY_S1);
    CHECK(findings[0].inputs == ids({first.change, second.change}));
    CHECK(findings[0].subject == chart::Subject::pair(second.id, first.id));
    CHECK(findings[0].records == std::vector{scene.record});
    scene.give(scene.c, order);
    CHECK(scene.findings().size() == 3);
}

TEST_CASE("doses of different slots are not a double, nor is one change delivered twice") {
    Scene scene;
    const auto order = scene.order("N02BE01", {"08:00", "20:00"});
    scene.give(scene.a, order);
    scene.state(scene.b, Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id},
                                     Scene::slot(order, "20:00")));
    scene.changes.push_back(scene.changes.back());
    CHECK(scene.findings().empty());
}

TEST_CASE("a slot of one lineage is one slot though the order was written anew") {
    Scene scene;
    const auto first = scene.order();
    auto renewed = scene.order();
    v1::MedicationRequest lineage;
    lineage.mutable_lineage()->set_first_order(base::to_bytes(first.id));
    renewed.change = scene.add(
        scene.server,
        {.record = scene.record, .resource = renewed.id, .parents = {renewed.change->id}}, lineage);
    scene.give(scene.a, first);
    scene.state(scene.b, Scene::said(renewed, v1::ADMINISTRATION_STATUS_COMPLETED,
                                     {renewed.change->id}, Scene::slot(first)));
    CHECK(only(scene.findings(), "dose/possible-double"));
    const auto slots = scene.slots();
    REQUIRE(slots.slots.size() == 1);
    CHECK(slots.slots[0].administrations.size() == 2);
    CHECK(slots.slots[0].possible_double);
}

TEST_CASE("given beside refused counts as given and is asked about") {
    Scene scene;
    const auto order = scene.order();
    const auto given = scene.give(scene.a, order);
    const auto refused = scene.refuse(scene.b, order);
    const auto found = only(scene.findings(), "dose/given-and-not-given");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({given.change, refused.change}));
    const auto slots = scene.slots();
    REQUIRE(slots.slots.size() == 1);
    CHECK(slots.slots[0].state == chart::SlotState::given);
    CHECK(slots.slots[0].given_and_not_given);
}

TEST_CASE("a second attempt on the same tablet is no contradiction") {
    Scene scene;
    const auto order = scene.order();
    scene.refuse(scene.a, order);
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
}

TEST_CASE("refused by two is no finding") {
    Scene scene;
    const auto order = scene.order();
    scene.refuse(scene.a, order);
    scene.refuse(scene.b, order);
    CHECK(scene.findings().empty());
    CHECK(scene.slots().slots.at(0).state == chart::SlotState::not_done);
}

TEST_CASE("a dose given after a stop that the giver had not seen is found") {
    Scene scene;
    const auto order = scene.order();
    scene.server.waits(Duration::hours(1));
    const auto stop = scene.set_status(scene.server, order, {order.change->id},
                                       v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.a.waits(Duration::hours(3));
    const auto dose = scene.give(scene.a, order);
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"dose/given-after-stop"});
    CHECK(findings[0].severity == v1::SEVERITY_S1);
    CHECK(findings[0].inputs == ids({stop, dose.change}));
}

TEST_CASE("a dose given before the stop is no finding, whichever is learnt first") {
    Scene scene;
    const auto order = scene.order();
    scene.a.waits(Duration::minutes(30));
    scene.give(scene.a, order);
    scene.server.waits(Duration::hours(1));
    scene.set_status(scene.server, order, {order.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
}

TEST_CASE("a hold counts as a stop, a completed order weighs less") {
    for (const auto& [status, severity] :
         {std::pair(v1::MEDICATION_REQUEST_STATUS_ON_HOLD, v1::SEVERITY_S1),
          std::pair(v1::MEDICATION_REQUEST_STATUS_CANCELLED, v1::SEVERITY_S1),
          std::pair(v1::MEDICATION_REQUEST_STATUS_COMPLETED, v1::SEVERITY_S2)}) {
        Scene scene;
        const auto order = scene.order();
        scene.set_status(scene.server, order, {order.change->id}, status);
        scene.a.waits(Duration::hours(1));
        scene.give(scene.a, order);
        const auto found = only(scene.findings(), "dose/given-after-stop");
        REQUIRE(found);
        CHECK(found->severity == severity);
    }
}

TEST_CASE("a stop that a tablet proposed takes effect at once, a resumption does not") {
    Scene scene;
    const auto order = scene.order();
    const auto stop =
        scene.set_status(scene.b, order, {order.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.set_status(scene.b, order, {stop->id}, v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.a.waits(Duration::hours(2));
    scene.give(scene.a, order);
    CHECK(only(scene.findings(), "dose/given-after-stop"));
}

TEST_CASE("a stop that was lifted before the dose is none") {
    Scene scene;
    const auto order = scene.order();
    const auto stop = scene.set_status(scene.server, order, {order.change->id},
                                       v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.server.waits(Duration::hours(1));
    const auto resumed =
        scene.set_status(scene.server, order, {stop->id}, v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.a.waits(Duration::hours(2));
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());

    Scene late = scene;
    late.b.waits(Duration::minutes(30));
    late.state(late.b, Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id},
                                   Scene::slot(order, "09:00")));
    CHECK(only(late.findings(), "dose/given-after-stop"));
    (void)resumed;
}

TEST_CASE("a dose knowingly given from a stopped order is found; with a reason it is logged") {
    Scene scene;
    const auto order = scene.order();
    const auto stop = scene.set_status(scene.server, order, {order.change->id},
                                       v1::MEDICATION_REQUEST_STATUS_STOPPED);
    auto said =
        Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {stop->id}, Scene::slot(order));
    Scene meant = scene;
    scene.state(scene.a, said);
    CHECK(only(scene.findings(), "dose/given-after-stop")->severity == v1::SEVERITY_S1);
    auto* override_ = said.add_override();
    override_->set_rule("dose/given-after-stop");
    override_->set_reason("agreed with the doctor by phone");
    meant.state(meant.a, said);
    CHECK(only(meant.findings(), "dose/given-after-stop")->severity == v1::SEVERITY_S4);
}

TEST_CASE("a tablet three hours slow does not hide a dose given after the stop") {
    Scene scene;
    const auto order = scene.order();
    scene.server.waits(Duration::hours(1));
    scene.set_status(scene.server, order, {order.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    // True time is two hours after the stop; the tablet's clock says one hour before it.
    Scene ignorant = scene;
    ignorant.give(ignorant.a, order);
    CHECK(ignorant.findings().empty());
    Scene told = scene;
    told.a.server_minus_wall_ms = Duration::hours(3).ms;
    told.give(told.a, order);
    CHECK(only(told.findings(), "dose/given-after-stop"));

    // What the tablet knew of its clock is not doubted once more.
    Scene before = scene;
    before.a.server_minus_wall_ms = Duration::hours(3).ms;
    before.a.now = before.a.now - Duration::minutes(150);
    before.give(before.a, order);
    CHECK(before.findings().empty());
    // A time that the nurse chose may have been read from the slow clock.
    Scene chosen = scene;
    chosen.a.server_minus_wall_ms = Duration::hours(3).ms;
    chosen.give(chosen.a, order, chosen.a.now - Duration::minutes(30));
    CHECK(only(chosen.findings(), "dose/given-after-stop"));

    // Learnt afterwards: the server's time note says so of that boot, and of no other.
    for (const auto& [boot, finds] :
         {std::pair(ignorant.a.boot, true), std::pair(id_of<BootId>(77), false)}) {
        Scene noted = ignorant;
        v1::TimeNote note;
        note.mutable_note()->set_incarnation(base::to_bytes(noted.a.incarnation));
        note.mutable_note()->set_boot(base::to_bytes(boot));
        note.mutable_note()->set_server_minus_device_ms(Duration::hours(3).ms);
        noted.add(noted.server, {.record = noted.record, .resource = noted.next()}, note);
        CHECK(only(noted.findings(), "dose/given-after-stop").has_value() == finds);
    }
}

TEST_CASE("a clock is doubted as far as its time note is unsure, and the server's not at all") {
    Scene scene;
    const auto order = scene.order();
    scene.server.waits(Duration::hours(1));
    scene.server.server_minus_wall_ms = -Duration::hours(1).ms;
    scene.set_status(scene.server, order, {order.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    v1::TimeNote note;
    note.mutable_note()->set_incarnation(base::to_bytes(scene.a.incarnation));
    note.mutable_note()->set_boot(base::to_bytes(scene.a.boot));
    note.mutable_note()->set_uncertainty_ms(120'000);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
    for (const auto& [minutes, finds] : {std::pair(57, false), std::pair(59, true)}) {
        Scene at = scene;
        at.a.waits(Duration::minutes(minutes));
        at.give(at.a, order);
        CHECK(only(at.findings(), "dose/given-after-stop").has_value() == finds);
    }
}

TEST_CASE("an order imported as stopped says nothing of doses imported beside it") {
    Scene scene;
    const Instant years_ago = scene.server.now - Duration::hours(24 * 1000);
    Scene::Order order{scene.next(), nullptr};
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
    request.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    order.change = scene.add(scene.server,
                             {.record = scene.record,
                              .resource = order.id,
                              .effective = std::pair(years_ago, years_ago)},
                             request);
    auto said = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {}, Scene::slot(order));
    scene.state(scene.server, said, years_ago + Duration::hours(5));
    CHECK(scene.findings().empty());
}

TEST_CASE("a dose given by an older version of the order is found") {
    Scene scene;
    const auto order = scene.order();
    const auto changed = scene.set_dose(scene.server, order, {order.change->id}, "2");
    scene.a.waits(Duration::hours(1));
    const auto dose = scene.give(scene.a, order);
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"dose/outdated-order"});
    CHECK(findings[0].severity == v1::SEVERITY_S2);
    CHECK(findings[0].inputs == ids({changed, dose.change}));
}

TEST_CASE("an order that changed after the dose, or to the same words, is not outdated") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    scene.server.waits(Duration::hours(1));
    scene.set_dose(scene.server, order, {order.change->id}, "2");
    CHECK(scene.findings().empty());

    Scene same;
    const auto again = same.order();
    same.set_dose(same.server, again, {again.change->id}, "1");
    same.a.waits(Duration::hours(1));
    same.give(same.a, again);
    CHECK(same.findings().empty());
}

TEST_CASE("a pending proposal does not make an order's version outdated") {
    Scene scene;
    const auto order = scene.order();
    scene.set_dose(scene.b, order, {order.change->id}, "2");
    scene.a.waits(Duration::hours(1));
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
}

TEST_CASE("a version that nobody here has is kept and asked about") {
    Scene scene;
    const auto order = scene.order();
    scene.state(scene.a, Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED,
                                     {id_of<ChangeId>(404)}, Scene::slot(order)));
    const auto found = only(scene.findings(), "dose/unknown-order-version");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
}

TEST_CASE("a withdrawn dose counts until its author did it at once or a second person agrees") {
    Scene scene;
    const auto order = scene.order();
    const auto wrong = scene.give(scene.a, order);
    scene.give(scene.b, order);
    REQUIRE(only(scene.findings(), "dose/possible-double"));

    Scene at_once = scene;
    at_once.a.waits(Duration::minutes(59));
    at_once.withdraw(at_once.a, order, wrong, {wrong.change->id});
    CHECK(at_once.findings().empty());

    Scene late = scene;
    late.a.waits(Duration::minutes(61));
    const auto withdrawn = late.withdraw(late.a, order, wrong, {wrong.change->id});
    CHECK(only(late.findings(), "dose/possible-double"));
    late.c.waits(Duration::minutes(90));
    late.withdraw(late.c, order, wrong, {withdrawn->id});
    CHECK(late.findings().empty());

    Scene other = scene;
    other.c.waits(Duration::minutes(5));
    other.withdraw(other.c, order, wrong, {wrong.change->id});
    CHECK(only(other.findings(), "dose/possible-double"));
}

TEST_CASE("a slot whose only dose is withdrawn unconfirmed is contested, then open again") {
    Scene scene;
    const auto order = scene.order();
    const auto wrong = scene.give(scene.a, order);
    CHECK(scene.slots().slots.at(0).state == chart::SlotState::given);
    const auto withdrawn = scene.withdraw(scene.b, order, wrong, {wrong.change->id});
    CHECK(scene.slots().slots.at(0).state == chart::SlotState::contested);
    CHECK_FALSE(scene.slots().slots.at(0).may_give);
    CHECK(scene.chart().administrations.at(0).correction_unconfirmed);
    scene.withdraw(scene.a, order, wrong, {withdrawn->id});
    CHECK(scene.slots().slots.at(0).state == chart::SlotState::none);
    CHECK(scene.slots().slots.at(0).may_give);
}

TEST_CASE("a corrected amount counts at its larger until the correction is confirmed") {
    Scene scene;
    const auto order = scene.order();
    auto said = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id},
                            Scene::slot(order));
    said.mutable_dose()->set_value("10");
    const auto dose = scene.state(scene.a, said);
    said.mutable_dose()->set_value("5");
    const auto corrected = scene.correct(scene.b, dose, {dose.change->id}, said);
    auto view = scene.chart().administrations.at(0);
    REQUIRE(view.exposure);
    CHECK(view.exposure->value.dose().value() == "10");
    CHECK(view.value->dose().value() == "5");
    REQUIRE(view.earlier.size() == 1);
    CHECK(view.earlier[0].by.change == dose.change->id);
    scene.correct(scene.a, dose, {corrected->id}, said);
    CHECK(scene.chart().administrations.at(0).exposure->value.dose().value() == "5");
}

TEST_CASE("a dose closes its slot though a later word about it names none") {
    Scene scene;
    const auto order = scene.order();
    const auto dose = scene.give(scene.a, order);
    scene.give(scene.b, order);
    const auto unknown = static_cast<v1::AdministrationStatus>(4711);  // of a later schema
    scene.a.waits(Duration::hours(2));
    auto said = Scene::said(order, unknown, {order.change->id}, Scene::slot(order));
    said.clear_slot();
    scene.correct(scene.a, dose, {dose.change->id}, said);
    CHECK(only(scene.findings(), "dose/possible-double"));
    CHECK_FALSE(scene.slots().slots.at(0).may_give);
}

TEST_CASE("a word with a status that no program here can read takes no dose back") {
    Scene scene;
    const auto order = scene.order();
    const auto dose = scene.give(scene.a, order);
    const auto second = scene.give(scene.b, order);
    const auto unknown = GENERATE(v1::ADMINISTRATION_STATUS_UNSPECIFIED,
                                  static_cast<v1::AdministrationStatus>(4711));
    auto said = Scene::said(order, unknown, {order.change->id}, Scene::slot(order));
    said.clear_slot();
    scene.a.waits(Duration::minutes(5));
    const auto word = scene.correct(scene.a, dose, {dose.change->id}, said);
    CHECK(only(scene.findings(), "dose/possible-double"));
    CHECK_FALSE(scene.slots().slots.at(0).may_give);

    // Her own correction does.
    scene.withdraw(scene.a, order, dose, {word->id});
    CHECK(scene.findings().empty());
    scene.withdraw(scene.b, order, second, {second.change->id});
    CHECK(scene.slots().slots.at(0).may_give);
}

}  // namespace
}  // namespace kari::test
