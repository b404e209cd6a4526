// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::FindingState;

struct Double {
    Scene scene;
    Scene::Order order;
    chart::Finding finding;
};

Double doubled() {
    Double out;
    out.order = out.scene.order();
    out.scene.give(out.scene.a, out.order);
    out.scene.give(out.scene.b, out.order);
    out.finding = *only(out.scene.findings(), "dose/possible-double");
    return out;
}

v1::DetectedIssue resolution(const chart::Finding& of) {
    v1::DetectedIssue issue;
    auto* item = issue.mutable_resolution()->add_items();
    for (const auto& input : of.inputs)
        item->add_input(base::to_bytes(input));
    item->set_severity(of.severity);
    item->set_outcome("phoned");
    item->set_reason("agreed with the doctor");
    return issue;
}

ChangePtr write(Double& at, Writer& writer, const v1::DetectedIssue& issue,
                std::vector<ChangeId> parents = {}) {
    return at.scene.add(writer,
                        {.record = at.scene.record,
                         .resource = chart::issue_resource(at.finding.id),
                         .parents = parents},
                        issue);
}

chart::TrackedFinding tracked(const Double& at) {
    const auto all = chart::track(at.scene.group(), at.scene.findings());
    for (const auto& each : all) {
        if (each.finding.id == at.finding.id) return each;
    }
    FAIL("the finding is gone");
    return {};
}

TEST_CASE("a finding is open and provisional until the server states it") {
    auto at = doubled();
    CHECK(tracked(at).state == FindingState::open);
    CHECK(tracked(at).provisional);
    CHECK(tracked(at).found_here);
    v1::DetectedIssue issue;
    *issue.mutable_statement() = chart::statement_of(at.finding);
    write(at, at.scene.server, issue);
    CHECK_FALSE(tracked(at).provisional);
    CHECK(tracked(at).finding == at.finding);
}

TEST_CASE("a tablet cannot state a finding in the server's place") {
    auto at = doubled();
    v1::DetectedIssue issue;
    *issue.mutable_statement() = chart::statement_of(at.finding);
    write(at, at.scene.c, issue);
    CHECK(tracked(at).provisional);
}

TEST_CASE("a resolution that names every input closes the finding") {
    auto at = doubled();
    write(at, at.scene.c, resolution(at.finding));
    CHECK(tracked(at).state == FindingState::resolved);
    CHECK(tracked(at).resolutions.size() == 1);
    CHECK(at.scene.findings().size() == 1);
}

TEST_CASE("a resolution that missed an input leaves the finding open") {
    auto at = doubled();
    auto partial = at.finding;
    partial.inputs.pop_back();
    write(at, at.scene.c, resolution(partial));
    CHECK(tracked(at).state == FindingState::open);
    auto rest = at.finding;
    rest.inputs.erase(rest.inputs.begin());
    write(at, at.scene.a, resolution(rest));
    CHECK(tracked(at).state == FindingState::resolved);
}

TEST_CASE("a later correction that joins the inputs opens the finding again") {
    auto at = doubled();
    write(at, at.scene.c, resolution(at.finding));
    REQUIRE(tracked(at).state == FindingState::resolved);
    auto said = Scene::said(at.order, v1::ADMINISTRATION_STATUS_COMPLETED, {at.order.change->id},
                            Scene::slot(at.order));
    said.set_dosage_text("a note");
    const auto group = at.scene.group();
    const auto* first = group.find(at.finding.resources[0]);
    REQUIRE(first != nullptr);
    at.scene.correct(at.scene.c, {first->id, nullptr}, first->heads, said);
    CHECK(tracked(at).state == FindingState::open);
}

TEST_CASE("a finding that became more severe is open again") {
    auto at = doubled();
    auto milder = at.finding;
    milder.severity = v1::SEVERITY_S2;
    write(at, at.scene.c, resolution(milder));
    CHECK(tracked(at).state == FindingState::open);
    write(at, at.scene.a, resolution(at.finding));
    CHECK(tracked(at).state == FindingState::resolved);
}

