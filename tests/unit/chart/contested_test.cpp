// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/finding_rules.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/merge/schema.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;

v1::Observation temperature(const char* value) {
    v1::Observation out;
    auto* said = out.mutable_observation();
    said->set_status(v1::OBSERVATION_STATUS_FINAL);
    said->mutable_value()->mutable_quantity()->set_value(value);
    said->mutable_value()->mutable_quantity()->set_code("Cel");
    return out;
}

TEST_CASE("two corrections of one observation are both shown and neither is the value") {
    Scene scene;
    const auto id = scene.next();
    const auto first =
        scene.add(scene.a, {.record = scene.record, .resource = id}, temperature("38.9"));
    const Act after{.record = scene.record, .resource = id, .parents = {first->id}};
    const auto low = scene.add(scene.a, after, temperature("36.9"));
    CHECK(scene.findings().empty());
    CHECK(scene.chart().observations.at(0).value->value().quantity().value() == "36.9");
    const auto high = scene.add(scene.b, after, temperature("39.8"));
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"merge/observation"});
    CHECK(findings[0].severity == v1::SEVERITY_S2);
    CHECK(findings[0].inputs == ids({low, high}));
    CHECK(findings[0].subject == chart::Subject::atom(id, 1));
    const auto view = scene.chart().observations.at(0);
    CHECK_FALSE(view.value);
    CHECK(view.live.size() == 2);
    REQUIRE(view.earlier.size() == 1);
    CHECK(view.earlier[0].value.value().quantity().value() == "38.9");

    scene.add(scene.c, {.record = scene.record, .resource = id, .parents = {low->id, high->id}},
              temperature("39.8"));
    CHECK(scene.findings().empty());
    CHECK(scene.chart().observations.at(0).value->value().quantity().value() == "39.8");
    CHECK(scene.chart().observations.at(0).earlier.size() == 3);
}

TEST_CASE("two observations of the same hour stand beside each other without a finding") {
    Scene scene;
    scene.add(scene.a, {.record = scene.record, .resource = scene.next()}, temperature("37.1"));
    scene.add(scene.b, {.record = scene.record, .resource = scene.next()}, temperature("37.4"));
    CHECK(scene.findings().empty());
    CHECK(scene.chart().observations.size() == 2);
}

TEST_CASE("a forked note stands twice, side by side") {
    Scene scene;
    const auto id = scene.next();
    const auto note = [](const char* text) {
        v1::DocumentReference out;
        out.mutable_document()->set_text(text);
        return out;
    };
    const auto first = scene.add(scene.a, {.record = scene.record, .resource = id}, note("one"));
    const Act after{.record = scene.record, .resource = id, .parents = {first->id}};
    scene.add(scene.a, after, note("one, two"));
    CHECK(scene.findings().empty());
    scene.add(scene.b, after, note("one, three"));
    const auto found = only(scene.findings(), "merge/note-fork");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    const auto view = scene.chart().notes.at(0);
    CHECK(view.sides.size() == 2);
    CHECK(view.earlier.size() == 1);
}

TEST_CASE("a note signed here and edited there keeps the signed text, and the edit beside it") {
    Scene scene;
    const auto id = scene.next();
    const auto note = [](const char* text, const char* status) {
        v1::DocumentReference out;
        out.mutable_document()->set_text(text);
        out.mutable_document()->set_doc_status(status);
        return out;
    };
    const auto draft =
        scene.add(scene.a, {.record = scene.record, .resource = id}, note("en", "preliminary"));
    const Act after{.record = scene.record, .resource = id, .parents = {draft->id}};
    const auto signed_text = scene.add(scene.a, after, note("en", "final"));
    CHECK(scene.findings().empty());
    scene.add(scene.b, after, note("en, to", "preliminary"));
    CHECK(only(scene.findings(), "merge/note-fork"));
    const auto sides = scene.chart().notes.at(0).sides;
    REQUIRE(sides.size() == 2);
    CHECK(std::any_of(sides.begin(), sides.end(), [](const auto& side) {
        return side.value.text() == "en" && side.value.doc_status() == "final";
    }));
    CHECK(scene.group().find(id)->operative_write(1) == nullptr);
    CHECK(std::any_of(scene.changes.begin(), scene.changes.end(),
                      [&](const ChangePtr& each) { return each->id == signed_text->id; }));
}

TEST_CASE("two addenda to one note stand beside each other without a finding") {
    Scene scene;
    const auto note = scene.next();
    v1::DocumentReference text, addendum;
    text.mutable_document()->set_text("en");
    scene.add(scene.a, {.record = scene.record, .resource = note}, text);
    auto* relation = addendum.mutable_document()->add_relates_to();
    relation->set_code("appends");
    relation->mutable_target()->set_resource(base::to_bytes(note));
    for (auto* who : {&scene.a, &scene.b}) {
        scene.add(*who, {.record = scene.record, .resource = scene.next()}, addendum);
    }
    CHECK(scene.findings().empty());
    CHECK(scene.chart().notes.size() == 3);
}

