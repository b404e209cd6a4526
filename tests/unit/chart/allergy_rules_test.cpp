// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <utility>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::AllergyStanding;
using chart::AllergySummary;
using Strings = std::vector<std::string>;

v1::CodeableConcept none_known() {
    v1::CodeableConcept concept_;
    auto* coding = concept_.add_coding();
    coding->set_system(std::string(clinical::k_snomed));
    coding->set_code("716186003");
    return concept_;
}

v1::CodeableConcept words(const char* text) {
    v1::CodeableConcept concept_;
    concept_.set_text(text);
    return concept_;
}

v1::AllergyIntolerance reaction(const char* text, v1::ReactionSeverity severity) {
    v1::AllergyIntolerance out;
    auto* item = out.mutable_reaction()->add_items();
    item->add_manifestation()->set_text(text);
    item->set_severity(severity);
    return out;
}

AllergyStanding standing(const Scene& scene) {
    return scene.chart().allergies.entries.at(0).standing;
}

TEST_CASE("a drug given against an allergy that another tablet had found is found") {
    Scene scene;
    const auto order = scene.order("J01CE02");
    const auto allergy = scene.allergy(scene.b, Scene::reacts_to(atc("J01C")));
    scene.a.waits(Duration::minutes(30));
    const auto dose = scene.give(scene.a, order);
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"dose/given-against-allergy"});
    CHECK(findings[0].severity == v1::SEVERITY_S1);
    CHECK(findings[0].inputs == ids({allergy.change, dose.change}));
    CHECK(findings[0].subject == chart::Subject::pair(allergy.id, dose.id));
}

TEST_CASE("severity follows the warning: a possible cross-reaction weighs less than the class") {
    Scene scene;
    const auto order = scene.order("J01DB01");
    scene.allergy(scene.b, Scene::reacts_to(atc("J01CE02")));
    scene.a.waits(Duration::minutes(30));
    scene.give(scene.a, order);
    CHECK(only(scene.findings(), "dose/given-against-allergy")->severity == v1::SEVERITY_S2);
}

TEST_CASE("another drug, a refused dose and an allergy found later are no such finding") {
    Scene other;
    const auto paracetamol = other.order("N02BE01");
    other.allergy(other.b, Scene::reacts_to(atc("J01C")));
    other.a.waits(Duration::minutes(30));
    other.give(other.a, paracetamol);
    CHECK(other.findings().empty());

    Scene refused;
    const auto penicillin = refused.order("J01CE02");
    refused.allergy(refused.b, Scene::reacts_to(atc("J01C")));
    refused.a.waits(Duration::minutes(30));
    refused.refuse(refused.a, penicillin);
    CHECK(refused.findings().empty());

    Scene later;
    const auto given = later.order("J01CE02");
    later.give(later.a, given);
    later.b.waits(Duration::minutes(30));
    later.allergy(later.b, Scene::reacts_to(atc("J01C")));
    CHECK(later.findings().empty());
}

TEST_CASE("an allergy that was known long before it was written counts from then") {
    Scene scene;
    const auto order = scene.order("J01CE02");
    scene.give(scene.a, order);
    scene.b.waits(Duration::minutes(30));
    auto said = Scene::reacts_to(atc("J01C"));
    said.mutable_assertion()->set_onset("2019-06");
    scene.allergy(scene.b, said);
    CHECK(only(scene.findings(), "dose/given-against-allergy"));
}

TEST_CASE("free text is a finding when the words are the drug's, and always a warning") {
    Scene scene;
    const auto order = scene.order("J01CE02");
    scene.allergy(scene.b, Scene::reacts_to(words("Apocillin")));
    scene.a.waits(Duration::minutes(30));
    auto said = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id},
                            Scene::slot(order));
    scene.state(scene.a, said);
    CHECK(rules_of(scene.findings()) == Strings{"allergy/uncoded"});
    said.mutable_medication()->set_text("apocillin");
    said.clear_slot();
    scene.state(scene.a, said);
    CHECK(rules_of(scene.findings()) ==
          Strings{"allergy/uncoded", "dose/given-against-allergy-text"});

    const auto answer = chart::check_drug(scene.group(), atc("A10BA02"), clinical::demo_pack());
    REQUIRE(answer.warnings.size() == 1);
    CHECK(answer.warnings[0].hit.match == clinical::AllergyMatch::uncomputable);
    CHECK(answer.warnings[0].allergy.free_text);
    CHECK_FALSE(answer.clear);
}

