// SPDX-License-Identifier: Apache-2.0
//
// More of a drug than the pack says is given, by several people and from several orders.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "sdk/chart/dose_limits.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

constexpr auto k_rule = "dose/over-limit";

struct LimitScene : Scene {
    static v1::Administration given(const std::string& value, const char* unit = "g",
                                    const char* code = "N02BE01") {
        v1::Administration out;
        out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
        *out.mutable_medication() = atc(code);
        out.mutable_dose()->set_value(value);
        out.mutable_dose()->set_code(unit);
        return out;
    }
    Dose give(Writer& who, int hours, const v1::Administration& said) {
        return state(who, said, server.now + Duration::hours(hours));
    }
};

TEST_CASE("what two gave of a drug, unknown to each other, is added up and phoned about") {
    LimitScene scene;
    const auto one = scene.give(scene.a, 0, LimitScene::given("3"));
    // From another order, in tablets of another strength.
    auto tablets = LimitScene::given("2", "{tablet}");
    tablets.mutable_strength()->mutable_numerator()->set_value("500");
    tablets.mutable_strength()->mutable_numerator()->set_code("mg");
    const auto other = scene.give(scene.b, 4, tablets);
    CHECK(scene.findings().empty());
    const auto last = scene.give(scene.c, 6, LimitScene::given("500", "mg"));
    const auto found = only(scene.findings(), "dose/over-limit");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->id == chart::finding_id(k_rule, chart::Subject::resource(last.id)));
    CHECK(found->inputs.size() == 3);
    SECTION("until one of them is confirmed not to have been given") {
        auto wrong = LimitScene::given("3");
        wrong.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
        scene.correct(scene.a, one, {one.change->id}, wrong);
        CHECK(scene.findings().empty());
    }
    SECTION("for review alone of a dose whose giver says why") {
        auto meant = LimitScene::given("500", "mg");
        auto* why = meant.add_override();
        why->set_rule("entry/over-limit");
        why->set_reason("Dr Li, by phone");
        for (const auto& dose : {one, other, last})
            why->add_about(base::to_bytes(dose.id));
        const auto knowing = scene.give(scene.c, 7, meant);
        const auto id = chart::finding_id(k_rule, chart::Subject::resource(knowing.id));
        const auto severity = [&] {
            const auto all = scene.findings();
            return std::find_if(all.begin(), all.end(),
                                [&](const auto& each) { return each.id == id; })
                ->severity;
        };
        CHECK(severity() == v1::SEVERITY_S3);
        CHECK(scene.findings().size() == 2);
        // What comes to light since is no part of what she had a reason for.
        scene.give(scene.a, 5, LimitScene::given("1"));
        CHECK(severity() == v1::SEVERITY_S1);
    }
}

TEST_CASE("a day apart, of another drug, refused or uncountable, nothing is over") {
    LimitScene scene;
    scene.give(scene.a, 0, LimitScene::given("4"));
    scene.give(scene.b, 22, LimitScene::given("4"));
    scene.give(scene.b, 1, LimitScene::given("2", "{tablet}"));
    scene.give(scene.c, 1, LimitScene::given("1", "g", "M01AE01"));
    auto refused = LimitScene::given("3");
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    scene.give(scene.c, 2, refused);
    // What an age makes of it is for whoever gives it, who knows the age.
    scene.give(scene.a, 3, LimitScene::given("350", "mg", "N02AX02"));
    CHECK(scene.findings().empty());
    scene.give(scene.c, 21, LimitScene::given("1", "mg"));
    CHECK(scene.findings().size() == 2);
}

