// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <google/protobuf/empty.pb.h>

#include "sdk/merge/fold.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

using test::History;

v1::MedicationRequest order_status(v1::MedicationRequestStatus status) {
    v1::MedicationRequest order;
    order.set_status(status);
    return order;
}

v1::MedicationRequest prescription(const std::string& text) {
    v1::MedicationRequest order;
    order.mutable_prescription()->add_dosage()->set_text(text);
    return order;
}

v1::AllergyIntolerance allergy(v1::AllergyVerificationStatus status) {
    v1::AllergyIntolerance allergy;
    allergy.set_verification_status(status);
    return allergy;
}

v1::AllergyIntolerance reaction(const std::string& manifestation, v1::ReactionSeverity severity) {
    v1::AllergyIntolerance allergy;
    auto* item = allergy.mutable_reaction()->add_items();
    item->add_manifestation()->set_text(manifestation);
    item->set_severity(severity);
    return allergy;
}

v1::MedicationRequestStatus status_of(const Resource& resource) {
    return operative_as<v1::MedicationRequest>(resource).status();
}

TEST_CASE("a correction that saw the first statement replaces it whole") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation wrong;
    wrong.mutable_observation()->mutable_value()->set_text("38.9");
    wrong.mutable_observation()->mutable_body_site()->set_text("ear");
    v1::Observation right;
    right.mutable_observation()->mutable_value()->set_text("36.9");
    const auto& first = history.add({.resource = &wrong});
    history.add({.resource = &right, .parents = {first.id}});
    const auto resource = history.fold();
    CHECK_FALSE(resource.contested());
    const auto value = operative_as<v1::Observation>(resource).observation();
    CHECK(value.value().text() == "36.9");
    CHECK_FALSE(value.has_body_site());
}

TEST_CASE("two corrections that did not see each other are both kept and none is operative") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation a, b, c;
    a.mutable_observation()->mutable_value()->set_text("38.9");
    b.mutable_observation()->mutable_value()->set_text("36.9");
    c.mutable_observation()->mutable_value()->set_text("39.8");
    const auto& first = history.add({.resource = &a});
    history.add({.resource = &b, .parents = {first.id}, .author = 2});
    history.add({.resource = &c, .parents = {first.id}, .author = 3});
    const auto resource = history.fold();
    CHECK(resource.contested());
    CHECK(resource.forked());
    CHECK(resource.atom(1)->live.size() == 2);
    CHECK(resource.operative_write(1) == nullptr);
    CHECK_FALSE(operative_as<v1::Observation>(resource).has_observation());
}

TEST_CASE("two authors who state the same value without seeing each other do not disagree") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto refuted = allergy(v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
    history.add({.resource = &refuted, .author = 1});
    history.add({.resource = &refuted, .author = 2});
    CHECK_FALSE(history.fold().contested());
}

TEST_CASE("an allergy confirmed here and refuted there stays confirmed, and contested") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto unconfirmed = allergy(v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED);
    const auto confirmed = allergy(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
    const auto refuted = allergy(v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
    const auto& first = history.add({.resource = &unconfirmed});
    const auto& a = history.add({.resource = &confirmed, .parents = {first.id}, .author = 2});
    const auto& b = history.add({.resource = &refuted, .parents = {first.id}, .author = 3});
    CHECK(history.fold().contested());
    CHECK(operative_as<v1::AllergyIntolerance>(history.fold()).verification_status() ==
          v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);

    SECTION("a person who saw both decides") {
        history.add({.resource = &refuted, .parents = {a.id, b.id}});
        CHECK_FALSE(history.fold().contested());
        CHECK(operative_as<v1::AllergyIntolerance>(history.fold()).verification_status() ==
              v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
    }
}

TEST_CASE("reactions that two nurses added without seeing each other stand together") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto rash = reaction("rash", v1::REACTION_SEVERITY_MILD);
    const auto breath = reaction("breathless", v1::REACTION_SEVERITY_SEVERE);
    history.add({.resource = &rash, .author = 1});
    history.add({.resource = &breath, .author = 2});
    const auto resource = history.fold();
    CHECK_FALSE(resource.contested());
    CHECK(operative_as<v1::AllergyIntolerance>(resource).reaction().items_size() == 2);
}

TEST_CASE("one reaction stated mild here and severe there keeps both, contested") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto mild = reaction("rash", v1::REACTION_SEVERITY_MILD);
    const auto severe = reaction("rash", v1::REACTION_SEVERITY_SEVERE);
    history.add({.resource = &mild, .author = 1});
    history.add({.resource = &severe, .author = 2});
    CHECK(history.fold().contested());
    CHECK(operative_as<v1::AllergyIntolerance>(history.fold()).reaction().items_size() == 2);
}

