// SPDX-License-Identifier: Apache-2.0
//
// A dose beside the order that it was given from: stops with times of their own, what the giver had
// seen, and words that change nothing. And orders of one drug, of which one says less than all.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;

constexpr auto k_rule = "dose/given-after-stop";

// An order, and a source system that says when what it tells of took place.
struct Ordered : Scene {
    Order tablets = order();
    Instant eight = server.now;

    ChangePtr told(std::vector<ChangeId> parents, v1::MedicationRequestStatus status,
                   std::optional<Instant> at) {
        v1::MedicationRequest said;
        said.set_status(status);
        Act act{.record = record, .resource = tablets.id, .parents = std::move(parents)};
        if (at) act.effective = std::pair(*at, *at);
        return add(server, act, said);
    }
    Dose dose(std::vector<ChangeId> seen, Instant at) {
        return state(
            a, said(tablets, v1::ADMINISTRATION_STATUS_COMPLETED, std::move(seen), slot(tablets)),
            at);
    }
};

TEST_CASE("a stop that says since when counts from then, however late it is learnt") {
    Ordered scene;
    scene.server.waits(Duration::hours(6));
    scene.a.waits(Duration::hours(6));
    const auto stop = scene.told({scene.tablets.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED,
                                 scene.eight + Duration::hours(2));
    scene.dose({scene.tablets.change->id}, scene.eight + Duration::hours(1));
    CHECK(scene.findings().empty());
    const auto after = scene.dose({scene.tablets.change->id}, scene.eight + Duration::hours(3));
    const auto found = only(scene.findings(), k_rule);
    REQUIRE(found);
    CHECK(found->inputs == ids({stop, after.change}));
}

TEST_CASE("an order that says that the drug is not to be given is a stop until it says otherwise") {
    Ordered scene;
    const auto say = [&](std::vector<ChangeId> parents, bool not_to_be) {
        v1::MedicationRequest said;
        *said.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
        said.mutable_prescription()->set_do_not_perform(not_to_be);
        return scene.add(
            scene.server,
            {.record = scene.record, .resource = scene.tablets.id, .parents = std::move(parents)},
            said);
    };
    scene.server.waits(Duration::hours(1));
    const auto stop = say({scene.tablets.change->id}, true);
    scene.a.waits(Duration::hours(2));
    // Unseen, it is no order in other words, but one by which nothing is given.
    const auto unseen = scene.dose({scene.tablets.change->id}, scene.a.now);
    const auto found = scene.findings();
    REQUIRE(rules_of(found) == Strings{k_rule});
    CHECK(found[0].severity == v1::SEVERITY_S1);
    CHECK(found[0].inputs == ids({stop, unseen.change}));
    scene.server.waits(Duration::hours(3));
    const auto lifted = say({stop->id}, false);
    scene.a.waits(Duration::hours(4));
    const auto before = scene.findings().size();
    scene.state(scene.a, Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED,
                                     {lifted->id}, Scene::slot(scene.tablets, "20:00")));
    CHECK(scene.findings().size() == before);
}

