// SPDX-License-Identifier: Apache-2.0
//
// A drug for one day a week that several people give.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

constexpr auto k_rule = "dose/weekly-twice";

struct WeeklyScene : Scene {
    static v1::Administration given(const char* atc_code = "L04AX03") {
        v1::Administration out;
        out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
        *out.mutable_medication() = atc(atc_code);
        out.mutable_dose()->set_value("1");
        out.mutable_dose()->set_code("{tablet}");
        auto* alone = out.add_override();
        alone->set_rule("entry/second-check-missing");
        alone->set_reason("alone-in-home: nobody near");
        return out;
    }
    // What is waived is for the log.
    std::vector<chart::Finding> findings() const {
        auto all = Scene::findings();
        std::erase_if(all, [](const auto& one) { return one.rule == "dose/second-check-missing"; });
        return all;
    }
    Dose give(Writer& who, double days, const char* atc_code = "L04AX03") {
        return state(who, given(atc_code),
                     server.now + Duration::minutes(static_cast<std::int64_t>(days * 24 * 60)));
    }
    Order order_on(std::initializer_list<const char*> days, Writer& who) {
        Order made{next(), nullptr};
        v1::MedicationRequest request;
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        *request.mutable_prescription() = prescription("L04AX03", {}, "1");
        auto& repeat =
            *request.mutable_prescription()->mutable_dosage(0)->mutable_timing()->mutable_repeat();
        for (const auto* day : days)
            repeat.add_day_of_week(day);
        made.change = add(who, {.record = record, .resource = made.id}, request);
        return made;
    }
};

TEST_CASE("a weekly drug that two gave within a week, unknown to each other, is phoned about") {
    WeeklyScene scene;
    const auto one = scene.give(scene.a, 0);
    CHECK(scene.findings().empty());
    // By its other code: it is one drug.
    const auto other = scene.give(scene.b, 1, "L01BA01");
    const auto found = only(scene.findings(), "dose/weekly-twice");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({one.change, other.change}));
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{k_rule});
    CHECK(scene.chart().administrations.size() == 2);
    SECTION("until whoever wrote the other says at once that it was not given") {
        auto wrong = WeeklyScene::given();
        wrong.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
        scene.correct(scene.b, other, {other.change->id}, wrong);
        CHECK(scene.findings().empty());
    }
    SECTION("also when the later giver had a reason: it was of what was known there") {
        auto meant = WeeklyScene::given();
        auto* why = meant.add_override();
        why->set_rule("entry/weekly-twice");
        why->set_reason("Dr Li, by phone");
        scene.state(scene.c, meant, scene.server.now + Duration::hours(48));
        const auto all = scene.findings();
        CHECK(all.size() == 3);
        for (const auto& each : all)
            CHECK(each.severity == v1::SEVERITY_S1);
    }
}

TEST_CASE("a weekly drug a week apart, refused, or beside another drug is no finding") {
    WeeklyScene scene;
    scene.give(scene.a, 0);
    scene.give(scene.b, 6.5);
    scene.give(scene.c, 1, "M05BA04");
    scene.give(scene.c, 1, "N02BE01");
    scene.give(scene.c, 2, "N02BE01");
    auto refused = WeeklyScene::given();
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    scene.state(scene.c, refused, scene.server.now + Duration::hours(24));
    // Of alendronate ten milligrams are for every day.
    auto daily = WeeklyScene::given("M05BA04");
    daily.mutable_dose()->set_value("10");
    daily.mutable_dose()->set_code("mg");
    scene.state(scene.c, daily, scene.server.now + Duration::hours(48));
    CHECK(scene.findings().empty());
    scene.give(scene.c, 6.5 + 6.4);
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("a clock that was off does not hide a weekly drug that was given twice") {
    WeeklyScene scene;
    scene.give(scene.a, 0);
    // A day before the week is over, by a tablet that was a day fast.
    scene.b.now = scene.b.now + Duration::hours(24 * 7);
    scene.b.server_minus_wall_ms = -24 * 3'600'000;
    const Instant at = scene.b.now;
    scene.state(scene.b, WeeklyScene::given(), at);
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE(
    "an order of a weekly drug for more than one day a week is phoned about while it stands") {
    WeeklyScene scene;
    scene.order_on({"thu"}, scene.server);
    scene.order("N02BE01");
    CHECK(scene.findings().empty());
    // What a tablet proposes is not in effect, and whoever proposed it was asked.
    scene.order_on({"mon", "fri"}, scene.a);
    CHECK_FALSE(only(scene.findings(), "order/weekly-too-often"));
    const auto often = scene.order_on({"mon", "thu"}, scene.server);
    const auto found = only(scene.findings(), "order/weekly-too-often");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({often.change}));
    scene.set_status(scene.server, often, {often.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK_FALSE(only(scene.findings(), "order/weekly-too-often"));
}

TEST_CASE(
    "a weekly drug is given on one day a week, or each pair of doses is found, and no other") {
    CHECK(rc::check([] {
        WeeklyScene scene;
        struct Said {
            ResourceId id;
            std::int64_t hours = 0;
            bool weekly = false;
        };
        std::vector<Said> all;
        std::map<FindingId, chart::Finding> stored;
        const auto count = *rc::gen::inRange(1, 8);
        for (int i = 0; i < count; ++i) {
            Writer* who = *rc::gen::element(&scene.a, &scene.b, &scene.c);
            const auto hours = *rc::gen::inRange<std::int64_t>(-400, 400);
            const auto code =
                *rc::gen::element<std::string>("L04AX03", "L01BA01", "N02BE01", "L04AX03");
            const auto dose = scene.state(*who, WeeklyScene::given(code.c_str()),
                                          scene.server.now + Duration::hours(hours));
            all.push_back({dose.id, hours, code != "N02BE01"});
            // As a tablet reviews: what comes in, and no more.
            const auto reviewed =
                chart::review_touched(scene.group(), clinical::demo_pack(), {dose.id});
            for (const auto& finding : reviewed.findings) {
                if (finding.rule == k_rule) stored[finding.id] = finding;
            }
        }
        std::set<FindingId> expected;
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t k = i + 1; k < all.size(); ++k) {
                if (!all[i].weekly || !all[k].weekly) continue;
                if (std::abs(all[i].hours - all[k].hours) >= 156) continue;
                expected.insert(
                    chart::finding_id(k_rule, chart::Subject::pair(all[i].id, all[k].id)));
            }
        }
        std::set<FindingId> found;
        for (const auto& finding : scene.findings()) {
            if (finding.rule != "dose/weekly-twice") continue;
            found.insert(finding.id);
            RC_ASSERT(stored.at(finding.id) == finding);
        }
        RC_CLASSIFY(!found.empty());
        RC_ASSERT(found == expected);
        RC_ASSERT(stored.size() == scene.findings().size());
    }));
}

}  // namespace
}  // namespace kari::test