TEST_CASE("a clock that was off does not hide that too much was given") {
    LimitScene scene;
    scene.give(scene.a, 0, LimitScene::given("4"));
    scene.b.now = scene.b.now + Duration::hours(48);
    scene.b.server_minus_wall_ms = -40 * 3'600'000;
    scene.state(scene.b, LimitScene::given("1"), scene.b.now);
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("an order for more than is given is phoned about while it stands") {
    LimitScene scene;
    const auto put = [&](const char* value, const char* unit, Writer& who,
                         const char* code = "N02BE01") {
        Scene::Order made{scene.next(), nullptr};
        v1::MedicationRequest request;
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        *request.mutable_prescription() = Scene::prescription(code, {"08:00", "20:00"}, value);
        request.mutable_prescription()
            ->mutable_dosage(0)
            ->mutable_dose_and_rate(0)
            ->mutable_dose_quantity()
            ->set_code(unit);
        made.change = scene.add(who, {.record = scene.record, .resource = made.id}, request);
        return made;
    };
    const auto over = [&] {
        auto all = scene.findings();
        std::erase_if(all, [](const auto& one) { return one.rule != "order/over-limit"; });
        return all;
    };
    put("2", "g", scene.server);
    put("8", "{tablet}", scene.server);
    put("3", "g", scene.a);  // a proposal, whose author was asked
    CHECK(over().empty());
    const auto much = put("3", "g", scene.server);
    REQUIRE(over().size() == 1);
    CHECK(over()[0].severity == v1::SEVERITY_S2);
    CHECK(over()[0].inputs == ids({much.change}));
    scene.set_status(scene.server, much, {much.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(over().empty());
    // Milligrams for micrograms.
    put("100", "mg", scene.server, "H03AA01");
    REQUIRE(over().size() == 1);
    CHECK(over()[0].severity == v1::SEVERITY_S1);
}

TEST_CASE("an age is known by one whole birth date") {
    Scene scene;
    CHECK_FALSE(chart::years_on(scene.group(), {2026, 3, 1}));
    v1::Patient patient;
    patient.set_birth_date("1950-03-02");
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, patient);
    CHECK(chart::years_on(scene.group(), {2026, 3, 1}) == 75);
    CHECK(chart::years_on(scene.group(), {2026, 3, 2}) == 76);
    patient.set_birth_date("1951");
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, patient);
    CHECK_FALSE(chart::years_on(scene.group(), {2026, 3, 2}));
}

TEST_CASE("each dose with which a day or a week holds too much is found, and no other") {
    CHECK(rc::check([] {
        LimitScene scene;
        struct Said {
            ResourceId id;
            std::int64_t hours = 0;
            int amount = 0;
            bool weekly = false;
            bool counts = true;
            Scene::Dose dose;
        };
        std::vector<Said> all;
        std::map<FindingId, chart::Finding> stored;
        const auto take = [&](const ResourceId& touched) {
            const auto reviewed =
                chart::review_touched(scene.group(), clinical::demo_pack(), {touched});
            std::erase_if(stored, [&](const auto& one) {
                const auto& of = one.second.resources;
                return std::any_of(of.begin(), of.end(), [&](const ResourceId& id) {
                    return std::binary_search(reviewed.examined.begin(), reviewed.examined.end(),
                                              id);
                });
            });
            for (const auto& finding : reviewed.findings) {
                if (finding.rule == k_rule) stored[finding.id] = finding;
            }
        };
        const auto count = *rc::gen::inRange(1, 14);
        for (int i = 0; i < count; ++i) {
            const auto withdrawn = *rc::gen::inRange(0, 4) == 0 && !all.empty();
            if (withdrawn) {
                auto& one = all[static_cast<std::size_t>(
                    *rc::gen::inRange(0, static_cast<int>(all.size())))];
                auto wrong = one.weekly
                                 ? LimitScene::given(std::to_string(one.amount), "mg", "L04AX03")
                                 : LimitScene::given(std::to_string(one.amount));
                wrong.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
                // By whoever wrote it: the server's own word over its own.
                scene.correct(scene.server, one.dose, {one.dose.change->id}, wrong);
                one.counts = false;
                take(one.id);
                continue;
            }
            Said said;
            said.weekly = *rc::gen::inRange(0, 3) == 0;
            said.hours = said.weekly ? *rc::gen::inRange<std::int64_t>(-300, 300)
                                     : *rc::gen::inRange<std::int64_t>(-40, 40);
            said.amount = said.weekly ? *rc::gen::inRange(5, 20) : *rc::gen::inRange(1, 4);
            const auto value = std::to_string(said.amount);
            said.dose = scene.give(
                scene.server, static_cast<int>(said.hours),
                said.weekly ? LimitScene::given(value, "mg", "L04AX03") : LimitScene::given(value));
            said.id = said.dose.id;
            all.push_back(said);
            take(said.id);
        }
        std::set<FindingId> expected;
        for (const Said& last : all) {
            if (!last.counts) continue;
            int sum = 0;
            const std::int64_t span = last.weekly ? 7 * 24 - 12 : 22;
            for (const Said& one : all) {
                const bool before = std::pair(one.hours, one.id) <= std::pair(last.hours, last.id);
                if (one.counts && one.weekly == last.weekly && before &&
                    one.hours > last.hours - span) {
                    sum += one.amount;
                }
            }
            if (sum > (last.weekly ? 25 : 4)) {
                expected.insert(chart::finding_id(k_rule, chart::Subject::resource(last.id)));
            }
        }
        std::set<FindingId> found;
        for (const auto& finding : scene.findings()) {
            if (finding.rule != "dose/over-limit") continue;
            found.insert(finding.id);
            RC_ASSERT(stored.at(finding.id) == finding);
        }
        RC_CLASSIFY(!found.empty());
        RC_ASSERT(found == expected);
        RC_ASSERT(stored.size() == found.size());
    }));
}

}  // namespace
}  // namespace kari::test
