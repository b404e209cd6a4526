// SPDX-License-Identifier: Apache-2.0
//
// What was given before, for whoever is about to give: elsewhere, and as needed.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A dose as a source system tells of it: of an order, at a time, and of no slot.
void import_dose(Ward& ward, std::uint64_t number, Instant at, const std::string& value = "1",
                 const ResourceId& order = {}) {
    v1::MedicationAdministration message;
    v1::Administration& said = *message.mutable_administration();
    said.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    said.mutable_request()->set_resource(
        base::to_bytes(order.is_zero() ? ward.citizen.order : order));
    said.set_effective(base::fhir_date_time(ZonedInstant{at, 0, "UTC"}));
    said.mutable_dose()->set_value(value);
    said.mutable_dose()->set_code("{tablet}");
    said.add_performer()->set_display("Day centre");
    merge::Draft draft;
    auto& header = draft.header;
    header.set_incarnation(base::to_bytes(id_of<IncarnationId>(number)));
    header.set_record(base::to_bytes(ward.citizen.record));
    header.set_seq(1);
    header.set_resource(base::to_bytes(id_of<ResourceId>(number)));
    header.set_kind(v1::KIND_MEDICATION_ADMINISTRATION);
    header.set_tick(50);
    *header.mutable_recorded() = recorded_at(at.ms);
    header.mutable_effective()->set_start_ms(at.ms);
    header.mutable_effective()->set_end_ms(at.ms);
    header.set_origin(v1::ORIGIN_SERVER);
    draft.resource = &message;
    draft.salt = salt_of(number);
    const auto change = take(merge::author_change(draft));
    ward.server->model.append(ward.citizen.record,
                              {0, change.id, change.header_bytes, change.body_bytes});
}

Instant at(Ward& ward, int hour, int minute) {
    return base::resolve(ward.today(), LocalTime{hour, minute, 0}, "Europe/Oslo")->instant;
}

// An order of one tablet as needed.
ResourceId as_needed(Ward& ward, const std::function<void(v1::Dosage&)>& more = {}) {
    v1::MedicationRequest order = order_of("N02BE01", "Paracetamol 500 mg");
    v1::Dosage& line = *order.mutable_prescription()->mutable_dosage(0);
    line.set_text("1 tablet when needed");
    line.clear_timing();
    line.set_as_needed(true);
    if (more) more(line);
    const auto id = id_of<ResourceId>(777);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    return id;
}

UnscheduledDose row_of(Ward& ward, const ResourceId& order) {
    ward.chart();
    const DoseRound round = take(ward.device.doses_due(ward.citizen.record, ward.today()));
    const auto found = std::find_if(round.as_needed.begin(), round.as_needed.end(),
                                    [&](const auto& row) { return row.order == order; });
    REQUIRE(found != round.as_needed.end());
    return *found;
}

std::vector<std::string> rules_for(Ward& ward, const DoseEntry& entry) {
    std::vector<std::string> out;
    for (const DoseWarning& warning : said_before(ward, entry))
        out.push_back(warning.rule);
    return out;
}

DoseEntry outside(Ward& ward, const ResourceId& order) {
    DoseEntry entry;
    entry.token = row_of(ward, order).token;
    return entry;
}

using Rules = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "a dose of a source system stands in the row it is near, closes none, and is asked about") {
    Ward ward(81);
    import_dose(ward, 900, at(ward, 8, 5));
    ward.sync();
    const DoseSlot slot = ward.slot();
    CHECK(slot.administrations.empty());
    CHECK((slot.state == "due" || slot.state == "overdue" || slot.state == "upcoming"));
    CHECK_FALSE(slot.may_give);
    REQUIRE(slot.elsewhere.size() == 1);
    CHECK(slot.elsewhere[0].effective.substr(11, 5) == "08:05");
    CHECK(slot.elsewhere[0].amount == "1 tablett");
    CHECK(slot.elsewhere[0].said.by_server);

    DoseEntry entry;
    entry.token = slot.token;
    entry.effective = ZonedInstant{at(ward, 8, 10), 7200, "Europe/Oslo"};
    const auto warnings = said_before(ward, entry);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].rule == "entry/given-elsewhere");
    CHECK(warnings[0].needs_reason);
    CHECK(warnings[0].severity == 1);
    CHECK(warnings[0].sentence.find("Day centre, " + base::to_text(ward.today()) +
                                    " 08:05, 1 tablett") != std::string::npos);
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().what == "entry/given-elsewhere");
    CHECK(explain(refused.error(), Language::en).what_to_do.find("Do not give until it is clear") !=
          std::string::npos);
    entry.overrides = {{"entry/given-elsewhere", "the day centre says it was yesterday's"}};
    REQUIRE(ward.device.give(entry).has_value());
    // Both stay: nothing is taken for the other.
    CHECK(ward.chart().administrations.size() == 2);
    const DoseSlot after = ward.slot();
    CHECK(after.state == "given");
    CHECK(after.elsewhere.size() == 1);
}