TEST_CASE("a device's order change is pending until the server accepts it") {
    History history(v1::KIND_MEDICATION_REQUEST);
    const auto one = prescription("1 tablet");
    const auto two = prescription("2 tablets");
    const auto& ordered = history.add({.resource = &one, .origin = v1::ORIGIN_SERVER});
    const auto& proposed = history.add({.resource = &two, .parents = {ordered.id}});
    auto resource = history.fold();
    CHECK(operative_as<v1::MedicationRequest>(resource).prescription().dosage(0).text() ==
          "1 tablet");
    REQUIRE(resource.atom(1)->pending.size() == 1);
    CHECK(resource.atom(1)->pending.front().change == proposed.id);
    CHECK_FALSE(resource.contested());

    history.add({.resource = &two, .parents = {proposed.id}, .origin = v1::ORIGIN_SERVER});
    resource = history.fold();
    CHECK(operative_as<v1::MedicationRequest>(resource).prescription().dosage(0).text() ==
          "2 tablets");
    CHECK(resource.atom(1)->pending.empty());
}

TEST_CASE("a proposal that grows on a proposal answers it, and neither is the value") {
    History history(v1::KIND_MEDICATION_REQUEST);
    const auto one = prescription("1"), two = prescription("2"), three = prescription("3");
    const auto& ordered = history.add({.resource = &one, .origin = v1::ORIGIN_SERVER});
    const auto& first = history.add({.resource = &two, .parents = {ordered.id}});
    const auto& second = history.add({.resource = &three, .parents = {first.id}});
    const auto resource = history.fold();
    REQUIRE(resource.atom(1)->pending.size() == 1);
    CHECK(resource.atom(1)->pending.front().change == second.id);
    CHECK(operative_as<v1::MedicationRequest>(resource).prescription().dosage(0).text() == "1");
}

TEST_CASE("two accepted proposals that did not see each other are contested, never mixed") {
    History history(v1::KIND_MEDICATION_REQUEST);
    const auto five = prescription("2 x 5 mg"), ten = prescription("1 x 10 mg"),
               more = prescription("3 x 5 mg");
    const auto& ordered = history.add({.resource = &five, .origin = v1::ORIGIN_SERVER});
    const auto& a = history.add({.resource = &ten, .parents = {ordered.id}, .author = 2});
    const auto& b = history.add({.resource = &more, .parents = {ordered.id}, .author = 3});
    history.add({.resource = &ten, .parents = {a.id}, .origin = v1::ORIGIN_SERVER});
    history.add({.resource = &more, .parents = {b.id}, .origin = v1::ORIGIN_SERVER});
    const auto resource = history.fold();
    CHECK(resource.contested());
    CHECK(resource.atom(1)->live.size() == 2);
    CHECK(operative_as<v1::MedicationRequest>(resource).prescription().dosage(0).text() ==
          "3 x 5 mg");  // the last that the authority accepted, marked as contested
}

