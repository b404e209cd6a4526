// SPDX-License-Identifier: Apache-2.0
//
// NEWS2 as a chart shows it.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <tuple>

#include "sdk/chart/scores.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

using clinical::SaturationScale;

struct Bedside : CareScene {
    static v1::Observation of(const char* code, const std::string& value, const char* unit) {
        v1::Observation out;
        auto& said = *out.mutable_observation();
        said.set_status(v1::OBSERVATION_STATUS_FINAL);
        const bool letter = *unit == '\0';
        auto* coding = said.mutable_code()->add_coding();
        coding->set_system(std::string(letter ? clinical::k_snomed : clinical::k_loinc));
        coding->set_code(code);
        if (letter) {
            said.mutable_value()->set_text(value);
        } else {
            said.mutable_value()->mutable_quantity()->set_value(value);
            said.mutable_value()->mutable_quantity()->set_code(unit);
        }
        return out;
    }
    Made measure(Writer& who, const v1::Observation& said) { return begin(who, said, who.now); }

    static v1::Observation saturation(const char* value) { return of("2708-6", value, "%"); }
    static v1::Observation pulse(const char* value) { return of("8867-4", value, "/min"); }

    // All seven, a minute apart. On scale one 0 points, save what the caller asks for.
    struct Seven {
        Made saturation;
        Made pulse;
    };
    Seven seven(Writer& who, const char* percent = "97", const char* beats = "72",
                const char* litres = "0") {
        Seven out;
        const auto next = [&](const v1::Observation& said) {
            who.waits(Duration::minutes(1));
            return measure(who, said);
        };
        next(of("9279-1", "16", "/min"));
        out.saturation = next(saturation(percent));
        next(of("3151-8", litres, "L/min"));
        next(of("8480-6", "128", "mm[Hg]"));
        out.pulse = next(pulse(beats));
        next(of("1104441000000107", "A", ""));
        next(of("8310-5", "36.8", "Cel"));
        return out;
    }
    static v1::ServiceMeasure scale_two(v1::MeasureStatus status) {
        v1::ServiceMeasure out;
        auto* coding = out.mutable_content()->mutable_code()->add_coding();
        coding->set_system(std::string(clinical::k_news2_system));
        coding->set_code(std::string(clinical::k_scale_two));
        out.set_status(status);
        return out;
    }
    std::vector<chart::Score> scores() const { return chart::scores_of(group(), k_oslo); }
};

// All that a score says, to be compared.
auto told(const chart::Score& score) {
    return std::tuple(score.at, score.worst.total, score.worst.parts, score.at_least,
                      score.by_two ? score.by_two->total : std::optional<int>(), score.basis,
                      score.withdrawn, score.scale.decision);
}

TEST_CASE("a score whose measurement is withdrawn says so, and is computed anew") {
    Bedside scene;
    const auto measured = scene.seven(scene.a, "97", "135");
    auto all = scene.scores();
    REQUIRE(all.size() == 1);
    CHECK(all[0].worst.total == 3);
    CHECK(all[0].three_in_one());
    CHECK(all[0].withdrawn.empty());
    CHECK(all[0].basis.size() == 7);
    // It was another citizen's pulse.
    auto wrong = Bedside::pulse("135");
    wrong.mutable_observation()->set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    scene.then(scene.a, measured.pulse, {measured.pulse.change->id}, wrong);
    all = scene.scores();
    REQUIRE(all.size() == 1);
    CHECK_FALSE(all[0].worst.total);
    CHECK(all[0].worst.parts == 6);
    CHECK(all[0].withdrawn == std::vector{measured.pulse.id});
    // Measured again: a total, and still the word that its basis changed.
    scene.measure(scene.a, Bedside::pulse("88"));
    all = scene.scores();
    CHECK(all[0].worst.total == 0);
    CHECK(all[0].withdrawn == std::vector{measured.pulse.id});
}

TEST_CASE("a score is of an hour, of the newest of each part, and of neither half alone") {
    Bedside scene;
    scene.seven(scene.a, "97", "112");
    scene.b.now = scene.a.now;
    scene.b.waits(Duration::minutes(10));
    scene.measure(scene.b, Bedside::pulse("72"));
    auto all = scene.scores();
    REQUIRE(all.size() == 1);
    CHECK(all[0].worst.total == 0);
    CHECK(all[0].withdrawn.empty());
    // The next morning somebody takes the pulse: that is no score, unless it is far off.
    scene.b.waits(Duration::hours(20));
    scene.measure(scene.b, Bedside::pulse("92"));
    CHECK(scene.scores().size() == 1);
    scene.b.waits(Duration::hours(2));
    scene.measure(scene.b, Bedside::pulse("135"));
    all = scene.scores();
    REQUIRE(all.size() == 2);
    CHECK_FALSE(all[0].worst.total);
    CHECK(all[0].worst.parts == 1);
    CHECK(all[0].three_in_one());
}

