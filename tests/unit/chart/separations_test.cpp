// SPDX-License-Identifier: Apache-2.0
//
// Doses of drugs that one waits between, given by people who did not know of each other's.
#include "sdk/chart/separations.hpp"

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

constexpr auto k_rule = "dose/too-near-other";

struct WaitScene : Scene {
    static v1::Administration given(const std::string& atc_code) {
        v1::Administration out;
        out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
        *out.mutable_medication() = atc(atc_code);
        out.mutable_dose()->set_value("1");
        out.mutable_dose()->set_code("{tablet}");
        return out;
    }
    Dose give(Writer& who, std::int64_t minutes, const std::string& atc_code) {
        return state(who, given(atc_code), server.now + Duration::minutes(minutes));
    }
};

TEST_CASE("two medicines that are taken apart, given too near by two who did not know, are found") {
    WaitScene scene;
    const auto thyroid = scene.give(scene.a, 0, "H03AA01");
    CHECK(scene.findings().empty());
    const auto iron = scene.give(scene.b, 239, "B03AA07");
    const auto found = only(scene.findings(), "dose/too-near-other");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    CHECK(found->inputs == ids({thyroid.change, iron.change}));
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{k_rule});
    // Whoever knew and said why is for the log.
    auto meant = WaitScene::given("B03AA07");
    auto* why = meant.add_override();
    why->set_rule("entry/too-near-other");
    why->set_reason("Dr Li, by phone");
    why->add_about(base::to_bytes(thyroid.id));
    scene.correct(scene.b, iron, {iron.change->id}, meant);
    CHECK(only(scene.findings(), k_rule)->severity == v1::SEVERITY_S4);
    // Of a dose that nobody told her of it is no reason.
    scene.give(scene.c, 10, "H03AA01");
    std::multiset<int> severities;
    for (const auto& finding : scene.findings())
        severities.insert(finding.severity);
    CHECK(severities == std::multiset<int>{v1::SEVERITY_S3, v1::SEVERITY_S4});
}

TEST_CASE("doses that waited, were refused, or are of drugs that need not wait are no finding") {
    WaitScene scene;
    scene.give(scene.a, 0, "H03AA01");
    scene.give(scene.b, 240, "B03AA07");
    scene.give(scene.c, 1, "N02BE01");
    scene.give(scene.c, 2, "C10AA05");
    auto refused = WaitScene::given("A12AA04");
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    scene.state(scene.c, refused, scene.server.now + Duration::minutes(5));
    CHECK(scene.findings().empty());
    // After doxycycline one waits two hours for iron, and after iron three for doxycycline.
    scene.give(scene.a, 600, "J01AA02");
    scene.give(scene.a, 720, "B03AA07");
    CHECK(scene.findings().empty());
    scene.give(scene.a, 899, "J01AA02");
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("where nobody can tell which was first, the longer wait counts") {
    const auto& pack = clinical::demo_pack();
    const auto doxycycline = pack.separations.named({"J01AA02"});
    const auto iron = pack.separations.named({"B03AA07"});
    const auto span = [](std::int64_t from, std::int64_t to) {
        return chart::Span{Instant{from * 60'000}, Instant{to * 60'000}};
    };
    const auto wait = [&](const chart::Span& one, const chart::Span& other) {
        const auto* by = chart::too_near(doxycycline, one, iron, other, pack);
        return by == nullptr ? Duration{} : by->wait;
    };
    CHECK(wait(span(0, 0), span(119, 119)) == Duration::hours(2));
    CHECK(wait(span(0, 0), span(120, 120)) == Duration{});
    CHECK(wait(span(150, 150), span(0, 0)) == Duration::hours(3));
    CHECK(wait(span(180, 180), span(0, 0)) == Duration{});
    CHECK(wait(span(0, 60), span(30, 30)) == Duration::hours(3));
    CHECK(wait(span(0, 60), span(179, 300)) == Duration::hours(2));
    CHECK(chart::too_near(iron, span(30, 30), doxycycline, span(0, 60), pack)->wait ==
          Duration::hours(3));
}

TEST_CASE("a clock that was off does not hide two doses that were given too near") {
    WaitScene scene;
    scene.give(scene.a, 0, "H03AA01");
    // Five hours later by a tablet that was two hours fast.
    scene.b.now = scene.b.now + Duration::hours(5);
    scene.b.server_minus_wall_ms = -2 * 3'600'000;
    scene.state(scene.b, WaitScene::given("B03AA07"), scene.b.now);
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE(
    "two medicines are given so far apart as the pack says, or each pair is found, no other") {
    CHECK(rc::check([] {
        WaitScene scene;
        struct Said {
            ResourceId id;
            std::int64_t minutes = 0;
            std::string code;
        };
        std::vector<Said> all;
        std::map<FindingId, chart::Finding> stored;
        const auto count = *rc::gen::inRange(1, 8);
        for (int i = 0; i < count; ++i) {
            auto* who = *rc::gen::element(&scene.a, &scene.b, &scene.c);
            const auto minutes = *rc::gen::inRange<std::int64_t>(-500, 500);
            const auto code =
                *rc::gen::element<std::string>("H03AA01", "B03AA07", "J01AA02", "N02BE01");
            const auto dose = scene.give(*who, minutes, code);
            all.push_back({dose.id, minutes, code});
            // As a tablet reviews: what comes in, and no more.
            const auto reviewed =
                chart::review_touched(scene.group(), clinical::demo_pack(), {dose.id});
            for (const auto& finding : reviewed.findings)
                stored[finding.id] = finding;
        }
        const auto waits = [](const Said& first, const Said& then) {
            const auto apart = then.minutes - first.minutes;
            if (apart < 0) return false;
            if (first.code == "H03AA01" && then.code == "B03AA07") return apart < 240;
            if (first.code == "B03AA07" && then.code == "H03AA01") return apart < 240;
            if (first.code == "J01AA02" && then.code == "B03AA07") return apart < 120;
            return first.code == "B03AA07" && then.code == "J01AA02" && apart < 180;
        };
        std::set<FindingId> expected;
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t k = i + 1; k < all.size(); ++k) {
                if (!waits(all[i], all[k]) && !waits(all[k], all[i])) continue;
                expected.insert(
                    chart::finding_id(k_rule, chart::Subject::pair(all[i].id, all[k].id)));
            }
        }
        const auto findings = scene.findings();
        std::set<FindingId> found;
        for (const auto& finding : findings) {
            found.insert(finding.id);
            RC_ASSERT(stored.at(finding.id) == finding);
        }
        RC_CLASSIFY(!found.empty());
        RC_ASSERT(found == expected);
        RC_ASSERT(stored.size() == findings.size());
    }));
}

}  // namespace
}  // namespace kari::test
