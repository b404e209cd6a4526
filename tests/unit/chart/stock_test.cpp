// SPDX-License-Identifier: Apache-2.0
//
// The ledger of controlled drugs, on tablets that do not see each other.
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/chart/reviewed.hpp"
#include "tests/unit/chart/stock_scene.hpp"

namespace kari::test {
namespace {

TEST_CASE("what is there is what came in without what went out, and a count changes nothing") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    for (const auto act : {v1::STOCK_ACT_ISSUE, v1::STOCK_ACT_ADMINISTER, v1::STOCK_ACT_WASTE,
                           v1::STOCK_ACT_RETURN, v1::STOCK_ACT_TRANSFER_OUT}) {
        scene.a.waits(Duration::minutes(1));
        scene.event(scene.a, act, "1");
    }
    CHECK(scene.total() == "5");
    scene.a.waits(Duration::minutes(1));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "3");
    CHECK(scene.total() == "5");
    auto back = scene.moved(v1::STOCK_ACT_ADJUST, "-2");
    back.set_incident("A-17");
    scene.a.waits(Duration::minutes(1));
    scene.event(scene.a, back);
    CHECK(scene.total() == "3");
}

TEST_CASE(
    "two who each took the last one are found on every tablet, and more coming in ends nothing") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "1");
    scene.a.waits(Duration::minutes(10));
    scene.b.waits(Duration::minutes(12));
    const auto one = scene.event(scene.a, v1::STOCK_ACT_ADMINISTER, "1");
    CHECK_FALSE(scene.found("stock/negative-balance"));
    const auto other = scene.event(scene.b, v1::STOCK_ACT_ADMINISTER, "1");
    const auto found = scene.found("stock/negative-balance");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({other.change}));
    CHECK(scene.total() == "-1");
    // What came in later fills the account and explains nothing.
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    CHECK(scene.total() == "9");
    CHECK(scene.found("stock/negative-balance") == found);
    // Nor is either of the two taken for the other.
    CHECK(scene.sums().front().rows.size() == 4);
    (void)one;
}

TEST_CASE("what was received earlier and arrives late leaves no finding of too little") {
    StockScene scene;
    scene.b.waits(Duration::hours(2));
    scene.event(scene.b, v1::STOCK_ACT_ADMINISTER, "1");
    CHECK(scene.found("stock/negative-balance"));
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "5");
    CHECK_FALSE(scene.found("stock/negative-balance"));
    CHECK(scene.total() == "4");
}

TEST_CASE("a count that differs is found until a person has looked at it, whatever is adjusted") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.a.waits(Duration::hours(1));
    const auto count = scene.event(scene.a, v1::STOCK_ACT_COUNT, "9");
    scene.b.waits(Duration::hours(1));
    scene.witness(scene.b, count);
    const auto found = scene.found("stock/count-differs");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->subject == chart::Subject::resource(count.id));
    auto adjusted = scene.moved(v1::STOCK_ACT_ADJUST, "-1");
    adjusted.set_incident("A-17");
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, adjusted);
    CHECK(scene.found("stock/count-differs") == found);
    // The next count agrees with what was adjusted.
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "9");
    CHECK(scene.found("stock/count-differs") == found);
}

TEST_CASE("a count agrees with what the counter could not know of, once that arrives") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.b.waits(Duration::hours(2));
    scene.event(scene.b, v1::STOCK_ACT_COUNT, "9");
    CHECK(scene.found("stock/count-differs"));
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_ADMINISTER, "1");
    CHECK_FALSE(scene.found("stock/count-differs"));
    // Both of two counts stand, each by its own moment.
    scene.a.waits(Duration::hours(2));
    scene.event(scene.a, v1::STOCK_ACT_WASTE, "1");
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "8");
    CHECK_FALSE(scene.found("stock/count-differs"));
}

