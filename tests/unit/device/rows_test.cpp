// SPDX-License-Identifier: Apache-2.0
//
// Giving from a row: what is written is the line and the side of the order that the row showed.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

bool asks(const std::vector<DoseWarning>& warnings, const std::string& rule) {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const DoseWarning& one) { return one.rule == rule; });
}

DoseEntry from(const EditToken& token) {
    DoseEntry entry;
    entry.token = token;
    return entry;
}

// With a reason for all that is asked.
AdministrationText given(Ward& ward, DoseEntry entry) {
    for (const DoseWarning& one : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({one.rule, "alone-in-home: as agreed with Dr Li"});
    const Written written = take(ward.device.give(entry));
    for (const AdministrationItem& item : ward.chart().administrations) {
        if (item.resource == written.resource) return item.statement.value.value();
    }
    return {};
}

// The citizen's order, changed by two prescribers who did not see each other.
DoseRound contested(Ward& ward) {
    const auto say = [&](Writer& writer, const char* tablets) {
        v1::MedicationRequest order = order_of("C07AB02", "Metoprolol 50 mg");
        auto& line = *order.mutable_prescription()->mutable_dosage(0);
        line.set_text(std::string(tablets) + " tablets at 08:00");
        line.mutable_dose_and_rate(0)->mutable_dose_quantity()->set_value(tablets);
        order.clear_status();
        ward.server->put(writer, ward.citizen.record, ward.citizen.order, order,
                         {ward.citizen.order_change});
    };
    Writer hospital(id_of<IncarnationId>(771), ward.citizen.record, v1::ORIGIN_SERVER);
    say(*ward.citizen.writer, "1");
    say(hospital, "2");
    ward.sync();
    ward.chart();
    return take(ward.device.doses_due(ward.citizen.record, ward.today()));
}

// Twice a day by mouth, and under the skin as needed.
ResourceId two_lines(Ward& ward) {
    v1::MedicationRequest order = order_of("N02AA01", "Morfin");
    auto& regular = *order.mutable_prescription()->mutable_dosage(0);
    regular.set_text("1 tablet at 08:00, by mouth");
    regular.mutable_site()->set_text("mouth");
    regular.mutable_route()->add_coding()->set_system(std::string(clinical::k_snomed));
    regular.mutable_route()->mutable_coding(0)->set_code("26643006");
    auto& needed = *order.mutable_prescription()->add_dosage();
    needed.set_text("2 to 5 mg under the skin when needed");
    needed.set_as_needed(true);
    needed.mutable_site()->set_text("belly");
    needed.mutable_route()->add_coding()->set_system(std::string(clinical::k_snomed));
    needed.mutable_route()->mutable_coding(0)->set_code("34206005");
    auto& range = *needed.add_dose_and_rate()->mutable_dose_range();
    for (auto* end : {range.mutable_low(), range.mutable_high()}) {
        end->set_value(end == &range.low() ? "2" : "5");
        end->set_unit("mg");
        end->set_code("mg");
    }
    const auto id = id_of<ResourceId>(772);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    return id;
}

OrderItem order_item(Ward& ward, const ResourceId& id) {
    for (const OrderItem& one : ward.chart().orders) {
        if (one.resource == id) return one;
    }
    return {};
}

}  // namespace

TEST_CASE("a dose from one side of a contested order is that side's dose, whichever it is") {
    for (const std::string tablets : {"1", "2"}) {
        Ward ward(301);
        const DoseRound round = contested(ward);
        REQUIRE(round.slots.size() == 2);
        const auto row = std::find_if(
            round.slots.begin(), round.slots.end(),
            [&](const DoseSlot& one) { return one.dose && one.dose->value.text() == tablets; });
        REQUIRE(row != round.slots.end());
        const auto asked = take(ward.device.check_dose(from(row->token)));
        CHECK(asks(asked, "merge/order-prescription"));
        CHECK_FALSE(asks(asked, "dose/outdated-order"));
        CHECK_FALSE(asks(asked, "entry/dose-differs"));
        CHECK(given(ward, from(row->token)).dose->value.text() == tablets);
        CHECK(ward.chart().administrations.size() == 1);
    }
}