TEST_CASE("a dose at a time that is nearer to another dose of its order is asked about") {
    Ward ward(80);
    DoseEntry entry = ward.dose();
    const auto rules_at = [&](Instant time) {
        entry.effective = ZonedInstant{time, 7200, "Europe/Oslo"};
        return rules_for(ward, entry);
    };
    const Instant half_way = at(ward, 8, 0) - Duration::hours(12);
    CHECK(rules_at(at(ward, 8, 10)).empty());
    CHECK(rules_at(half_way).empty());
    CHECK(rules_at(half_way - Duration::minutes(1)) == Rules{"entry/off-time"});
    CHECK(rules_at(half_way - Duration::hours(24 * 40)) == Rules{"entry/off-time", "entry/late"});

    entry.effective = ZonedInstant{half_way - Duration::hours(2), 7200, "Europe/Oslo"};
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(explain(refused.error(), Language::en).what_to_do.find("phone the doctor") !=
          std::string::npos);
    entry.overrides = {{"entry/off-time", "agreed with Dr. Lund by phone"}};
    REQUIRE(ward.device.give(entry).has_value());
    CHECK(ward.slot().state == "given");
}

TEST_CASE(
    "a dose for another person than the record's is asked about, and who it was is not kept") {
    Ward ward(84);
    DoseEntry entry = ward.dose();
    entry.effective = ZonedInstant{at(ward, 8, 10), 7200, "Europe/Oslo"};
    entry.identity = "02.01.1925";
    CHECK(rules_for(ward, entry).empty());
    entry.identity = "15855134559";  // the record has no number
    CHECK(rules_for(ward, entry) == Rules{"entry/identity-unknown"});
    entry.identity = "Kari";
    CHECK(ward.device.check_dose(entry).error().what == "entry/identity-unread");
    entry.identity = "1931-05-04";
    CHECK(rules_for(ward, entry) == Rules{"entry/other-patient"});
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(explain(refused.error(), Language::en).what_to_do.find("Stop.") == 0);
    entry.overrides = {
        {"entry/other-patient", "her card is her sister's; she said name and birth"}};
    const auto given = take(ward.device.give(entry));
    const std::string log = take(ward.device.export_fhir(ward.citizen.record, {}));
    CHECK(log.find("her card is her sister's") != std::string::npos);
    CHECK(log.find("1931-05-04") == std::string::npos);
}

TEST_CASE("a dose of another day, or of another medicine, is not told of in the row") {
    Ward ward(82);
    const ResourceId other = as_needed(ward);
    import_dose(ward, 901, at(ward, 8, 0) - Duration::hours(24));
    import_dose(ward, 902, at(ward, 8, 0), "1", other);
    ward.sync();
    const DoseSlot slot = ward.slot();
    CHECK(slot.elsewhere.empty());
    DoseEntry entry;
    entry.token = slot.token;
    CHECK(rules_for(ward, entry).empty());
}

TEST_CASE("what is given as needed a second time is asked about, with when and how much") {
    Ward ward(83);
    const ResourceId order = as_needed(ward);
    CHECK(row_of(ward, order).last_given.empty());
    DoseEntry entry = outside(ward, order);
    REQUIRE(rules_for(ward, entry).empty());
    REQUIRE(ward.device.give(entry).has_value());

    entry = outside(ward, order);
    CHECK(row_of(ward, order).given_last_day == "1 tablett");
    CHECK_FALSE(row_of(ward, order).last_given.empty());
    const auto warnings = said_before(ward, entry);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].rule == "entry/given-lately");
    CHECK(warnings[0].sentence.find("sist Ingrid, ") != std::string::npos);
    CHECK(warnings[0].sentence.find("de siste 24 timene: 1 tablett") != std::string::npos);
    CHECK(ward.device.give(entry).error().code == ErrorCode::reason_required);
    entry.overrides = {{"entry/given-lately", "pain 8 of 10, doctor agreed"}};
    REQUIRE(ward.device.give(entry).has_value());

    ward.machine.clock->advance(Duration::hours(24));
    ward.server->server_now = ward.server->server_now + Duration::hours(24);
    ward.sync();
    CHECK(rules_for(ward, outside(ward, order)).empty());
    CHECK(row_of(ward, order).given_last_day.empty());
}

