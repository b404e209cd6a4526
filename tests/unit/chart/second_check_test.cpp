// SPDX-License-Identifier: Apache-2.0
//
// A second person checks a dose that was given.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <utility>

#include "sdk/chart/reviewed.hpp"
#include "sdk/chart/second_check.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

struct CheckScene : CareScene {
    Order insulin = order("A10AB05");

    v1::Administration given(const char* amount, const char* effective) const {
        auto out =
            said(insulin, v1::ADMINISTRATION_STATUS_COMPLETED, {insulin.change->id}, slot(insulin));
        *out.mutable_medication() = atc("A10AB05");
        out.mutable_dose()->set_value(amount);
        out.set_effective(effective);
        return out;
    }
    static v1::Procedure signature(const ResourceId& dose, const std::vector<ChangeId>& seen,
                                   v1::ProcedureStatus status = v1::PROCEDURE_STATUS_COMPLETED) {
        return act_about(dose, chart::k_second_check, seen, status);
    }
    Made check(Writer& who, const Dose& dose, const std::vector<ChangeId>& seen) {
        return begin(who, signature(dose.id, seen), who.now);
    }
    // What the chart says of the dose's one check.
    chart::CheckStanding standing() const {
        const auto shown = chart();
        REQUIRE(shown.administrations.size() == 1);
        REQUIRE(shown.administrations.front().checks.size() == 1);
        return shown.administrations.front().checks.front().standing;
    }
};

constexpr auto k_eight = "2026-01-05T08:00:00+01:00";
constexpr auto k_nine = "2026-01-05T09:00:00+01:00";

TEST_CASE("a second person's check counts for the version that was seen") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    scene.b.waits(Duration::minutes(1));
    const auto check = scene.check(scene.b, dose, {dose.change->id});
    CHECK(scene.findings().empty());
    CHECK(scene.standing() == chart::CheckStanding::holds);
    // Who gave it says that it was five units; whoever checked had seen ten.
    const auto corrected =
        scene.correct(scene.a, dose, {dose.change->id}, scene.given("5", k_eight));
    const auto found = only(scene.findings(), "dose/second-check-stale");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({corrected, check.change}));
    CHECK(scene.standing() == chart::CheckStanding::stale);
    // A check of what stands now is another check.
    scene.check(scene.c, dose, {corrected->id});
    CHECK(only(scene.findings(), "dose/second-check-stale")->id == found->id);
}

TEST_CASE("a dose that was checked and then taken back unconfirmed was checked while it counts") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    scene.b.waits(Duration::minutes(1));
    scene.check(scene.b, dose, {dose.change->id});
    scene.a.waits(Duration::hours(2));
    scene.withdraw(scene.a, scene.insulin, dose, {dose.change->id});
    CHECK_FALSE(only(scene.findings(), "dose/second-check-missing"));
}

TEST_CASE("a correction of any one thing that a check compares makes it stale, and no other does") {
    using Dose = v1::Administration;
    const std::pair<std::function<void(Dose&)>, chart::CheckStanding> all[] = {
        {[](Dose& dose) { *dose.mutable_medication() = atc("A10AC01"); },
         chart::CheckStanding::stale},
        {[](Dose& dose) { dose.mutable_medication_reference()->set_reference("Medication/2"); },
         chart::CheckStanding::stale},
        {[](Dose& dose) { dose.clear_dose(); }, chart::CheckStanding::stale},
        {[](Dose& dose) { dose.mutable_dose()->set_value("ten"); }, chart::CheckStanding::stale},
        {[](Dose& dose) { dose.mutable_dose()->set_code("mL"); }, chart::CheckStanding::stale},
        {[](Dose& dose) { dose.mutable_route()->set_text("iv"); }, chart::CheckStanding::stale},
        {[](Dose& dose) { dose.set_effective(k_nine); }, chart::CheckStanding::stale},
        {[](Dose& dose) { dose.mutable_effective_period()->set_end(k_nine); },
         chart::CheckStanding::stale},
        {[](Dose& dose) { dose.mutable_dose()->set_value("10.0"); }, chart::CheckStanding::holds},
        {[](Dose& dose) { dose.add_note()->set_text("left arm"); }, chart::CheckStanding::holds},
    };
    int at = 0;
    for (const auto& [change, standing] : all) {
        INFO("correction " << at++);
        CheckScene scene;
        auto said = scene.given("10", k_eight);
        said.mutable_dose()->set_code("[iU]");
        const auto dose = scene.state(scene.a, said);
        scene.check(scene.b, dose, {dose.change->id});
        change(said);
        scene.correct(scene.a, dose, {dose.change->id}, said);
        CHECK(scene.standing() == standing);
    }
}

