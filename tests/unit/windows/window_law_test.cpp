// SPDX-License-Identifier: Apache-2.0
//
// What is read by a window, or by what rules look at, against the whole record.
#include <iostream>

#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/window.hpp"
#include "tests/unit/chart/care_day.hpp"
#include "tests/unit/windows/tablet.hpp"
#include "tests/unit/windows/years.hpp"

namespace kari::test {
namespace {

// Each case makes a database: fewer cases than RapidCheck's hundred.
template <typename Property>
bool holds(int cases, Property&& property) {
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = std::min(params.maxSuccess, cases);
    const auto result = rc::detail::checkTestable(std::forward<Property>(property),
                                                  rc::detail::TestMetadata{}, params);
    rc::detail::printResultMessage(result, std::cout);
    return result.template is<rc::detail::SuccessResult>();
}

void deliver(Tablet& tablet, Years& years, int acts) {
    for (const auto& change : years.scene.changes)
        tablet.receive(*change);
    tablet.review();
    for (int i = 0; i < acts; ++i) {
        tablet.receive(*years.act());
        if (pick(0, 3) > 0) tablet.review();
    }
    tablet.review();
}

// The store's findings are those of everything, whatever was read to find them.
void require_whole_findings(Tablet& tablet, const RecordId& record) {
    const auto whole = Tablet::must(tablet->group(record));
    RC_ASSERT(Tablet::must(tablet->findings(record)) ==
              chart::review(*whole, clinical::demo_pack()));
}

}  // namespace

TEST_CASE("reviewing what rules look at finds what a review of the whole record finds") {
    CHECK(holds(20, [] {
        Tablet tablet;
        Years years;
        const auto& record = years.scene.record;
        for (const auto& change : years.scene.changes)
            tablet.receive(*change);
        tablet.review();
        const int acts = pick(5, 60);
        for (int i = 0; i < acts; ++i) {
            tablet.receive(*years.act());
            if (pick(0, 3) == 0) continue;
            tablet.review();
            require_whole_findings(tablet, record);
        }
        tablet.review();
        require_whole_findings(tablet, record);
        RC_ASSERT(Tablet::must(tablet->verify()).empty());
        const auto found = Tablet::must(tablet->findings(record));
        RC_CLASSIFY(std::any_of(found.begin(), found.end(), [](const auto& finding) {
            return finding.rule == "dose/too-soon";
        }));
        RC_CLASSIFY(std::any_of(found.begin(), found.end(), [](const auto& finding) {
            return finding.rule == "dose/two-patches";
        }));
        RC_CLASSIFY(std::any_of(found.begin(), found.end(), [](const auto& finding) {
            return finding.rule == "dose/over-limit";
        }));
    }));
}

TEST_CASE("a window holds all that its dates promise, as it is, and what open findings name") {
    CHECK(holds(15, [] {
        Tablet tablet;
        Years years;
        const auto& record = years.scene.record;
        deliver(tablet, years, pick(5, 60));
        const auto whole = Tablet::must(tablet->group(record));
        const chart::ClockNotes clocks(*whole);
        const store::Window window{years.scene.a.now - Duration::hours(24 * pick(0, 200)),
                                   static_cast<std::size_t>(pick(0, 6))};
        const auto recent = Tablet::must(tablet->recent(record, window));
        for (const auto& resource : whole->resources) {
            const auto* here = recent->find(resource.record, resource.id);
            const auto moment = chart::moment_of(resource, clocks);
            if (resource.kind != v1::KIND_TIME_NOTE && recent->reaches(resource.kind, moment)) {
                RC_ASSERT(here != nullptr);
            }
            if (here == nullptr) continue;
            RC_ASSERT(merge::canonical(*here) == merge::canonical(resource));
            RC_ASSERT(here->history.size() == resource.history.size());
        }
        for (const auto& [kind, since] : recent->complete_since)
            RC_ASSERT(since <= window.since);
        const auto all = chart::track(*whole, Tablet::must(tablet->findings(record)));
        const auto unresolved = Tablet::must(tablet->unresolved(record));
        std::map<FindingId, chart::FindingState> found;
        for (const auto& one : unresolved)
            found.emplace(one.finding.id, one.state);
        for (const auto& one : all) {
            if (one.state == chart::FindingState::resolved) continue;
            RC_ASSERT(found.at(one.finding.id) == one.state);
            if (!one.found_here) continue;
            for (const auto& id : one.finding.resources)
                RC_ASSERT(recent->find(id) != nullptr);
        }
        RC_ASSERT(found.size() == static_cast<std::size_t>(
                                      std::count_if(all.begin(), all.end(), [](const auto& one) {
                                          return one.state != chart::FindingState::resolved;
                                      })));
        RC_CLASSIFY(recent->resources.size() < whole->resources.size());
    }));
}

TEST_CASE("pages of history hold every item of a kind once, the newest first") {
    CHECK(holds(6, [] {
        Tablet tablet;
        Years years;
        const auto& record = years.scene.record;
        deliver(tablet, years, pick(5, 60));
        const auto whole = Tablet::must(tablet->group(record));
        const std::uint32_t kind =
            pick(0, 2) == 0 ? v1::KIND_OBSERVATION : v1::KIND_MEDICATION_ADMINISTRATION;
        std::set<ResourceId> met;
        std::optional<store::HistoryMark> mark;
        do {
            const auto part = Tablet::must(tablet->history(record, kind, mark, 3));
            for (const auto& resource : part.group.resources) {
                if (resource.kind == kind) RC_ASSERT(met.insert(resource.id).second);
            }
            if (mark && part.next) RC_ASSERT(*part.next < *mark);
            mark = part.next;
        } while (mark);
        for (const auto& resource : whole->resources)
            RC_ASSERT(met.contains(resource.id) == (resource.kind == kind));
    }));
}

TEST_CASE("after a rebuild, and after opening again, the same is found by the same traces") {
    CHECK(holds(5, [] {
        Tablet tablet;
        Years years;
        const auto& record = years.scene.record;
        deliver(tablet, years, pick(5, 40));
        const auto before = Tablet::must(tablet->findings(record));
        Tablet::must(tablet->rebuild());
        tablet.review();
        RC_ASSERT(Tablet::must(tablet->verify()).empty());
        tablet.reopen();
        RC_ASSERT(Tablet::must(tablet->findings(record)) == before);
    }));
}

TEST_CASE("reviewing what rules about care look at finds what a whole review finds") {
    CHECK(holds(20, [] {
        Tablet tablet;
        const Day day;
        for (const auto& change : day.scene.changes) {
            tablet.receive(*change);
            if (pick(0, 3) == 0) continue;
            tablet.review();
            require_whole_findings(tablet, day.scene.record);
        }
        tablet.review();
        require_whole_findings(tablet, day.scene.record);
        RC_ASSERT(Tablet::must(tablet->verify()).empty());
    }));
}

TEST_CASE("a task that was done long ago is done in a chart that reads what is recent") {
    Tablet tablet;
    Scene scene;
    v1::Task task;
    task.set_status(v1::TASK_STATUS_REQUESTED);
    const auto id = scene.next();
    scene.add(scene.a, {.record = scene.record, .resource = id}, task);
    const auto done_at = scene.a.now;
    for (int i = 0; i < 80; ++i) {
        v1::Procedure act;
        act.mutable_procedure()->set_status(v1::PROCEDURE_STATUS_COMPLETED);
        if (i == 0) act.mutable_procedure()->mutable_about()->set_resource(base::to_bytes(id));
        scene.add(scene.a,
                  {.record = scene.record,
                   .resource = scene.next(),
                   .effective = std::pair(scene.a.now, scene.a.now)},
                  act);
        scene.a.waits(Duration::hours(48));
    }
    for (const auto& change : scene.changes)
        tablet.receive(*change);
    tablet.review();
    const store::Window window{scene.a.now - Duration::hours(24 * 30), 50};
    const auto group = Tablet::must(tablet->recent(scene.record, window));
    CHECK(group->complete_since.at(v1::KIND_PROCEDURE) > done_at);
    const auto care = chart::care_of(*group, "Europe/Oslo");
    CHECK(care.procedures.size() == 51);
    CHECK(care.tasks.at(0).state == chart::TaskState::done);
}

TEST_CASE("a fixed dose is judged by an order as needed that nothing just written names") {
    Tablet tablet;
    Scene scene;
    const auto needed = scene.needed("N02BE01", "6", "2");
    const auto fixed = scene.order("N02BE01");
    auto taken = Scene::said(needed, v1::ADMINISTRATION_STATUS_COMPLETED, {needed.change->id}, {});
    taken.clear_slot();
    scene.state(scene.a, taken, scene.a.now);
    for (const auto& change : scene.changes)
        tablet.receive(*change);
    tablet.review();
    // Another tablet's, reviewed by what it touches alone.
    scene.state(scene.b,
                Scene::said(fixed, v1::ADMINISTRATION_STATUS_COMPLETED, {fixed.change->id},
                            Scene::slot(fixed)),
                scene.b.now + Duration::hours(1));
    tablet.receive(*scene.changes.back());
    tablet.review();
    const auto found = Tablet::must(tablet->findings(scene.record));
    CHECK(found == scene.findings());
    CHECK(std::any_of(found.begin(), found.end(),
                      [](const auto& finding) { return finding.rule == "dose/too-soon"; }));
}

TEST_CASE("a weekly dose is reviewed beside those of its week, whatever lies between") {
    Tablet tablet;
    Scene scene;
    const auto give = [&](Writer& who, int days, const char* drug) {
        auto said = Scene::patch(drug);
        said.mutable_dose()->set_code("{tablet}");
        scene.state(who, said, scene.server.now + Duration::hours(24 * days));
        tablet.receive(*scene.changes.back());
        tablet.review();
    };
    const auto found = [&](const std::string& rule) {
        const auto all = Tablet::must(tablet->findings(scene.record));
        return std::count_if(all.begin(), all.end(),
                             [&](const auto& finding) { return finding.rule == rule; });
    };
    give(scene.a, 0, "L04AX03");
    for (int day = 1; day < 40; ++day)
        give(scene.b, day, "N02BE01");
    give(scene.c, 40, "L04AX03");
    CHECK(found("dose/weekly-twice") == 0);
    give(scene.b, 42, "L01BA01");
    CHECK(found("dose/weekly-twice") == 1);
    give(scene.b, 3, "L04AX03");
    CHECK(found("dose/weekly-twice") == 2);
    CHECK(Tablet::must(tablet->findings(scene.record)) == scene.findings());
    // What was found of a dose ends by a check that is reviewed alone.
    CHECK(found("dose/second-check-missing") == 4);
    const auto last = scene.changes.back();
    scene.add(scene.a, {.record = scene.record, .resource = scene.next()},
              Scene::act_about(last->resource, chart::k_second_check, {last->id}));
    tablet.receive(*scene.changes.back());
    tablet.review();
    CHECK(found("dose/second-check-missing") == 3);
    CHECK(Tablet::must(tablet->findings(scene.record)) == scene.findings());
}

TEST_CASE("a dose that is taken back ends what was found of one that came after it, and no more") {
    Tablet tablet;
    Scene scene;
    const auto give = [&](Writer& who, int hours, const char* grams) {
        auto said = Scene::patch("N02BE01");
        said.mutable_dose()->set_value(grams);
        said.mutable_dose()->set_code("g");
        const auto dose = scene.state(who, said, scene.server.now + Duration::hours(hours));
        tablet.receive(*scene.changes.back());
        tablet.review();
        return dose;
    };
    const auto found = [&] {
        return Tablet::must(tablet->findings(scene.record));
    };
    const auto first = give(scene.server, 0, "2");
    give(scene.b, 10, "2");
    CHECK(found().empty());
    give(scene.c, 20, "1");
    CHECK(found().size() == 1);
    give(scene.c, 30, "2");
    CHECK(found().size() == 2);
    CHECK(found() == scene.findings());
    auto wrong = Scene::patch("N02BE01");
    wrong.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
    scene.correct(scene.server, first, {first.change->id}, wrong);
    tablet.receive(*scene.changes.back());
    tablet.review();
    CHECK(found().size() == 1);
    CHECK(found() == scene.findings());
}

TEST_CASE("a dose is reviewed beside those that it waits for, and an order beside every other") {
    Tablet tablet;
    Scene scene;
    const auto keep = [&] {
        tablet.receive(*scene.changes.back());
        tablet.review();
        CHECK(Tablet::must(tablet->findings(scene.record)) == scene.findings());
    };
    const auto give = [&](Writer& who, Duration after, const char* drug) {
        auto said = Scene::patch(drug);
        said.mutable_dose()->set_code("{tablet}");
        scene.state(who, said, scene.server.now + after);
        keep();
    };
    const auto found = [&](const std::string& rule) {
        const auto all = Tablet::must(tablet->findings(scene.record));
        return std::count_if(all.begin(), all.end(),
                             [&](const auto& finding) { return finding.rule == rule; });
    };
    scene.order("B01AA03");
    keep();
    give(scene.a, {}, "H03AA01");
    for (int day = 1; day < 20; ++day)
        give(scene.b, Duration::hours(24 * day), "N02BE01");
    give(scene.a, Duration::hours(24 * 20), "H03AA01");
    CHECK(found("dose/too-near-other") == 0);
    give(scene.b, Duration::hours(24 * 20 - 3), "B03AA07");
    CHECK(found("dose/too-near-other") == 1);
    // Long after the other dose, and told of last.
    give(scene.c, Duration::hours(2), "A12AA04");
    CHECK(found("dose/too-near-other") == 2);
    scene.order("M01AE01");
    keep();
    scene.order("C10AA01");
    keep();
    scene.order("C10AA05");
    keep();
    CHECK(found("order/interaction-avoid") == 1);
    CHECK(found("order/duplicate-group") == 1);
}

TEST_CASE("what says that a patch is off ends a finding that did not name it, months later") {
    Tablet tablet;
    Scene scene;
    const auto old = scene.state(scene.a, Scene::patch());
    scene.b.waits(Duration::hours(72));
    const auto put_on = scene.state(scene.b, Scene::patch());
    for (const auto& change : scene.changes)
        tablet.receive(*change);
    tablet.review();
    const auto found = Tablet::must(tablet->findings(scene.record));
    REQUIRE(found.size() == 1);
    CHECK(found.front().rule == "dose/two-patches");
    CHECK(found.front().inputs == ids({old.change, put_on.change}));
    // A third, reviewed by what it touches alone, meets both.
    scene.c.waits(Duration::hours(80));
    const auto third = scene.state(scene.c, Scene::patch());
    tablet.receive(*scene.changes.back());
    tablet.review();
    CHECK(Tablet::must(tablet->findings(scene.record)).size() == 3);
    CHECK(Tablet::must(tablet->findings(scene.record)) == scene.findings());
    scene.c.waits(Duration::hours(24 * 100));
    scene.take_off(scene.c, old.id, scene.a.now + Duration::hours(72));
    tablet.receive(*scene.changes.back());
    scene.take_off(scene.c, put_on.id, scene.a.now + Duration::hours(80));
    tablet.receive(*scene.changes.back());
    tablet.review();
    CHECK(scene.findings().empty());
    CHECK(Tablet::must(tablet->findings(scene.record)).empty());
}

TEST_CASE("what is found of two records by way of one that is not here is found of neither") {
    Tablet tablet;
    Scene scene;
    const RecordId middle = id_of<RecordId>(2);
    const RecordId far = id_of<RecordId>(3);
    const auto link = [&](const RecordId& from, const RecordId& to) {
        v1::RecordLink message;
        message.mutable_link()->set_other_record(base::to_bytes(to));
        message.mutable_link()->set_state(v1::LINK_STATE_LINKED);
        scene.add(scene.server, {.record = from, .resource = chart::link_resource(from, to)},
                  message);
    };
    link(scene.record, middle);
    link(far, middle);
    scene.order("N02BE01");
    v1::MedicationRequest same;
    *same.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
    same.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.add(scene.server, {.record = far, .resource = scene.next()}, same);
    const auto tell = [&](bool not_here) {
        v1::CaseloadEntry entry;
        entry.set_record(base::to_bytes(middle));
        entry.set_state(not_here ? v1::CASELOAD_STATE_UNSPECIFIED : v1::CASELOAD_STATE_GRANTED);
        entry.set_not_here(not_here);
        Tablet::must(tablet->set_caseload(entry));
    };
    tell(false);
    for (const auto& change : scene.changes)
        tablet.receive(*change);
    tablet.review();
    CHECK(Tablet::must(tablet->findings(scene.record)).size() == 1);
    tell(true);
    // An upgrade owes a review to each record, to the one that is not here as well.
    Tablet::must(tablet->rebuild());
    tablet.review();
    CHECK(Tablet::must(tablet->findings(scene.record)).empty());
    CHECK(Tablet::must(tablet->findings(far)).empty());
}

}  // namespace kari::test
