// SPDX-License-Identifier: Apache-2.0
//
// Laws of problems, measures, plans and acts, over random histories of a server and three tablets.
#include <map>
#include <random>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/care_day.hpp"

namespace kari::test {
namespace {

std::vector<ChangePtr> shuffled(std::vector<ChangePtr> changes) {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    const auto count = changes.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (random() % 4 == 0) changes.push_back(changes[i]);
    }
    std::shuffle(changes.begin(), changes.end(), random);
    return changes;
}

std::vector<chart::Finding> review(const Day& day, const std::vector<ChangePtr>& changes) {
    return chart::review(chart::make_group({day.scene.record}, {}, changes), clinical::demo_pack());
}

bool seen_by(const std::vector<ChangePtr>& all, const ChangeId& from, const ChangeId& what) {
    std::vector<const merge::Change*> raw;
    for (const auto& change : all)
        raw.push_back(change.get());
    return merge::saw(raw, from, what);
}

}  // namespace

TEST_CASE("findings about care do not depend on the order or number of deliveries") {
    CHECK(rc::check([] {
        const Day day;
        const auto findings = review(day, day.scene.changes);
        RC_ASSERT(review(day, shuffled(day.scene.changes)) == findings);
        RC_CLASSIFY(!findings.empty());
    }));
}

TEST_CASE("replacing what touches a change's resource keeps findings about care complete") {
    CHECK(rc::check([] {
        const Day day;
        std::map<FindingId, chart::Finding> stored;
        std::vector<ChangePtr> arrived;
        for (const auto& change : shuffled(day.scene.changes)) {
            arrived.push_back(change);
            const auto group = chart::make_group({day.scene.record}, {}, arrived);
            const auto reviewed =
                chart::review_touched(group, clinical::demo_pack(), {change->resource});
            std::erase_if(stored, [&](const auto& entry) {
                const auto& about = entry.second.resources;
                return std::any_of(about.begin(), about.end(), [&](const ResourceId& id) {
                    return std::binary_search(reviewed.examined.begin(), reviewed.examined.end(),
                                              id);
                });
            });
            for (const auto& finding : reviewed.findings)
                stored.emplace(finding.id, finding);
        }
        std::vector<chart::Finding> kept;
        for (const auto& [id, finding] : stored)
            kept.push_back(finding);
        RC_ASSERT(kept == review(day, day.scene.changes));
    }));
}

TEST_CASE("a protective measure that a branch holds active is in force after the merge") {
    CHECK(rc::check([] {
        const Day day;
        const auto& writes = day.of(v1::KIND_PROTECTIVE_MEASURE);
        // Active in a branch: a statement that it is so, which nobody has seen and said otherwise.
        bool active = false;
        for (const auto& write : writes) {
            v1::ProtectiveMeasure said;
            RC_ASSERT(said.ParseFromString(write->body.resource()));
            if (said.status() != v1::MEASURE_STATUS_ACTIVE) continue;
            active = active || std::none_of(writes.begin(), writes.end(), [&](const auto& other) {
                         v1::ProtectiveMeasure later;
                         return later.ParseFromString(other->body.resource()) &&
                                later.has_status() && other->id != write->id &&
                                seen_by(writes, other->id, write->id);
                     });
        }
        for (const auto& view : day.scene.chart().care.measures) {
            if (view.kind == v1::KIND_PROTECTIVE_MEASURE && active) RC_ASSERT(view.in_force);
        }
    }));
}

TEST_CASE("a restraint that a branch ended is not in force after the merge") {
    CHECK(rc::check([] {
        const Day day;
        const auto& writes = day.of(v1::KIND_RESTRAINT_MEASURE);
        const auto status_of = [](const ChangePtr& change) {
            v1::RestraintMeasure said;
            return said.ParseFromString(change->body.resource()) ? said.status()
                                                                 : v1::MEASURE_STATUS_UNSPECIFIED;
        };
        const auto effective = [&](const ChangePtr& change) {
            const auto status = status_of(change);
            return status != v1::MEASURE_STATUS_UNSPECIFIED &&
                   (change->from_server() || status == v1::MEASURE_STATUS_REVOKED ||
                    status == v1::MEASURE_STATUS_COMPLETED || status == v1::MEASURE_STATUS_ON_HOLD);
        };
        bool ended = false;
        for (const auto& write : writes) {
            const auto status = status_of(write);
            if (status != v1::MEASURE_STATUS_REVOKED && status != v1::MEASURE_STATUS_COMPLETED) {
                continue;
            }
            ended = ended || std::none_of(writes.begin(), writes.end(), [&](const auto& other) {
                        return other->id != write->id && effective(other) &&
                               seen_by(writes, other->id, write->id);
                    });
        }
        for (const auto& view : day.scene.chart().care.measures) {
            if (view.kind == v1::KIND_RESTRAINT_MEASURE && ended) RC_ASSERT(!view.in_force);
        }
    }));
}

TEST_CASE("what was done stands, whatever became of its plan") {
    CHECK(rc::check([] {
        const Day day;
        const auto care = day.scene.chart().care;
        bool finished = false;
        for (const auto& visit : care.visits)
            finished = finished || visit.value.visit().status() == v1::ENCOUNTER_STATUS_FINISHED;
        for (const auto& view : care.planned_visits)
            RC_ASSERT(!finished || view.state == chart::VisitState::carried_out);
        std::size_t acts = 0;
        std::size_t vaccines = 0;
        std::size_t visits = 0;
        for (const auto& change : day.scene.changes) {
            acts += change->header.kind() == v1::KIND_PROCEDURE ? 1U : 0U;
            vaccines += change->header.kind() == v1::KIND_IMMUNIZATION ? 1U : 0U;
            visits += change->header.kind() == v1::KIND_ENCOUNTER ? 1U : 0U;
        }
        RC_ASSERT(care.procedures.size() == acts);
        RC_ASSERT(care.immunizations.size() == vaccines);
        RC_ASSERT(care.visits.size() == visits);
    }));
}

}  // namespace kari::test
