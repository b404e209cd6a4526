// SPDX-License-Identifier: Apache-2.0
//
// Patches that several people put on and take off.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>

#include "sdk/clinical/patch.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

constexpr auto k_rule = "dose/two-patches";

Instant later(const Scene& scene, double hours) {
    return scene.server.now + Duration::minutes(static_cast<std::int64_t>(hours * 60));
}

TEST_CASE("a patch that is put on while another of the substance may be on is phoned about") {
    Scene scene;
    const auto old = scene.state(scene.a, Scene::patch(), later(scene, 0));
    CHECK(scene.findings().empty());
    const auto put_on = scene.state(scene.b, Scene::patch(), later(scene, 72));
    const auto found = only(scene.findings(), "dose/two-patches");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({old.change, put_on.change}));
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{k_rule});
    SECTION("until somebody says that the old one was off before") {
        scene.take_off(scene.c, old.id, later(scene, 71.9));
        CHECK(scene.findings().empty());
    }
    SECTION("or within the time that a change takes") {
        scene.take_off(scene.c, old.id, later(scene, 73));
        CHECK(scene.findings().empty());
    }
    SECTION("but not when it came off hours later: both were on") {
        const auto act = scene.take_off(scene.c, old.id, later(scene, 80));
        const auto still = only(scene.findings(), k_rule);
        REQUIRE(still);
        CHECK(still->id == found->id);
        CHECK(std::count(still->resources.begin(), still->resources.end(), act) == 1);
    }
    SECTION("or the new one was another citizen's, and who wrote it says so at once") {
        auto wrong = Scene::patch();
        wrong.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
        scene.correct(scene.b, put_on, {put_on.change->id}, wrong);
        CHECK(scene.findings().empty());
    }
}

TEST_CASE("a removal that is taken back, said otherwise or of before the patch takes nothing off") {
    Scene scene;
    const auto old = scene.state(scene.a, Scene::patch(), later(scene, 0));
    scene.state(scene.b, Scene::patch(), later(scene, 72));
    REQUIRE(only(scene.findings(), k_rule));
    SECTION("of before it was put on") {
        scene.take_off(scene.c, old.id, later(scene, -1));
        CHECK(only(scene.findings(), k_rule));
    }
    SECTION("taken back, by one of two who did not see each other") {
        const auto act = scene.take_off(scene.c, old.id, later(scene, 72));
        const auto said = scene.changes.back()->id;
        CHECK(scene.findings().empty());
        scene.add(scene.c, {.record = scene.record, .resource = act, .parents = {said}},
                  Scene::taken_off(old.id, true, v1::PROCEDURE_STATUS_ENTERED_IN_ERROR));
        CHECK(only(scene.findings(), k_rule));
        const Instant when = later(scene, 71);
        scene.add(scene.a,
                  {.record = scene.record,
                   .resource = act,
                   .parents = {said},
                   .effective = std::pair(when, when)},
                  Scene::taken_off(old.id));
        CHECK(only(scene.findings(), k_rule));
    }
    SECTION("of another patch") {
        scene.take_off(scene.c, scene.next(), later(scene, 72));
        CHECK(only(scene.findings(), k_rule));
    }
}

TEST_CASE("a patch that a fast clock put on is off once whoever saw it took it off") {
    Scene scene;
    const auto old = scene.state(scene.a, Scene::patch(), later(scene, 3));
    scene.state(scene.b, Scene::patch(), later(scene, 72));
    REQUIRE(only(scene.findings(), k_rule));
    const Instant when = later(scene, 1);
    const auto off = [&](const std::vector<ChangeId>& seen) {
        scene.add(
            scene.c,
            {.record = scene.record, .resource = scene.next(), .effective = std::pair(when, when)},
            Scene::act_about(old.id, chart::k_patch_off, seen));
    };
    SECTION("as it stands") {
        off({old.change->id});
        CHECK(scene.findings().empty());
        // Then it is said to have been put on later: of that nobody has seen that it came off.
        v1::MedicationAdministration again;
        *again.mutable_administration() = Scene::patch();
        const Instant corrected = later(scene, 60);
        scene.add(scene.a,
                  {.record = scene.record,
                   .resource = old.id,
                   .parents = {old.change->id},
                   .effective = std::pair(corrected, corrected)},
                  again);
        CHECK(only(scene.findings(), k_rule));
    }
    SECTION("and not by whoever did not see it") {
        off({});
        CHECK(only(scene.findings(), k_rule));
    }
}

