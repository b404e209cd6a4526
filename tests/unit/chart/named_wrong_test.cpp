// SPDX-License-Identifier: Apache-2.0
//
// Statements that name another thing than they might, and clocks that say another time.
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/window.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

constexpr Duration k_hour = Duration::hours(1);

TEST_CASE("a dose that names as its order what is none was given from no order") {
    CareScene scene;
    const auto order = scene.order();
    const auto problem_ = scene.begin(scene.a, problem(v1::CONDITION_CLINICAL_STATUS_ACTIVE));
    scene.set_status(scene.server, order, {order.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.a.waits(k_hour);
    auto said = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id},
                            Scene::slot(order));
    CareScene named = scene;
    named.state(named.a, said);
    CHECK(named.rules() == Strings{"dose/given-after-stop"});
    said.mutable_request()->set_resource(base::to_bytes(problem_.id));
    scene.state(scene.a, said);
    CHECK(scene.findings().empty());
}

TEST_CASE("an order whose drug is a reference is shown by the reference's name") {
    Scene scene;
    v1::MedicationRequest order;
    *order.mutable_prescription() = Scene::prescription("", {"08:00"}, "1");
    order.mutable_prescription()->clear_medication();
    order.mutable_prescription()->mutable_medication_reference()->set_display("Paracet 500 mg");
    order.set_status(v1::MEDICATION_REQUEST_STATUS_UNKNOWN);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, order);
    const auto slots = scene.slots();
    REQUIRE(slots.slots.size() == 1);
    CHECK(slots.slots[0].medication == "Paracet 500 mg");
}

TEST_CASE("a death of which a part is missing or unread is told, and confirmed by nobody") {
    for (const bool missing : {true, false}) {
        CareScene scene;
        v1::Patient dead;
        dead.mutable_deceased()->set_deceased(true);
        if (!missing) {
            dead.GetReflection()->MutableUnknownFields(&dead)->AddLengthDelimited(77, "tomorrow");
        }
        Act act{.record = scene.record, .resource = scene.next()};
        if (missing) act.parents = {id_of<ChangeId>(404)};
        if (!missing) act.must_understand = {77};
        scene.add(scene.server, act, dead);
        CHECK(scene.rules() == Strings{"patient/death-unconfirmed"});
    }
}

TEST_CASE("two deaths told apart are one conflict, and of a part that is missing one question") {
    const auto rules = [](bool missing) {
        CareScene scene;
        v1::Patient first, second;
        first.mutable_deceased()->set_date_time("2026-01-04");
        second.mutable_deceased()->set_date_time("2026-01-05");
        const auto made = scene.begin(scene.server, first);
        std::vector<ChangeId> seen;
        if (missing) seen.push_back(id_of<ChangeId>(404));
        Writer other = Writer::server(901);
        scene.add(other, {.record = scene.record, .resource = made.id, .parents = seen}, second);
        return scene.rules();
    };
    CHECK(rules(false) == Strings{"merge/patient-deceased"});
    CHECK(rules(true) == Strings{"patient/death-unconfirmed"});
}

TEST_CASE("a link is no item of the chart") {
    CareScene scene;
    v1::RecordLink link;
    link.mutable_link()->set_other_record(base::to_bytes(id_of<RecordId>(2)));
    link.mutable_link()->set_state(v1::LINK_STATE_LINKED);
    const auto made = scene.begin(scene.server, link);
    CHECK(scene.chart().others.empty());
    // Only what is a link, and to a record, links.
    const auto order = scene.order();
    link.mutable_link()->set_other_record("short");
    const auto odd = scene.begin(scene.server, link);
    const auto group = scene.group();
    CHECK(chart::linked_records({group.find(made.id), group.find(order.id), group.find(odd.id)}) ==
          std::vector{id_of<RecordId>(2)});
}