TEST_CASE("of a measurement that two corrected apart the score is a range, and the higher warns") {
    Bedside scene;
    const auto measured = scene.seven(scene.a, "97", "100");
    scene.then(scene.a, measured.pulse, {measured.pulse.change->id}, Bedside::pulse("70"));
    scene.then(scene.b, measured.pulse, {measured.pulse.change->id}, Bedside::pulse("135"));
    const auto all = scene.scores();
    REQUIRE(all.size() == 1);
    CHECK(all[0].worst.total == 3);
    CHECK(all[0].at_least == 0);
    CHECK(all[0].points() == 3);
    CHECK(all[0].three_in_one());
}

TEST_CASE("a score is a function of what was measured, whatever came when, and is stored nowhere") {
    CHECK(rc::check([] {
        Bedside scene;
        Writer* writers[] = {&scene.a, &scene.b};
        std::vector<Made> pulses;
        const int count = *rc::gen::inRange(1, 4);
        for (int i = 0; i < count; ++i) {
            auto& who = *writers[*rc::gen::inRange(0, 2)];
            who.waits(Duration::minutes(*rc::gen::inRange(0, 90)));
            pulses.push_back(
                scene.seven(who, *rc::gen::element("97", "94"), *rc::gen::element("72", "135"))
                    .pulse);
        }
        const int corrections = *rc::gen::inRange(0, 4);
        for (int i = 0; i < corrections; ++i) {
            const auto& of = *rc::gen::elementOf(pulses);
            auto said = Bedside::pulse(*rc::gen::element("60", "112"));
            if (*rc::gen::arbitrary<bool>()) {
                said.mutable_observation()->set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
            }
            scene.then(*writers[*rc::gen::inRange(0, 2)], of, {of.change->id}, said);
        }
        const auto expected = scene.scores();
        RC_ASSERT(!expected.empty());
        std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
        auto changes = scene.changes;
        changes.insert(changes.end(), scene.changes.begin(), scene.changes.begin() + 3);
        std::shuffle(changes.begin(), changes.end(), random);
        const auto again = chart::scores_of(chart::make_group({scene.record}, {}, changes), k_oslo);
        RC_ASSERT(again.size() == expected.size());
        for (std::size_t i = 0; i < again.size(); ++i)
            RC_ASSERT(told(again[i]) == told(expected[i]));
    }));
}

TEST_CASE(
    "while two say otherwise of the scale the first is used, both are told, the higher warns") {
    Bedside scene;
    const auto decision = scene.begin(scene.server, Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE));
    scene.seven(scene.a, "97", "72", "2");  // far too much oxygen for whom scale two is for
    auto score = scene.scores().at(0);
    CHECK(score.worst.total == 5);
    CHECK(score.scale.decision == decision.id);
    SECTION("a nurse proposes its end") {
        scene.then(scene.a, decision, {decision.change->id},
                   only_status<v1::ServiceMeasure>(v1::MEASURE_STATUS_REVOKED));
    }
    SECTION("one server ends it beside another that confirms it") {
        auto other = Writer::server(901);
        scene.then(other, decision, {decision.change->id},
                   only_status<v1::ServiceMeasure>(v1::MEASURE_STATUS_REVOKED));
        scene.then(scene.server, decision, {decision.change->id},
                   only_status<v1::ServiceMeasure>(v1::MEASURE_STATUS_ACTIVE));
        CHECK(only(scene.findings(), "merge/service-status"));
    }
    score = scene.scores().at(0);
    CHECK(score.scale.scale == SaturationScale::one);
    CHECK_FALSE(score.scale.settled);
    CHECK_FALSE(score.scale.decision);
    CHECK(score.worst.total == 2);
    REQUIRE(score.by_two);
    CHECK(score.by_two->total == 5);
    CHECK(score.points() == 5);
}