TEST_CASE("a device's stop takes effect at once; a device's restart does not") {
    History history(v1::KIND_MEDICATION_REQUEST);
    const auto active = order_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    const auto stopped = order_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    const auto& ordered = history.add({.resource = &active, .origin = v1::ORIGIN_SERVER});
    const auto& stop = history.add({.resource = &stopped, .parents = {ordered.id}});
    CHECK(status_of(history.fold()) == v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK_FALSE(history.fold().contested());
    history.add({.resource = &active, .parents = {stop.id}});
    CHECK(status_of(history.fold()) == v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(history.fold().atom(2)->pending.size() == 1);
}

TEST_CASE("hold beside stop is stop; hold beside resume is hold") {
    History history(v1::KIND_MEDICATION_REQUEST);
    const auto active = order_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    const auto hold = order_status(v1::MEDICATION_REQUEST_STATUS_ON_HOLD);
    const auto& ordered = history.add({.resource = &active, .origin = v1::ORIGIN_SERVER});
    history.add({.resource = &hold, .parents = {ordered.id}, .author = 2});
    SECTION("stop") {
        const auto stopped = order_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
        history.add({.resource = &stopped, .parents = {ordered.id}, .author = 3});
        CHECK(status_of(history.fold()) == v1::MEDICATION_REQUEST_STATUS_STOPPED);
    }
    SECTION("resume") {
        history.add({.resource = &active,
                     .parents = {ordered.id},
                     .origin = v1::ORIGIN_SERVER,
                     .author = 3});
        CHECK(status_of(history.fold()) == v1::MEDICATION_REQUEST_STATUS_ON_HOLD);
    }
    CHECK(history.fold().contested());
}

TEST_CASE("given beside refused, as corrections of one record, is given and contested") {
    History history(v1::KIND_MEDICATION_ADMINISTRATION);
    v1::MedicationAdministration given, refused;
    given.mutable_administration()->set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    refused.mutable_administration()->set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    const auto& first = history.add({.resource = &refused});
    history.add({.resource = &given, .parents = {first.id}, .author = 2});
    v1::MedicationAdministration retracted;
    retracted.mutable_administration()->set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
    history.add({.resource = &retracted, .parents = {first.id}, .author = 3});
    const auto resource = history.fold();
    CHECK(resource.contested());
    CHECK(operative_as<v1::MedicationAdministration>(resource).administration().status() ==
          v1::ADMINISTRATION_STATUS_COMPLETED);
}

TEST_CASE("a note that two people edited stands twice") {
    History history(v1::KIND_DOCUMENT_REFERENCE);
    v1::DocumentReference a, b, c;
    a.mutable_document()->set_text("a");
    b.mutable_document()->set_text("b");
    c.mutable_document()->set_text("c");
    const auto& first = history.add({.resource = &a});
    history.add({.resource = &b, .parents = {first.id}, .author = 2});
    history.add({.resource = &c, .parents = {first.id}, .author = 3});
    const auto resource = history.fold();
    CHECK(resource.contested());
    CHECK(resource.atom(1)->live.size() == 2);
    CHECK(resource.operative_write(1) == nullptr);
}

TEST_CASE("LATEST takes the highest tick, then the highest id, and is silent") {
    History history(v1::KIND_PATIENT);
    v1::Patient bokmaal, nynorsk;
    bokmaal.mutable_language()->add_items()->set_text("nb");
    nynorsk.mutable_language()->add_items()->set_text("nn");
    history.add({.resource = &nynorsk, .author = 2, .tick = 7});
    history.add({.resource = &bokmaal, .author = 3, .tick = 8});
    CHECK_FALSE(history.fold().contested());
    CHECK(operative_as<v1::Patient>(history.fold()).language().items(0).text() == "nb");
}

TEST_CASE("clearing a value is not the same as never having written it") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    v1::AllergyIntolerance with;
    with.set_criticality(v1::ALLERGY_CRITICALITY_HIGH);
    const v1::AllergyIntolerance none;
    const auto& first = history.add({.resource = &with});
    history.add({.resource = &none, .cleared = {4}, .parents = {first.id}});
    const auto resource = history.fold();
    REQUIRE(resource.atom(4) != nullptr);
    CHECK(resource.atom(4)->live.front().cleared);
    CHECK_FALSE(operative_as<v1::AllergyIntolerance>(resource).has_criticality());
    CHECK(resource.atom(5) == nullptr);
}

TEST_CASE("a resource whose ancestor is not here is incomplete and no conflict is called") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation a, b, c;
    a.mutable_observation()->mutable_value()->set_text("1");
    b.mutable_observation()->mutable_value()->set_text("2");
    c.mutable_observation()->mutable_value()->set_text("3");
    const auto& first = history.add({.resource = &a});
    history.add({.resource = &b, .parents = {first.id}, .author = 2});
    history.add({.resource = &c, .parents = {first.id}, .author = 3});
    auto part = history.all();
    part.erase(part.begin());
    const auto resource = fold(part);
    CHECK(resource.incomplete());
    CHECK(resource.missing == std::vector<ChangeId>{first.id});
    CHECK_FALSE(resource.contested());
    CHECK(resource.atom(1)->live.size() == 2);
}

