// SPDX-License-Identifier: Apache-2.0
//
// Consents, limits to treatment, relatives and vaccines: each rule's case, and its converse.
#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {

TEST_CASE("a denial or withdrawal holds at once, a permission only from the server") {
    CareScene scene;
    const auto say = [](v1::ConsentEffect effect) {
        v1::Consent out;
        out.mutable_decision()->set_effect(effect);
        return out;
    };
    const auto made = scene.begin(scene.server, say(v1::CONSENT_EFFECT_PERMITTED));
    const auto asked = scene.begin(scene.a, say(v1::CONSENT_EFFECT_PERMITTED));
    const auto effect_of = [&](const Made& of) {
        for (const auto& view : scene.chart().care.consents) {
            if (view.version.resource == of.id) return view.value.decision().effect();
        }
        return v1::CONSENT_EFFECT_UNSPECIFIED;
    };
    CHECK(effect_of(made) == v1::CONSENT_EFFECT_PERMITTED);
    CHECK(effect_of(asked) == v1::CONSENT_EFFECT_UNSPECIFIED);
    scene.then(scene.a, made, {made.change->id}, say(v1::CONSENT_EFFECT_WITHDRAWN));
    CHECK(effect_of(made) == v1::CONSENT_EFFECT_WITHDRAWN);
    CHECK(scene.findings().empty());
    // Beside a grant that had not seen it the withdrawal stands, and somebody must look.
    scene.then(scene.server, made, {made.change->id}, say(v1::CONSENT_EFFECT_PERMITTED));
    CHECK(effect_of(made) == v1::CONSENT_EFFECT_WITHDRAWN);
    const auto found = only(scene.findings(), "merge/consent-decision");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
}

TEST_CASE("two denials that did not see each other hold, each for what it denies") {
    CareScene scene;
    const auto denies = [](const char* text) {
        v1::Consent out;
        out.mutable_decision()->set_effect(v1::CONSENT_EFFECT_DENIED);
        out.mutable_decision()->set_text(text);
        return out;
    };
    const auto texts = [&] {
        std::set<std::string> out;
        const auto consent = scene.chart().care.consents.at(0);
        for (const auto& said : consent.denials)
            out.insert(said.value.decision().text());
        return out;
    };
    v1::Consent permits;
    permits.mutable_decision()->set_effect(v1::CONSENT_EFFECT_PERMITTED);
    const auto made = scene.begin(scene.server, permits);
    CHECK(texts().empty());
    const auto one = scene.then(scene.a, made, {made.change->id}, denies("the son"));
    const auto other = scene.then(scene.b, made, {made.change->id}, denies("the research"));
    CHECK(texts() == std::set<std::string>{"the research", "the son"});
    // Who has seen both says what holds.
    scene.then(scene.c, made, {one->id, other->id}, denies("everybody"));
    CHECK(texts() == std::set<std::string>{"everybody"});
}

TEST_CASE("two decisions about treatment that did not see each other limit nothing") {
    CareScene scene;
    const auto say = [](v1::TreatmentLimit limit, const char* text) {
        v1::AdvanceDecision out;
        out.mutable_decision()->set_limit(limit);
        out.mutable_decision()->set_text(text);
        return out;
    };
    const auto made = scene.begin(scene.server, say(v1::TREATMENT_LIMIT_IN_FORCE, "HLR-"));
    CHECK_FALSE(scene.chart().care.advance_decisions.at(0).unclear);
    Writer other = Writer::server(901);
    scene.then(scene.server, made, {made.change->id}, say(v1::TREATMENT_LIMIT_IN_FORCE, "HLR-, 2"));
    CHECK(scene.findings().empty());
    scene.then(other, made, {made.change->id}, say(v1::TREATMENT_LIMIT_ENDED, ""));
    const auto found = only(scene.findings(), "merge/treatment-limit-decision");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    const auto view = scene.chart().care.advance_decisions.at(0);
    CHECK(view.unclear);
    CHECK(view.value.decision().limit() == v1::TREATMENT_LIMIT_ENDED);
}

TEST_CASE("a tablet's word on the limits to treatment is a proposal") {
    CareScene scene;
    v1::AdvanceDecision said;
    said.mutable_decision()->set_limit(v1::TREATMENT_LIMIT_IN_FORCE);
    scene.begin(scene.a, said);
    CHECK_FALSE(scene.chart().care.advance_decisions.at(0).value.has_decision());
    CHECK(scene.findings().empty());
}

TEST_CASE("numbers that two gave for a relative stand together; one that was seen may be removed") {
    CareScene scene;
    const auto numbers = [](std::initializer_list<const char*> values) {
        v1::RelatedPerson out;
        for (const auto* value : values) {
            auto* item = out.mutable_telecom()->add_items();
            item->set_system("phone");
            item->set_value(value);
        }
        return out;
    };
    const auto made = scene.begin(scene.a, numbers({"1"}));
    const auto removed = scene.then(scene.a, made, {made.change->id}, numbers({"2"}));
    const auto shown = [&] {
        return scene.chart().care.related_persons.at(0).value.telecom().items_size();
    };
    CHECK(shown() == 1);
    const auto kept = scene.then(scene.b, made, {made.change->id}, numbers({"1", "3"}));
    CHECK(shown() == 3);
    CHECK(scene.findings().empty());
    scene.then(scene.c, made, {removed->id, kept->id}, numbers({"3"}));
    CHECK(shown() == 1);
}

