// SPDX-License-Identifier: Apache-2.0
//
// Medicine as needed that several people give.
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

struct Pain : Scene {
    Order tablets = needed("N02BE01", "4", "4");

    // From the order, outside any slot, so many hours after eight.
    Dose take(Writer& who, double hours, const char* amount = "1") {
        auto given = said(tablets, v1::ADMINISTRATION_STATUS_COMPLETED, {tablets.change->id}, {});
        given.clear_slot();
        given.mutable_dose()->set_value(amount);
        const Instant at = who.now + Duration::minutes(static_cast<std::int64_t>(hours * 60));
        return state(who, given, at);
    }
};

TEST_CASE("two doses as needed nearer than the order lets them be both stand, and are found") {
    Pain scene;
    const auto one = scene.take(scene.a, 0);
    const auto other = scene.take(scene.b, 2);
    const auto found = only(scene.findings(), "dose/too-soon");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({one.change, other.change}));
    CHECK(scene.chart().administrations.size() == 2);
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{"dose/too-soon"});
    // One of them was given on another's advice, and says so.
    auto meant = Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED,
                             {scene.tablets.change->id}, {});
    meant.clear_slot();
    auto* why = meant.add_override();
    why->set_rule("entry/too-soon");
    why->set_reason("Dr Li, by phone");
    const auto before = scene.state(scene.b, meant, scene.b.now + Duration::hours(8));
    CHECK(only(scene.findings(), "dose/too-soon")->id == found->id);
    why->add_about(base::to_bytes(before.id));
    scene.state(scene.b, meant, scene.b.now + Duration::hours(11));
    std::multiset<int> severities;
    for (const auto& finding : scene.findings()) {
        if (finding.rule == "dose/too-soon") severities.insert(finding.severity);
    }
    CHECK(severities == std::multiset<int>{v1::SEVERITY_S2, v1::SEVERITY_S3});
}

TEST_CASE("doses as needed at the interval, within the maximum and of other drugs are no finding") {
    Pain scene;
    for (const double hours : {0.0, 6.0, 12.0, 18.0})
        scene.take(scene.a, hours);
    // A day later to the minute: the window does not hold its beginning.
    scene.take(scene.b, 24);
    CHECK(scene.findings().empty());
    // What was refused, and what is of another drug.
    const auto other = scene.needed("M01AE01", "4", "4");
    auto given = Scene::said(other, v1::ADMINISTRATION_STATUS_COMPLETED, {other.change->id}, {});
    given.clear_slot();
    scene.state(scene.b, given, scene.b.now + Duration::hours(25));
    scene.refuse(scene.c, scene.tablets);
    CHECK(scene.findings().empty());
}

TEST_CASE("what two tablets gave without knowing of each other passes the maximum, and is phoned") {
    Pain scene;
    std::vector<ChangePtr> given;
    for (const double hours : {0.0, 6.0, 12.0})
        given.push_back(scene.take(scene.a, hours).change);
    given.push_back(scene.take(scene.a, 18).change);
    CHECK(scene.findings().empty());
    const auto last = scene.take(scene.b, 22);
    given.push_back(last.change);
    const auto found = only(scene.findings(), "dose/over-maximum");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids(given));
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{"dose/over-maximum"});
    // Two at once is more than one, and the order's later words are not the giver's.
    scene.set_dose(scene.server, scene.tablets, {scene.tablets.change->id}, "1");
    CHECK(only(scene.findings(), "dose/over-maximum"));
    // It was another citizen's: confirmed by who gave it, at once.
    scene.withdraw(scene.b, scene.tablets, last, {last.change->id});
    CHECK_FALSE(only(scene.findings(), "dose/over-maximum"));
}

