// SPDX-License-Identifier: Apache-2.0
//
// How doses came to be taken and what came of them, on tablets that do not see each other.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <set>

#include "sdk/chart/after_dose.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

struct TakenScene : CareScene {
    Order planned = order();

    v1::Administration taken(v1::Intake intake) const {
        auto out =
            said(planned, v1::ADMINISTRATION_STATUS_COMPLETED, {planned.change->id}, slot(planned));
        out.set_intake(intake);
        return out;
    }
    Made after(Writer& who, std::string_view code, const Dose& dose,
               v1::ProcedureStatus status = v1::PROCEDURE_STATUS_COMPLETED) {
        return begin(who, act_about(dose.id, code, {dose.change->id}, status), who.now);
    }
    chart::SlotState slot_state() const { return slots().slots.front().state; }
};

TEST_CASE("a dose that came up closes its slot as before, whoever says otherwise of it later") {
    TakenScene scene;
    const auto dose = scene.state(scene.a, scene.taken(v1::INTAKE_UNSPECIFIED));
    scene.b.waits(Duration::minutes(30));
    const auto up = scene.after(scene.b, chart::k_vomited, dose);
    const auto shown = scene.chart().administrations.front();
    CHECK(shown.exposure.has_value());
    REQUIRE(shown.after.size() == 1);
    CHECK(shown.after[0].vomited);
    CHECK(scene.slot_state() == chart::SlotState::given);
    CHECK_FALSE(scene.slots().slots.front().may_give);
    // The giver, who does not know, says the amount anew: what came up stays.
    scene.correct(scene.a, dose, {dose.change->id}, scene.taken(v1::INTAKE_HANDED_OVER));
    CHECK(scene.chart().administrations.front().after.size() == 1);
    // Taken back.
    scene.then(scene.b, up, {up.change->id},
               Scene::act_about(dose.id, chart::k_vomited, {dose.change->id},
                                v1::PROCEDURE_STATUS_ENTERED_IN_ERROR));
    CHECK(scene.chart().administrations.front().after.empty());
}

TEST_CASE("another attempt that names the refusal it follows is no disagreement") {
    TakenScene scene;
    const auto refused = scene.refuse(scene.a, scene.planned);
    auto again = scene.taken(v1::INTAKE_UNSPECIFIED);
    SECTION("named") {
        again.add_follows(base::to_bytes(refused.change->id));
        scene.state(scene.b, again);
        CHECK_FALSE(only(scene.findings(), "dose/given-and-not-given"));
        CHECK_FALSE(scene.slots().slots.front().given_and_not_given);
        CHECK(scene.slots().slots.front().administrations.size() == 2);
        // A refusal that it did not know of is one.
        const auto other = scene.refuse(scene.c, scene.planned);
        CHECK(only(scene.findings(), "dose/given-and-not-given"));
        CHECK(scene.slots().slots.front().given_and_not_given);
    }
    SECTION("not known to whoever gave it") {
        scene.state(scene.b, again);
        CHECK(only(scene.findings(), "dose/given-and-not-given"));
        CHECK(scene.slots().slots.front().given_and_not_given);
    }
}

TEST_CASE("a second person is asked of what was prepared here, and of nothing else") {
    const auto missing = [](v1::Intake intake) {
        CareScene scene;
        const auto insulin = scene.order("A10AB05");
        auto said = Scene::said(insulin, v1::ADMINISTRATION_STATUS_COMPLETED, {insulin.change->id},
                                Scene::slot(insulin));
        *said.mutable_medication() = atc("A10AB05");
        said.mutable_route()->CopyFrom(v1::CodeableConcept{});
        said.set_intake(intake);
        scene.state(scene.a, said);
        return only(scene.findings(), "dose/second-check-missing").has_value();
    };
    CHECK(missing(v1::INTAKE_UNSPECIFIED) == missing(v1::INTAKE_HANDED_OVER));
    CHECK_FALSE(missing(v1::INTAKE_SELF_OBSERVED));
    CHECK_FALSE(missing(v1::INTAKE_SELF_REPORTED));
    CHECK_FALSE(missing(v1::INTAKE_BY_OTHER));
}