TEST_CASE("an atom of the future is kept; one that must be understood makes it unreadable") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation known;
    known.mutable_observation()->mutable_value()->set_text("1");
    const auto& first = history.add({.resource = &known});
    v1::Observation future;
    future.GetReflection()->MutableUnknownFields(&future)->AddLengthDelimited(9, "new meaning");
    SECTION("may be ignored") {
        history.add({.resource = &future, .parents = {first.id}});
        CHECK_FALSE(history.fold().unreadable);
        CHECK(history.fold().atom(9)->live.size() == 1);
    }
    SECTION("must be understood") {
        history.add({.resource = &future, .parents = {first.id}, .must_understand = {9}});
        CHECK(history.fold().unreadable);
        CHECK(history.fold().atom(9)->unreadable);
    }
    CHECK(operative_as<v1::Observation>(history.fold()).observation().value().text() == "1");
}

TEST_CASE("a kind of the future is kept whole and shows no value") {
    History history(static_cast<v1::Kind>(4711));
    v1::Observation any;
    any.mutable_observation()->mutable_value()->set_text("1");
    history.add({.resource = &any});
    const auto resource = history.fold();
    CHECK(resource.operative() == nullptr);
    CHECK(resource.atoms.size() == 1);
    CHECK_FALSE(resource.contested());
}

TEST_CASE(
    "a change that claims another kind for a resource makes it unreadable and harms no more") {
    History history(v1::KIND_MEDICATION_REQUEST);
    const auto active = order_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    const auto stopped = order_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    const auto& ordered = history.add({.resource = &active, .origin = v1::ORIGIN_SERVER});
    const auto claimed =
        GENERATE(v1::KIND_ALLERGY_INTOLERANCE, v1::KIND_OBSERVATION, static_cast<v1::Kind>(4711));
    history.add({.resource = &stopped, .parents = {ordered.id}, .kind = claimed});
    const auto resource = history.fold();
    CHECK(resource.kind == v1::KIND_MEDICATION_REQUEST);
    CHECK(resource.unreadable);
    CHECK(status_of(resource) == v1::MEDICATION_REQUEST_STATUS_STOPPED);
}

TEST_CASE("saw follows parents and nothing else") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation any;
    any.mutable_observation()->mutable_value()->set_text("1");
    const auto& a = history.add({.resource = &any});
    const auto& b = history.add({.resource = &any, .parents = {a.id}});
    const auto& c = history.add({.resource = &any, .parents = {a.id}, .author = 2});
    CHECK(saw(history.all(), b.id, a.id));
    CHECK_FALSE(saw(history.all(), a.id, b.id));
    CHECK_FALSE(saw(history.all(), b.id, c.id));
}

TEST_CASE("saw ends at what is not here") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation any;
    any.mutable_observation()->mutable_value()->set_text("1");
    ChangeId missing;
    missing.bytes[0] = 4;
    const auto id = history.add({.resource = &any, .parents = {missing}}).id;
    CHECK(saw(history.all(), id, missing));
    CHECK_FALSE(saw(history.all(), id, ChangeId{}));
}

TEST_CASE("of two copies of one change the one whose body is here counts, whichever comes first") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation any;
    any.mutable_observation()->mutable_value()->set_text("1");
    const auto& whole = history.add({.resource = &any});
    Change erased = whole;
    erased.body_bytes.reset();
    erased.body.Clear();
    for (const auto& copies : {std::vector<const Change*>{&whole, &erased},
                               std::vector<const Change*>{&erased, &whole, &erased}}) {
        const auto resource = fold(copies);
        CHECK_FALSE(resource.withheld);
        CHECK(operative_as<v1::Observation>(resource).observation().value().text() == "1");
    }
    CHECK(fold({&erased, &erased}).withheld);
}

