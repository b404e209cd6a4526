// SPDX-License-Identifier: Apache-2.0
//
// Every atom of every kind that can be contested: its case and its converse, and facts of care that
// two people corrected.
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/chart/finding_rules.hpp"
#include "sdk/chart/message_reading.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/merge/schema.hpp"
#include "tests/support/random_resource.hpp"
#include "tests/unit/chart/care_day.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;
using Messages = std::pair<std::unique_ptr<google::protobuf::Message>,
                           std::unique_ptr<google::protobuf::Message>>;

// A resource on which two authors act who do not see each other. All are servers, so that every
// write takes effect.
struct Dispute {
    Scene scene;
    Writer other = Writer::server(901);
    ResourceId id = scene.next();
    ChangePtr first, left, right;

    void begin(const google::protobuf::Message& base) {
        first = scene.add(scene.server, {.record = scene.record, .resource = id}, base);
        other.reads(*first);
    }
    ChangePtr after(Writer& who, std::vector<ChangePtr> seen,
                    const google::protobuf::Message& said) {
        return scene.add(who, {.record = scene.record, .resource = id, .parents = ids(seen)}, said);
    }
    void part(const google::protobuf::Message& one, const google::protobuf::Message& two) {
        left = after(scene.server, {first}, one);
        right = after(other, {first}, two);
    }
    std::optional<chart::Finding> found(const std::string& rule) const {
        return only(scene.findings(), rule);
    }
};

// One atom with a value that a seed gives.
std::unique_ptr<google::protobuf::Message> value_of(const merge::KindSchema& kind,
                                                    const merge::AtomSchema& atom, unsigned seed) {
    std::unique_ptr<google::protobuf::Message> out(kind.prototype->New());
    RandomResource(seed).write(*out, *atom.field);
    return out;
}

// Two values that collide when nobody has seen both.
std::optional<Messages> colliding(const merge::KindSchema& kind, const merge::AtomSchema& atom) {
    for (unsigned seed = 1; seed < 3'000; ++seed) {
        Dispute trial;
        auto one = value_of(kind, atom, seed);
        auto two = value_of(kind, atom, seed + 1);
        if (one->ByteSizeLong() == 0 || two->ByteSizeLong() == 0) continue;
        trial.begin(*one);
        trial.part(*one, *two);
        const auto group = trial.scene.group();
        if (group.resources.at(0).unreadable || !group.resources.at(0).contested()) continue;
        return Messages{std::move(one), std::move(two)};
    }
    return std::nullopt;
}

TEST_CASE("every contested atom has its one finding, and none once somebody has seen both") {
    for (const auto& kind : merge::all_kinds()) {
        if (kind.kind == v1::KIND_DETECTED_ISSUE) continue;
        for (const auto& atom : kind.atoms) {
            if (atom.policy == v1::POLICY_LATEST) continue;
            if (atom.policy == v1::POLICY_UNION && atom.key.empty()) continue;
            const std::string rule = chart::contested_rule(kind.kind, atom.number);
            INFO(rule << " of " << kind.name << "." << atom.name);
            const auto said = colliding(kind, atom);
            REQUIRE(said);
            Dispute dispute;
            dispute.begin(*said->first);
            dispute.after(dispute.scene.server, {dispute.first}, *said->second);
            CHECK_FALSE(dispute.found(rule));

            Dispute apart;
            apart.begin(*said->first);
            apart.part(*said->first, *said->second);
            const auto found = apart.found(rule);
            REQUIRE(found);
            CHECK(found->inputs == ids({apart.left, apart.right}));
            CHECK(found->resources == std::vector<ResourceId>{apart.id});
            const auto& line = chart::finding_rule(rule);
            CHECK_FALSE(chart::more_severe(found->severity, line.worst));
            CHECK_FALSE(chart::more_severe(line.mildest, found->severity));

            apart.after(apart.other, {apart.left, apart.right}, *said->second);
            CHECK_FALSE(apart.found(rule));
        }
    }
}

