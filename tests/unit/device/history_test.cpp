// SPDX-License-Identifier: Apache-2.0
//
// What a chart leaves out, and how it is reached.
#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/fake_server.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A tablet on which months of visits were charted.
struct Months : Bench {
    explicit Months(std::uint64_t seed) : Bench(seed), device(enrolled()) {
        citizen = put_citizen(*server, 30);
        REQUIRE(device.sync({}).has_value());
        first_day = today();
    }
    void a_day_passes() {
        machine.clock->advance(Duration::hours(24));
        server->server_now = server->server_now + Duration::hours(24);
    }
    LocalDate today() {
        return base::local_date(*base::in_zone(machine.clock->wall(), "Europe/Oslo"));
    }
    ChartView chart() {
        REQUIRE(device.sync({}).has_value());
        return take(device.open_chart(citizen.record, {}));
    }
    DoseSlot slot_of(const LocalDate& date) {
        const auto round = take(device.doses_due(citizen.record, date));
        REQUIRE(round.slots.size() == 1);
        return round.slots.front();
    }
    void give_for_days(int days) {
        for (int day = 0; day < days; ++day) {
            DoseEntry entry;
            entry.token = slot_of(today()).token;
            take(device.give(entry));
            a_day_passes();
        }
    }

    Device device;
    Citizen citizen;
    LocalDate first_day;
};

std::optional<Instant> since(const ChartView& chart, const std::string& kind) {
    for (const CompleteSince& one : chart.complete_since) {
        if (one.kind == kind) return one.since;
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("a chart says since when a kind is complete, and pages of history hold all the rest") {
    Months ward(71);
    ward.chart();
    std::set<ResourceId> all;
    for (int day = 0; day < 90; ++day) {
        all.insert(
            take(ward.device.record_observation(ward.citizen.record, weight("70"))).resource);
        ward.a_day_passes();
    }
    const ChartView chart = ward.chart();
    CHECK(chart.observations.size() == 50);
    CHECK_FALSE(since(chart, "MedicationAdministration"));
    const auto from = since(chart, "Observation");
    REQUIRE(from);
    std::set<ResourceId> met;
    for (const ObservationItem& item : chart.observations)
        met.insert(item.resource);

    std::optional<HistoryMark> mark = HistoryMark{*from, {}};
    int pages = 0;
    while (mark) {
        const auto page = take(ward.device.history(ward.citizen.record, "Observation", mark, 16));
        ++pages;
        CHECK(page.items.observations.size() <= 16);
        CHECK(page.items.orders.empty());
        for (const ObservationItem& item : page.items.observations) {
            CHECK(met.insert(item.resource).second);
            // What is older takes corrections like anything else.
            CHECK_FALSE(item.token.empty());
        }
        mark = page.next;
    }
    CHECK(pages == 3);
    CHECK(met == all);
}

TEST_CASE("history is a part of the chart: not before it was opened, and of kinds that there are") {
    Months ward(72);
    CHECK(ward.device.history(ward.citizen.record, "Observation", {}, 5).error().code ==
          ErrorCode::not_permitted);
    ward.chart();
    CHECK(
        ward.device.history(ward.citizen.record, "Observation", {}, 5)->items.observations.empty());
    CHECK(ward.device.history(ward.citizen.record, "Obs", {}, 5).error().code ==
          ErrorCode::invalid_argument);
    CHECK(ward.device.history(ward.citizen.record, "Observation", {}, 0).error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a slot of long ago is shown as given, and giving it again is warned of and found") {
    Months ward(73);
    ward.chart();
    ward.give_for_days(60);
    ChartView chart = ward.chart();
    CHECK(chart.administrations.size() == 50);
    CHECK(since(chart, "MedicationAdministration"));
    DoseSlot first = ward.slot_of(ward.first_day);
    CHECK(first.state == "given");
    CHECK_FALSE(first.may_give);

    DoseEntry again;
    again.token = first.token;
    const auto warnings = take(ward.device.check_dose(again));
    CHECK(std::any_of(warnings.begin(), warnings.end(),
                      [](const DoseWarning& one) { return one.rule == "entry/given-already"; }));
    again.overrides = {{"entry/given-already", "asked for"}, {"entry/off-time", "asked for"}};
    const Written second = take(ward.device.give(again));
    REQUIRE(second.raised.size() == 1);
    CHECK(second.raised.front().rule == "dose/possible-double");

    // Both doses are in the chart for as long as nobody has settled it.
    chart = ward.chart();
    CHECK(chart.administrations.size() == 51);
    const auto shown = [&](const ResourceId& id) {
        return std::any_of(chart.administrations.begin(), chart.administrations.end(),
                           [&](const AdministrationItem& one) { return one.resource == id; });
    };
    for (const ResourceId& id : second.raised.front().resources)
        CHECK(shown(id));
    const auto patients = take(ward.device.my_patients({}));
    CHECK(patients.rows.front().open_findings == 1);

    FindingAnswer answer;
    answer.token = chart.findings.front().token;
    answer.outcome = "assessed";
    answer.reason = "she was given one and a half by agreement";
    take(ward.device.resolve_finding(answer));
    CHECK(take(ward.device.my_patients({})).rows.front().open_findings == 0);
    chart = ward.chart();
    REQUIRE(chart.findings.size() == 1);
    CHECK(chart.findings.front().state == "resolved");
    CHECK(ward.device.verify()->problems == std::vector<std::string>{});
}

TEST_CASE("a stop is judged against the doses of its time, however many came before") {
    Months ward(74);
    ward.chart();
    ward.give_for_days(60);
    const ChartView chart = ward.chart();
    DoseEntry late;
    late.token = ward.slot_of(ward.today()).token;
    take(ward.device.propose_stop(chart.orders.front().token, "no longer needed"));
    CHECK(ward.chart().findings.empty());
    ward.machine.clock->advance(Duration::hours(1));
    for (const DoseWarning& warning : take(ward.device.check_dose(late)))
        late.overrides.push_back({warning.rule, "agreed by phone"});
    const Written given = take(ward.device.give(late));
    REQUIRE(given.raised.size() == 1);
    CHECK(given.raised.front().rule == "dose/given-after-stop");
}