TEST_CASE("who knew of a stop of one hour may still write down a dose of the hour before") {
    Ordered scene;
    scene.server.waits(Duration::hours(2));
    scene.a.waits(Duration::hours(3));
    const auto stop = scene.told({scene.tablets.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED,
                                 scene.eight + Duration::hours(2));
    scene.dose({stop->id}, scene.eight + Duration::hours(1));
    CHECK(scene.findings().empty());
    scene.dose({stop->id}, scene.eight + Duration::hours(3));
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE(
    "a time that the order itself states is the order's own, and a stop counts from when it "
    "was written") {
    Scene scene;
    const Instant eight = scene.server.now;
    v1::MedicationRequest said;
    *said.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
    said.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    Scene::Order order{scene.next(), nullptr};
    order.change = scene.add(
        scene.server,
        {.record = scene.record, .resource = order.id, .effective = std::pair(eight, eight)}, said);
    scene.server.waits(Duration::hours(2));
    v1::MedicationRequest stop;
    stop.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.add(scene.server,
              {.record = scene.record,
               .resource = order.id,
               .parents = {order.change->id},
               .effective = std::pair(eight, eight)},
              stop);
    scene.a.waits(Duration::hours(1));
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
    scene.b.waits(Duration::hours(3));
    scene.state(scene.b, Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id},
                                     Scene::slot(order, "20:00")));
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("an order that was entered in error is given from by nobody") {
    Ordered scene;
    scene.told({scene.tablets.change->id}, v1::MEDICATION_REQUEST_STATUS_ENTERED_IN_ERROR, {});
    scene.dose({scene.tablets.change->id}, scene.eight + Duration::hours(1));
    const auto found = only(scene.findings(), k_rule);
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
}

TEST_CASE("to clear the status of a stopped order is no word that it may be given again") {
    Ordered scene;
    const auto stop =
        scene.told({scene.tablets.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED, {});
    scene.add(scene.server,
              {.record = scene.record,
               .resource = scene.tablets.id,
               .parents = {stop->id},
               .cleared = {v1::MedicationRequest::kStatusFieldNumber}},
              v1::MedicationRequest());
    scene.dose({scene.tablets.change->id}, scene.eight + Duration::hours(1));
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("who knew that a stop was lifted gave after the lift, whatever the clocks say") {
    Ordered scene;
    const auto stop =
        scene.told({scene.tablets.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED, {});
    scene.server.waits(Duration::hours(2));
    const auto lift = scene.told({stop->id}, v1::MEDICATION_REQUEST_STATUS_ACTIVE, {});
    // By a clock that is an hour slow.
    scene.dose({lift->id}, scene.eight + Duration::hours(1));
    CHECK(scene.findings().empty());
    // Nor is the stop found when the dose is looked at for something else.
    scene.set_dose(scene.server, scene.tablets, {lift->id}, "2");
    scene.a.waits(Duration::hours(3));
    scene.state(scene.a, Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED, {lift->id},
                                     Scene::slot(scene.tablets, "20:00")));
    CHECK(rules_of(scene.findings()) == Strings{"dose/outdated-order"});
}

TEST_CASE("only what an order had become before a dose makes the dose's version an old one") {
    Ordered scene;
    scene.server.waits(Duration::hours(1));
    const auto two = scene.set_dose(scene.server, scene.tablets, {scene.tablets.change->id}, "2");
    scene.server.waits(Duration::hours(2));
    scene.set_dose(scene.server, scene.tablets, {two->id}, "3");
    const auto dose = scene.dose({scene.tablets.change->id}, scene.eight + Duration::hours(2));
    const auto found = only(scene.findings(), "dose/outdated-order");
    REQUIRE(found);
    CHECK(found->inputs == ids({two, dose.change}));
}

TEST_CASE("a version that is no change's id names nothing that the giver had seen") {
    Ordered scene;
    scene.server.waits(Duration::hours(1));
    scene.set_dose(scene.server, scene.tablets, {scene.tablets.change->id}, "2");
    auto said = Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED, {},
                            Scene::slot(scene.tablets));
    said.add_request_version("three");
    scene.state(scene.a, said, scene.eight + Duration::hours(2));
    CHECK(scene.findings().empty());
}

TEST_CASE("only a reason for this very finding makes a dose after a stop one that was meant") {
    const auto severity_of = [](const char* rule, const char* reason) {
        Ordered scene;
        const auto stop =
            scene.told({scene.tablets.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED, {});
        auto said = Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED, {stop->id},
                                Scene::slot(scene.tablets));
        said.add_override()->set_rule(rule);
        said.mutable_override(0)->set_reason(reason);
        scene.state(scene.a, said);
        return only(scene.findings(), k_rule).value().severity;
    };
    CHECK(severity_of(k_rule, "Dr Li, by phone") == v1::SEVERITY_S4);
    CHECK(severity_of(k_rule, "") == v1::SEVERITY_S1);
    CHECK(severity_of("entry/too-soon", "Dr Li, by phone") == v1::SEVERITY_S1);
}

TEST_CASE("a cancelled order beside a change of it is a stop beside a change") {
    Ordered scene;
    scene.set_status(scene.a, scene.tablets, {scene.tablets.change->id},
                     v1::MEDICATION_REQUEST_STATUS_CANCELLED);
    scene.set_dose(scene.server, scene.tablets, {scene.tablets.change->id}, "2");
    CHECK(rules_of(scene.findings()) == Strings{"merge/order-stop-beside-change"});
}

// Two active orders, of what `change` makes of the second and of the same drug otherwise.
template <typename Change>
Strings beside_another(const char* drug, const Change& change) {
    Scene scene;
    v1::MedicationRequest order;
    *order.mutable_prescription() = Scene::prescription(drug, {"08:00"}, "1");
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    order.mutable_prescription()->mutable_validity()->set_end("2026-01-04");
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, order);
    order.mutable_prescription()->clear_validity();
    change(order);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, order);
    return rules_of(scene.findings());
}