TEST_CASE("of two copies of one change the group has the one whose body is here") {
    CareScene scene;
    const auto made = scene.begin(scene.a, problem(v1::CONDITION_CLINICAL_STATUS_ACTIVE));
    const auto erased = std::make_shared<const merge::Change>(
        *merge::decode_change(made.change->header_bytes, std::nullopt));
    for (const auto& copies : {std::vector<ChangePtr>{made.change, erased},
                               std::vector<ChangePtr>{erased, made.change, erased}}) {
        const auto group = chart::make_group({scene.record}, {}, copies);
        REQUIRE(group.resources.size() == 1);
        CHECK_FALSE(group.resources[0].withheld);
    }
}

TEST_CASE("a record that cannot be had is looked for once, however many link to it") {
    int asked = 0;
    const auto closure = chart::group_of(id_of<RecordId>(1), [&](const RecordId& at) {
        using Records = std::optional<std::vector<RecordId>>;
        if (at == id_of<RecordId>(1)) {
            return Records({id_of<RecordId>(2), id_of<RecordId>(3), id_of<RecordId>(2)});
        }
        if (at == id_of<RecordId>(3)) return Records({id_of<RecordId>(2)});
        ++asked;
        return Records();
    });
    CHECK(asked == 1);
    CHECK(closure.not_here == std::vector{id_of<RecordId>(2)});
}

TEST_CASE("a vaccine that one names by code and the other in words is one by its words") {
    CareScene scene;
    const auto vaccine = [&](const char* text, bool coded) {
        v1::Immunization out;
        out.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_COMPLETED);
        auto& code = *out.mutable_immunization()->mutable_vaccine_code();
        if (coded) code = atc("J07BB02");
        code.set_text(text);
        return out;
    };
    for (const bool coded_first : {true, false}) {
        CareScene two;
        two.begin(two.a, vaccine("Influvac", coded_first), two.a.now);
        two.begin(two.b, vaccine("influvac", !coded_first), two.b.now);
        CHECK(two.rules() == Strings{"immunization/possible-double"});
    }
    scene.begin(scene.a, vaccine("Influvac", true), scene.a.now);
    scene.begin(scene.b, vaccine("Pneumovax", false), scene.b.now);
    CHECK(scene.findings().empty());
}

TEST_CASE("a relative's word of later is that relative's, and another's of one day is nobody's") {
    CareScene scene;
    const auto named = [](bool nearest, const char* on) {
        v1::RelatedPerson out;
        out.mutable_next_of_kin()->set_nearest(nearest);
        out.mutable_next_of_kin()->set_stated_by_patient(true);
        out.mutable_next_of_kin()->set_stated_on(on);
        return out;
    };
    const auto made = scene.begin(scene.a, named(false, "2026-01-02"));
    scene.then(scene.a, made, {made.change->id}, named(true, "2026-01-05"));
    scene.then(scene.b, made, {made.change->id}, named(false, "2026-01-03"));
    CHECK(scene.chart().care.related_persons.at(0).nearest);
    scene.then(scene.c, made, {made.change->id}, named(false, "2026-01-05"));
    CHECK_FALSE(scene.chart().care.related_persons.at(0).nearest);
}

TEST_CASE(
    "a dose that was given on one tablet and refused on another is asked about in any record") {
    // In another record of the citizen the numbers of a stream say nothing of what was first.
    Scene scene;
    const auto order = scene.order();
    const auto other = id_of<RecordId>(2);
    scene.refuse(scene.a, order);
    v1::MedicationAdministration given;
    *given.mutable_administration() = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED,
                                                  {order.change->id}, Scene::slot(order));
    scene.add(scene.a, {.record = other, .resource = scene.next()}, given);
    const auto group = chart::make_group({scene.record, other}, {}, scene.changes);
    CHECK(rules_of(chart::review(group, clinical::demo_pack())) ==
          Strings{"dose/given-and-not-given"});
}