TEST_CASE("an allergy added to here and refuted there stays active and is asked about") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    auto evidence = reaction("rash", v1::REACTION_SEVERITY_MODERATE);
    evidence.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
    evidence.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
    const auto added = scene.edit(scene.a, allergy, {allergy.change->id}, evidence);
    const auto refuted = scene.refute(scene.b, allergy, {allergy.change->id});
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"merge/allergy-status"});
    CHECK(findings[0].severity == v1::SEVERITY_S2);
    CHECK(findings[0].inputs == ids({added, refuted}));
    CHECK(standing(scene) == AllergyStanding::active);
}

TEST_CASE("whichever word affirms an allergy, a refutation that had not seen it ends nothing") {
    using Allergy = v1::AllergyIntolerance;
    const auto verified = [](v1::AllergyVerificationStatus status) {
        return [status](Allergy& said) {
            said.set_verification_status(status);
        };
    };
    const std::pair<std::function<void(Allergy&)>, AllergyStanding> all[] = {
        {[](Allergy& said) { said.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE); },
         AllergyStanding::active},
        {verified(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED), AllergyStanding::active},
        {verified(v1::ALLERGY_VERIFICATION_STATUS_PRESUMED), AllergyStanding::active},
        {verified(v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED), AllergyStanding::active},
        {[](Allergy& said) { said.set_criticality(v1::ALLERGY_CRITICALITY_HIGH); },
         AllergyStanding::active},
        // A note speaks neither for nor against it.
        {[](Allergy& said) { said.mutable_note()->add_items()->set_text("ring"); },
         AllergyStanding::removed},
    };
    int at = 0;
    for (const auto& [affirm, stands] : all) {
        INFO("word " << at++);
        Scene scene;
        const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
        Allergy word;
        affirm(word);
        scene.edit(scene.a, allergy, {allergy.change->id}, word);
        scene.refute(scene.b, allergy, {allergy.change->id});
        CHECK(standing(scene) == stands);
        CHECK(scene.findings().empty() == (stands == AllergyStanding::removed));
    }
}

TEST_CASE("both status atoms contested are one finding") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    v1::AllergyIntolerance ends;
    ends.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_INACTIVE);
    ends.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
    v1::AllergyIntolerance stands;
    stands.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
    stands.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_PRESUMED);
    scene.edit(scene.a, allergy, {allergy.change->id}, ends);
    scene.edit(scene.b, allergy, {allergy.change->id}, stands);
    CHECK(rules_of(scene.findings()) == Strings{"merge/allergy-status"});
}

TEST_CASE("a refutation that had not seen a reaction ends nothing, though no status collides") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    const auto added = scene.edit(scene.a, allergy, {allergy.change->id},
                                  reaction("rash", v1::REACTION_SEVERITY_SEVERE));
    const auto refuted = scene.refute(scene.b, allergy, {allergy.change->id});
    const auto found = only(scene.findings(), "allergy/refuted-beside-evidence");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({added, refuted}));
    CHECK(standing(scene) == AllergyStanding::active);
    CHECK(scene.chart().allergies.summary == AllergySummary::listed);

    scene.refute(scene.server, allergy, {added->id, refuted->id});
    CHECK(scene.findings().empty());
    CHECK(standing(scene) == AllergyStanding::removed);
}

TEST_CASE("a refutation that saw all ends the warnings") {
    Scene scene;
    const auto order = scene.order("J01CE02");
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    scene.refute(scene.b, allergy, {allergy.change->id});
    scene.a.waits(Duration::minutes(30));
    scene.give(scene.a, order);
    CHECK(scene.findings().empty());
    CHECK(standing(scene) == AllergyStanding::removed);
    CHECK(scene.chart().allergies.summary == AllergySummary::not_registered);
}

v1::AllergyIntolerance withdrawn() {
    v1::AllergyIntolerance out;
    out.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    return out;
}