TEST_CASE("do not contact holds at once; who is nearest is contested when two say otherwise") {
    CareScene scene;
    v1::RelatedPerson person, stop, nearest, not_nearest;
    person.mutable_name()->add_items()->set_text("Anne");
    const auto made = scene.begin(scene.a, person);
    stop.set_contact(v1::CONTACT_PERMISSION_DO_NOT_CONTACT);
    scene.then(scene.a, made, {made.change->id}, stop);
    CHECK(scene.chart().care.related_persons.at(0).value.contact() ==
          v1::CONTACT_PERMISSION_DO_NOT_CONTACT);
    CHECK(scene.findings().empty());
    nearest.mutable_next_of_kin()->set_nearest(true);
    not_nearest.mutable_next_of_kin()->set_stated_by_patient(true);
    scene.then(scene.a, made, {made.change->id}, nearest);
    scene.then(scene.b, made, {made.change->id}, not_nearest);
    const auto found = only(scene.findings(), "merge/relative-next-of-kin");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK_FALSE(scene.chart().care.related_persons.at(0).value.has_next_of_kin());
}

namespace {

v1::Immunization vaccine(const std::string& code, const char* expires = "") {
    v1::Immunization out;
    out.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_COMPLETED);
    *out.mutable_immunization()->mutable_vaccine_code() = atc(code);
    out.mutable_immunization()->set_expiration_date(expires);
    return out;
}

}  // namespace

TEST_CASE(
    "one vaccine twice within its interval is phoned about, and later or other ones are not") {
    CareScene scene;
    const auto first = scene.begin(scene.a, vaccine("J07BB02"), scene.a.now);
    scene.begin(scene.b, vaccine("J07BN01"), scene.b.now);
    scene.begin(scene.b, vaccine("J07BB02"), scene.b.now - Duration::hours(24 * 30));
    CHECK(scene.findings().empty());
    const auto second =
        scene.begin(scene.b, vaccine("J07BB03"), scene.b.now - Duration::hours(24 * 4));
    // Four days from today's, and 26 from the one of a month ago.
    const auto findings = scene.findings();
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "immunization/possible-double");
    CHECK(findings[0].severity == v1::SEVERITY_S1);
    CHECK(findings[0].inputs == ids({first.change, second.change}));
    v1::Immunization wrong = vaccine("J07BB03");
    wrong.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_ENTERED_IN_ERROR);
    scene.then(scene.b, second, {second.change->id}, wrong);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.immunizations.size() == 4);
}

TEST_CASE("a vaccine past its date is found, and one on its last day is not") {
    CareScene scene;
    scene.begin(scene.a, vaccine("J07BB02", "2026-01-05"), scene.a.now);
    CHECK(scene.findings().empty());
    scene.begin(scene.a, vaccine("J07AL02", "2026-01-03"), scene.a.now);
    CHECK(scene.rules() == Strings{"immunization/expired"});
}

TEST_CASE("two corrections of one vaccination count as given, and somebody must look") {
    CareScene scene;
    const auto made = scene.begin(scene.a, vaccine("J07BB02"), scene.a.now);
    auto wrong = vaccine("J07BB02");
    wrong.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_ENTERED_IN_ERROR);
    auto lot = vaccine("J07BB02");
    lot.mutable_immunization()->set_lot_number("L2");
    scene.then(scene.a, made, {made.change->id}, wrong);
    scene.then(scene.b, made, {made.change->id}, lot);
    CHECK(scene.rules() == Strings{"merge/immunization"});
    const auto view = scene.chart().care.immunizations.at(0);
    CHECK(view.value.immunization().lot_number() == "L2");
    CHECK(view.earlier.size() == 1);
}

TEST_CASE(
    "two who say of one vaccination that it was given, and differ, are still one that counts") {
    CareScene scene;
    const auto made = scene.begin(scene.a, vaccine("J07BB02"), scene.a.now);
    auto lot = vaccine("J07BB02"), other_lot = vaccine("J07BB02");
    lot.mutable_immunization()->set_lot_number("L1");
    other_lot.mutable_immunization()->set_lot_number("L2");
    scene.then(scene.a, made, {made.change->id}, lot);
    scene.then(scene.b, made, {made.change->id}, other_lot);
    CHECK(scene.rules() == Strings{"merge/immunization"});
    scene.begin(scene.c, vaccine("J07BB02"), scene.c.now);
    const auto rules = scene.rules();
    CHECK(std::count(rules.begin(), rules.end(), "immunization/possible-double") == 1);
}

TEST_CASE("a vaccine that has no code is told by its name, and a code too short by nothing") {
    const auto named = [](const char* text) {
        v1::Immunization out;
        out.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_COMPLETED);
        out.mutable_immunization()->mutable_vaccine_code()->set_text(text);
        return out;
    };
    const auto are_double = [](const v1::Immunization& one, const v1::Immunization& other) {
        CareScene scene;
        scene.begin(scene.a, one, scene.a.now);
        scene.begin(scene.b, other, scene.b.now);
        return scene.rules() == Strings{"immunization/possible-double"};
    };
    CHECK(are_double(named("Influensa"), named("influensa ")));
    CHECK_FALSE(are_double(named("Influensa"), named("Pneumokokk")));
    CHECK_FALSE(are_double(named(""), named("")));
    CHECK_FALSE(are_double(vaccine("J07"), vaccine("J07B")));
    // With a code on both sides the names say nothing more.
    auto a = vaccine("J07BB02"), b = vaccine("J07AL02");
    for (auto* each : {&a, &b})
        each->mutable_immunization()->mutable_vaccine_code()->set_text("vaccine");
    CHECK_FALSE(are_double(a, b));
}

TEST_CASE("facts about one thing never hide each other, whoever corrects whom") {
    CareScene scene;
    v1::Communication message;
    message.mutable_communication()->set_status(v1::COMMUNICATION_STATUS_COMPLETED);
    message.mutable_communication()->add_payload("hun falt");
    scene.begin(scene.a, message, scene.a.now);
    scene.begin(scene.b, message, scene.b.now);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.communications.size() == 2);
}

}  // namespace kari::test