TEST_CASE("of a contested order that is shown whole nobody fills in the amount of one side") {
    Ward ward(302);
    contested(ward);
    DoseEntry entry = from(ward.chart().orders.at(0).token);
    CHECK(asks(take(ward.device.check_dose(entry)), "entry/dose-missing"));
    CHECK_FALSE(given(ward, entry).dose);
    entry.dose = Quantity{Decimal::of(2), "tablett", "tablett"};
    CHECK_FALSE(asks(take(ward.device.check_dose(entry)), "entry/dose-differs"));
    entry.dose = Quantity{Decimal::of(3), "{tablet}", "tablet"};
    CHECK(asks(take(ward.device.check_dose(entry)), "entry/dose-differs"));
}

TEST_CASE(
    "an order that says that a drug is not to be given is shown so, and given with a reason") {
    Ward ward(303);
    v1::MedicationRequest order = order_of("M01AE01", "Ibuprofen 400 mg");
    order.mutable_prescription()->set_do_not_perform(true);
    order.mutable_prescription()->mutable_dosage(0)->clear_timing();
    order.mutable_prescription()->mutable_dosage(0)->set_as_needed(true);
    const auto id = id_of<ResourceId>(773);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    const OrderItem item = order_item(ward, id);
    CHECK_FALSE(item.active);
    CHECK(item.prescription.value->dosage_shown.starts_with("skal ikke gis"));
    const DoseEntry entry = from(item.token);
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().what.find("dose/given-after-stop") != std::string::npos);
    given(ward, entry);
    const auto findings = take(ward.device.findings(ward.citizen.record));
    const auto found = std::find_if(findings.begin(), findings.end(), [](const auto& one) {
        return one.rule == "dose/given-after-stop";
    });
    REQUIRE(found != findings.end());
    CHECK(found->severity == 4);  // its giver knew, and says why
}

TEST_CASE("a drug that an order names by a reference is checked against allergies by its name") {
    Ward ward(304);
    AllergyEntry allergy;
    allergy.code = {"", "", "Apocillin"};
    allergy.criticality = "high";
    allergy.verification = "confirmed";
    REQUIRE(ward.device.add_allergy(ward.citizen.record, allergy).has_value());
    v1::MedicationRequest order = order_of("J01CE02", "");
    order.mutable_prescription()->clear_medication();
    order.mutable_prescription()->mutable_medication_reference()->set_reference("Medication/77");
    order.mutable_prescription()->mutable_medication_reference()->set_display("Apocillin");
    const auto id = id_of<ResourceId>(774);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    const DoseEntry entry = from(order_item(ward, id).token);
    const auto asked = take(ward.device.check_dose(entry));
    REQUIRE(asks(asked, "dose/given-against-allergy"));
    CHECK(asked.front().severity == 1);
    given(ward, entry);
    CHECK(has_rule(take(ward.device.findings(ward.citizen.record)),
                   "dose/given-against-allergy-text"));
}

TEST_CASE("a dose as needed of an order of several lines is of the line that its row showed") {
    Ward ward(305);
    const ResourceId id = two_lines(ward);
    ward.chart();
    const DoseRound round = take(ward.device.doses_due(ward.citizen.record, ward.today()));
    REQUIRE(round.as_needed.size() == 1);
    DoseEntry entry = from(round.as_needed[0].token);
    const auto asked = take(ward.device.check_dose(entry));
    CHECK(asks(asked, "entry/dose-missing"));  // a range
    CHECK(asks(asked, "entry/second-check-missing"));
    CHECK_FALSE(given(ward, entry).dose);
    entry.dose = Quantity{Decimal::of(5), "mg", "mg"};
    CHECK(given(ward, entry).site.text == "belly");
    entry.dose = Quantity{Decimal::of(1), "{tablet}", "tablet"};
    CHECK(asks(take(ward.device.check_dose(entry)), "entry/dose-unit-differs"));
    CHECK(order_item(ward, id).active);
}