TEST_CASE("an interval and a maximum of the order decide, across orders and sources") {
    Ward ward(84);
    const ResourceId order = as_needed(ward, [](v1::Dosage& line) {
        auto& repeat = *line.mutable_timing()->mutable_repeat();
        repeat.set_frequency(1);
        repeat.set_period("4");
        repeat.set_period_unit("h");
        auto& most = *line.mutable_max_dose_per_period();
        most.mutable_numerator()->set_value("3");
        most.mutable_numerator()->set_code("{tablet}");
        most.mutable_denominator()->set_value("24");
        most.mutable_denominator()->set_code("h");
    });
    const Instant first = ward.machine.clock->wall();
    REQUIRE(ward.device.give(outside(ward, order)).has_value());
    const auto later = [&](std::int64_t minutes) {
        const Duration passed = ward.machine.clock->wall() - first;
        const Duration step{minutes * 60'000 - passed.ms};
        ward.machine.clock->advance(step);
        ward.server->server_now = ward.server->server_now + step;
        ward.sync();
    };
    later(239);
    CHECK(rules_for(ward, outside(ward, order)) == Rules{"entry/too-soon"});
    later(241);
    CHECK(rules_for(ward, outside(ward, order)).empty());
    // The source gave one meanwhile, by the same order: it counts.
    import_dose(ward, 903, ward.machine.clock->wall() - Duration::minutes(10), "1", order);
    ward.sync();
    CHECK(rules_for(ward, outside(ward, order)) == Rules{"entry/too-soon"});
    later(480);
    REQUIRE(ward.device.give(outside(ward, order)).has_value());
    later(721);
    CHECK(rules_for(ward, outside(ward, order)) == Rules{"entry/over-maximum"});
    DoseEntry mg = outside(ward, order);
    mg.dose = Quantity{Decimal::of(500), "mg", "mg"};
    const auto rules = rules_for(ward, mg);
    CHECK(std::find(rules.begin(), rules.end(), "entry/total-unknown") != rules.end());
    later(24 * 60 + 2);
    CHECK(rules_for(ward, outside(ward, order)).empty());
}

TEST_CASE("an amount is typed in words, and an unknown unit is told what is known") {
    Ward ward(87);
    DoseEntry entry = ward.dose();
    entry.dose = Quantity{Decimal::of(1), "tablett", "tablett"};
    CHECK(rules_for(ward, entry).empty());
    entry.dose = Quantity{Decimal::of(2), "tabletter", "tabletter"};
    CHECK(rules_for(ward, entry) == Rules{"entry/dose-differs"});
    entry.dose = Quantity{Decimal::of(1), "dingser", "dingser"};
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::unit_unknown);
    CHECK(explain(refused.error(), Language::nb).sentence.find("tablett, kapsel") !=
          std::string::npos);
    entry.dose = Quantity{Decimal::of(1), "tablett", "tablett"};
    REQUIRE(ward.device.give(entry).has_value());
    CHECK(ward.chart().administrations.at(0).statement.value->dose->code == "{tablet}");
}

TEST_CASE("what is said before giving speaks of what is about to be done") {
    Ward ward(88);
    const DoseEntry entry = ward.dose();
    REQUIRE(ward.device.propose_stop(ward.chart().orders.at(0).token, "dizzy").has_value());
    const auto warnings = said_before(ward, entry);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].rule == "dose/given-after-stop");
    CHECK(warnings[0].sentence.find("Forordningen er stoppet") == 0);
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    const Explanation said = explain(refused.error(), Language::en);
    CHECK(said.sentence.find("Nothing was recorded") != std::string::npos);
    CHECK(said.what_to_do.find("Do not give it") == 0);
    CHECK(said.what_to_do.find("Write why.") == std::string::npos);
}

TEST_CASE("a tablet reads days and slots by its unit's zone, whatever the machine was set to") {
    Ward ward(85);
    ward.machine.clock->set_zone("UTC");
    CHECK(ward.device.zone() == "Europe/Oslo");
    const DoseSlot slot = ward.slot();
    CHECK(slot.planned.zone == "Europe/Oslo");
    CHECK(base::to_text(base::local_time(slot.planned)).substr(0, 5) == "08:00");
    CHECK(take(ward.device.today()) == ward.today());
    CHECK(ward.device.record_observation(ward.citizen.record, weight("70")).has_value());
    const auto measured = ward.chart().observations.at(0).statement.value->effective;
    CHECK(measured.ends_with("+02:00"));
}

TEST_CASE("where a machine does not know its unit's zone nothing is read in another") {
    auto server = std::make_shared<FakeServer>();
    server->zone = "Mars/Olympus";
    Ward ward(86, server);
    ward.chart();
    const DoseRound round = take(ward.device.doses_due(ward.citizen.record, ward.today()));
    CHECK(round.slots.empty());
    REQUIRE(round.look_at.size() == 1);
    CHECK(round.look_at[0].reason == "unknown_zone");
    CHECK(ward.device.today().error().code == ErrorCode::not_found);
}