TEST_CASE("a check of a dose of which nobody said how much holds while nobody does") {
    CheckScene scene;
    auto said = scene.given("10", k_eight);
    said.clear_dose();
    const auto dose = scene.state(scene.a, said);
    scene.check(scene.b, dose, {dose.change->id});
    said.add_note()->set_text("left arm");
    const auto noted = scene.correct(scene.a, dose, {dose.change->id}, said);
    CHECK(scene.standing() == chart::CheckStanding::holds);
    scene.correct(scene.a, dose, {noted->id}, scene.given("10", k_eight));
    CHECK(scene.standing() == chart::CheckStanding::stale);
}

TEST_CASE("a correction that leaves drug, amount, way and time as they were leaves the check") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    scene.check(scene.b, dose, {dose.change->id});
    auto same = scene.given("10.0", k_eight);
    same.mutable_site()->set_text("left thigh");
    const auto corrected = scene.correct(scene.a, dose, {dose.change->id}, same);
    CHECK(scene.findings().empty());
    // What was taken back, or was no check, is none.
    const auto& moved = corrected;
    scene.correct(scene.a, dose, {moved->id}, scene.given("10", k_nine));
    CHECK(only(scene.findings(), "dose/second-check-stale"));
    scene.correct(scene.a, dose, {scene.changes.back()->id},
                  Scene::said(scene.insulin, v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR,
                              {scene.insulin.change->id}, Scene::slot(scene.insulin)));
    CHECK(scene.findings().empty());
}

TEST_CASE("a check by whoever gave the dose, or an hour from it, does not count") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    SECTION("the same person") {
        const auto check = scene.check(scene.a, dose, {dose.change->id});
        const auto found = only(scene.findings(), "dose/second-check-void");
        REQUIRE(found);
        CHECK(found->severity == v1::SEVERITY_S2);
        CHECK(found->inputs == ids({check.change}));
        CHECK(scene.standing() == chart::CheckStanding::same_person);
        scene.then(scene.a, check, {check.change->id},
                   CheckScene::signature(dose.id, {dose.change->id},
                                         v1::PROCEDURE_STATUS_ENTERED_IN_ERROR));
        CHECK(scene.findings().empty());
    }
    SECTION("an hour later") {
        scene.b.waits(Duration::hours(1));
        scene.check(scene.b, dose, {dose.change->id});
        CHECK(only(scene.findings(), "dose/second-check-void"));
        CHECK(scene.standing() == chart::CheckStanding::out_of_time);
    }
    SECTION("of a version that nobody has") {
        scene.check(scene.b, dose, {scene.insulin.change->id});
        CHECK(only(scene.findings(), "dose/second-check-stale"));
    }
}

TEST_CASE("a check holds when another person made it, in time, of what stands") {
    CHECK(rc::check([] {
        CheckScene scene;
        const auto dose = scene.state(scene.a, scene.given("10", k_eight));
        auto seen = dose.change;
        auto stands = std::string("10");
        std::string saw = stands;
        const bool before = *rc::gen::arbitrary<bool>();
        const auto correct = [&] {
            stands = *rc::gen::element<std::string>("10", "5", "10.00");
            return scene.correct(scene.a, dose, {seen->id}, scene.given(stands.c_str(), k_eight));
        };
        if (before) {
            seen = correct();
            saw = stands;
        }
        auto& who = *rc::gen::arbitrary<bool>() ? scene.a : scene.b;
        const int minutes = *rc::gen::inRange(0, 61);
        const auto start = dose.change->header.effective().start_ms();
        who.waits(Duration::minutes(minutes));
        // The dose's own words of when it was move with the tablet that wrote them.
        const auto lies = Duration{who.now.ms - start};
        scene.check(who, dose, {seen->id});
        if (!before && *rc::gen::arbitrary<bool>()) correct();
        const bool other = &who == &scene.b;
        const bool equal = (saw == "5") == (stands == "5");
        RC_CLASSIFY(other && equal);
        const bool holds = other && equal && lies <= chart::k_check_within;
        RC_ASSERT((scene.standing() == chart::CheckStanding::holds) == holds);
        RC_ASSERT(scene.findings().empty() == holds);
    }));
}