TEST_CASE("where nobody says which line of an order is given none is written down") {
    Ward ward(306);
    DoseEntry entry = from(order_item(ward, two_lines(ward)).token);
    const auto asked = take(ward.device.check_dose(entry));
    CHECK(asks(asked, "entry/dose-missing"));
    CHECK(asks(asked, "entry/second-check-missing"));  // it may be the one under the skin
    const AdministrationText unsaid = given(ward, entry);
    CHECK_FALSE(unsaid.dose);
    CHECK(unsaid.site.text.empty());
    entry.dose = Quantity{Decimal::of(1), "{tablet}", "tablet"};
    CHECK_FALSE(asks(take(ward.device.check_dose(entry)), "entry/dose-unit-differs"));
    CHECK(given(ward, entry).site.text.empty());
}

TEST_CASE("a token that an earlier release made is refused, and says to read again") {
    Ward ward(307);
    DoseEntry entry = ward.dose();
    REQUIRE(entry.token.text.starts_with("02"));
    entry.token.text[1] = '1';
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::view_outdated);
    CHECK(ward.chart().administrations.empty());
}

TEST_CASE("an order of which the time is over, or has not begun, asks before a dose of it") {
    const auto asked = [](const auto& change) {
        Ward ward(308);
        v1::MedicationRequest order = order_of("N02BE01", "Paracetamol 500 mg");
        auto& line = *order.mutable_prescription()->mutable_dosage(0);
        line.clear_timing();
        line.set_as_needed(true);
        change(*order.mutable_prescription(), line);
        const auto id = id_of<ResourceId>(775);
        order.mutable_lineage()->set_first_order(base::to_bytes(id));
        ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
        ward.sync();
        return asks(take(ward.device.check_dose(from(order_item(ward, id).token))),
                    "entry/order-over");
    };
    // The day of the ward is 2026-05-28.
    const auto bounds = [](v1::Dosage& line) {
        return line.mutable_timing()->mutable_repeat()->mutable_bounds_period();
    };
    CHECK(asked([](auto& order, auto&) { order.mutable_validity()->set_end("2026-05-27"); }));
    CHECK(asked([&](auto&, auto& line) { bounds(line)->set_end("2026-05-27"); }));
    CHECK_FALSE(asked([&](auto& order, auto& line) {
        order.mutable_validity()->set_end("2026-05-28");
        bounds(line)->set_start("2026-05-28");
    }));
    CHECK_FALSE(asked([](auto&, auto&) {}));
    // A pharmacy may not dispense on it yet: that says nothing of a dose.
    CHECK_FALSE(
        asked([](auto& order, auto&) { order.mutable_validity()->set_start("2026-05-29"); }));
}

TEST_CASE("a clock that is set right takes no hours out of an interval") {
    auto server = std::make_shared<FakeServer>();
    Bench bench(309, server);
    bench.machine.clock->set_wall(server->server_now - Duration::hours(3));
    Device device = bench.enrolled();
    const Citizen citizen = put_citizen(*server, 30);
    REQUIRE(device.sync({}).has_value());
    bench.machine.clock->advance(Duration::minutes(30));
    bench.machine.clock->set_wall(server->server_now + Duration::minutes(30));  // by the network
    const auto written = take(device.record_observation(citizen.record, weight("70")));
    const auto view = take(device.open_chart(citizen.record, {}));
    const auto said =
        base::parse_fhir_time(view.observations.at(0).statement.value->effective, "Europe/Oslo");
    REQUIRE(said.has_value());
    const Instant now = server->server_now + Duration::minutes(30);
    CHECK(said->start.ms / 60'000 == now.ms / 60'000);
}

TEST_CASE("an order of which a part is not here asks before a dose of it") {
    Ward ward(312);
    v1::MedicationRequest more;
    more.mutable_status_reason()->set_text("see the letter");
    ward.server->put(*ward.citizen.writer, ward.citizen.record, ward.citizen.order, more,
                     {id_of<ChangeId>(4711)});
    REQUIRE(ward.device.sync({}).has_value());
    REQUIRE(order_item(ward, ward.citizen.order).incomplete);
    const DoseEntry entry = ward.dose();
    CHECK(asks(take(ward.device.check_dose(entry)), "chart/incomplete"));
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().what.find("chart/incomplete") != std::string::npos);
}
