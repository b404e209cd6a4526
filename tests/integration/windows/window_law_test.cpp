// SPDX-License-Identifier: Apache-2.0
//
// A tablet with a window beside one that holds the whole record, under one server.
#include <iostream>

#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/care.hpp"
#include "tests/integration/windows/delivery.hpp"

namespace kari::test {
namespace {

// Each case makes databases: fewer cases than RapidCheck's hundred.
template <typename Property>
bool holds(int cases, Property&& property) {
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = std::min(params.maxSuccess, cases);
    const auto result = rc::detail::checkTestable(std::forward<Property>(property),
                                                  rc::detail::TestMetadata{}, params);
    rc::detail::printResultMessage(result, std::cout);
    return result.template is<rc::detail::SuccessResult>();
}

server::exchange::WindowChoice some_choice() {
    return {static_cast<std::uint64_t>(pick(3, 12)), Duration::hours(24 * pick(0, 120)),
            static_cast<std::size_t>(pick(0, 6))};
}

// No resource is held in part, and all is held that the window's dates promise. While a first
// request is cut, what goes ahead is held up to where the cut was.
std::set<ResourceId> require_promised(const chart::Group& whole, const chart::Group& part,
                                      bool cut = false) {
    const chart::ClockNotes clocks(whole);
    std::set<ResourceId> held;
    for (const auto& resource : whole.resources) {
        const auto* here = part.find(resource.record, resource.id);
        const auto moment = chart::moment_of(resource, clocks);
        const auto since = part.complete_since.find(resource.kind);
        const bool not_yet =
            since != part.complete_since.end() && since->second == chart::k_not_yet;
        const bool promised = !not_yet && part.reaches(resource.kind, moment);
        if (promised && here == nullptr) {
            RC_LOG() << "kind " << resource.kind << " at " << moment.ms << ", promised since "
                     << (part.complete_since.contains(resource.kind)
                             ? part.complete_since.at(resource.kind).ms
                             : INT64_MIN);
        }
        RC_ASSERT(!promised || here);
        if (here == nullptr) continue;
        held.insert(resource.id);
        if (cut && merge::schema_of(resource.kind)->safety) continue;
        RC_ASSERT(merge::canonical(*here) == merge::canonical(resource));
        RC_ASSERT(here->history.size() == resource.history.size());
    }
    RC_ASSERT(held.size() == part.resources.size());
    return held;
}

// It may find less than the whole, never something else.
void require_same_findings(Tablet& whole, Tablet& part, const RecordId& record,
                           const std::set<ResourceId>& held) {
    std::map<FindingId, chart::Finding> here;
    for (auto& finding : Tablet::must(part->findings(record)))
        here.emplace(finding.id, std::move(finding));
    std::set<FindingId> all;
    for (const auto& finding : Tablet::must(whole->findings(record))) {
        all.insert(finding.id);
        const bool judged = std::all_of(finding.resources.begin(), finding.resources.end(),
                                        [&](const ResourceId& id) { return held.contains(id); });
        if (!judged) continue;
        RC_ASSERT(here.contains(finding.id));
        RC_ASSERT(here.at(finding.id) == finding);
    }
    for (const auto& [id, finding] : here)
        RC_ASSERT(all.contains(id));
}

// What it cannot see the server has told, once it has reviewed.
void require_told(Tablet& whole, Tablet& part, const RecordId& record) {
    std::map<FindingId, chart::FindingState> told;
    for (const auto& one : Tablet::must(part->unresolved(record)))
        told.emplace(one.finding.id, one.state);
    for (const auto& one : Tablet::must(whole->unresolved(record))) {
        RC_ASSERT(told.contains(one.finding.id));
        RC_ASSERT(told.at(one.finding.id) == one.state);
    }
}

// What was planned is as far on as everywhere: all that was done about it is here with it.
void require_same_plans(const chart::Group& whole, const chart::Group& part) {
    const auto states = [](const chart::Care& care) {
        std::map<ResourceId, int> out;
        for (const auto& plan : care.planned_visits)
            out[plan.version.resource] = static_cast<int>(plan.state);
        for (const auto& plan : care.appointments)
            out[plan.version.resource] = static_cast<int>(plan.state);
        for (const auto& task : care.tasks)
            out[task.version.resource] = static_cast<int>(task.state);
        return out;
    };
    const auto all = states(chart::care_of(whole, k_oslo));
    for (const auto& [id, state] : states(chart::care_of(part, k_oslo)))
        RC_ASSERT(all.at(id) == state);
}

void require_agreement(Tablet& whole, Tablet& part, const RecordId& record) {
    const auto all = Tablet::must(whole->group(record));
    const auto some = Tablet::must(part->group(record));
    require_same_findings(whole, part, record, require_promised(*all, *some));
    require_same_plans(*all, *some);
    RC_ASSERT(Tablet::must(part->verify()).empty());
}

Digest digest_of(Tablet& tablet, const RecordId& record) {
    return merge::state_digest(Tablet::must(tablet->resources(record)));
}

}  // namespace

TEST_CASE("a window and a whole replica agree on what both hold, and on every finding about it") {
    CHECK(holds(25, [] {
        Delivery at(some_choice());
        at.act(pick(10, 60));
        at.review();
        Tablet whole(1);
        Tablet part(2);
        const std::uint32_t most = pick(0, 2) == 0 ? 16 * 1024 : 0;
        at.sync(part, 102, true, most);
        bool cut = false;
        bool reviewed = true;
        for (int turn = pick(1, 6); turn > 0; --turn) {
            at.sync(whole, 101, false);
            at.sync(part, 102, true, most);
            cut = cut || Tablet::must(part->window(at.record)).has_value();
            require_agreement(whole, part, at.record);
            if (reviewed) require_told(whole, part, at.record);
            at.act(pick(1, 12));
            reviewed = pick(0, 3) > 0;
            if (reviewed) at.review();
            if (pick(0, 4) == 0) {
                Tablet::must(
                    part->reach_back(at.record, at.clock.now - Duration::hours(24 * pick(0, 400))));
            }
        }
        RC_CLASSIFY(cut);
    }));
}

TEST_CASE("an old patch that is said otherwise comes to a window with the act that took it off") {
    Delivery at({3, Duration::hours(24), 0});
    Scene& scene = at.years.scene;
    std::size_t told = scene.changes.size();
    const auto tell = [&] {
        for (; told < scene.changes.size(); ++told)
            at.append(*scene.changes[told]);
        at.review();
    };
    std::map<ResourceId, Instant> put_on;
    const auto wear = [&] {
        const auto dose = scene.state(scene.a, Scene::patch(), scene.a.now);
        put_on[dose.id] = scene.a.now;
        scene.a.waits(Duration::hours(72));
        scene.take_off(scene.a, dose.id);
        return dose;
    };
    const auto first = wear();
    const auto second = wear();
    for (int day = 0; day < 60; ++day) {
        v1::Observation message;
        message.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
        scene.add(scene.a,
                  {.record = scene.record,
                   .resource = scene.next(),
                   .effective = std::pair(scene.a.now, scene.a.now)},
                  message);
        scene.a.waits(Duration::hours(24));
    }
    tell();
    Tablet part(2);
    at.sync(part, 102, true);
    CHECK(Tablet::must(part->group(at.record))->find(first.id) == nullptr);
    for (const auto& dose : {first, second}) {
        v1::MedicationAdministration message;
        *message.mutable_administration() = Scene::patch();
        message.mutable_administration()->mutable_site()->set_text("left arm");
        const Instant then = put_on.at(dose.id);
        scene.add(scene.a,
                  {.record = scene.record,
                   .resource = dose.id,
                   .parents = {dose.change->id},
                   .effective = std::pair(then, then)},
                  message);
    }
    tell();
    at.sync(part, 102, true);
    CHECK(Tablet::must(part->group(at.record))->find(first.id) != nullptr);
    Tablet whole(1);
    at.sync(whole, 101, false);
    for (auto* tablet : {&whole, &part}) {
        for (const auto& finding : Tablet::must((*tablet)->findings(at.record)))
            CHECK(finding.rule != "dose/two-patches");
    }
}

TEST_CASE("a window that has fetched all there is holds what the whole replica does") {
    CHECK(holds(15, [] {
        Delivery at(some_choice());
        at.act(pick(10, 60));
        at.review();
        Tablet whole(1);
        Tablet part(2);
        at.sync(part, 102, true);
        if (pick(0, 2) == 0) at.act(pick(1, 9));
        at.sync(whole, 101, false);
        const bool cut = Tablet::must(part->window(at.record)).has_value();
        Tablet::must(part->reach_back(at.record, Instant{INT64_MIN}));
        at.sync(part, 102, true);
        RC_ASSERT(!Tablet::must(part->window(at.record)));
        RC_ASSERT(digest_of(part, at.record) == digest_of(whole, at.record));
        RC_ASSERT(Tablet::must(part->record_meta(at.record))->base == store::LogPoint{});
        RC_ASSERT(Tablet::must(part->log(at.record)).size() == at.head().position);
        // From now on one receipt speaks for all of it.
        at.act(1);
        at.sync(part, 102, true);
        const auto receipt = Tablet::must(part->record_meta(at.record))->receipt;
        RC_ASSERT(receipt->base().position() == 0U);
        RC_ASSERT(receipt->end().position() == at.head().position);
        RC_CLASSIFY(cut);
    }));
}

TEST_CASE("a window that is cut off at any part and taken up by another process comes to its end") {
    CHECK(holds(10, [] {
        Delivery at(some_choice());
        at.act(pick(20, 60));
        at.review();
        Tablet whole(1);
        Tablet part(2);
        at.sync(whole, 101, false);
        const int asked = pick(0, 5);
        for (int i = 0; i < asked; ++i)
            at.ask(part, 102, i == 0 ? v1::LANE_SAFETY : v1::LANE_FULL, true, 16 * 1024);
        part.reopen();
        part.review();
        if (Tablet::must(part->record_meta(at.record))) {
            // What is promised holds at every moment, of whatever is here.
            require_promised(*Tablet::must(whole->group(at.record)),
                             *Tablet::must(part->group(at.record)), true);
        }
        at.sync(part, 102, true, 16 * 1024);
        require_agreement(whole, part, at.record);
    }));
}

}  // namespace kari::test