TEST_CASE("an author withdraws what nobody else has said, within a day") {
    Scene scene;
    const auto allergy = scene.allergy(scene.a, Scene::reacts_to(atc("J01C")));
    scene.a.waits(Duration::hours(23));
    scene.edit(scene.a, allergy, {allergy.change->id}, withdrawn());
    CHECK(scene.findings().empty());
    CHECK(standing(scene) == AllergyStanding::removed);
}

TEST_CASE("a withdrawal by another, or after a day, ends nothing until the server confirms it") {
    for (const bool by_author : {true, false}) {
        Scene scene;
        const auto allergy = scene.allergy(scene.a, Scene::reacts_to(atc("J01C")));
        scene.a.waits(Duration::hours(25));
        const auto taken_back =
            scene.edit(by_author ? scene.a : scene.b, allergy, {allergy.change->id}, withdrawn());
        const auto found = only(scene.findings(), "allergy/withdrawal-unconfirmed");
        REQUIRE(found);
        CHECK(found->severity == v1::SEVERITY_S3);
        CHECK(found->inputs == ids({taken_back}));
        CHECK(found->subject == chart::Subject::resource(allergy.id));
        CHECK(standing(scene) == AllergyStanding::active);
        CHECK_FALSE(chart::check_drug(scene.group(), atc("J01CE02"), clinical::demo_pack()).clear);

        scene.edit(scene.server, allergy, {taken_back->id}, withdrawn());
        CHECK(scene.findings().empty());
        CHECK(standing(scene) == AllergyStanding::removed);
    }
}

TEST_CASE("an author does not withdraw what another has added to") {
    Scene scene;
    const auto allergy = scene.allergy(scene.a, Scene::reacts_to(atc("J01C")));
    const auto added = scene.edit(scene.b, allergy, {allergy.change->id},
                                  reaction("rash", v1::REACTION_SEVERITY_SEVERE));
    scene.edit(scene.a, allergy, {added->id}, withdrawn());
    CHECK(rules_of(scene.findings()) == Strings{"allergy/withdrawal-unconfirmed"});
    CHECK(standing(scene) == AllergyStanding::active);
}

TEST_CASE("a refutation does not end an entry of which part is missing") {
    Scene scene;
    const auto allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    scene.refute(scene.b, allergy, {allergy.change->id, id_of<ChangeId>(404)});
    CHECK(standing(scene) == AllergyStanding::active);
    CHECK_FALSE(scene.chart().allergies.whole);
}

TEST_CASE("of two judgements of severity the worse counts and both are shown") {
    Scene scene;
    auto said = Scene::reacts_to(atc("J01C"));
    said.set_criticality(v1::ALLERGY_CRITICALITY_LOW);
    const auto allergy = scene.allergy(scene.server, said);
    v1::AllergyIntolerance high;
    high.set_criticality(v1::ALLERGY_CRITICALITY_HIGH);
    v1::AllergyIntolerance unsure;
    unsure.set_criticality(v1::ALLERGY_CRITICALITY_UNABLE_TO_ASSESS);
    const auto a = scene.edit(scene.a, allergy, {allergy.change->id}, high);
    const auto b = scene.edit(scene.b, allergy, {allergy.change->id}, unsure);
    const auto found = only(scene.findings(), "merge/allergy-criticality");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({a, b}));
    const auto view = scene.chart().allergies.entries.at(0);
    CHECK(view.value.criticality() == v1::ALLERGY_CRITICALITY_HIGH);
    CHECK(view.live.size() == 3);
}

TEST_CASE("severe beside mild of one reaction warns as severe") {
    Scene scene;
    auto said = Scene::reacts_to(atc("J01C"));
    said.clear_criticality();
    const auto allergy = scene.allergy(scene.server, said);
    scene.edit(scene.a, allergy, {allergy.change->id},
               reaction("rash", v1::REACTION_SEVERITY_SEVERE));
    scene.edit(scene.b, allergy, {allergy.change->id},
               reaction("rash", v1::REACTION_SEVERITY_MILD));
    const auto answer = chart::check_drug(scene.group(), atc("J01CE02"), clinical::demo_pack());
    REQUIRE(answer.warnings.size() == 1);
    CHECK(answer.warnings[0].hit.level == clinical::WarningLevel::hard_stop);
    CHECK(only(scene.findings(), "merge/allergy-reaction")->severity == v1::SEVERITY_S2);
}