TEST_CASE("a transfer is two halves that come to nothing together") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.a.waits(Duration::minutes(5));
    auto out = scene.moved(v1::STOCK_ACT_TRANSFER_OUT, "2");
    const auto sent = scene.event(scene.a, out);
    const auto open = scene.found("stock/transfer-uneven");
    REQUIRE(open);
    CHECK(open->severity == v1::SEVERITY_S2);
    CHECK(open->subject == chart::Subject::resource(sent.id));
    auto in = scene.moved(v1::STOCK_ACT_TRANSFER_IN, "2");
    *in.mutable_place() = stock_place(v1::STOCK_PLACE_KIND_CAR, "2");
    in.set_transfer(base::to_bytes(sent.id));
    SECTION("the other half, in milligrams") {
        in.mutable_quantity()->set_value("20");
        in.mutable_quantity()->set_code("mg");
        scene.event(scene.b, in);
        CHECK_FALSE(scene.found("stock/transfer-uneven"));
        CHECK(scene.sums().size() == 2);
    }
    SECTION("another amount") {
        in.mutable_quantity()->set_value("1");
        scene.event(scene.b, in);
        const auto still = scene.found("stock/transfer-uneven");
        REQUIRE(still);
        CHECK(still->id == open->id);
        CHECK(still->inputs.size() == 2);
    }
    SECTION("another drug") {
        *in.mutable_medication() = atc("N02AA05");
        scene.event(scene.b, in);
        CHECK(scene.found("stock/transfer-uneven"));
    }
    SECTION("taken twice") {
        scene.event(scene.b, in);
        scene.event(scene.c, in);
        CHECK(scene.found("stock/transfer-uneven")->inputs.size() == 3);
    }
}

TEST_CASE("an adjustment without an incident waits for a person") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.event(scene.a, v1::STOCK_ACT_ADJUST, "-1");
    CHECK(scene.found("stock/adjust-without-incident"));
    StockScene named;
    named.event(named.a, v1::STOCK_ACT_RECEIVE, "10");
    auto said = named.moved(v1::STOCK_ACT_ADJUST, "-1");
    said.set_incident("A-17");
    named.event(named.a, said);
    CHECK(named.findings().empty());
}

TEST_CASE("what two are to see is found until another person says in time that they saw it") {
    for (const auto act : {v1::STOCK_ACT_WASTE, v1::STOCK_ACT_RETURN, v1::STOCK_ACT_ISSUE}) {
        StockScene scene;
        scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
        scene.a.waits(Duration::minutes(5));
        const auto wasted = scene.event(scene.a, act, "1");
        const auto missing = scene.found("stock/witness-missing");
        REQUIRE(missing);
        CHECK(missing->severity == v1::SEVERITY_S2);
        // Whoever recorded it is no witness, and nobody is an hour later.
        scene.witness(scene.a, wasted);
        CHECK(scene.found("stock/witness-missing") == missing);
        scene.c.waits(Duration::hours(2));
        scene.witness(scene.c, wasted);
        CHECK(scene.found("stock/witness-missing") == missing);
        scene.b.waits(Duration::minutes(10));
        const auto seen = scene.witness(scene.b, wasted);
        CHECK_FALSE(scene.found("stock/witness-missing"));
        // Taken back.
        scene.then(scene.b, seen, {seen.change->id},
                   Scene::act_about(wasted.id, chart::k_stock_witness, {wasted.change->id},
                                    v1::PROCEDURE_STATUS_ENTERED_IN_ERROR));
        CHECK(scene.found("stock/witness-missing") == missing);
    }
}

TEST_CASE("who is alone says so with a code, and that is reported and nobody's task") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    auto said = scene.moved(v1::STOCK_ACT_WASTE, "1");
    auto* why = said.add_override();
    why->set_rule("entry/stock-witness-missing");
    why->set_reason("alone-in-home: night shift");
    scene.event(scene.a, said);
    CHECK(scene.found("stock/witness-missing")->severity == v1::SEVERITY_S4);
}