TEST_CASE("one statement corrected two ways counts as the one that means most in the body") {
    Scene scene;
    const auto order = scene.order();
    const auto dose = scene.give(scene.a, order);
    auto said = Scene::said(order, v1::ADMINISTRATION_STATUS_NOT_DONE, {order.change->id},
                            Scene::slot(order));
    const auto refused = scene.correct(scene.a, dose, {dose.change->id}, said);
    said.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    said.set_dosage_text("half");
    const auto kept = scene.correct(scene.b, dose, {dose.change->id}, said);
    const auto found = only(scene.findings(), "merge/administration");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({refused, kept}));
    CHECK(scene.slots().slots.at(0).state == chart::SlotState::given);
    CHECK(scene.chart().administrations.at(0).value->status() ==
          v1::ADMINISTRATION_STATUS_COMPLETED);
}

TEST_CASE("a tablet that was set back and wrote on is found, and both changes are kept") {
    Scene scene;
    Writer restored = scene.a;
    const auto one =
        scene.add(scene.a, {.record = scene.record, .resource = scene.next()}, temperature("37.0"));
    const auto other = scene.add(restored, {.record = scene.record, .resource = scene.next()},
                                 temperature("38.0"));
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"integrity/stream-fork"});
    CHECK(findings[0].severity == v1::SEVERITY_S2);
    CHECK(findings[0].inputs == ids({one, other}));
    CHECK(findings[0].resources.size() == 2);
    CHECK(findings[0].subject == chart::Subject::stream(scene.a.incarnation, scene.record, 1));
    CHECK(scene.chart().observations.size() == 2);
}

TEST_CASE("a resource of which part is missing shows its values and raises no conflict") {
    Scene scene;
    const auto id = scene.next();
    scene.add(scene.a, {.record = scene.record, .resource = id, .parents = {id_of<ChangeId>(1)}},
              temperature("37.0"));
    scene.add(scene.b, {.record = scene.record, .resource = id, .parents = {id_of<ChangeId>(1)}},
              temperature("38.0"));
    CHECK(scene.findings().empty());
    const auto view = scene.chart().observations.at(0);
    CHECK(view.incomplete);
    CHECK(view.live.size() == 2);
    CHECK_FALSE(view.editable());
}

TEST_CASE("a change that this build must understand and cannot marks its item") {
    Scene scene;
    const auto order = scene.order();
    v1::MedicationRequest future;
    future.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    auto* unknown = future.GetReflection()->MutableUnknownFields(&future);
    unknown->AddLengthDelimited(77, "infusion");
    scene.add(scene.server,
              {.record = scene.record,
               .resource = order.id,
               .parents = {order.change->id},
               .must_understand = {77}},
              future);
    const auto view = scene.chart().orders.at(0);
    CHECK(view.unreadable);
    CHECK_FALSE(view.editable());
    CHECK(view.prescription);
    CHECK_FALSE(scene.slots().slots.at(0).may_give);
}

TEST_CASE("findings about findings are not made") {
    Scene scene;
    const auto id = scene.next();
    v1::DetectedIssue deferred;
    deferred.mutable_deferral()->set_until("2026-01-06");
    scene.add(scene.a, {.record = scene.record, .resource = id}, deferred);
    deferred.mutable_deferral()->set_until("2026-01-07");
    scene.add(scene.b, {.record = scene.record, .resource = id}, deferred);
    REQUIRE(scene.group().resources.at(0).contested());
    CHECK(scene.findings().empty());
}

TEST_CASE("every rule that review can return has its sentences in both languages") {
    for (const auto rule : chart::review_rules()) {
        INFO(rule);
        for (const auto language : {clinical::Language::bokmaal, clinical::Language::english}) {
            const auto* said = clinical::sentences(rule, language);
            REQUIRE(said != nullptr);
            CHECK(said != clinical::sentences("merge/*", language));
        }
    }
    for (const auto& kind : merge::all_kinds()) {
        for (const auto& atom : kind.atoms) {
            const auto rule = chart::contested_rule(kind.kind, atom.number);
            INFO(rule);
            CHECK(clinical::sentences(rule, clinical::Language::english) != nullptr);
            CHECK(rule.find('_') == std::string::npos);
        }
    }
    CHECK(chart::contested_rule(v1::KIND_MEDICATION_REQUEST, 1) == "merge/order-prescription");
    CHECK(chart::contested_rule(v1::KIND_MEDICATION_REQUEST, 2) == "merge/order-status");
    CHECK(chart::contested_rule(v1::KIND_ALLERGY_INTOLERANCE, 4) == "merge/allergy-criticality");
    CHECK(chart::contested_rule(999, 7) == "merge/unknown-atom-7");
}

}  // namespace
}  // namespace kari::test
