// SPDX-License-Identifier: Apache-2.0
//
// What the words about an allergy are worth: whose they are, which were seen, and what of them can
// be held beside a drug.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::AllergyStanding;
using Strings = std::vector<std::string>;

chart::AllergyView shown(const Scene& scene) {
    return scene.chart().allergies.entries.at(0);
}

v1::CodeableConcept none_known(const char* code) {
    v1::CodeableConcept out;
    auto* coding = out.add_coding();
    coding->set_system(std::string(clinical::k_snomed));
    coding->set_code(code);
    return out;
}

TEST_CASE("an allergy that one calls resolved and another confirmed, presumed or open stays") {
    const auto stands_beside = [](v1::AllergyVerificationStatus word) {
        Scene scene;
        v1::AllergyIntolerance made;
        *made.mutable_code() = atc("J01C");
        const auto allergy = scene.allergy(scene.server, made);
        v1::AllergyIntolerance resolved, verified;
        resolved.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_RESOLVED);
        verified.set_verification_status(word);
        scene.edit(scene.a, allergy, {allergy.change->id}, resolved);
        const auto unseen = scene.edit(scene.b, allergy, {allergy.change->id}, verified);
        const bool stands = shown(scene).standing == AllergyStanding::active;
        const auto found = only(scene.findings(), "allergy/refuted-beside-evidence");
        CHECK(found.has_value() == stands);
        if (found) CHECK(std::count(found->inputs.begin(), found->inputs.end(), unseen->id) == 1);
        return stands;
    };
    CHECK(stands_beside(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED));
    CHECK(stands_beside(v1::ALLERGY_VERIFICATION_STATUS_PRESUMED));
    CHECK(stands_beside(v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED));
    CHECK_FALSE(stands_beside(v1::ALLERGY_VERIFICATION_STATUS_UNSPECIFIED));
}

v1::AllergyIntolerance taken_back() {
    v1::AllergyIntolerance out;
    out.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    return out;
}

TEST_CASE("nobody on a tablet withdraws alone what was imported, or what nobody says who wrote") {
    Scene imported;
    const auto theirs = imported.allergy(imported.server, Scene::reacts_to(atc("J01C")));
    imported.edit(imported.a, theirs, {theirs.change->id}, taken_back());
    CHECK(rules_of(imported.findings()) == Strings{"allergy/withdrawal-unconfirmed"});
    CHECK(shown(imported).standing == AllergyStanding::active);

    Scene nameless;
    nameless.a.person.reset();
    const auto own = nameless.allergy(nameless.a, Scene::reacts_to(atc("J01C")));
    nameless.edit(nameless.a, own, {own.change->id}, taken_back());
    CHECK(rules_of(nameless.findings()) == Strings{"allergy/withdrawal-unconfirmed"});
    CHECK(shown(nameless).standing == AllergyStanding::active);
}

TEST_CASE("of an allergy of which part is missing no removal is asked about, and it stays") {
    const auto part = [](const v1::AllergyIntolerance& removal, bool beside) {
        Scene scene;
        v1::AllergyIntolerance made;
        *made.mutable_code() = atc("J01C");
        const auto allergy = scene.allergy(scene.b, made);
        scene.edit(scene.a, allergy,
                   beside ? std::vector{id_of<ChangeId>(404)}
                          : std::vector{allergy.change->id, id_of<ChangeId>(404)},
                   removal);
        CHECK(scene.findings().empty());
        CHECK(shown(scene).standing == AllergyStanding::active);
    };
    v1::AllergyIntolerance resolved;
    resolved.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_RESOLVED);
    resolved.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    part(resolved, true);
    part(resolved, false);
    part(taken_back(), false);
}

TEST_CASE("an allergy whose code was cleared is of nobody knows what, and no drug is clear of it") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    REQUIRE(chart::check_drug(scene.group(), atc("N02BE01"), clinical::demo_pack()).clear);
    scene.add(scene.server,
              {.record = scene.record,
               .resource = allergy.id,
               .parents = {allergy.change->id},
               .cleared = {v1::AllergyIntolerance::kCodeFieldNumber}},
              v1::AllergyIntolerance());
    const auto answer = chart::check_drug(scene.group(), atc("N02BE01"), clinical::demo_pack());
    CHECK_FALSE(answer.clear);
    REQUIRE(answer.warnings.size() == 1);
    CHECK(answer.warnings[0].hit.match == clinical::AllergyMatch::uncomputable);
    CHECK(shown(scene).free_text);
}

TEST_CASE("what is refuted, or says that nothing is known, speaks against no drug") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    scene.refute(scene.server, allergy, {allergy.change->id});
    scene.allergy(scene.server, Scene::reacts_to(none_known("409137002")));
    const auto order = scene.order("J01CE02");
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
    const auto answer = chart::check_drug(scene.group(), atc("J01CE02"), clinical::demo_pack());
    CHECK(answer.warnings.empty());
    CHECK(answer.clear);
    CHECK(answer.summary == chart::AllergySummary::none_known);
}