TEST_CASE("a dose from our stock has one event of its own amount") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.a.waits(Duration::minutes(5));
    const auto dose = scene.state(scene.a, scene.morphine("5"));
    const auto missing = scene.found("stock/dose-without-event");
    REQUIRE(missing);
    CHECK(missing->subject == chart::Subject::resource(dose.id));
    SECTION("half an ampoule, and the other half is wasted") {
        scene.used(scene.a, dose, "0.5");
        const auto rest = scene.used(scene.a, dose, "0.5", v1::STOCK_ACT_WASTE);
        scene.b.waits(Duration::minutes(6));
        scene.witness(scene.b, rest);
        CHECK(scene.findings().empty());
        CHECK(scene.total() == "9.0");
        // The nurse says that it was two and a half milligrams.
        scene.correct(scene.a, dose, {dose.change->id}, scene.morphine("2.5"));
        CHECK(scene.found("stock/dose-differs")->severity == v1::SEVERITY_S2);
    }
    SECTION("a whole ampoule for half a dose") {
        scene.used(scene.a, dose, "1");
        CHECK_FALSE(scene.found("stock/dose-without-event"));
        CHECK(scene.found("stock/dose-differs"));
    }
    SECTION("from another place") {
        auto said = scene.moved(v1::STOCK_ACT_ADMINISTER, "0.5");
        *said.mutable_place() = stock_place(v1::STOCK_PLACE_KIND_CAR);
        said.set_administration(base::to_bytes(dose.id));
        scene.event(scene.a, said);
        CHECK(scene.found("stock/dose-differs"));
    }
    SECTION("twice, by two who did not see each other") {
        scene.used(scene.a, dose, "0.5");
        scene.used(scene.b, dose, "0.5");
        CHECK(scene.found("stock/dose-differs"));
        CHECK(scene.total() == "9.0");
    }
    SECTION("of a dose that was never given") {
        scene.used(scene.a, dose, "0.5");
        scene.correct(scene.a, dose, {dose.change->id},
                      scene.morphine("5", v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR));
        CHECK(scene.found("stock/dose-differs"));
        CHECK_FALSE(scene.found("stock/dose-without-event"));
    }
}

TEST_CASE("a dose of the citizen's own, or of a source system, needs no event") {
    StockScene scene;
    auto own = scene.morphine("5");
    *own.mutable_taken_from() = stock_place(v1::STOCK_PLACE_KIND_PATIENT_HOME);
    scene.state(scene.a, own);
    own.clear_taken_from();
    scene.state(scene.a, own, scene.a.now + Duration::hours(6));
    scene.state(scene.server, scene.morphine("5"), scene.a.now + Duration::hours(12));
    CHECK_FALSE(scene.found("stock/dose-without-event"));
    // Who was asked where it came from, and gave another reason.
    auto* asked = own.add_override();
    asked->set_rule("entry/stock-not-named");
    asked->set_reason("do not know");
    scene.state(scene.a, own, scene.a.now + Duration::hours(18));
    CHECK(scene.found("stock/dose-without-event")->severity == v1::SEVERITY_S3);
}

TEST_CASE("an amount that cannot be added leaves no sum, and that is said") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.a.waits(Duration::minutes(5));
    scene.event(scene.a, scene.moved(v1::STOCK_ACT_RETURN, "3", "{vial}"));
    CHECK(scene.total().empty());
    CHECK(scene.found("stock/cannot-add-up"));
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "2");
    CHECK_FALSE(scene.found("stock/count-differs"));
}

TEST_CASE("a clock that is off moves nothing before what it cannot have come before") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "1");
    // B's clock is three hours slow: what it wrote at seven was at ten.
    scene.b.waits(Duration::hours(-1));
    scene.event(scene.b, v1::STOCK_ACT_ADMINISTER, "1");
    CHECK(scene.found("stock/negative-balance"));
    v1::TimeNote note;
    note.mutable_note()->set_incarnation(base::to_bytes(scene.b.incarnation));
    note.mutable_note()->set_boot(base::to_bytes(scene.b.boot));
    note.mutable_note()->set_server_minus_device_ms(Duration::hours(3).ms);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
    CHECK_FALSE(scene.found("stock/negative-balance"));
}

TEST_CASE("what is written afterwards of a time before explains neither a count nor a dip") {
    StockScene scene;
    const Instant eight = scene.a.now;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    scene.a.waits(Duration::hours(4));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "9");
    REQUIRE(scene.found("stock/count-differs"));
    scene.b.waits(Duration::hours(5));
    scene.event(scene.b, v1::STOCK_ACT_WASTE, "1", eight + Duration::hours(3));
    const auto still = scene.found("stock/count-differs");
    REQUIRE(still);
    CHECK(still->inputs.size() == 3);  // so that an answer given before is asked for again
    CHECK(scene.total() == "9");

    StockScene dip;
    dip.event(dip.a, v1::STOCK_ACT_ISSUE, "1");
    dip.b.waits(Duration::hours(1));
    const auto late = dip.event(dip.b, v1::STOCK_ACT_RECEIVE, "1", eight - Duration::minutes(1));
    CHECK(dip.found("stock/negative-balance"));
    CHECK(dip.total() == "0");
    // A record that is reviewed bit by bit says the same.
    const auto near =
        chart::replaced({}, chart::review_touched(dip.group(), clinical::demo_pack(), {late.id}));
    CHECK(only(near, "stock/negative-balance") == dip.found("stock/negative-balance"));
}