TEST_CASE("what merges silently is never a finding") {
    std::size_t silent = 0;
    for (const auto& kind : merge::all_kinds()) {
        for (const auto& atom : kind.atoms) {
            const bool keyless = atom.policy == v1::POLICY_UNION && atom.key.empty();
            if (atom.policy != v1::POLICY_LATEST && !keyless) continue;
            INFO(kind.name << "." << atom.name);
            ++silent;
            CHECK_FALSE(colliding(kind, atom));
        }
    }
    CHECK(silent > 0);
}

v1::Encounter visit(v1::EncounterStatus status) {
    v1::Encounter out;
    out.mutable_visit()->set_status(status);
    return out;
}

TEST_CASE("a visit that two corrected apart is one finding, and what came furthest is obeyed") {
    Dispute dispute;
    dispute.begin(visit(v1::ENCOUNTER_STATUS_IN_PROGRESS));
    CHECK(dispute.scene.findings().empty());
    dispute.part(visit(v1::ENCOUNTER_STATUS_FINISHED),
                 visit(v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR));
    const auto found = dispute.found("merge/visit");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({dispute.left, dispute.right}));
    CHECK(dispute.scene.chart().care.visits.at(0).value.visit().status() ==
          v1::ENCOUNTER_STATUS_FINISHED);
    dispute.after(dispute.other, {dispute.left, dispute.right},
                  visit(v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR));
    CHECK(dispute.scene.findings().empty());
}

v1::Procedure act(v1::ProcedureStatus status) {
    v1::Procedure out;
    out.mutable_procedure()->set_status(status);
    return out;
}

TEST_CASE("an act that two corrected apart counts as done until somebody decides") {
    Dispute dispute;
    dispute.begin(act(v1::PROCEDURE_STATUS_COMPLETED));
    CHECK(dispute.scene.findings().empty());
    auto longer = act(v1::PROCEDURE_STATUS_COMPLETED);
    longer.mutable_procedure()->mutable_outcome()->set_text("to personer");
    dispute.part(longer, act(v1::PROCEDURE_STATUS_NOT_DONE));
    const auto found = dispute.found("merge/act");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(dispute.scene.chart().care.procedures.at(0).value.procedure().outcome().text() ==
          "to personer");
    dispute.after(dispute.other, {dispute.left, dispute.right}, act(v1::PROCEDURE_STATUS_NOT_DONE));
    CHECK(dispute.scene.findings().empty());
}

v1::Communication message(v1::CommunicationStatus status, const char* text) {
    v1::Communication out;
    out.mutable_communication()->set_status(status);
    out.mutable_communication()->mutable_topic()->set_text(text);
    return out;
}

TEST_CASE("a message that two corrected apart is for review, and was sent until somebody decides") {
    Dispute dispute;
    dispute.begin(message(v1::COMMUNICATION_STATUS_COMPLETED, "ring"));
    CHECK(dispute.scene.findings().empty());
    dispute.part(message(v1::COMMUNICATION_STATUS_ENTERED_IN_ERROR, "ring"),
                 message(v1::COMMUNICATION_STATUS_COMPLETED, "ring i dag"));
    const auto found = dispute.found("merge/communication");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    CHECK(dispute.scene.chart().care.communications.at(0).value.communication().status() ==
          v1::COMMUNICATION_STATUS_COMPLETED);
    dispute.after(dispute.other, {dispute.left, dispute.right},
                  message(v1::COMMUNICATION_STATUS_ENTERED_IN_ERROR, "ring"));
    CHECK(dispute.scene.findings().empty());
}

TEST_CASE("two messages stand beside each other without a finding, and so do two acts") {
    Scene scene;
    for (auto* who : {&scene.a, &scene.b}) {
        scene.add(*who, {.record = scene.record, .resource = scene.next()},
                  message(v1::COMMUNICATION_STATUS_COMPLETED, "ring"));
        scene.add(*who, {.record = scene.record, .resource = scene.next()},
                  act(v1::PROCEDURE_STATUS_COMPLETED));
    }
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.communications.size() == 2);
    CHECK(scene.chart().care.procedures.size() == 2);
}