TEST_CASE("a fixed dose counts beside those as needed, whoever comes last") {
    Pain scene;
    const auto fixed = scene.order("N02BE01");
    scene.take(scene.a, 0, "2");
    scene.take(scene.a, 6, "2");
    auto given = Scene::said(fixed, v1::ADMINISTRATION_STATUS_COMPLETED, {fixed.change->id},
                             Scene::slot(fixed));
    scene.state(scene.b, given, scene.b.now + Duration::hours(12));
    CHECK(only(scene.findings(), "dose/over-maximum"));
}

TEST_CASE("a maximum that was passed is found wherever the doses met, and no other") {
    CHECK(rc::check([] {
        Pain scene;
        struct Taken {
            Instant at;
            ResourceId id;
            int halves;
        };
        std::vector<Taken> taken;
        Writer* writers[] = {&scene.a, &scene.b, &scene.c};
        const int count = *rc::gen::inRange(0, 9);
        for (int i = 0; i < count; ++i) {
            auto& who = *writers[*rc::gen::inRange(0, 3)];
            const int hours = *rc::gen::inRange(0, 40);
            const int halves = *rc::gen::inRange(1, 5);
            const auto amount = std::to_string(halves / 2) + (halves % 2 == 1 ? ".5" : "");
            const auto dose = scene.take(who, hours, amount.c_str());
            taken.push_back({who.now + Duration::hours(hours), dose.id, halves});
        }
        const auto earlier = [](const Taken& a, const Taken& b) {
            return std::pair(a.at, a.id) < std::pair(b.at, b.id);
        };
        // Each against all that come before it in a day that ends with it.
        std::set<ResourceId> over;
        std::set<std::pair<ResourceId, ResourceId>> near;
        for (const auto& last : taken) {
            int sum = last.halves;
            for (const auto& other : taken) {
                if (!earlier(other, last)) continue;
                if (last.at - other.at < Duration::hours(24)) sum += other.halves;
                if (last.at - other.at < Duration::hours(4)) {
                    near.insert(std::minmax(last.id, other.id));
                }
            }
            if (sum > 8) over.insert(last.id);
        }
        auto changes = scene.changes;
        std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
        std::shuffle(changes.begin(), changes.end(), random);
        const auto findings =
            chart::review(chart::make_group({scene.record}, {}, changes), clinical::demo_pack());
        RC_ASSERT(findings == scene.findings());
        std::set<FindingId> found;
        for (const auto& finding : findings)
            found.insert(finding.id);
        std::set<FindingId> expected;
        for (const auto& id : over)
            expected.insert(chart::finding_id("dose/over-maximum", chart::Subject::resource(id)));
        for (const auto& [a, b] : near)
            expected.insert(chart::finding_id("dose/too-soon", chart::Subject::pair(a, b)));
        RC_ASSERT(found == expected);
        RC_CLASSIFY(!over.empty());
    }));
}

// Of a dose that says why it was given in spite of what stands in `rule`.
v1::Administration meant(const Pain& scene, const char* rule, const char* reason,
                         const std::vector<ResourceId>& shown = {}) {
    auto out = Scene::said(scene.tablets, v1::ADMINISTRATION_STATUS_COMPLETED,
                           {scene.tablets.change->id}, {});
    out.clear_slot();
    out.add_override()->set_rule(rule);
    out.mutable_override(0)->set_reason(reason);
    for (const auto& dose : shown)
        out.mutable_override(0)->add_about(base::to_bytes(dose));
    return out;
}

