// SPDX-License-Identifier: Apache-2.0
//
// Laws of problems, measures, plans and acts, over random histories of a server and three tablets.
#include <map>
#include <random>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

// A random day of care. Each author acts on the view of a random earlier moment.
class Day {
public:
    Scene scene;

    Day() {
        begin<v1::PlannedEncounter>(scene.server,
                                    [](auto& m) { m.set_status(v1::ENCOUNTER_STATUS_PLANNED); });
        begin<v1::Task>(scene.a, [](auto& m) { m.set_status(v1::TASK_STATUS_REQUESTED); });
        begin<v1::ProtectiveMeasure>(scene.a,
                                     [](auto& m) { m.set_status(v1::MEASURE_STATUS_ACTIVE); });
        begin<v1::RestraintMeasure>(scene.server,
                                    [](auto& m) { m.set_status(v1::MEASURE_STATUS_ACTIVE); });
        begin<v1::ServiceMeasure>(scene.server,
                                  [](auto& m) { m.set_status(v1::MEASURE_STATUS_ACTIVE); });
        begin<v1::Condition>(
            scene.b, [](auto& m) { m.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_ACTIVE); });
        const int length = *rc::gen::inRange(1, 14);
        for (int i = 0; i < length; ++i)
            step();
    }

    const std::vector<ChangePtr>& of(v1::Kind kind) const { return made_.at(kind); }
    static constexpr v1::Kind k_plans[] = {v1::KIND_PLANNED_ENCOUNTER,  v1::KIND_TASK,
                                           v1::KIND_PROTECTIVE_MEASURE, v1::KIND_RESTRAINT_MEASURE,
                                           v1::KIND_SERVICE_MEASURE,    v1::KIND_CONDITION};

private:
    template <typename Message, typename Fill>
    void begin(Writer& who, Fill fill) {
        Message message;
        fill(message);
        const auto change =
            scene.add(who, {.record = scene.record, .resource = scene.next()}, message);
        made_[static_cast<v1::Kind>(change->header.kind())].push_back(change);
    }
    Writer& somebody() {
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                return scene.server;
            case 1:
                return scene.a;
            case 2:
                return scene.b;
            default:
                return scene.c;
        }
    }
    template <typename Message, typename Fill>
    void edit(v1::Kind kind, Fill fill) {
        auto& known = made_.at(kind);
        const auto seen = known[*rc::gen::inRange<std::size_t>(0, known.size())];
        Message message;
        fill(message);
        known.push_back(scene.add(
            somebody(), {.record = scene.record, .resource = seen->resource, .parents = {seen->id}},
            message));
    }
    template <typename Measure>
    void edit_measure(v1::Kind kind) {
        edit<Measure>(kind, [](auto& m) {
            if (*rc::gen::arbitrary<bool>()) {
                m.set_status(static_cast<v1::MeasureStatus>(*rc::gen::inRange(1, 8)));
            } else {
                m.set_instruction(*rc::gen::arbitrary<bool>() ? "x" : "y");
            }
        });
    }
    void act() {
        v1::Procedure message;
        message.mutable_procedure()->set_status(
            static_cast<v1::ProcedureStatus>(*rc::gen::inRange(1, 9)));
        const auto kind = k_plans[*rc::gen::inRange(1, 5)];
        message.mutable_procedure()->mutable_about()->set_resource(
            base::to_bytes(made_.at(kind).front()->resource));
        auto& who = somebody();
        scene.add(who,
                  {.record = scene.record,
                   .resource = scene.next(),
                   .effective = std::pair(who.now, who.now)},
                  message);
    }
    void visit() {
        v1::Encounter message;
        message.mutable_visit()->set_status(
            static_cast<v1::EncounterStatus>(*rc::gen::inRange(1, 10)));
        message.mutable_visit()->set_hindrance(
            static_cast<v1::VisitHindrance>(*rc::gen::inRange(0, 3)));
        message.mutable_visit()->mutable_plan()->set_resource(
            base::to_bytes(made_.at(v1::KIND_PLANNED_ENCOUNTER).front()->resource));
        scene.add(somebody(), {.record = scene.record, .resource = scene.next()}, message);
    }
    void vaccinate() {
        v1::Immunization message;
        message.mutable_immunization()->set_status(
            static_cast<v1::ImmunizationStatus>(*rc::gen::inRange(1, 4)));
        *message.mutable_immunization()->mutable_vaccine_code() =
            atc(*rc::gen::arbitrary<bool>() ? "J07BB02" : "J07AL02");
        scene.add(somebody(), {.record = scene.record, .resource = scene.next()}, message);
    }
    void step() {
        somebody().waits(Duration::minutes(*rc::gen::inRange(0, 90)));
        switch (*rc::gen::inRange(0, 9)) {
            case 0:
                return edit_measure<v1::ProtectiveMeasure>(v1::KIND_PROTECTIVE_MEASURE);
            case 1:
                return edit_measure<v1::RestraintMeasure>(v1::KIND_RESTRAINT_MEASURE);
            case 2:
                return edit_measure<v1::ServiceMeasure>(v1::KIND_SERVICE_MEASURE);
            case 3:
                return edit<v1::Condition>(v1::KIND_CONDITION, [](auto& m) {
                    m.set_clinical_status(
                        static_cast<v1::ConditionClinicalStatus>(*rc::gen::inRange(1, 7)));
                });
            case 4:
                return edit<v1::Task>(v1::KIND_TASK, [](auto& m) {
                    m.set_status(static_cast<v1::TaskStatus>(*rc::gen::inRange(1, 13)));
                });
            case 5:
                return edit<v1::PlannedEncounter>(v1::KIND_PLANNED_ENCOUNTER, [](auto& m) {
                    m.set_status(*rc::gen::arbitrary<bool>() ? v1::ENCOUNTER_STATUS_PLANNED
                                                             : v1::ENCOUNTER_STATUS_CANCELLED);
                });
            case 6:
                return visit();
            case 7:
                return vaccinate();
            default:
                return act();
        }
    }

    std::map<v1::Kind, std::vector<ChangePtr>> made_;
};

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