TEST_CASE("the latest removal counts, and of searches that found nothing the first") {
    Scene scene;
    const auto old = scene.state(scene.a, Scene::patch(), later(scene, 0));
    scene.state(scene.b, Scene::patch(), later(scene, 72));
    scene.take_off(scene.b, old.id, later(scene, 72), false);
    scene.take_off(scene.c, old.id, later(scene, 90), false);
    CHECK(scene.findings().empty());
    // Found all the same, the day after: it was on beside the new one.
    scene.take_off(scene.c, old.id, later(scene, 95));
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("patches of other substances, and what is no patch, are no finding") {
    Scene scene;
    scene.state(scene.a, Scene::patch("N02AB03"), later(scene, 0));
    scene.state(scene.b, Scene::patch("N06DA03"), later(scene, 1));
    auto drops = Scene::patch();
    drops.mutable_dose()->set_code("[drp]");
    scene.state(scene.c, drops, later(scene, 2));
    auto refused = Scene::patch();
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    scene.state(scene.c, refused, later(scene, 3));
    CHECK(scene.findings().empty());
    // Thrice the time that it is to be on: nobody counts it any more.
    scene.state(scene.a, Scene::patch("N06DA03"), later(scene, 1 + 3 * 24));
    CHECK(scene.findings().empty());
    scene.state(scene.a, Scene::patch("N02AB03"), later(scene, 3 * 72 - 2));
    CHECK(only(scene.findings(), k_rule));
}

TEST_CASE("what makes a dose a patch is what is said of it, whatever the drug is called") {
    using Said = v1::Administration;
    const auto transdermal = [](Said& said) {
        auto* route = said.mutable_route()->add_coding();
        route->set_system(std::string(clinical::k_snomed));
        route->set_code("45890007");
    };
    const auto gel = [](Said& said) {
        *said.mutable_medication() = atc("G03CA03");
    };
    const std::pair<std::function<void(Said&)>, bool> all[] = {
        {[](Said&) {}, false},
        {[](Said& said) { said.mutable_dose()->set_code("{patch}"); }, true},
        {[](Said& said) { said.mutable_dose()->set_unit("depotplaster"); }, true},
        {[](Said& said) {
             auto* method = said.mutable_method()->add_coding();
             method->set_system(std::string(clinical::k_method_system));
             method->set_code(std::string(clinical::k_patch_on));
         },
         true},
        {transdermal, true},
        {[&](Said& said) {
             transdermal(said);
             gel(said);
         },
         false}};
    for (const auto& [say, is_patch] : all) {
        auto said = Scene::patch();
        said.mutable_dose()->clear_code();
        say(said);
        CHECK(clinical::is_patch(said, clinical::demo_pack()) == is_patch);
        if (is_patch) CHECK(clinical::may_be_patch(said));
    }
    v1::Prescription order = Scene::prescription("N02AB03", {}, "1");
    CHECK_FALSE(clinical::is_patch(order, clinical::demo_pack()));
    for (const auto* form : {"depotplaster", "Plaster", "transdermal patch"}) {
        order.mutable_form()->set_text(form);
        CHECK(clinical::is_patch(order, clinical::demo_pack()));
    }
    order.mutable_form()->clear_text();
    auto* coded = order.mutable_form()->add_coding();
    coded->set_system("http://standardterms.edqm.eu");
    coded->set_code("10519000");
    CHECK(clinical::is_patch(order, clinical::demo_pack()));
    // Whatever a pack knows of lengths.
    CHECK(clinical::is_patch(order, clinical::KnowledgePack{}));
}

TEST_CASE("a clock that was wrong all along does not make a change of patches two at once") {
    Scene scene;
    scene.state(scene.b, Scene::patch(), later(scene, -72));
    const auto old = scene.changes.back()->resource;
    // Off and on within minutes, by a tablet of which the server learns that it is five hours off.
    scene.take_off(scene.a, old);
    scene.a.waits(Duration::minutes(5));
    scene.state(scene.a, Scene::patch());
    v1::TimeNote note;
    note.mutable_note()->set_incarnation(base::to_bytes(scene.a.incarnation));
    note.mutable_note()->set_boot(base::to_bytes(scene.a.boot));
    note.mutable_note()->set_server_minus_device_ms(Duration::hours(5).ms);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
    CHECK(scene.findings().empty());
}

TEST_CASE("of one substance there is one patch at a time, or it is phoned about, and no other") {
    CHECK(rc::check([] {
        Scene scene;
        struct Worn {
            ResourceId id;
            int from;
            int to;
            bool other;
        };
        std::vector<Worn> worn;
        Writer* writers[] = {&scene.a, &scene.b, &scene.c};
        const int count = *rc::gen::inRange(0, 7);
        for (int i = 0; i < count; ++i) {
            auto& who = *writers[*rc::gen::inRange(0, 3)];
            const int from = *rc::gen::inRange(0, 400);
            const bool other = *rc::gen::inRange(0, 4) == 0;
            const auto dose =
                scene.state(who, Scene::patch(other ? "N06DA03" : "N02AB03"), later(scene, from));
            // Nobody counts one for longer than thrice its time.
            int to = from + 3 * (other ? 24 : 72);
            for (int acts = *rc::gen::inRange(0, 2); acts > 0; --acts) {
                const int off = from + *rc::gen::inRange(0, 150);
                auto& by = *writers[*rc::gen::inRange(0, 3)];
                scene.take_off(by, dose.id, later(scene, off), *rc::gen::arbitrary<bool>());
                to = std::min(to, off);
            }
            worn.push_back({dose.id, from, to, other});
        }
        std::set<std::pair<ResourceId, ResourceId>> expected;
        for (const auto& a : worn) {
            for (const auto& b : worn) {
                const bool both = std::min(a.to, b.to) - std::max(a.from, b.from) > 1;
                if (a.id < b.id && a.other == b.other && both) expected.emplace(a.id, b.id);
            }
        }
        std::set<std::pair<ResourceId, ResourceId>> found;
        for (const auto& finding : scene.findings()) {
            if (finding.rule != k_rule) continue;
            RC_ASSERT(finding.severity == v1::SEVERITY_S1);
            std::vector<ResourceId> pair;
            for (const auto& one : worn) {
                if (std::count(finding.resources.begin(), finding.resources.end(), one.id) > 0) {
                    pair.push_back(one.id);
                }
            }
            RC_ASSERT(pair.size() == 2);
            found.emplace(std::min(pair[0], pair[1]), std::max(pair[0], pair[1]));
        }
        RC_ASSERT(found == expected);
        // At every hour: no more than one, or a finding that is phoned about names two of them.
        for (int hour = 0; hour < 620; ++hour) {
            std::set<ResourceId> on;
            for (const auto& one : worn) {
                if (!one.other && one.from <= hour - 1 && hour + 1 < one.to) on.insert(one.id);
            }
            const bool phoned = std::any_of(found.begin(), found.end(), [&](const auto& pair) {
                return on.contains(pair.first) && on.contains(pair.second);
            });
            RC_ASSERT(on.size() <= 1 || phoned);
        }
        RC_CLASSIFY(!found.empty());
    }));
}

}  // namespace
}  // namespace kari::test
