// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "examples/district/district.hpp"
#include "examples/district/elements.hpp"
#include "sdk/base/id.hpp"
#include "sdk/clinical/schedule.hpp"
#include "tests/unit/district/told.hpp"
#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;
using namespace kari::district::test;

TEST_CASE("the same options make the same bytes on every machine") {
    std::string all;
    const district::District made({.citizens = 3, .seed = 7, .days = 20});
    const district::Sink write = [&all](const district::Resource& resource) {
        all += resource.json + '\n';
    };
    made.tell_directory(write);
    for (unsigned i = 0; i < 3; ++i)
        made.tell_citizen(i, write);
    // A change of what is made shows here: take the new digest, and say in the commit what changed.
    CHECK(base::sha256(all).text() ==
          "01f16e49bb62490e0f2263f43c38c06e1dafcd60c2daa13288ba68f1825b4b84");
}

TEST_CASE("a citizen is the same whatever the number of others, and another with another seed") {
    const auto of = [](unsigned citizens, std::uint64_t seed) {
        return told({.citizens = citizens, .seed = seed, .days = 9}, 2);
    };
    CHECK(of(5, 7) == of(900, 7));
    CHECK(of(5, 7) != of(5, 8));
}

TEST_CASE("what holds now and what was done lately is the same however long the history is") {
    for (unsigned citizen = 0; citizen < 12; ++citizen) {
        CAPTURE(citizen);
        const Told few = told({.citizens = 12, .resources = 150}, citizen);
        const Told month = told({.citizens = 12, .days = 30}, citizen);
        const Told years = told({.citizens = 12, .days = 800}, citizen);
        CHECK(few.size() < years.size());
        for (const Told* shorter : {&few, &month}) {
            for (const auto& [name, json] : *shorter) {
                CAPTURE(name);
                REQUIRE(years.contains(name));
                CHECK(years.at(name) == json);
            }
            for (const auto& [name, json] : years) {
                if (!shorter->contains(name)) CHECK(is_past(parsed(json)));
            }
        }
    }
}

TEST_CASE("an import makes the same of the present however long the history is") {
    for (unsigned citizen = 0; citizen < 4; ++citizen) {
        KeptJournal shorter;
        import_text(bundle(told({.citizens = 4, .days = 4}, citizen)), shorter);
        KeptJournal longer;
        import_text(bundle(told({.citizens = 4, .days = 400}, citizen)), longer);
        std::size_t lineages = 0;
        for (const Imported& kept : shorter.kept) {
            CAPTURE(kept.type, kept.logical_id);
            const Imported* same = longer.find(kept.type, kept.logical_id);
            REQUIRE(same != nullptr);
            CHECK(same->message->SerializeAsString() == kept.message->SerializeAsString());
            if (const auto* order = dynamic_cast<const v1::MedicationRequest*>(kept.message.get());
                order != nullptr && !order->authoring().prior_prescription().reference().empty()) {
                CHECK(order->lineage().first_order() != base::to_bytes(kept.resource));
                ++lineages;
            }
        }
        CHECK(lineages > 0);
    }
}

TEST_CASE("a history of so many resources is as long as they reach") {
    for (const unsigned resources : {200u, 2'000u, 20'000u}) {
        const auto size = told({.citizens = 1, .resources = resources}, 0).size();
        CHECK(size <= resources);
        CHECK(size > resources - 40);
    }
    // What holds now is told in any case.
    const Told present = told({.citizens = 1, .resources = 1}, 0);
    CHECK(std::count_if(present.begin(), present.end(),
                        [](const auto& each) { return each.first.starts_with("Patient/"); }) == 1);
    CHECK(std::none_of(present.begin(), present.end(), [](const auto& each) {
        return each.first.starts_with("MedicationAdministration/");
    }));
}

TEST_CASE("a later day goes on where an earlier one ended") {
    const district::Day day = district::day_of({2025, 3, 10});
    std::size_t changed = 0;
    for (unsigned citizen = 0; citizen < 8; ++citizen) {
        const Told before = told({.citizens = 8, .day = day, .days = 10}, citizen);
        const Told after = told({.citizens = 8, .day = day + 40, .days = 50}, citizen);
        for (const auto& [name, json] : before) {
            CAPTURE(name, json);
            const auto same = after.find(name);
            // A visit that was planned, and an old vaccine, are no part of a later journal.
            const bool may_go = json.find(R"("status":"planned")") != std::string::npos ||
                                name.starts_with("Immunization/");
            if (!may_go) REQUIRE(same != after.end());
            if (same == after.end() || same->second == json) continue;
            // What is no fact may go on: an order ends, a task is done, somebody comes home.
            CHECK((name.starts_with("MedicationRequest/") || name.starts_with("Task/") ||
                   name.starts_with("Appointment/") || name.starts_with("Encounter/")));
            ++changed;
        }
    }
    CHECK(changed > 5);
}

