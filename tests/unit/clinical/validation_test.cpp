// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/validation.hpp"

namespace kari::clinical {
namespace {

constexpr Instant k_now{1'767'600'000'000};  // 2026-01-05T09:00:00+01:00
constexpr std::string_view k_oslo = "Europe/Oslo";

v1::Measurement measured(std::string_view loinc, const char* value, const char* unit) {
    v1::Measurement observation;
    auto* coding = observation.mutable_code()->add_coding();
    coding->set_system(std::string(k_loinc));
    coding->set_code(std::string(loinc));
    auto* quantity = observation.mutable_value()->mutable_quantity();
    quantity->set_value(value);
    quantity->set_code(unit);
    observation.set_effective("2026-01-05T08:55:00+01:00");
    return observation;
}

Result<std::vector<Confirmation>> check(const v1::Measurement& observation) {
    return validate_observation(observation, k_now, k_oslo);
}

TEST_CASE("each kind of observation is taken up to its limits and not beyond") {
    for (const auto& limits : all_limits()) {
        INFO(limits.loinc);
        const std::string unit(limits.unit);
        CHECK(check(measured(limits.loinc, std::string(limits.hard_low).c_str(), unit.c_str())));
        CHECK(check(measured(limits.loinc, std::string(limits.hard_high).c_str(), unit.c_str())));
        const auto high = check(
            measured(limits.loinc, (std::string(limits.hard_high) + "1").c_str(), unit.c_str()));
        // A digit more is beyond the limit, be it ten times as much or a decimal too many.
        REQUIRE_FALSE(high);
        CHECK(high.error().code == ErrorCode::value_out_of_range);
        const auto low = check(measured(limits.loinc, "-0.01", unit.c_str()));
        REQUIRE_FALSE(low);
        CHECK(low.error().code == ErrorCode::value_out_of_range);
    }
}

TEST_CASE("a refusal says the limit and what to do, and never the value") {
    const auto refused = check(measured("8310-5", "98.6", "Cel"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("25.0 to 45.0 Cel") != std::string::npos);
    CHECK(refused.error().what.find("measure again") != std::string::npos);
    CHECK(refused.error().what.find("98.6") == std::string::npos);
}

TEST_CASE("an unusual value is taken when confirmed") {
    CHECK(check(measured("8310-5", "37.0", "Cel"))->empty());
    const auto fever = check(measured("8310-5", "39.1", "Cel"));
    REQUIRE(fever);
    REQUIRE(fever->size() == 1);
    CHECK(fever->front().rule == "entry/unusual-value");
    CHECK(fever->front().field == "value");
    CHECK(fever->front().usual == "body temperature is usually 35.5 to 38.5 Cel");
    const auto low = check(measured("59408-5", "85", "%"));
    REQUIRE(low);
    CHECK(low->front().usual == "oxygen saturation is usually at least 90 %");
}

TEST_CASE("a measurement that no limits are known for has the digits of a measurement") {
    CHECK(check(measured("99999-9", "1000000000000", "mL")));
    for (const char* value : {"1000000000001", "1e400", "-1e13", "0.12345678901234567890123"}) {
        INFO(value);
        const auto refused = check(measured("99999-9", value, "mL"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::value_out_of_range);
    }
}

TEST_CASE("a unit is converted within its dimension and never guessed") {
    CHECK(check(measured("29463-7", "62100", "g")));
    const auto sugar = check(measured("15074-8", "90", "mg/dL"));
    REQUIRE_FALSE(sugar);
    CHECK(sugar.error().code == ErrorCode::unit_unknown);
    CHECK(sugar.error().what.find("mmol/L") != std::string::npos);
    const auto bare = check(measured("99999-9", "1", "spoon"));
    REQUIRE_FALSE(bare);
    CHECK(bare.error().code == ErrorCode::unit_unknown);
    CHECK(check(measured("99999-9", "1", "mL")));
}

TEST_CASE("a score is a whole number") {
    CHECK(check(measured("72514-3", "7", "{score}")));
    CHECK_FALSE(check(measured("72514-3", "7.5", "{score}")));
}

TEST_CASE("systolic must lie above diastolic") {
    auto panel = measured("85354-9", "1", "1");
    panel.clear_value();
    const auto add = [&](const char* loinc, const char* value) {
        auto* component = panel.add_component();
        auto* coding = component->mutable_code()->add_coding();
        coding->set_system(std::string(k_loinc));
        coding->set_code(loinc);
        component->mutable_value()->mutable_quantity()->set_value(value);
        component->mutable_value()->mutable_quantity()->set_code("mm[Hg]");
    };
    add("8480-6", "130");
    add("8462-4", "80");
    CHECK(check(panel));
    panel.clear_component();
    add("8480-6", "80");
    add("8462-4", "80");
    const auto swapped = check(panel);
    REQUIRE_FALSE(swapped);
    CHECK(swapped.error().code == ErrorCode::value_out_of_range);
}

TEST_CASE("an observation says what it is and has a value or a reason for none") {
    auto nothing = measured("8310-5", "37.0", "Cel");
    nothing.clear_value();
    CHECK(check(nothing).error().code == ErrorCode::invalid_argument);
    nothing.mutable_data_absent_reason()->set_text("refused");
    CHECK(check(nothing));
    auto both = measured("8310-5", "37.0", "Cel");
    both.mutable_data_absent_reason()->set_text("refused");
    CHECK(check(both).error().code == ErrorCode::invalid_argument);
    auto what = measured("8310-5", "37.0", "Cel");
    what.clear_code();
    CHECK(check(what).error().code == ErrorCode::invalid_argument);
    CHECK(check(measured("8310-5", "warm", "Cel")).error().code == ErrorCode::malformed);
}

TEST_CASE("a measurement that has limits is a number, and any other is one with a known unit") {
    auto words = measured("8310-5", "37.0", "Cel");
    words.mutable_value()->mutable_codeable_concept()->set_text("warm");
    const auto refused = check(words);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(refused.error().what.find("Cel") != std::string::npos);
    auto answer = measured("99999-9", "1", "mL");
    answer.mutable_value()->mutable_codeable_concept()->set_text("yes");
    CHECK(check(answer)->empty());
    CHECK(check(measured("99999-9", "much", "mL")).error().code == ErrorCode::malformed);
    CHECK(check(measured("72514-3", "1e1", "{score}")).error().code ==
          ErrorCode::value_out_of_range);
}

TEST_CASE("each part of a panel has a value or a reason for none, by its own limits") {
    auto panel = measured("85354-9", "1", "1");
    panel.clear_value();
    auto& part = *panel.add_component();
    *part.mutable_code() = measured("8480-6", "1", "1").code();
    CHECK(check(panel).error().code == ErrorCode::invalid_argument);
    part.mutable_data_absent_reason()->set_text("could not be heard");
    CHECK(check(panel)->empty());
    part.clear_data_absent_reason();
    part.mutable_value()->mutable_quantity()->set_value("301");
    part.mutable_value()->mutable_quantity()->set_code("mm[Hg]");
    const auto refused = check(panel);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("component[0].value") == 0);
    // Nothing is said of a pair of which one is missing, or is words.
    part.mutable_value()->mutable_quantity()->set_value("80");
    CHECK(check(panel)->size() == 1);  // unusual, and confirmed
    auto& position = *panel.add_component();
    position.mutable_code()->set_text("position");
    position.mutable_value()->mutable_codeable_concept()->set_text("sitting");
    CHECK(check(panel)->size() == 1);
}

TEST_CASE("no time of an observation or of a dose lies in the future or is no time") {
    const char* const ahead = "2026-01-05T09:06:00+01:00";
    for (const char* text : {ahead, "yesterday"}) {
        const auto code = text == ahead ? ErrorCode::time_in_future : ErrorCode::malformed;
        auto started = measured("8310-5", "37.0", "Cel");
        started.mutable_effective_period()->set_start(text);
        CHECK(check(started).error().code == code);
        auto ended = measured("8310-5", "37.0", "Cel");
        ended.mutable_effective_period()->set_end(text);
        CHECK(check(ended).error().code == code);
        v1::Administration dose;
        dose.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
        dose.add_status_reason()->set_text("asleep");
        dose.mutable_medication()->set_text("Paracet");
        dose.set_effective(text);
        CHECK(validate_administration(dose, k_now, k_oslo).error().code == code);
        dose.clear_effective();
        dose.mutable_effective_period()->set_start(text);
        CHECK(validate_administration(dose, k_now, k_oslo).error().code == code);
        v1::Document note;
        note.set_text("Sov godt.");
        note.set_date(text);
        CHECK(validate_note(note, k_now, k_oslo).error().code == code);
    }
}

TEST_CASE("a time up to five minutes ahead is taken, a later one is not") {
    auto observation = measured("8310-5", "37.0", "Cel");
    observation.set_effective("2026-01-05T09:05:00+01:00");
    CHECK(check(observation));
    observation.set_effective("2026-01-05T09:05:01+01:00");
    const auto ahead = check(observation);
    REQUIRE_FALSE(ahead);
    CHECK(ahead.error().code == ErrorCode::time_in_future);
    observation.set_effective("yesterday");
    CHECK(check(observation).error().code == ErrorCode::malformed);
}

TEST_CASE("what is recorded more than a day late needs a reason") {
    auto observation = measured("8310-5", "37.0", "Cel");
    observation.set_effective("2026-01-04T09:10:00+01:00");
    CHECK(check(observation)->empty());
    observation.set_effective("2026-01-04T08:50:00+01:00");
    const auto late = check(observation);
    REQUIRE(late);
    REQUIRE(late->size() == 1);
    CHECK(late->front().rule == "entry/late");
    CHECK(late->front().reason_required);
}

v1::Administration given() {
    v1::Administration administration;
    administration.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    administration.mutable_medication()->set_text("Paracet");
    administration.mutable_dose()->set_value("1");
    administration.mutable_dose()->set_code("g");
    administration.set_effective("2026-01-05T08:55:00+01:00");
    return administration;
}

ErrorCode refusal(const v1::Administration& administration) {
    const auto checked = validate_administration(administration, k_now, k_oslo);
    REQUIRE_FALSE(checked);
    return checked.error().code;
}

TEST_CASE("a dose needs a drug or an order, an amount above zero and a known unit") {
    CHECK(validate_administration(given(), k_now, k_oslo)->empty());
    auto drugless = given();
    drugless.clear_medication();
    CHECK(refusal(drugless) == ErrorCode::invalid_argument);
    drugless.mutable_request()->set_reference("MedicationRequest/1");
    CHECK(validate_administration(drugless, k_now, k_oslo));
    auto nothing = given();
    nothing.mutable_dose()->set_value("0");
    CHECK(refusal(nothing) == ErrorCode::value_out_of_range);
    auto odd = given();
    odd.mutable_dose()->set_code("spoon");
    CHECK(refusal(odd) == ErrorCode::unit_unknown);
    auto amountless = given();
    amountless.clear_dose();
    const auto checked = validate_administration(amountless, k_now, k_oslo);
    REQUIRE(checked);
    REQUIRE(checked->size() == 1);
    CHECK(checked->front().rule == "entry/dose-missing");
}

TEST_CASE("what was not given, or is withdrawn, says why") {
    auto refused = given();
    refused.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    CHECK(refusal(refused) == ErrorCode::reason_required);
    refused.add_status_reason()->set_text("sleeping");
    CHECK(validate_administration(refused, k_now, k_oslo));
    auto withdrawn = given();
    withdrawn.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
    CHECK(refusal(withdrawn) == ErrorCode::reason_required);
    auto overridden = given();
    overridden.add_override()->set_rule("dose/given-against-allergy");
    CHECK(refusal(overridden) == ErrorCode::reason_required);
    CHECK(refusal(v1::Administration()) == ErrorCode::invalid_argument);
}

TEST_CASE("an amount is asked for when a drug went in and nothing says how much") {
    for (const auto status :
         {v1::ADMINISTRATION_STATUS_COMPLETED, v1::ADMINISTRATION_STATUS_IN_PROGRESS,
          v1::ADMINISTRATION_STATUS_STOPPED, v1::ADMINISTRATION_STATUS_ON_HOLD}) {
        auto dose = given();
        dose.set_status(status);
        dose.clear_dose();
        const bool asks = status != v1::ADMINISTRATION_STATUS_ON_HOLD;
        CHECK(validate_administration(dose, k_now, k_oslo)->size() == (asks ? 1 : 0));
        dose.mutable_rate_quantity()->set_value("2");
        CHECK(validate_administration(dose, k_now, k_oslo)->empty());
        dose.clear_rate_quantity();
        dose.mutable_rate_ratio();
        CHECK(validate_administration(dose, k_now, k_oslo)->empty());
    }
    auto from_stock = given();
    from_stock.clear_medication();
    from_stock.mutable_medication_reference()->set_reference("Medication/1");
    CHECK(validate_administration(from_stock, k_now, k_oslo));
}

TEST_CASE("a word about an allergy may be any one thing that is said of it") {
    const auto takes = [](auto set) {
        v1::AllergyIntolerance allergy;
        set(allergy);
        return validate_allergy(allergy).has_value();
    };
    CHECK(takes([](auto& a) { a.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE); }));
    CHECK(takes(
        [](auto& a) { a.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED); }));
    CHECK(takes([](auto& a) { a.set_criticality(v1::ALLERGY_CRITICALITY_HIGH); }));
    CHECK(takes([](auto& a) { a.mutable_reaction()->add_items(); }));
    CHECK(takes([](auto& a) { a.mutable_note(); }));
    CHECK(takes([](auto& a) { a.set_type(v1::ALLERGY_TYPE_INTOLERANCE); }));
    CHECK(takes([](auto& a) { a.mutable_category(); }));
    CHECK(takes([](auto& a) { a.mutable_assertion(); }));
}

TEST_CASE("what is described of a reaction has its bound, and a note may be a picture alone") {
    v1::AllergyIntolerance allergy;
    auto& reaction = *allergy.mutable_reaction()->add_items();
    reaction.set_description(std::string(2000, 'x'));
    CHECK(validate_allergy(allergy));
    reaction.set_description(std::string(2001, 'x'));
    CHECK(validate_allergy(allergy).error().code == ErrorCode::too_large);
    v1::Document picture;
    picture.add_attachment();
    CHECK(validate_note(picture, k_now, k_oslo));
    v1::Document imported;
    imported.mutable_remainder()->set_json("{}");
    CHECK(validate_note(imported, k_now, k_oslo));
}

TEST_CASE("an allergy says something, a note has text, a reason has words") {
    CHECK_FALSE(validate_allergy(v1::AllergyIntolerance()));
    v1::AllergyIntolerance allergy;
    allergy.mutable_code();
    CHECK_FALSE(validate_allergy(allergy));
    allergy.mutable_code()->set_text("penicillin");
    CHECK(validate_allergy(allergy));
    v1::Document note;
    note.set_text("  \n");
    CHECK(validate_note(note, k_now, k_oslo).error().code == ErrorCode::invalid_argument);
    note.set_text("Sov godt.");
    CHECK(validate_note(note, k_now, k_oslo));
    note.set_text(std::string(256 * 1024 + 1, 'x'));
    CHECK(validate_note(note, k_now, k_oslo).error().code == ErrorCode::too_large);
    CHECK(validate_reason("phoned the doctor"));
    CHECK(validate_reason(" ").error().code == ErrorCode::reason_required);
    CHECK(validate_reason(std::string(2001, 'x')).error().code == ErrorCode::too_large);
}

}  // namespace
}  // namespace kari::clinical
