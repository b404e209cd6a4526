// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "examples/district/district.hpp"
#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;

namespace {

Json parsed(const std::string& text) {
    JsonLimits all;
    all.text = all.memory = std::size_t{1} << 28;
    auto value = parse_json(text, all);
    REQUIRE(value);
    return std::move(*value);
}

}  // namespace

TEST_CASE("the same options make the same district, another seed another") {
    const auto one = district::make_district({.citizens = 5, .seed = 7});
    const auto two = district::make_district({.citizens = 5, .seed = 7});
    const auto more = district::make_district({.citizens = 9, .seed = 7});
    const auto other = district::make_district({.citizens = 5, .seed = 8});
    CHECK(district::roster(one) == district::roster(two));
    CHECK(one.directory == two.directory);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(one.citizens[i].bundle == two.citizens[i].bundle);
        CHECK(one.citizens[i].bundle == more.citizens[i].bundle);
        CHECK(one.citizens[i].bundle != other.citizens[i].bundle);
    }
}

TEST_CASE("every identifier of the district is a synthetic one with valid control digits") {
    std::set<std::string> seen;
    for (const auto& citizen : district::make_district({.citizens = 300}).citizens) {
        const std::string& number = citizen.national_id;
        REQUIRE(number.size() == 11);
        CHECK(seen.insert(number).second);
        const auto month = (number[2] - '0') * 10 + number[3] - '0';
        CHECK(month >= 81);
        CHECK(month <= 92);
        const auto digit = [&](std::size_t i) {
            return number[i] - '0';
        };
        const int first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
        const int second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
        int r1 = 0;
        int r2 = 0;
        for (std::size_t i = 0; i < 10; ++i)
            r1 += first[i] * digit(i);
        for (std::size_t i = 0; i < 11; ++i)
            r2 += second[i] * digit(i);
        CHECK(r1 % 11 == 0);
        CHECK(r2 % 11 == 0);
    }
    CHECK(district::synthetic_national_id(1950, 2, 30, 0).empty());
    CHECK(district::synthetic_national_id(2004, 2, 29, 0).size() == 11);
}

TEST_CASE("the whole district is imported and given back as it came") {
    const auto made = district::make_district({.citizens = 25, .seed = 3});
    KeptJournal sink;
    std::set<std::string> types;
    std::vector<std::string> bundles = {made.directory};
    for (const auto& citizen : made.citizens)
        bundles.push_back(citizen.bundle);
    for (const std::string& bundle : bundles) {
        const std::size_t before = sink.kept.size();
        const auto report = import_text(bundle, sink);
        CHECK(report.rejected_count == 0);
        CHECK(report.notes_count == 0);
        const auto originals = resources_of(parsed(bundle));
        REQUIRE(sink.kept.size() - before == originals.size());
        for (std::size_t i = before; i < sink.kept.size(); ++i) {
            const Imported& kept = sink.kept[i];
            types.insert(kept.type);
            CHECK(canonical_text(to_fhir(folded(kept), {})) ==
                  canonical_text(originals.at(kept.type + '/' + kept.logical_id)));
        }
    }
    CHECK(sink.records.size() == 25);
    for (const char* type :
         {"Patient", "AllergyIntolerance", "MedicationRequest", "MedicationAdministration",
          "Observation", "DocumentReference", "Condition", "CarePlan", "Encounter", "Practitioner",
          "Organization"}) {
        CAPTURE(type);
        CHECK(types.contains(type));
    }
    for (const std::string& bundle : bundles)
        CHECK(import_text(bundle, sink).written == 0);
}

TEST_CASE("orders of the district can be scheduled and their doses computed") {
    const auto made = district::make_district({.citizens = 12});
    KeptJournal sink;
    for (const auto& citizen : made.citizens)
        import_text(citizen.bundle, sink);
    std::size_t at_eight = 0;
    std::size_t as_needed = 0;
    for (const Imported& kept : sink.kept) {
        const auto* order = dynamic_cast<const v1::MedicationRequest*>(kept.message.get());
        if (order == nullptr) continue;
        const v1::Prescription& prescription = order->prescription();
        CHECK(order->status() == v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        CHECK(prescription.medication().coding(0).system() == "http://www.whocc.no/atc");
        CHECK_FALSE(prescription.strength().numerator().value().empty());
        REQUIRE(prescription.dosage_size() == 1);
        const v1::Dosage& dosage = prescription.dosage(0);
        CHECK_FALSE(dosage.dose_and_rate(0).dose_quantity().value().empty());
        const auto& times = dosage.timing().repeat().time_of_day();
        if (std::find(times.begin(), times.end(), "08:00:00") != times.end()) ++at_eight;
        if (dosage.has_as_needed_for()) ++as_needed;
        CHECK((times.empty() == dosage.has_as_needed_for()));
    }
    CHECK(at_eight >= 12);
    CHECK(as_needed > 0);
}

TEST_CASE("three tablets share the citizens so that each is on two at least") {
    const auto made = district::make_district({.citizens = 30});
    REQUIRE(made.tablets.size() == 3);
    std::vector<int> held(30, 0);
    for (const auto& tablet : made.tablets) {
        CHECK(tablet.citizens.size() < 30);
        for (const unsigned citizen : tablet.citizens)
            ++held[citizen];
    }
    CHECK(*std::min_element(held.begin(), held.end()) == 2);
    CHECK(*std::max_element(held.begin(), held.end()) == 3);
    const Json roster = parsed(district::roster(made));
    CHECK(roster.text("label") == "demo, not for clinical use");
    CHECK(roster.find("tablets")->all_items().size() == 3);
    CHECK(roster.find("units")->all_items().size() == 2);
    const auto bundle = parsed(made.citizens[0].bundle);
    CHECK(bundle.find("entry")->all_items().size() == made.citizens[0].resources);
}

TEST_CASE("whoever is allergic to penicillin has no order for it") {
    const auto made = district::make_district({.citizens = 40});
    KeptJournal sink;
    for (const auto& citizen : made.citizens)
        import_text(citizen.bundle, sink);
    std::set<PatientKey> allergic;
    std::set<PatientKey> treated;
    for (const Imported& kept : sink.kept) {
        if (!kept.patient) continue;
        if (const auto* allergy = dynamic_cast<const v1::AllergyIntolerance*>(kept.message.get());
            allergy != nullptr && allergy->code().coding(0).code() == "J01C") {
            allergic.insert(*kept.patient);
        }
        if (const auto* order = dynamic_cast<const v1::MedicationRequest*>(kept.message.get());
            order != nullptr &&
            order->prescription().medication().coding(0).code().starts_with("J01C")) {
            treated.insert(*kept.patient);
        }
    }
    CHECK(allergic.size() >= 5);
    CHECK_FALSE(treated.empty());
    for (const PatientKey& patient : treated)
        CHECK_FALSE(allergic.contains(patient));
}