TEST_CASE("a refusal that its author corrected is the corrected one") {
    Scene scene;
    const auto order = scene.order();
    const auto refused = scene.refuse(scene.a, order);
    scene.correct(scene.a, refused, {refused.change->id},
                  Scene::said(order, v1::ADMINISTRATION_STATUS_NOT_DONE, {order.change->id},
                              Scene::slot(order)));
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
}

TEST_CASE(
    "a correction at once is told by one boot's clock, and else by what clocks may have said") {
    // Who withdraws a dose within the hour is believed, on this tablet or another.
    const auto believed = [](const auto& change) {
        Scene scene;
        const auto order = scene.order();
        scene.a.waits(Duration::minutes(10));
        scene.b.person = scene.a.person;
        const auto dose = scene.give(scene.a, order);
        Writer& who = change(scene);
        scene.withdraw(who, order, dose, {dose.change->id});
        return !scene.chart().administrations.at(0).exposure.has_value();
    };
    CHECK(believed([](Scene& scene) -> Writer& { return scene.a; }));
    const auto after = [](Writer& who, int hours) -> Writer& {
        who.waits(Duration::hours(hours));
        return who;
    };
    CHECK_FALSE(believed([&](Scene& scene) -> Writer& { return after(scene.a, 2); }));
    // The wall clock was set back; the boot's was not.
    CHECK_FALSE(believed([&](Scene& scene) -> Writer& {
        after(scene.a, 2).now = scene.b.now + Duration::minutes(10);
        return scene.a;
    }));
    // A boot clock that runs backwards is no clock, and another boot's is another's.
    CHECK(believed([](Scene& scene) -> Writer& {
        scene.a.boot_clock_ms = 0;
        return scene.a;
    }));
    CHECK_FALSE(believed([&](Scene& scene) -> Writer& {
        scene.a.boot = id_of<BootId>(77);
        return after(scene.a, 2);
    }));
    // The same nurse on another tablet; not where that one's clock stands before what it had seen.
    CHECK(believed([](Scene& scene) -> Writer& {
        scene.b.waits(Duration::minutes(15));
        return scene.b;
    }));
    CHECK_FALSE(believed([](Scene& scene) -> Writer& { return scene.b; }));
    CHECK_FALSE(believed([&](Scene& scene) -> Writer& { return after(scene.b, 2); }));
}

TEST_CASE("a clock that was not set is believed when the tablet knew how far off it was") {
    CareScene scene;
    const auto order = scene.order();
    const Instant now = scene.a.now;
    scene.a.now = Instant{k_hour.ms};
    scene.a.server_minus_wall_ms = now.ms - k_hour.ms;
    const auto dose = scene.give(scene.a, order);
    const auto group = scene.group();
    CHECK(chart::moment_of(*group.find(dose.id), chart::ClockNotes(group)) == now);
}

TEST_CASE(
    "an import that states the beginning of time states none, and one that ends states its end") {
    Scene scene;
    const auto at = [&](Instant start, Instant end) {
        v1::Observation pulse;
        pulse.mutable_observation()->mutable_value()->set_text("72");
        const auto id = scene.next();
        scene.add(scene.server,
                  {.record = scene.record, .resource = id, .effective = std::pair(start, end)},
                  pulse);
        const auto group = scene.group();
        return chart::moment_of(*group.find(id), chart::ClockNotes(group));
    };
    CHECK(at(Instant{}, Instant{}) == chart::k_stands);
    CHECK(at(Instant{}, Instant{5'000}) == Instant{5'000});
}

TEST_CASE("a dose after an order's end and after its stop is as bad as after the stop") {
    for (const bool stopped_first : {true, false}) {
        Scene scene;
        const auto order = scene.order();
        auto first = v1::MEDICATION_REQUEST_STATUS_STOPPED;
        auto second = v1::MEDICATION_REQUEST_STATUS_COMPLETED;
        if (!stopped_first) std::swap(first, second);
        const auto one = scene.set_status(scene.server, order, {order.change->id}, first);
        scene.set_status(scene.server, order, {one->id}, second);
        for (std::uint32_t doses = 0; doses < 6; ++doses) {
            scene.a.waits(k_hour);
            scene.state(scene.a, Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED,
                                             {order.change->id}, id_of<SlotId>(doses + 1)));
        }
        const auto found = scene.findings();
        CHECK(found.size() == 6);
        for (const auto& each : found)
            CHECK(each.severity == v1::SEVERITY_S1);
    }
}