// What a chart says of all doses, without what depends on the order of anything.
struct Told {
    std::map<ResourceId, std::multiset<int>> intakes;  // of every statement
    std::map<ResourceId, std::multiset<std::string>> after;
    std::set<ResourceId> exposure;
    std::vector<ResourceId> follow_ups;
    bool operator==(const Told&) const = default;
};

Told told(const chart::Group& group, Instant now) {
    Told out;
    const auto chart = chart::make_chart(group, clinical::demo_pack(), {}, k_oslo);
    for (const auto& item : chart.administrations) {
        const auto id = item.version.resource;
        for (const auto& list : {item.live, item.earlier}) {
            for (const auto& one : list)
                out.intakes[id].insert(one.value.intake());
        }
        for (const auto& act : item.after)
            out.after[id].insert(act.said.code().coding(0).code() + act.act.resource.text());
        if (item.exposure) out.exposure.insert(id);
    }
    for (const auto& one : chart::follow_ups(group, chart::ClockNotes(group), k_oslo, now))
        out.follow_ups.push_back(one.administration.resource);
    return out;
}

// Random doses, corrections, refusals and acts of three tablets, each by a view of its own.
struct Afternoon {
    TakenScene scene;
    std::vector<Scene::Dose> doses;
    std::map<ResourceId, std::multiset<int>> intakes;
    std::map<ResourceId, std::size_t> acts;

    Afternoon() {
        const int count = *rc::gen::inRange(1, 14);
        for (int i = 0; i < count; ++i)
            act();
    }

    void act() {
        Writer* writers[] = {&scene.a, &scene.b, &scene.c};
        Writer& who = *writers[*rc::gen::inRange(0, 3)];
        who.waits(Duration::minutes(*rc::gen::inRange(0, 30)));
        const int what = doses.empty() ? 0 : *rc::gen::inRange(0, 5);
        if (what <= 1) {
            auto said = scene.taken(static_cast<v1::Intake>(*rc::gen::inRange(0, 5)));
            if (*rc::gen::arbitrary<bool>()) said.set_effect_due("2026-01-05T12:00:00+01:00");
            doses.push_back(scene.state(who, said));
            intakes[doses.back().id].insert(said.intake());
            return;
        }
        const auto& dose = *rc::gen::elementOf(doses);
        if (what == 2) {
            const auto said = scene.taken(static_cast<v1::Intake>(*rc::gen::inRange(0, 5)));
            scene.correct(who, dose, {dose.change->id}, said);
            intakes[dose.id].insert(said.intake());
            return;
        }
        scene.after(who, what == 3 ? chart::k_vomited : chart::k_effect, dose);
        ++acts[dose.id];
    }
};

TEST_CASE("whatever order changes come in, no way of taking and nothing that came of it is lost") {
    CHECK(rc::check([] {
        const Afternoon day;
        const Instant now = day.scene.a.now;
        const Told expected = told(day.scene.group(), now);
        // All that was ever said is there, and each dose counts.
        RC_ASSERT(expected.intakes == day.intakes);
        RC_ASSERT(expected.exposure.size() == day.doses.size());
        for (const auto& [dose, count] : day.acts)
            RC_ASSERT(expected.after.at(dose).size() == count);
        auto changes = day.scene.changes;
        std::mt19937 random(*rc::gen::arbitrary<unsigned>());
        std::shuffle(changes.begin(), changes.end(), random);
        // Some come twice.
        for (std::size_t i = 0, half = changes.size() / 2; i < half; ++i)
            changes.push_back(ChangePtr(changes[i]));
        RC_ASSERT(told(chart::make_group({day.scene.record}, {}, changes), now) == expected);
    }));
}

TEST_CASE("nothing that comes later takes exposure back, save a withdrawal that is confirmed") {
    CHECK(rc::check([] {
        const Afternoon day;
        std::set<ResourceId> before;
        for (std::size_t n = 1; n <= day.scene.changes.size(); ++n) {
            const std::vector<ChangePtr> part(
                day.scene.changes.begin(),
                day.scene.changes.begin() + static_cast<std::ptrdiff_t>(n));
            const auto now = told(chart::make_group({day.scene.record}, {}, part), day.scene.a.now);
            RC_ASSERT(std::includes(now.exposure.begin(), now.exposure.end(), before.begin(),
                                    before.end()));
            before = now.exposure;
        }
    }));
}

}  // namespace
}  // namespace kari::test