TEST_CASE("an allergy to another drug of which part is missing is no \"no\"") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    v1::AllergyIntolerance note;
    note.mutable_note()->add_items()->set_text("ring");
    scene.edit(scene.a, allergy, {id_of<ChangeId>(404)}, note);
    const auto answer = chart::check_drug(scene.group(), atc("N02BE01"), clinical::demo_pack());
    CHECK_FALSE(answer.clear);
    REQUIRE(answer.warnings.size() == 1);
    CHECK(answer.warnings[0].hit.match == clinical::AllergyMatch::uncomputable);
    CHECK(answer.warnings[0].hit.level == clinical::WarningLevel::passive);
}

TEST_CASE("a drug given against an allergy that is mild weighs least") {
    Scene scene;
    const auto order = scene.order("J01CE02");
    auto mild = Scene::reacts_to(atc("J01C"));
    mild.clear_criticality();
    mild.mutable_reaction()->add_items()->set_severity(v1::REACTION_SEVERITY_MILD);
    scene.allergy(scene.b, mild);
    scene.a.waits(Duration::minutes(30));
    scene.give(scene.a, order);
    CHECK(only(scene.findings(), "dose/given-against-allergy")->severity == v1::SEVERITY_S3);
}

// A dose from an order of which two prescriptions stand: it may have been either drug.
std::string rule_of_either(const std::string& first, const std::string& second) {
    Scene scene;
    const auto order = scene.order("N02BE01");
    Writer other = Writer::server(901);
    scene.set_dose(scene.server, order, {order.change->id}, "1", first);
    scene.set_dose(other, order, {order.change->id}, "1", second);
    auto allergy = Scene::reacts_to(atc("J01CE02"));
    allergy.mutable_code()->set_text("penicillin");
    allergy.clear_criticality();
    scene.allergy(scene.b, allergy);
    scene.a.waits(Duration::minutes(30));
    scene.give(scene.a, order);
    for (const auto& rule : rules_of(scene.findings())) {
        if (rule.starts_with("dose/given-against-allergy")) return rule;
    }
    return {};
}

TEST_CASE("of the drugs that a dose may have been the one that the allergy meets most counts") {
    // By its words, and by its code, which says more at the same level.
    for (const auto& [one, other] :
         {std::pair("penicillin", "J01CE02"), std::pair("J01CE02", "penicillin")}) {
        CHECK(rule_of_either(one, other) == "dose/given-against-allergy");
    }
    CHECK(rule_of_either("penicillin", "N02BE01") == "dose/given-against-allergy-text");
    CHECK(rule_of_either("N02BE01", "penicillin") == "dose/given-against-allergy-text");
    CHECK(rule_of_either("N02BE01", "J01CE02") == "dose/given-against-allergy");
    CHECK(rule_of_either("J01CE02", "N02BE01") == "dose/given-against-allergy");
    CHECK(rule_of_either("N02BE01", "N02AA01").empty());
}

TEST_CASE("a coding without a system or a code makes no two allergies one") {
    Scene scene;
    for (const char* name : {"hasselnøtt", "soya"}) {
        v1::CodeableConcept code;
        code.set_text(name);
        code.add_coding()->set_code("1");
        code.add_coding()->set_system("http://snomed.info/sct");
        scene.allergy(scene.server, Scene::reacts_to(code));
    }
    CHECK_FALSE(only(scene.findings(), "allergy/possible-duplicate"));
}

TEST_CASE("two names that stand for one allergy are both shown") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    v1::AllergyIntolerance one, other;
    *one.mutable_code() = atc("J01CE02");
    *other.mutable_code() = atc("J01CA04");
    scene.edit(scene.a, allergy, {allergy.change->id}, one);
    scene.edit(scene.b, allergy, {allergy.change->id}, other);
    const auto name = shown(scene).name;
    CHECK((name == "J01CE02 / J01CA04" || name == "J01CA04 / J01CE02"));
}

TEST_CASE("a drug that is named by a reference alone is looked at by that name") {
    Scene scene;
    v1::MedicationRequest request;
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    *request.mutable_prescription() = Scene::prescription("J01CE02", {"08:00"}, "1");
    request.mutable_prescription()->clear_medication();
    request.mutable_prescription()->mutable_medication_reference()->set_display("Apocillin");
    const Scene::Order order{scene.next(), nullptr};
    const auto change =
        scene.add(scene.server, {.record = scene.record, .resource = order.id}, request);
    v1::CodeableConcept apocillin;
    apocillin.set_text("apocillin");
    scene.allergy(scene.b, Scene::reacts_to(apocillin));
    scene.a.waits(Duration::minutes(30));
    scene.give(scene.a, {order.id, change});
    CHECK(only(scene.findings(), "dose/given-against-allergy-text"));
}

}  // namespace
}  // namespace kari::test