TEST_CASE("a decision in effect is used while it holds, and a proposed one is only told") {
    Bedside scene;
    scene.seven(scene.a, "90");
    CHECK(scene.scores().at(0).worst.total == 3);
    CHECK_FALSE(scene.scores().at(0).by_two);
    const auto asked = scene.begin(scene.b, Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE));
    auto score = scene.scores().at(0);
    CHECK(score.worst.total == 3);
    CHECK(score.by_two->total == 0);
    CHECK(score.points() == 3);
    auto until = Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE);
    until.mutable_validity()->set_end("2026-01-06");
    scene.then(scene.server, asked, {asked.change->id}, until);
    score = scene.scores().at(0);
    CHECK(score.scale.scale == SaturationScale::two);
    CHECK(score.scale.decision == asked.id);
    CHECK(score.worst.total == 0);
    CHECK_FALSE(score.by_two);
    CHECK(scene.findings().empty());
    // After its end the first scale is used again.
    scene.a.waits(Duration::hours(48));
    scene.seven(scene.a, "90");
    score = scene.scores().at(0);
    CHECK(score.worst.total == 3);
    CHECK(score.scale.settled);
    // Another measure decides nothing.
    v1::ServiceMeasure wash;
    wash.mutable_content()->set_title("wash");
    wash.set_status(v1::MEASURE_STATUS_ACTIVE);
    scene.begin(scene.server, wash);
    CHECK(scene.scores().at(0).scale.settled);
}

TEST_CASE("the second scale is used by a decision of the server's and by nothing else") {
    CHECK(rc::check([] {
        Bedside scene;
        scene.seven(scene.c, "90");
        auto other = Writer::server(901);
        Writer* writers[] = {&scene.a, &scene.server, &other};
        std::vector<ChangePtr> made;
        Made decision;
        const int count = *rc::gen::inRange(1, 5);
        for (int i = 0; i < count; ++i) {
            auto& who = *writers[*rc::gen::inRange(0, 3)];
            const auto status =
                *rc::gen::element(v1::MEASURE_STATUS_ACTIVE, v1::MEASURE_STATUS_REVOKED);
            if (made.empty()) {
                decision = scene.begin(who, Bedside::scale_two(status));
                made.push_back(decision.change);
                continue;
            }
            std::vector<ChangeId> seen;
            for (const auto& change : made) {
                if (*rc::gen::arbitrary<bool>()) seen.push_back(change->id);
            }
            if (seen.empty()) seen.push_back(made.front()->id);
            made.push_back(
                scene.then(who, decision, seen, only_status<v1::ServiceMeasure>(status)));
        }
        const auto group = scene.group();
        const auto score = chart::scores_of(group, k_oslo).at(0);
        const bool two = score.scale.scale == SaturationScale::two;
        RC_ASSERT(two == score.scale.decision.has_value());
        RC_ASSERT(!two || score.scale.settled);
        RC_ASSERT(score.by_two.has_value() == !score.scale.settled);
        if (two) {
            const auto* measure = group.find(*score.scale.decision);
            const auto said = merge::operative_as<v1::ServiceMeasure>(*measure);
            RC_ASSERT(said.status() == v1::MEASURE_STATUS_ACTIVE);
            RC_ASSERT(clinical::decides_scale_two(said.content().code()));
            RC_ASSERT(!measure->contested());
        }
        // Never fewer points than by the first while anybody says otherwise.
        if (!score.scale.settled) RC_ASSERT(score.points() >= *score.worst.total);
        RC_CLASSIFY(two);
    }));
}

TEST_CASE("a cancelled measurement is taken back as one entered in error is, and no other") {
    Bedside scene;
    const auto measured = scene.seven(scene.a, "97", "135");
    // A note of the same hour had no part in the score, and an old pulse neither.
    v1::Observation words;
    words.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
    words.mutable_observation()->mutable_value()->set_text("pale");
    const auto note = scene.measure(scene.a, words);
    scene.b.now = scene.a.now - Duration::hours(3);
    const auto old = scene.measure(scene.b, Bedside::pulse("88"));
    const auto cancel = [&](const Made& of, v1::Observation said) {
        said.mutable_observation()->set_status(v1::OBSERVATION_STATUS_CANCELLED);
        scene.then(scene.a, of, {of.change->id}, said);
    };
    cancel(note, words);
    cancel(old, Bedside::pulse("88"));
    CHECK(scene.scores().at(0).withdrawn.empty());
    cancel(measured.pulse, Bedside::pulse("135"));
    CHECK(scene.scores().at(0).withdrawn == std::vector{measured.pulse.id});
}

TEST_CASE("of two saturations that stand beside each other the worse makes the points") {
    for (const auto& [one, other] : {std::pair("97", "90"), std::pair("90", "97")}) {
        Bedside scene;
        const auto measured = scene.seven(scene.a);
        const auto& of = measured.saturation;
        scene.then(scene.a, of, {of.change->id}, Bedside::saturation(one));
        scene.then(scene.b, of, {of.change->id}, Bedside::saturation(other));
        const auto score = scene.scores().at(0);
        CHECK(score.worst.total == 3);
        CHECK(score.at_least == 0);
    }
}

// A decision for the second scale beside a saturation of 90: three points by the first, none by it.
struct Decided : Bedside {
    Made decision;