TEST_CASE("an order is another's duplicate when both say which drug to give at one time") {
    const Strings twice{"order/possible-duplicate"};
    // One that says no start may have begun.
    CHECK(beside_another("C07AB02", [](auto&) {}) == twice);
    CHECK(beside_another("C07AB02", [](v1::MedicationRequest& order) {
              order.mutable_prescription()->mutable_validity()->set_start("2026-01-05");
          }).empty());
    CHECK(beside_another("C07AB02", [](v1::MedicationRequest& order) {
              order.mutable_prescription()->set_do_not_perform(true);
          }).empty());
    // A group of drugs is no drug, and an order of nothing is of no drug either.
    CHECK(beside_another("C07AB", [](auto&) {}) == Strings{"order/duplicate-group"});
    CHECK(beside_another("C07AB02", [](auto& order) { order.clear_prescription(); }).empty());
}

TEST_CASE("an order of which the dose is contested is a duplicate all the same") {
    Scene scene;
    const auto order = scene.order("C07AB02");
    Writer other = Writer::server(901);
    scene.set_dose(scene.server, order, {order.change->id}, "2", "C07AB02");
    scene.set_dose(other, order, {order.change->id}, "3", "C07AB02");
    CHECK_FALSE(only(scene.findings(), "order/possible-duplicate"));
    scene.order("C07AB02");
    CHECK(only(scene.findings(), "order/possible-duplicate"));
}

TEST_CASE("of two verbal orders of a group of drugs, or of none that is named, nothing is found") {
    for (const bool named : {true, false}) {
        Scene scene;
        for (auto* nurse : {&scene.a, &scene.b}) {
            v1::MedicationRequest order;
            *order.mutable_prescription() = Scene::prescription("N02A", {"08:00"}, "1");
            auto& drug = *order.mutable_prescription()->mutable_medication();
            drug.set_text(nurse == &scene.a ? "opioid" : "something strong");
            if (!named) drug.clear_text();
            if (!named) drug.clear_coding();
            scene.add(*nurse, {.record = scene.record, .resource = scene.next()}, order);
        }
        CHECK(scene.findings().empty());
    }
}

// What an exposure counts of a dose of one tablet that its giver corrected later than at once.
std::string counted_after(const char* amount, const char* unit, const char* first = "1") {
    Ordered scene;
    auto said = Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED,
                            {scene.tablets.change->id}, Scene::slot(scene.tablets));
    said.mutable_dose()->set_value(first);
    const auto dose = scene.state(scene.a, said);
    scene.a.waits(Duration::hours(2));
    said.mutable_dose()->set_value(amount);
    said.mutable_dose()->set_code(unit);
    scene.correct(scene.a, dose, {dose.change->id}, said);
    return scene.chart().administrations.at(0).exposure->value.dose().value();
}

TEST_CASE("of doses that cannot be held beside each other the first counts, where it is a number") {
    CHECK(counted_after("0.5", "{tablet}") == "1");  // which can be, and the larger counts
    CHECK(counted_after("2", "mL") == "1");
    CHECK(counted_after("half", "{tablet}") == "1");
    CHECK(counted_after("1", "{tablet}", "half") == "1");
}

TEST_CASE("a dose that a later word clears is counted as it was given") {
    Ordered scene;
    const auto dose = scene.give(scene.a, scene.tablets);
    scene.add(scene.b,
              {.record = scene.record,
               .resource = dose.id,
               .parents = {dose.change->id},
               .cleared = {v1::MedicationAdministration::kAdministrationFieldNumber}},
              v1::MedicationAdministration());
    const auto view = scene.chart().administrations.at(0);
    REQUIRE(view.exposure);
    CHECK(view.exposure->value.status() == v1::ADMINISTRATION_STATUS_COMPLETED);
    CHECK(view.correction_unconfirmed);
}

}  // namespace
}  // namespace kari::test