TEST_CASE(
    "only a reason for this very doubt makes a dose too soon or too much one that was meant") {
    const auto soon = [](const char* rule, const char* reason) {
        Pain scene;
        const auto first = scene.take(scene.a, 0);
        scene.state(scene.b, meant(scene, rule, reason, {first.id}),
                    scene.b.now + Duration::hours(2));
        return only(scene.findings(), "dose/too-soon").value().severity;
    };
    CHECK(soon("entry/too-soon", "Dr Li") == v1::SEVERITY_S3);
    CHECK(soon("entry/too-soon", "") == v1::SEVERITY_S2);
    CHECK(soon("entry/over-maximum", "Dr Li") == v1::SEVERITY_S2);
    const auto much = [](const char* rule, const char* reason) {
        Pain scene;
        const auto first = scene.take(scene.a, 0, "4");
        scene.state(scene.b, meant(scene, rule, reason, {first.id}),
                    scene.b.now + Duration::hours(8));
        return only(scene.findings(), "dose/over-maximum").value().severity;
    };
    CHECK(much("entry/over-maximum", "Dr Li") == v1::SEVERITY_S3);
    CHECK(much("entry/over-maximum", "") == v1::SEVERITY_S1);
    // Of a dose that its giver was not shown it is no reason.
    Pain scene;
    const auto shown = scene.take(scene.a, 0, "4");
    scene.state(scene.b, meant(scene, "entry/over-maximum", "Dr Li", {shown.id}),
                scene.b.now + Duration::hours(12));
    CHECK(only(scene.findings(), "dose/over-maximum")->severity == v1::SEVERITY_S3);
    scene.take(scene.c, 6, "1");
    std::multiset<int> severities;
    for (const auto& finding : scene.findings())
        severities.insert(finding.severity);
    CHECK(severities.count(v1::SEVERITY_S3) == 0);
}

TEST_CASE("a dose that says no version went by what was in effect when it was given") {
    // Four hours apart until ten o'clock, two from then on.
    const auto too_soon = [](double first, double second, const char* version) {
        Pain scene;
        scene.server.waits(Duration::hours(2));
        v1::MedicationRequest sooner;
        *sooner.mutable_prescription() =
            merge::operative_as<v1::MedicationRequest>(*scene.group().find(scene.tablets.id))
                .prescription();
        sooner.mutable_prescription()
            ->mutable_dosage(0)
            ->mutable_timing()
            ->mutable_repeat()
            ->set_period("2");
        const auto changed = scene.add(scene.server,
                                       {.record = scene.record,
                                        .resource = scene.tablets.id,
                                        .parents = {scene.tablets.change->id}},
                                       sooner);
        // What is only proposed nobody went by.
        sooner.mutable_prescription()
            ->mutable_dosage(0)
            ->mutable_timing()
            ->mutable_repeat()
            ->set_period("12");
        scene.add(scene.c,
                  {.record = scene.record, .resource = scene.tablets.id, .parents = {changed->id}},
                  sooner);
        for (const double hours : {first, second}) {
            auto said = meant(scene, "", "");
            said.clear_override();
            said.clear_request_version();
            if (*version != '\0') said.add_request_version(version);
            scene.state(scene.a, said,
                        scene.a.now + Duration::minutes(static_cast<std::int64_t>(hours * 60)));
        }
        return only(scene.findings(), "dose/too-soon").has_value();
    };
    CHECK(too_soon(-1, 1.5, ""));
    CHECK_FALSE(too_soon(3, 5.5, ""));
    CHECK(too_soon(3, 4.5, ""));
    // Bytes that are no change's id name no version.
    CHECK_FALSE(too_soon(3, 5.5, "the second"));
}

TEST_CASE(
    "of a dose of which nobody says how much no sum is known, and its time counts all the same") {
    Pain scene;
    auto said = meant(scene, "", "");
    said.clear_override();
    said.clear_dose();
    scene.state(scene.a, said, scene.a.now);
    scene.state(scene.b, said, scene.b.now + Duration::hours(2));
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{"dose/too-soon"});
}

TEST_CASE("a dose that only refers to its drug counts by the name of the reference") {
    Pain scene;
    scene.take(scene.a, 0);
    v1::Administration said;
    said.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    said.mutable_medication_reference()->set_display("N02BE01");
    scene.state(scene.b, said, scene.b.now + Duration::hours(2));
    CHECK(only(scene.findings(), "dose/too-soon"));
}

}  // namespace
}  // namespace kari::test