TEST_CASE("what stays below nothing is told of once, and again by whatever takes out more") {
    StockScene scene;
    const auto took = [&](v1::StockAct act, const std::string& amount) {
        scene.a.waits(Duration::hours(1));
        scene.event(scene.a, act, amount);
    };
    took(v1::STOCK_ACT_COUNT, "10");  // an account that begins so
    took(v1::STOCK_ACT_ISSUE, "2");
    took(v1::STOCK_ACT_RECEIVE, "1");
    took(v1::STOCK_ACT_COUNT, "9");
    CHECK(scene.found("stock/negative-balance")->inputs.size() == 1);
    took(v1::STOCK_ACT_ISSUE, "1");
    CHECK(scene.found("stock/negative-balance")->inputs.size() == 2);
}

TEST_CASE("an event that is said anew stands as it was said first, and has no amount") {
    StockScene scene;
    const auto first = scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    v1::StockEvent again;
    *again.mutable_event() = scene.moved(v1::STOCK_ACT_RECEIVE, "8");
    scene.b.waits(Duration::hours(1));
    scene.add(scene.b,
              {.record = scene.record, .resource = first.id, .parents = {first.change->id}}, again);
    CHECK(scene.total().empty());
    CHECK(scene.found("stock/cannot-add-up"));
    REQUIRE(scene.sums().size() == 1);
    const auto group = scene.group();
    const auto sums = chart::sums_of(group, chart::ClockNotes(group));
    CHECK(sums.front().rows.front().said.quantity().value() == "10");
    CHECK(sums.front().rows.front().change->id == first.change->id);
}

TEST_CASE("of a ledger that is here in part no sum is held against anything") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_ADMINISTER, "1");
    scene.a.waits(Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "3");
    CHECK(scene.found("stock/negative-balance"));
    auto in = scene.moved(v1::STOCK_ACT_TRANSFER_IN, "2");
    in.set_transfer(base::to_bytes(scene.next()));
    scene.event(scene.a, in);
    CHECK(scene.found("stock/transfer-uneven"));
    const auto part = chart::make_group({scene.record}, {id_of<RecordId>(77)}, scene.changes);
    const auto found = chart::review(part, clinical::demo_pack());
    CHECK_FALSE(only(found, "stock/negative-balance"));
    CHECK_FALSE(only(found, "stock/count-differs"));
    CHECK_FALSE(only(found, "stock/transfer-uneven"));
    CHECK(only(found, "stock/witness-missing"));
}

TEST_CASE(
    "a clock that was set within a boot puts nothing before what it cannot have come before") {
    StockScene scene;
    // Two hours fast; then somebody sets it, and the tablet runs on.
    scene.a.waits(Duration::hours(2));
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "5");
    scene.a.now = scene.a.now - Duration::hours(2);
    scene.a.waits(Duration::minutes(5));
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "5");
    // No server ever learnt of the two hours.
    CHECK_FALSE(scene.found("stock/count-differs"));
    CHECK(scene.total() == "5");
}

TEST_CASE("whoever saw it at once is its witness, however wrong the clock turns out to be") {
    StockScene scene;
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    const auto wasted = scene.event(scene.a, v1::STOCK_ACT_WASTE, "1");
    // A colleague signs in on the same tablet; then somebody learns that its clock is an hour slow.
    scene.a.person = scene.b.person;
    scene.a.waits(Duration::minutes(4));
    scene.witness(scene.a, wasted);
    CHECK_FALSE(scene.found("stock/witness-missing"));
    v1::TimeNote note;
    note.mutable_note()->set_incarnation(base::to_bytes(scene.a.incarnation));
    note.mutable_note()->set_boot(base::to_bytes(scene.a.boot));
    note.mutable_note()->set_server_minus_device_ms(Duration::hours(1).ms);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
    CHECK_FALSE(scene.found("stock/witness-missing"));
}

}  // namespace
}  // namespace kari::test
