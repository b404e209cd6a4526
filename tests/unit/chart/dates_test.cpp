// SPDX-License-Identifier: Apache-2.0
//
// Dates without a time, as rules read them.
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/dates.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

std::string in(std::string_view text, std::string_view zone) {
    const auto lies = chart::stated_in(text, zone);
    if (!lies) return "nothing";
    return base::fhir_date_time(ZonedInstant{lies->start, 0, "UTC"}) + " " +
           base::fhir_date_time(ZonedInstant{lies->end, 0, "UTC"});
}

TEST_CASE("a date is the day of its zone, and of every zone where that one is not known") {
    CHECK(in("2026-01-05", "Europe/Oslo") == "2026-01-04T23:00:00+00:00 2026-01-05T23:00:00+00:00");
    CHECK(in("2026-07-05", "Europe/Oslo") == "2026-07-04T22:00:00+00:00 2026-07-05T22:00:00+00:00");
    CHECK(in("2026-01-05", "Mars/Olympus") ==
          "2026-01-04T10:00:00+00:00 2026-01-06T12:00:00+00:00");
    CHECK(in("2026-01-05T08:00:00+01:00", "Mars/Olympus") ==
          "2026-01-05T07:00:00+00:00 2026-01-05T07:00:01+00:00");
    CHECK(in("", "Europe/Oslo") == "nothing");
    CHECK(in("soon", "Europe/Oslo") == "nothing");
}

// An order of paracetamol whose validity is stated by a writer of some zone.
void order_of(Scene& scene, const std::string& zone, const char* start, const char* end) {
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
    request.mutable_prescription()->mutable_validity()->set_start(start);
    request.mutable_prescription()->mutable_validity()->set_end(end);
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.server.zone = zone;
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, request);
}

std::size_t duplicates(const std::string& zone) {
    Scene scene;
    order_of(scene, zone, "", "2026-01-05");
    order_of(scene, zone, "2026-01-06T00:00:00+01:00", "");
    const auto rules = rules_of(scene.findings());
    return static_cast<std::size_t>(
        std::count(rules.begin(), rules.end(), "order/possible-duplicate"));
}

TEST_CASE("an order until a day and one from the midnight after it are not both in force") {
    CHECK(duplicates("Europe/Oslo") == 0);
    // The writer's day ended an hour later there, and nobody knows when it did on Mars.
    CHECK(duplicates("UTC") == 1);
    CHECK(duplicates("Mars/Olympus") == 1);
}

}  // namespace
}  // namespace kari::test