TEST_CASE("the whole district is imported and given back as it came") {
    const district::District made({.citizens = 25, .seed = 3, .days = 6});
    KeptJournal sink;
    std::map<std::string, int> types;
    std::vector<std::string> bundles = {bundle(told_directory(made))};
    for (unsigned i = 0; i < 25; ++i)
        bundles.push_back(bundle(told(made.options(), i)));
    for (const std::string& each : bundles) {
        const std::size_t before = sink.kept.size();
        const auto report = import_text(each, sink);
        CHECK(report.rejected_count == 0);
        CHECK(report.notes_count == 0);
        const auto originals = resources_of(parsed(each));
        REQUIRE(sink.kept.size() - before == originals.size());
        for (std::size_t i = before; i < sink.kept.size(); ++i) {
            const Imported& kept = sink.kept[i];
            ++types[kept.type];
            CHECK(canonical_text(to_fhir(folded(kept), {})) ==
                  canonical_text(originals.at(kept.type + '/' + kept.logical_id)));
        }
    }
    CHECK(sink.records.size() == 25);
    for (const char* type :
         {"Patient", "AllergyIntolerance", "MedicationRequest", "MedicationAdministration",
          "Observation", "DocumentReference", "Condition", "CarePlan", "Encounter", "RelatedPerson",
          "Consent", "Immunization", "Task", "Appointment", "Practitioner", "Organization"}) {
        CAPTURE(type);
        CHECK(types[type] > 0);
    }
    for (const std::string& each : bundles)
        CHECK(import_text(each, sink).written == 0);
}

TEST_CASE("orders in use can be scheduled and their doses computed") {
    KeptJournal sink;
    for (unsigned i = 0; i < 30; ++i)
        import_text(bundle(told({.citizens = 30, .days = 1}, i)), sink);
    std::size_t active = 0;
    std::size_t slots = 0;
    std::size_t as_needed = 0;
    for (const Imported& kept : sink.kept) {
        const auto* order = dynamic_cast<const v1::MedicationRequest*>(kept.message.get());
        if (order == nullptr || order->status() != v1::MEDICATION_REQUEST_STATUS_ACTIVE) continue;
        ++active;
        const v1::Prescription& prescription = order->prescription();
        CHECK(prescription.medication().coding(0).system() == "http://www.whocc.no/atc");
        CHECK_FALSE(prescription.strength().numerator().value().empty());
        REQUIRE(prescription.dosage_size() >= 1);
        CHECK_FALSE(prescription.dosage(0).dose_and_rate(0).dose_quantity().value().empty());
        const auto due = clinical::expand(kept.resource, prescription, {2025, 3, 10}, "Europe/Oslo",
                                          clinical::default_day_parts());
        CHECK(due.unclear.empty());
        slots += due.slots.size();
        as_needed += due.as_needed.size();
    }
    // Home care: some six orders and as many doses a day for each.
    CHECK(active > 30 * 4);
    CHECK(active < 30 * 10);
    CHECK(slots > 30 * 5);
    CHECK(as_needed > 10);
}

TEST_CASE("nobody is given what they are allergic to") {
    std::size_t allergic = 0;
    for (unsigned i = 0; i < 200; ++i) {
        const district::Life life = district::life_of(1, i, district::day_of({2025, 3, 10}));
        for (const district::Allergen* allergen : life.allergies) {
            ++allergic;
            for (const auto& lineage : life.lineages) {
                CHECK_FALSE(district::avoided(lineage.orders.front().drug->atc, allergen->avoid));
            }
        }
    }
    CHECK(allergic > 40);
}

TEST_CASE("a citizen in hospital has neither visits nor doses at home") {
    const district::Day day = district::day_of({2025, 3, 10});
    std::size_t away = 0;
    std::size_t home = 0;
    for (unsigned i = 0; i < 10; ++i) {
        const district::Life life = district::life_of(1, i, day);
        std::map<std::string, std::size_t> doses;  // by date
        for (const auto& [name, json] : told({.citizens = 10, .day = day, .days = 400}, i)) {
            if (!name.starts_with("MedicationAdministration/")) continue;
            ++doses[std::string(parsed(json).text("effectiveDateTime")).substr(0, 10)];
        }
        for (district::Day at = day - 399; at <= day; ++at) {
            const auto given = doses[district::text_of(at)];
            if (life.away(at)) {
                CHECK(given == 0);
                ++away;
            } else if (given > 0) {
                ++home;
            }
        }
    }
    CHECK(away > 20);
    CHECK(home > 10 * 300);
}

TEST_CASE("doses end as they do in home care: nearly all given, some not, each with its reason") {
    std::map<std::string, std::size_t> status;
    for (unsigned i = 0; i < 10; ++i) {
        for (const auto& [name, json] : told({.citizens = 10, .days = 100}, i)) {
            if (!name.starts_with("MedicationAdministration/")) continue;
            const Json dose = parsed(json);
            ++status[std::string(dose.text("status"))];
            CHECK((dose.text("status") == "completed") == (dose.find("statusReason") == nullptr));
        }
    }
    const double all = static_cast<double>(status["completed"] + status["not-done"]);
    REQUIRE(all > 1000);
    CHECK(static_cast<double>(status["completed"]) / all > 0.93);
    CHECK(static_cast<double>(status["not-done"]) / all > 0.01);
}