TEST_CASE("who read a message adds up, each once, and says whether it has changed since") {
    Scene scene;
    const ResourceId id = scene.next();
    const auto sent = scene.add(scene.a, {.record = scene.record, .resource = id},
                                message(v1::COMMUNICATION_STATUS_COMPLETED, "ring"));
    const auto read = [&](Writer& who, const std::vector<ChangeId>& seen,
                          v1::ProcedureStatus status = v1::PROCEDURE_STATUS_COMPLETED) {
        const ResourceId act_id = scene.next();
        scene.add(who, {.record = scene.record, .resource = act_id},
                  Scene::act_about(id, chart::k_message_read, seen, status));
        return act_id;
    };
    // Neither of two tablets knows what was read on the other; one nurse opened it twice.
    read(scene.b, {sent->id});
    scene.c.now = scene.c.now + Duration::minutes(1);
    read(scene.c, {sent->id});
    read(scene.c, {sent->id});
    read(scene.a, {sent->id}, v1::PROCEDURE_STATUS_ENTERED_IN_ERROR);
    const auto readings = [&] {
        return scene.chart().care.communications.at(0).readings;
    };
    REQUIRE(readings().size() == 2);
    CHECK(readings()[0].by.person == scene.b.person);
    CHECK(readings()[1].by.person == scene.c.person);
    for (const auto& one : readings())
        CHECK(one.as_it_stands);
    CHECK(scene.findings().empty());

    const auto again =
        scene.add(scene.a, {.record = scene.record, .resource = id, .parents = {sent->id}},
                  message(v1::COMMUNICATION_STATUS_COMPLETED, "ring at once"));
    read(scene.b, {again->id});
    REQUIRE(readings().size() == 2);
    for (const auto& one : readings())
        CHECK(one.as_it_stands == (one.by.person == scene.b.person));
}

TEST_CASE("a finding is no more and no less severe than its rule's line says") {
    CHECK(rc::check([] {
        const Day day;
        for (const auto& finding : day.scene.findings()) {
            const auto& line = chart::finding_rule(finding.rule);
            RC_ASSERT(line.own_sentences == (line.id == finding.rule) ||
                      finding.rule.starts_with("merge/"));
            RC_ASSERT(!chart::more_severe(finding.severity, line.worst));
            RC_ASSERT(!chart::more_severe(line.mildest, finding.severity));
        }
    }));
}

TEST_CASE("everybody who may resolve a finding has words for it in both languages") {
    std::vector<std::string_view> rules = chart::review_rules();
    rules.insert(rules.end(), {"merge/*", "merge/*-source", "merge/allergy-reaction"});
    for (const auto rule : rules) {
        const auto who = "who/" + std::string(name_of(chart::finding_rule(rule).resolver));
        INFO(who);
        for (const auto language : {clinical::Language::bokmaal, clinical::Language::english})
            CHECK(clinical::sentences(who, language) != nullptr);
    }
}

TEST_CASE("a rule without a line of its own has that of the nearest pattern") {
    CHECK(chart::finding_rule("merge/service-goal").resolver == chart::Resolver::plan_owner);
    CHECK(chart::finding_rule("merge/service-validity").worst == v1::SEVERITY_S3);
    CHECK(chart::finding_rule("merge/service-validity").id == "merge/service-*");
    CHECK(chart::finding_rule("merge/service-source").worst == v1::SEVERITY_S4);
    CHECK(chart::finding_rule("merge/unknown-atom-7").id == "merge/*");
    CHECK(chart::time_to_resolve("dose/possible-double", v1::SEVERITY_S1) == Duration{});
    CHECK_FALSE(chart::time_to_resolve("dose/given-after-stop", v1::SEVERITY_S4));
    CHECK(chart::time_to_resolve("measure/end-unconfirmed", v1::SEVERITY_S2) ==
          Duration::hours(24));
}

}  // namespace
}  // namespace kari::test