TEST_CASE("a check by whom nobody knows is of no worth, and one by who saw it refused is") {
    CheckScene nameless;
    const auto dose = nameless.state(nameless.a, nameless.given("10", k_eight));
    nameless.b.person.reset();
    nameless.check(nameless.b, dose, {dose.change->id});
    CHECK(nameless.standing() == chart::CheckStanding::same_person);

    // Who wrote first that it was not taken has not given it.
    CheckScene scene;
    const auto refused = scene.refuse(scene.b, scene.insulin);
    const auto taken =
        scene.correct(scene.a, refused, {refused.change->id}, scene.given("10", k_eight));
    scene.check(scene.b, refused, {taken->id});
    CHECK(scene.standing() == chart::CheckStanding::holds);
}

TEST_CASE("a check of a dose whose amount is in words holds while the words do") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("a little", k_eight));
    scene.check(scene.b, dose, {dose.change->id});
    auto said = scene.given("a little", k_eight);
    said.add_note()->set_text("left arm");
    const auto noted = scene.correct(scene.a, dose, {dose.change->id}, said);
    CHECK(scene.standing() == chart::CheckStanding::holds);
    scene.correct(scene.a, dose, {noted->id}, scene.given("some", k_eight));
    CHECK(scene.standing() == chart::CheckStanding::stale);
}

TEST_CASE("of a dose that one took back beside another, the check is of what was taken") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    scene.check(scene.b, dose, {dose.change->id});
    scene.correct(scene.a, dose, {dose.change->id}, scene.given("10.0", k_eight));
    scene.correct(scene.c, dose, {dose.change->id},
                  Scene::said(scene.insulin, v1::ADMINISTRATION_STATUS_NOT_DONE,
                              {scene.insulin.change->id}, Scene::slot(scene.insulin)));
    CHECK(scene.standing() == chart::CheckStanding::holds);
}

TEST_CASE("a check belongs to the dose that it names, and to nothing else") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    scene.give(scene.a, scene.order("N02BE01"));
    const auto counted = [&] {
        std::size_t all = 0;
        for (const auto& view : scene.chart().administrations)
            all += view.checks.size();
        return all;
    };
    // Of nothing, of a dose that is not here, of an order, and a seen version that is no id.
    auto of_nothing = CheckScene::signature(dose.id, {dose.change->id});
    of_nothing.mutable_procedure()->clear_about();
    scene.begin(scene.b, of_nothing, scene.b.now);
    scene.begin(scene.b, CheckScene::signature(id_of<ResourceId>(404), {}), scene.b.now);
    scene.begin(scene.b, CheckScene::signature(scene.insulin.id, {}), scene.b.now);
    CHECK(counted() == 0);
    CHECK(scene.findings().empty());
    const auto check = scene.check(scene.b, dose, {dose.change->id});
    for (const auto& view : scene.chart().administrations)
        CHECK(view.checks.size() == (view.version.resource == dose.id ? 1U : 0U));
    // It turns out to have been another act.
    auto washed = CheckScene::signature(dose.id, {dose.change->id});
    washed.mutable_procedure()->mutable_code()->mutable_coding(0)->set_code("wash");
    scene.then(scene.b, check, {check.change->id}, washed);
    CHECK(counted() == 0);
    auto seen_in_words = CheckScene::signature(dose.id, {});
    seen_in_words.mutable_procedure()->add_about_version("the first");
    scene.begin(scene.b, seen_in_words, scene.b.now);
    CHECK(rules_of(scene.findings()) == Strings{"dose/second-check-stale"});
}