TEST_CASE("replicas of which one lacks a body, or cannot read one, do not agree") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation any;
    any.mutable_observation()->mutable_value()->set_text("1");
    const auto& first = history.add({.resource = &any});
    const auto whole = canonical(history.fold());
    Change erased = first;
    erased.body_bytes.reset();
    erased.body.Clear();
    CHECK(canonical(fold({&erased})) != whole);
    CHECK(canonical(fold({&erased})) == canonical(fold({&erased, &erased})));
    // Erased twice over, it is still one resource of which bodies are missing.
    const auto& second = history.add({.resource = &any, .parents = {first.id}});
    Change also = second;
    also.body_bytes.reset();
    CHECK(fold({&erased, &also}).withheld);
    any.GetReflection()->MutableUnknownFields(&any)->AddLengthDelimited(9, "new meaning");
    history.add({.resource = &any, .parents = {second.id}});
    const auto ignored = history.fold();
    auto unread = ignored;
    unread.unreadable = true;
    CHECK(canonical(unread) != canonical(ignored));
    unread = ignored;
    unread.atoms.back().unreadable = true;
    CHECK(canonical(unread) != canonical(ignored));
}

TEST_CASE("a resource read as another kind, or of one that nobody knows, says nothing") {
    History history(v1::KIND_OBSERVATION);
    v1::Observation any;
    any.mutable_observation()->mutable_value()->set_text("1");
    history.add({.resource = &any});
    auto resource = history.fold();
    const AtomWrite write = resource.atom(1)->live.front();
    CHECK_FALSE(value_as<v1::Patient>(resource, write).has_name());
    CHECK_FALSE(operative_as<v1::Patient>(resource).has_name());
    CHECK(resource.operative_write(2) == nullptr);
    resource.kind = 4711;
    CHECK(resource.operative_write(1) == nullptr);
    CHECK(resource.value_of(write) == nullptr);
    CHECK_FALSE(operative_as<v1::Observation>(resource).has_observation());
    CHECK_FALSE(value_as<v1::Observation>(resource, write).has_observation());
}

TEST_CASE("categories that two nurses added stand together, and clearing takes none of another's") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    v1::AllergyIntolerance food, drug;
    food.mutable_category()->add_items("food");
    drug.mutable_category()->add_items("medication");
    const auto first = history.add({.resource = &food}).id;
    history.add({.resource = &drug, .parents = {first}});
    const auto both = history.add({.resource = &food, .parents = {first}, .author = 2}).id;
    const auto items = [&] {
        const auto said = operative_as<v1::AllergyIntolerance>(history.fold());
        const auto& set = said.category().items();
        return std::vector<std::string>(set.begin(), set.end());
    };
    CHECK(items() == std::vector<std::string>{"food", "medication"});
    const v1::AllergyIntolerance nothing;
    history.add({.resource = &nothing,
                 .cleared = {v1::AllergyIntolerance::kCategoryFieldNumber},
                 .parents = {both},
                 .author = 2});
    CHECK(items() == std::vector<std::string>{"medication"});
}

TEST_CASE("a tablet that clears an order's status, or says it in bytes nobody reads, proposes it") {
    for (const bool cleared : {true, false}) {
        History history(v1::KIND_MEDICATION_REQUEST);
        const auto active = order_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        const auto first = history.add({.resource = &active, .origin = v1::ORIGIN_SERVER}).id;
        const auto number = v1::MedicationRequest::kStatusFieldNumber;
        v1::MedicationRequest said;
        google::protobuf::Empty garbled;
        garbled.GetReflection()->MutableUnknownFields(&garbled)->AddLengthDelimited(number, "\xff");
        History::Write write{
            .resource = cleared ? static_cast<google::protobuf::Message*>(&said) : &garbled,
            .parents = {first}};
        if (cleared) write.cleared = {static_cast<std::uint32_t>(number)};
        history.add(write);
        CHECK(status_of(history.fold()) == v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        CHECK(history.fold().atom(number)->pending.size() == 1);
    }
}

}  // namespace
}  // namespace kari::merge