TEST_CASE("a deferred finding says until when; two deferrals that disagree leave it open") {
    auto at = doubled();
    v1::DetectedIssue deferred;
    deferred.mutable_deferral()->set_until("2026-01-06T08:00:00+01:00");
    write(at, at.scene.a, deferred);
    CHECK(tracked(at).state == FindingState::deferred);
    CHECK(tracked(at).deferred_until == "2026-01-06T08:00:00+01:00");
    deferred.mutable_deferral()->set_until("2026-01-09");
    write(at, at.scene.b, deferred);
    CHECK(tracked(at).state == FindingState::open);
}

TEST_CASE("what only the server finds is shown as its statement says") {
    auto at = doubled();
    chart::Finding elsewhere = at.finding;
    elsewhere.id = chart::finding_id("dose/elsewhere", at.finding.subject);
    elsewhere.rule = "dose/elsewhere";
    v1::DetectedIssue issue;
    *issue.mutable_statement() = chart::statement_of(elsewhere);
    const auto id = chart::issue_resource(elsewhere.id);
    const auto stated =
        at.scene.add(at.scene.server, {.record = at.scene.record, .resource = id}, issue);
    auto all = chart::track(at.scene.group(), at.scene.findings());
    REQUIRE(all.size() == 2);
    const auto& theirs = all[0].finding.rule == "dose/elsewhere" ? all[0] : all[1];
    CHECK_FALSE(theirs.found_here);
    CHECK_FALSE(theirs.provisional);
    CHECK(theirs.finding.resources == at.finding.resources);

    *issue.mutable_statement() = chart::statement_of(elsewhere, true);
    at.scene.add(at.scene.server,
                 {.record = at.scene.record, .resource = id, .parents = {stated->id}}, issue);
    CHECK(chart::track(at.scene.group(), at.scene.findings()).size() == 1);
}

TEST_CASE("an issue of which part is missing closes nothing") {
    auto at = doubled();
    write(at, at.scene.c, resolution(at.finding), {id_of<ChangeId>(404)});
    CHECK(tracked(at).state == FindingState::open);
}

TEST_CASE("a statement holds all of a finding but what a screen marks") {
    const auto at = doubled();
    auto back = chart::finding_from(chart::statement_of(at.finding));
    CHECK(back.resources.empty());
    back.resources = at.finding.resources;
    CHECK(back == at.finding);
}

TEST_CASE("a finding's id is of its rule and its subject alone") {
    auto at = doubled();
    CHECK(at.finding.id == chart::finding_id(at.finding.rule, at.finding.subject));
    CHECK(at.finding.id != chart::finding_id("dose/other", at.finding.subject));
    CHECK(chart::Subject::pair(id_of<ResourceId>(1), id_of<ResourceId>(2)) ==
          chart::Subject::pair(id_of<ResourceId>(2), id_of<ResourceId>(1)));
    CHECK(chart::Subject::resource(id_of<ResourceId>(1)) !=
          chart::Subject::atom(id_of<ResourceId>(1), 0));
}

TEST_CASE("the format of a finding's id is frozen") {
    CHECK(chart::finding_id("dose/possible-double", chart::Subject::pair({}, {})).text() ==
          "81dcc84c7721c5c5344aa7ea4af1a1692f52032452159c9a88d5f47e089ca972");
}

TEST_CASE("a finding that two records state is the worse of both, of all that either names") {
    const auto at = doubled();
    const auto other = id_of<RecordId>(2);
    auto milder = at.finding;
    milder.severity = v1::SEVERITY_S3;
    milder.inputs.pop_back();
    milder.records = {other};
    for (const bool worse_first : {true, false}) {
        Scene scene = at.scene;
        const auto state = [&](const RecordId& record, const chart::Finding& finding) {
            v1::DetectedIssue issue;
            *issue.mutable_statement() = chart::statement_of(finding);
            scene.add(scene.server,
                      {.record = record, .resource = chart::issue_resource(finding.id)}, issue);
        };
        state(worse_first ? scene.record : other, at.finding);
        state(worse_first ? other : scene.record, milder);
        const auto group = chart::make_group({scene.record, other}, {}, scene.changes);
        const auto all = chart::track(group, {});
        REQUIRE(all.size() == 1);
        CHECK(all[0].finding.severity == at.finding.severity);
        CHECK(all[0].finding.inputs == at.finding.inputs);
        CHECK(all[0].finding.records.size() == 2);
    }
}