// Heparin, which two are to check.
v1::Administration heparin() {
    v1::Administration out;
    out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    *out.mutable_medication() = atc("B01AB05");
    out.set_effective(k_eight);
    return out;
}

v1::Administration with_reason(const char* reason) {
    auto out = heparin();
    auto* why = out.add_override();
    why->set_rule("entry/second-check-missing");
    why->set_reason(reason);
    return out;
}

TEST_CASE(
    "a dose that two are to check is found until another person has, and logged when that was "
    "waived") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, with_reason("Ida looks at it"));
    const auto missing = only(scene.findings(), "dose/second-check-missing");
    REQUIRE(missing);
    CHECK(missing->severity == v1::SEVERITY_S2);
    CHECK(missing->inputs == ids({dose.change}));
    SECTION("by another") {
        const auto check = scene.check(scene.b, dose, {dose.change->id});
        CHECK(scene.findings().empty());
        scene.then(scene.b, check, {check.change->id},
                   CheckScene::signature(dose.id, {dose.change->id},
                                         v1::PROCEDURE_STATUS_ENTERED_IN_ERROR));
        CHECK(only(scene.findings(), "dose/second-check-missing")->id == missing->id);
    }
    SECTION("by whoever gave it: what that is worth is said, and once") {
        scene.check(scene.a, dose, {dose.change->id});
        CHECK(rules_of(scene.findings()) == Strings{"dose/second-check-void"});
    }
    SECTION("whose check was about something else") {
        scene.begin(scene.b, CheckScene::signature(id_of<ResourceId>(404), {}), scene.b.now);
        CHECK(only(scene.findings(), "dose/second-check-missing"));
    }
    SECTION("and each other one is") {
        const auto other = scene.state(scene.b, with_reason("alone-in-home: nobody near"));
        for (const auto& finding : scene.findings()) {
            CHECK(finding.rule == "dose/second-check-missing");
            const bool waived = finding.subject == chart::Subject::resource(other.id);
            CHECK(finding.severity == (waived ? v1::SEVERITY_S4 : v1::SEVERITY_S2));
        }
        CHECK(scene.findings().size() == 2);
    }
}

TEST_CASE("no second check is missing of other drugs, other ways, or what a source tells of") {
    CheckScene scene;
    scene.state(scene.server, heparin());
    auto refused = heparin();
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    scene.state(scene.a, refused);
    auto opioid = heparin();
    *opioid.mutable_medication() = atc("N02AA01");
    scene.state(scene.a, opioid);
    auto* route = opioid.mutable_route()->add_coding();
    route->set_system(std::string(clinical::k_snomed));
    route->set_code("26643006");
    scene.state(scene.b, opioid);
    CHECK(scene.findings().empty());
    route->set_code("34206005");
    scene.state(scene.c, opioid);
    CHECK(only(scene.findings(), "dose/second-check-missing"));
}

TEST_CASE("a check that comes alone ends what was found of its dose, as a whole review does") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, heparin());
    auto stored = scene.findings();
    REQUIRE(stored.size() == 1);
    const auto check = scene.check(scene.b, dose, {dose.change->id});
    const auto reviewed = chart::review_touched(scene.group(), clinical::demo_pack(), {check.id});
    CHECK(chart::replaced(stored, reviewed).empty());
}

TEST_CASE("a check that does not count is found when it or its dose is reviewed, and not else") {
    CheckScene scene;
    const auto dose = scene.state(scene.a, scene.given("10", k_eight));
    const auto check = scene.check(scene.a, dose, {dose.change->id});
    const auto other = scene.begin(scene.c, CheckScene::signature(id_of<ResourceId>(404), {}));
    const auto found_by = [&](const ResourceId& touched) {
        return chart::review_touched(scene.group(), clinical::demo_pack(), {touched})
            .findings.size();
    };
    CHECK(found_by(check.id) == 1);
    CHECK(found_by(dose.id) == 1);
    CHECK(found_by(other.id) == 0);
}

}  // namespace
}  // namespace kari::test