    explicit Decided(const v1::ServiceMeasure& said) {
        seven(c, "90");
        decision = begin(server, said);
    }
    Decided() : Decided(scale_two(v1::MEASURE_STATUS_ACTIVE)) {}
    void beside(Writer& who, const v1::ServiceMeasure& said) {
        then(who, decision, {decision.change->id}, said);
    }
    chart::ScaleInForce scale() const { return scores().at(0).scale; }
    bool by_two() const { return scale().settled && scale().scale == SaturationScale::two; }
    bool by_one() const { return scale().settled && scale().scale == SaturationScale::one; }
};

v1::ServiceMeasure valid(const char* start, const char* end) {
    auto out = Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE);
    out.mutable_validity()->set_start(start);
    out.mutable_validity()->set_end(end);
    return out;
}

TEST_CASE("a decision on the scale holds from its start to its end, and where it names none") {
    CHECK(Decided(valid("2026-01-01", "2026-02-01")).by_two());
    CHECK(Decided(valid("2026-01-01", "")).by_two());
    CHECK(Decided(valid("", "")).by_two());
    CHECK(Decided(valid("2026-01-06", "")).by_one());
    CHECK(Decided(valid("2025-12-01", "2026-01-01")).by_one());
    // A time that is none bounds nothing.
    CHECK(Decided(valid("soon", "later")).by_two());
}

TEST_CASE("two who disagree how long the scale holds leave it unsettled, and a proposal does not") {
    const auto lasts = [](const char* end) {
        v1::ServiceMeasure out;
        out.mutable_validity()->set_end(end);
        return out;
    };
    Decided proposed;
    proposed.beside(proposed.a, lasts("2026-01-01"));
    CHECK(proposed.by_two());
    Decided two;
    auto other = Writer::server(901);
    two.beside(two.server, lasts("2026-01-01"));
    two.beside(other, lasts("2026-02-01"));
    CHECK_FALSE(two.scale().settled);
    CHECK(two.scores().at(0).three_in_one());
}

TEST_CASE("whether another measure is meant is decided before the scale changes") {
    v1::ServiceMeasure wash, again;
    wash.mutable_content()->set_title("wash");
    *again.mutable_content() = Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE).content();
    again.mutable_content()->set_title("as agreed");
    Decided to_wash;
    to_wash.beside(to_wash.a, wash);
    CHECK_FALSE(to_wash.scale().settled);
    Decided the_same;
    the_same.beside(the_same.a, again);
    CHECK(the_same.by_two());
    Decided contested;
    auto other = Writer::server(901);
    contested.beside(contested.server, wash);
    contested.beside(other, again);
    CHECK_FALSE(contested.scale().settled);
}

TEST_CASE("a measure that says only half of it decides no scale") {
    auto no_status = Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE);
    no_status.clear_status();
    CHECK(Decided(no_status).by_one());
    CHECK(Decided(only_status<v1::ServiceMeasure>(v1::MEASURE_STATUS_ACTIVE)).by_one());
}

TEST_CASE("a decision on the scale of which part is missing or unread is unsettled") {
    Decided part;
    part.then(part.server, part.decision, {part.decision.change->id, id_of<ChangeId>(404)},
              Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE));
    CHECK_FALSE(part.scale().settled);
    Decided unread;
    auto said = Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE);
    said.GetReflection()->MutableUnknownFields(&said)->AddLengthDelimited(77, "tomorrow");
    unread.add(unread.server,
               {.record = unread.record,
                .resource = unread.decision.id,
                .parents = {unread.decision.change->id},
                .must_understand = {77}},
               said);
    CHECK_FALSE(unread.scale().settled);
}

TEST_CASE("two decisions for the second scale are of one mind, and the first of them is named") {
    Decided scene;
    const auto other = scene.begin(scene.server, Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE));
    CHECK(scene.by_two());
    CHECK(scene.scale().decision == std::min(scene.decision.id, other.id));
}

TEST_CASE("by whichever scale one part makes three points, it is looked at") {
    // 97 on two litres: by the first scale two points for the oxygen, by the second three more.
    Bedside scene;
    scene.seven(scene.a, "97", "72", "2");
    CHECK_FALSE(scene.scores().at(0).three_in_one());
    scene.begin(scene.b, Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE));
    CHECK(scene.scores().at(0).three_in_one());
    // And on air by neither.
    Bedside air;
    air.seven(air.a, "97");
    air.begin(air.b, Bedside::scale_two(v1::MEASURE_STATUS_ACTIVE));
    CHECK_FALSE(air.scores().at(0).three_in_one());
}

}  // namespace
}  // namespace kari::test