TEST_CASE("a dose that was moved to another slot closes that one, whatever version it names") {
    Scene scene;
    const auto order = scene.order("N02BE01", {"08:00", "20:00"});
    auto said = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {}, Scene::slot(order));
    said.add_request_version("the first");
    const auto dose = scene.state(scene.a, said);
    said.set_slot(base::to_bytes(Scene::slot(order, "20:00")));
    scene.correct(scene.a, dose, {dose.change->id}, said);
    const auto slots = scene.slots().slots;
    REQUIRE(slots.size() == 2);
    CHECK(slots[0].state == chart::SlotState::none);
    CHECK(slots[1].state == chart::SlotState::given);
}

TEST_CASE(
    "a measurement whose time is in words, or was cleared once, stands where it was written") {
    Scene scene;
    const auto measured = [&](const char* when, Duration later) {
        v1::Observation pulse;
        pulse.mutable_observation()->mutable_value()->set_text(when);
        pulse.mutable_observation()->set_effective(when);
        const auto id = scene.next();
        scene.a.waits(later);
        return scene.add(scene.a, {.record = scene.record, .resource = id}, pulse);
    };
    measured("2026-01-05T08:00:00+01:00", Duration{});
    const auto words = measured("after lunch", k_hour);
    const auto cleared = scene.add(scene.a,
                                   {.record = scene.record,
                                    .resource = words->resource,
                                    .parents = {words->id},
                                    .cleared = {1}},
                                   v1::Observation());
    v1::Observation again;
    again.mutable_observation()->mutable_value()->set_text("72");
    again.mutable_observation()->set_effective("after lunch");
    scene.add(scene.a,
              {.record = scene.record, .resource = words->resource, .parents = {cleared->id}},
              again);
    const auto chart = scene.chart();
    REQUIRE(chart.observations.size() == 2);
    CHECK(chart.observations[0].version.resource == words->resource);
    CHECK(chart.observations[0].earlier.size() == 1);
}

TEST_CASE("links of two records to each other are one link, and only touched ones are reviewed") {
    const auto link_to = [](std::uint32_t other) {
        v1::RecordLink out;
        out.mutable_link()->set_other_record(base::to_bytes(id_of<RecordId>(other)));
        out.mutable_link()->set_state(v1::LINK_STATE_LINKED);
        return out;
    };
    CareScene scene;
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, link_to(2));
    scene.add(scene.server, {.record = id_of<RecordId>(2), .resource = scene.next()}, link_to(1));
    const auto both = chart::make_group({scene.record, id_of<RecordId>(2)}, {}, scene.changes);
    CHECK(chart::review(both, clinical::demo_pack()).empty());

    CareScene three;
    std::vector<Made> links, relatives;
    for (const std::uint32_t other : {2U, 3U, 4U})
        links.push_back(three.begin(three.server, link_to(other)));
    for (int i = 0; i < 3; ++i) {
        v1::RelatedPerson out;
        out.mutable_next_of_kin()->set_nearest(true);
        relatives.push_back(three.begin(three.a, out));
    }
    CHECK(three.findings().size() == 6);
    for (const auto& touched : {links[0], relatives[0]}) {
        CHECK(chart::review_touched(three.group(), clinical::demo_pack(), {touched.id})
                  .findings.size() == 2);
    }
}

}  // namespace
}  // namespace kari::test