TEST_CASE("\"none known\" beside an allergy is contradicted, and the allergy counts") {
    Scene scene;
    v1::AllergyIntolerance nothing;
    *nothing.mutable_code() = none_known();
    nothing.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
    const auto none = scene.allergy(scene.a, nothing);
    CHECK(scene.chart().allergies.summary == AllergySummary::none_known);
    CHECK(scene.findings().empty());
    const auto allergy = scene.allergy(scene.b, Scene::reacts_to(atc("J01C")));
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"allergy/none-known-contradicted"});
    CHECK(findings[0].inputs == ids({none.change, allergy.change}));
    CHECK(scene.chart().allergies.summary == AllergySummary::listed);
    CHECK_FALSE(chart::check_drug(scene.group(), atc("J01CE02"), clinical::demo_pack()).clear);
    scene.refute(scene.server, {none.id, none.change}, {none.change->id});
    CHECK(scene.findings().empty());
}

TEST_CASE("the same allergy twice may be a duplicate; both stay") {
    Scene scene;
    const auto a = scene.allergy(scene.a, Scene::reacts_to(atc("J01CE02")));
    const auto b = scene.allergy(scene.b, Scene::reacts_to(atc("J01CE02")));
    const auto found = only(scene.findings(), "allergy/possible-duplicate");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    CHECK(found->inputs == ids({a.change, b.change}));
    CHECK(scene.chart().allergies.entries.size() == 2);
    Scene apart;
    apart.allergy(apart.a, Scene::reacts_to(atc("J01CE02")));
    apart.allergy(apart.b, Scene::reacts_to(atc("M01AE01")));
    CHECK(apart.findings().empty());
}

TEST_CASE("\"none known\" needs the whole group") {
    Scene scene;
    v1::AllergyIntolerance nothing;
    *nothing.mutable_code() = none_known();
    scene.allergy(scene.a, nothing);
    const auto whole = chart::make_group({scene.record}, {}, scene.changes);
    const auto partial = chart::make_group({scene.record}, {id_of<RecordId>(2)}, scene.changes);
    CHECK(chart::allergies_of(whole).summary == AllergySummary::none_known);
    CHECK(chart::check_drug(whole, atc("J01CE02"), clinical::demo_pack()).clear);
    CHECK(chart::allergies_of(partial).summary == AllergySummary::incomplete);
    CHECK_FALSE(chart::check_drug(partial, atc("J01CE02"), clinical::demo_pack()).clear);
}

TEST_CASE("no hit is clear only when all that is known of the citizen is here") {
    Scene scene;
    scene.allergy(scene.a, Scene::reacts_to(atc("J01CE02")));
    const auto partial = chart::make_group({scene.record}, {id_of<RecordId>(2)}, scene.changes);
    CHECK(chart::check_drug(scene.group(), atc("A10BA02"), clinical::demo_pack()).clear);
    CHECK_FALSE(chart::check_drug(partial, atc("A10BA02"), clinical::demo_pack()).clear);
}

TEST_CASE("nothing registered is never clear") {
    Scene scene;
    CHECK(scene.chart().allergies.summary == AllergySummary::not_registered);
    CHECK_FALSE(chart::check_drug(scene.group(), atc("J01CE02"), clinical::demo_pack()).clear);
}

// A random history of one allergy on three tablets, each with a view of its own.
struct AllergyHistory {
    Scene scene;
    Scene::Allergy allergy;
    std::vector<ChangePtr> all;
};