TEST_CASE("until the server states anew what it said of a finding, the worse of both counts") {
    auto at = doubled();
    const auto stated_as = [&](const chart::Finding& finding) {
        Double copy = at;
        v1::DetectedIssue issue;
        *issue.mutable_statement() = chart::statement_of(finding);
        write(copy, copy.scene.server, issue);
        return tracked(copy);
    };
    auto worse = at.finding, milder = at.finding, fewer = at.finding;
    worse.severity = v1::SEVERITY_S1;
    milder.severity = v1::SEVERITY_S4;
    fewer.inputs.pop_back();
    REQUIRE(chart::more_severe(at.finding.severity, milder.severity));
    CHECK(stated_as(worse).finding.severity == v1::SEVERITY_S1);
    CHECK(stated_as(milder).finding.severity == at.finding.severity);
    CHECK(stated_as(milder).provisional);
    CHECK(stated_as(fewer).finding.inputs == at.finding.inputs);
    CHECK(stated_as(fewer).provisional);
    CHECK_FALSE(stated_as(at.finding).provisional);
}

TEST_CASE("an answer that this program cannot read all of closes nothing") {
    auto at = doubled();
    auto issue = resolution(at.finding);
    issue.GetReflection()->MutableUnknownFields(&issue)->AddLengthDelimited(77, "tomorrow");
    const auto id = chart::issue_resource(at.finding.id);
    at.scene.add(at.scene.c, {.record = at.scene.record, .resource = id, .must_understand = {77}},
                 issue);
    CHECK(tracked(at).state == FindingState::open);
    CHECK_FALSE(chart::is_settled(*at.scene.group().find(id)));
}

TEST_CASE("a finding that names no input is settled by nobody's answer") {
    auto at = doubled();
    auto nothing = at.finding;
    nothing.inputs.clear();
    v1::DetectedIssue issue = resolution(nothing);
    *issue.mutable_statement() = chart::statement_of(nothing);
    write(at, at.scene.server, issue);
    const auto all = chart::track(at.scene.group(), {});
    REQUIRE(all.size() == 1);
    CHECK(all[0].state == FindingState::open);
}

TEST_CASE("ids of a statement that are none are passed over, and what is no severity ranks last") {
    const auto at = doubled();
    auto statement = chart::statement_of(at.finding);
    statement.add_input("short");
    statement.add_record("short");
    auto back = chart::finding_from(statement);
    back.resources = at.finding.resources;
    CHECK(back == at.finding);
    statement.set_finding("short");
    CHECK(chart::finding_from(statement).id == FindingId{});
    CHECK(chart::more_severe(v1::SEVERITY_S4, v1::SEVERITY_UNSPECIFIED));
    CHECK_FALSE(chart::more_severe(v1::SEVERITY_UNSPECIFIED, v1::SEVERITY_S4));
}

TEST_CASE("what the server said was worse than what is found stays so until it states it anew") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    scene.refuse(scene.b, order);
    const auto found = only(scene.findings(), "dose/given-and-not-given");
    REQUIRE(found);
    auto worse = *found;
    worse.severity = v1::SEVERITY_S1;
    REQUIRE(chart::more_severe(worse.severity, found->severity));
    v1::DetectedIssue issue;
    *issue.mutable_statement() = chart::statement_of(worse);
    const auto id = chart::issue_resource(found->id);
    scene.add(scene.server, {.record = scene.record, .resource = id}, issue);
    const auto all = chart::track(scene.group(), scene.findings());
    REQUIRE(all.size() == 1);
    CHECK(all[0].finding.severity == v1::SEVERITY_S1);
    CHECK(all[0].provisional);
    // A part of what a second record answers is missing: neither closes it.
    const auto other = id_of<RecordId>(2);
    for (const bool missing_first : {true, false}) {
        Scene two = scene;
        two.changes.pop_back();
        const auto answer = resolution(*found);
        const auto missing = missing_first ? two.record : other;
        for (const auto& record : {two.record, other}) {
            two.add(two.c,
                    {.record = record,
                     .resource = id,
                     .parents = record == missing ? std::vector{id_of<ChangeId>(404)}
                                                  : std::vector<ChangeId>{}},
                    answer);
        }
        const auto group = chart::make_group({two.record, other}, {}, two.changes);
        CHECK(chart::track(group, {*found}).at(0).state == FindingState::open);
    }
}

}  // namespace
}  // namespace kari::test