AllergyHistory some_history() {
    AllergyHistory out;
    auto& scene = out.scene;
    out.allergy = scene.allergy(scene.server, Scene::reacts_to(atc("J01C")));
    out.all = {out.allergy.change};
    Writer* writers[] = {&scene.a, &scene.b, &scene.c};
    const int count = *rc::gen::inRange(1, 9);
    for (int i = 0; i < count; ++i) {
        auto& writer = *writers[*rc::gen::inRange(0, 3)];
        std::vector<ChangeId> parents;
        for (const auto& change : out.all) {
            if (*rc::gen::inRange(0, 3) == 0) parents.push_back(change->id);
        }
        if (parents.empty()) parents.push_back(out.allergy.change->id);
        v1::AllergyIntolerance said;
        switch (*rc::gen::inRange(0, 6)) {
            case 0:
                said.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
                break;
            case 5:  // of the server's entry: it ends nothing
                said = withdrawn();
                break;
            case 1:
                said.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_INACTIVE);
                break;
            case 2:
                said = reaction("rash", static_cast<v1::ReactionSeverity>(*rc::gen::inRange(1, 4)));
                break;
            case 3:
                said.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
                said.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
                break;
            default:
                said.set_criticality(v1::ALLERGY_CRITICALITY_HIGH);
                break;
        }
        out.all.push_back(scene.edit(writer, out.allergy, parents, said));
    }
    return out;
}

bool removes(const merge::Change& change) {
    v1::AllergyIntolerance said;
    said.ParseFromString(change.body.resource());
    return said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_REFUTED ||
           said.clinical_status() == v1::ALLERGY_CLINICAL_STATUS_INACTIVE;
}

// It neither speaks for the allergy nor, of the server's entry, ends it.
bool withdraws(const merge::Change& change) {
    v1::AllergyIntolerance said;
    said.ParseFromString(change.body.resource());
    return said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR;
}

TEST_CASE("only a removal that saw all that speaks for an allergy ends it") {
    CHECK(rc::check([] {
        const auto history = some_history();
        std::vector<const merge::Change*> raw;
        for (const auto& change : history.all)
            raw.push_back(change.get());
        bool may_end = false;
        for (const auto& change : history.all) {
            if (!removes(*change)) continue;
            may_end |= std::all_of(history.all.begin(), history.all.end(), [&](const auto& other) {
                return removes(*other) || withdraws(*other) ||
                       merge::saw(raw, change->id, other->id);
            });
        }
        if (!may_end) {
            RC_ASSERT(standing(history.scene) == AllergyStanding::active);
            RC_ASSERT(history.scene.chart().allergies.summary == AllergySummary::listed);
        }
    }));
}

TEST_CASE("\"none known\" is never shown together with an active entry") {
    CHECK(rc::check([] {
        auto history = some_history();
        v1::AllergyIntolerance nothing;
        *nothing.mutable_code() = none_known();
        history.scene.allergy(history.scene.a, nothing);
        const auto list = chart::allergies_of(history.scene.group());
        const bool active = std::any_of(
            list.entries.begin(), list.entries.end(), [](const chart::AllergyView& view) {
                return !view.none_known && view.standing == AllergyStanding::active;
            });
        RC_ASSERT((list.summary == AllergySummary::none_known) == !active);
    }));
}

TEST_CASE("an allergy in free text beside a coded one is to be coded, and counts as ever") {
    Scene scene;
    v1::CodeableConcept words;
    words.set_text("noe mot infeksjon");
    scene.allergy(scene.a, Scene::reacts_to(atc("C07AB02")));
    CHECK(scene.findings().empty());
    const auto text = scene.allergy(scene.b, Scene::reacts_to(words));
    const auto found = only(scene.findings(), "allergy/uncoded");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    CHECK(found->inputs == ids({text.change}));
    CHECK(scene.chart().allergies.entries.size() == 2);
    scene.refute(scene.c, text, {text.change->id});
    CHECK(scene.findings().empty());
}

TEST_CASE("what is said to be of food alone wants no code, and still is never clear") {
    const auto found_of = [](std::initializer_list<const char*> categories) {
        Scene scene;
        auto said = Scene::reacts_to(words("nøtter"));
        for (const char* category : categories)
            said.mutable_category()->add_items(category);
        scene.allergy(scene.a, said);
        const auto answer = chart::check_drug(scene.group(), atc("A10BA02"), clinical::demo_pack());
        CHECK_FALSE(answer.clear);
        return rules_of(scene.findings());
    };
    CHECK(found_of({"food"}).empty());
    CHECK(found_of({"food", "environment"}).empty());
    for (const auto& drug : {std::initializer_list<const char*>{},
                             {"medication"},
                             {"biologic"},
                             {"food", "medication"},
                             {"something else"}}) {
        CHECK(found_of(drug) == Strings{"allergy/uncoded"});
    }
}

}  // namespace
}  // namespace kari::test
