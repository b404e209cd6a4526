// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

TEST_CASE("the access entry is on the disk before the chart is shown, once for a sign-in") {
    Ward ward(40);
    CHECK(ward.device.access_entries(ward.citizen.record)->empty());
    const ChartView view = ward.chart();
    REQUIRE(view.patient.has_value());
    CHECK(view.patient->name == "Kari Testesen 30");
    ward.chart();
    auto entries = take(ward.device.access_entries(ward.citizen.record));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].person == k_ingrid);
    CHECK(entries[0].purpose == "treatment");
    // Another sign-in is another entry, and what was written is there after a restart.
    REQUIRE(ward.device.lock().has_value());
    REQUIRE(ward.device.unlock(k_ingrid, k_pin).has_value());
    ward.chart();
    CHECK(ward.device.access_entries(ward.citizen.record)->size() == 2);
}

TEST_CASE("a list is one access entry that names everybody on it") {
    Ward ward(41);
    const PatientList list = take(ward.device.my_patients({}));
    REQUIRE(list.rows.size() == 1);
    CHECK(list.rows[0].record == ward.citizen.record);
    CHECK(list.age.tier == Freshness::fresh);
    const auto entries = take(ward.device.access_entries(take(ward.device.unit_record())));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].purpose == "list");
    CHECK(entries[0].listed == std::vector<RecordId>{ward.citizen.record});
}

TEST_CASE("a chart that cannot be logged is not shown") {
    Ward ward(42);
    CHECK(ward.device.open_chart(id_of<RecordId>(31), {}).error().code == ErrorCode::not_found);
    Access emergency;
    emergency.purpose = Purpose::emergency;
    CHECK(ward.device.open_chart(ward.citizen.record, emergency).error().code ==
          ErrorCode::reason_required);
    CHECK(ward.device.doses_due(ward.citizen.record, ward.today()).error().code ==
          ErrorCode::not_permitted);
    CHECK(ward.device.access_entries(ward.citizen.record)->empty());
}

TEST_CASE("what a later version wrote is told, with the advice to phone and to update") {
    const auto server = std::make_shared<FakeServer>();
    Ward ward(47, server);
    CHECK(ward.chart().missing.empty());
    v1::MedicationRequest future;
    future.GetReflection()->MutableUnknownFields(&future)->AddVarint(4711, 1);
    merge::Draft draft;
    draft.header.set_incarnation(base::to_bytes(id_of<IncarnationId>(4711)));
    draft.header.set_record(base::to_bytes(ward.citizen.record));
    draft.header.set_seq(1);
    draft.header.set_resource(base::to_bytes(ward.citizen.order));
    draft.header.set_kind(v1::KIND_MEDICATION_REQUEST);
    draft.header.add_parent(base::to_bytes(ward.citizen.order_change));
    draft.header.set_tick(100);
    draft.header.add_must_understand(4711);
    draft.header.set_origin(v1::ORIGIN_DEVICE);
    draft.resource = &future;
    draft.salt = salt_of(4711);
    const auto change = take(merge::author_change(draft));
    server->model.append(ward.citizen.record,
                         {0, change.id, change.header_bytes, change.body_bytes});
    ward.sync();
    ward.device.set_language(Language::en);
    const auto view = ward.chart();
    REQUIRE(view.missing.size() == 1);
    CHECK(view.missing.front().what == "1 resource(s)");
    CHECK(view.missing.front().advice.ends_with("Phone and ask, and update the app."));
    REQUIRE(view.orders.size() == 1);
    CHECK(view.orders.front().unreadable);
    CHECK_FALSE(view.orders.front().incomplete);
    const auto stop = ward.device.propose_stop(view.orders.front().token, "too drowsy");
    CHECK(stop.error().code == ErrorCode::resource_unreadable);
}

TEST_CASE("after the lease has ended reading needs a reason and recording needs none") {
    Ward ward(43);
    const ObservationEntry entry = weight("61.5");
    ward.machine.clock->advance(Duration::hours(73));
    CHECK(ward.device.open_chart(ward.citizen.record, {}).error().code == ErrorCode::lease_ended);
    CHECK(ward.device.my_patients({}).error().code == ErrorCode::lease_ended);
    CHECK(ward.device.record_observation(ward.citizen.record, entry).has_value());
    const Access access{Purpose::treatment, "phoned the duty officer"};
    const auto view = ward.device.open_chart(ward.citizen.record, access);
    REQUIRE(view.has_value());
    CHECK(view->age.lease_ended);
    CHECK(ward.device.access_entries(ward.citizen.record)->back().reason ==
          "phoned the duty officer");
    // Turning the clock back gives no new lease.
    ward.machine.clock->set_wall(ward.machine.clock->wall() - Duration::hours(72));
    CHECK(ward.device.my_patients({}).error().code == ErrorCode::lease_ended);
}

TEST_CASE("an edit made on a stale view stands beside what its author had not seen") {
    Ward ward(44);
    const auto first = take(ward.device.record_observation(ward.citizen.record, weight("62.1")));
    const EditToken stale = ward.chart().observations.at(0).token;
    REQUIRE(ward.device.correct_observation(first.token, weight("62.8")).has_value());
    REQUIRE(ward.device.correct_observation(stale, weight("26.1")).has_value());
    const ChartView view = ward.chart();
    REQUIRE(view.observations.size() == 1);
    const auto& statement = view.observations[0].statement;
    CHECK(statement.contested);
    REQUIRE(statement.live.size() == 2);
    std::vector<std::string> values;
    for (const auto& live : statement.live)
        values.push_back(live.value.value->value.text());
    std::sort(values.begin(), values.end());
    CHECK(values == std::vector<std::string>{"26.1", "62.8"});
    CHECK(has_rule(view.findings, "merge/observation"));
    // A correction that saw both settles it; both stay to be read.
    REQUIRE(ward.device.correct_observation(view.observations[0].token, weight("62.8")));
    const ChartView after = ward.chart();
    CHECK_FALSE(after.observations[0].statement.contested);
    CHECK(after.observations[0].earlier.size() == 3);
}

TEST_CASE("a token that nobody made, or of another kind of item, is refused") {
    Ward ward(45);
    const ChartView view = ward.chart();
    CHECK(ward.device.sign_note({"00ff"}).error().code == ErrorCode::malformed);
    CHECK(ward.device.sign_note(view.orders.at(0).token).error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a weight that cannot be is refused before there is a change") {
    Ward ward(46);
    CHECK(ward.device.record_observation(ward.citizen.record, weight("0.2")).error().code ==
          ErrorCode::value_out_of_range);
    CHECK(ward.device.sync_status()->unsent == 0);
}

TEST_CASE("a dose that was given closes its slot and names the order's version") {
    Ward ward(47);
    const DoseSlot slot = ward.slot();
    CHECK(slot.medication.text == "Metoprolol 50 mg");
    CHECK(slot.may_give);
    const auto written = take(ward.device.give(ward.dose()));
    CHECK(ward.slot().state == "given");
    const ChartView view = ward.chart();
    REQUIRE(view.administrations.size() == 1);
    const auto& statement = *view.administrations[0].statement.value;
    CHECK(statement.status == "completed");
    CHECK(statement.slot == slot.slot);
    CHECK(statement.order_version == std::vector<ChangeId>{ward.citizen.order_change});
    CHECK(statement.dose->value.text() == "1");
    CHECK(view.administrations[0].heads == std::vector<ChangeId>{written.change});
}

TEST_CASE("a value outside what is usual is asked about once, and taken when confirmed") {
    Ward ward(60);
    ObservationEntry pulse;
    pulse.code = {"http://loinc.org", "8867-4", "Heart rate"};
    pulse.value = Quantity{*Decimal::parse("150"), "/min", "/min"};
    const auto asked = ward.device.record_observation(ward.citizen.record, pulse);
    REQUIRE_FALSE(asked.has_value());
    CHECK(asked.error().code == ErrorCode::confirmation_required);
    CHECK(asked.error().what.find("150") == std::string::npos);
    CHECK(explain(asked.error(), Language::en).what_to_do.find("confirm") != std::string::npos);
    pulse.confirmed = true;
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).has_value());
    // What cannot be is refused however often it is confirmed.
    pulse.value = Quantity{*Decimal::parse("400"), "/min", "/min"};
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).error().code ==
          ErrorCode::value_out_of_range);
    ObservationEntry heavy = weight("7000");
    heavy.confirmed = true;
    CHECK(ward.device.record_observation(ward.citizen.record, heavy).error().code ==
          ErrorCode::value_out_of_range);
}

TEST_CASE("an amount that is not as ordered is recorded with a reason, and never without") {
    Ward ward(61);
    struct Try {
        const char* value;
        const char* unit;
        const char* rule;
    };
    for (const Try& one :
         {Try{"2", "{tablet}", "entry/dose-differs"}, Try{"10", "{tablet}", "entry/dose-far-off"},
          Try{"50", "mg", "entry/dose-unit-differs"}}) {
        INFO(one.rule);
        DoseEntry entry = ward.dose();
        entry.dose = Quantity{*Decimal::parse(one.value), one.unit, ""};
        const auto warnings = said_before(ward, entry);
        REQUIRE(warnings.size() == 1);
        CHECK(warnings[0].rule == one.rule);
        const auto refused = ward.device.give(entry);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::reason_required);
        // Milligrams add up; tablets of no strength do not.
        const bool counted = std::string_view(one.unit) == "{tablet}";
        CHECK(refused.error().what ==
              std::string(one.rule) + (counted ? ", entry/limit-unknown" : ""));
        for (const Language language : {Language::nb, Language::en}) {
            const Explanation said = explain(refused.error(), language);
            CHECK(said.sentence.size() > 40);
            CHECK(said.what_to_do.size() > 40);
        }
        CHECK(ward.chart().administrations.empty());
        // An override of another rule is none of this one.
        entry.overrides.push_back({"entry/given-already", "agreed with the physician"});
        CHECK(ward.device.give(entry).error().code == ErrorCode::reason_required);
    }
    DoseEntry entry = ward.dose();
    entry.dose = Quantity{*Decimal::parse("2"), "{tablet}", ""};
    entry.overrides.push_back({"entry/dose-differs", "two, by phone from Dr Li"});
    entry.overrides.push_back({"entry/limit-unknown", "100 mg by the package"});
    CHECK(ward.slot().dose->value.text() == "1");
    REQUIRE(ward.device.give(entry).has_value());
    CHECK(ward.slot().dosage_shown == "2 av 1 tablett");
    CHECK_FALSE(ward.slot().dose);
    const auto statement = *ward.chart().administrations.at(0).statement.value;
    CHECK(statement.dose->value.text() == "2");
    REQUIRE(statement.overrides.size() == 2);
    CHECK(statement.overrides[0].rule == "entry/dose-differs");
    CHECK(statement.overrides[0].reason == "two, by phone from Dr Li");
}

TEST_CASE("a dose that nobody gives is refused whatever the reason, in an entry and a correction") {
    Ward ward(62);
    for (const auto& [value, unit] : {std::pair{"500000", "{tablet}"}, {"1e400", "{tablet}"}}) {
        DoseEntry entry = ward.dose();
        entry.dose = Quantity{*Decimal::parse(value), unit, ""};
        for (const char* rule : {"entry/dose-differs", "entry/dose-far-off"})
            entry.overrides.push_back({rule, "because"});
        const auto refused = ward.device.give(entry);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::value_out_of_range);
        CHECK(refused.error().what.find(value) == std::string::npos);
        CHECK(explain(refused.error(), Language::nb).sentence.find("Ingen gir") == 0);
    }
    const auto written = take(ward.device.give(ward.dose()));
    DoseCorrection correction;
    correction.token = written.token;
    correction.dose = Quantity{*Decimal::parse("500000"), "{tablet}", ""};
    correction.reason = "counted again";
    CHECK(ward.device.correct_dose(correction).error().code == ErrorCode::value_out_of_range);
    PrescriptionProposal proposal;
    proposal.token = ward.chart().orders.at(0).token;
    proposal.dose = correction.dose;
    proposal.reason = "more";
    CHECK(ward.device.propose_prescription(proposal).error().code == ErrorCode::value_out_of_range);
}

TEST_CASE("an order without the prescriber's text shows what its parts say, in the language") {
    Ward ward(63);
    v1::MedicationRequest order = order_of("N02BE01", "Paracetamol 1 g");
    order.mutable_prescription()->mutable_dosage(0)->clear_text();
    order.mutable_prescription()->mutable_dosage(0)->mutable_route()->set_text("oral");
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id_of<ResourceId>(399), order);
    ward.sync();
    const auto shown = [&] {
        for (const OrderItem& one : ward.chart().orders) {
            if (one.resource == id_of<ResourceId>(399)) return one.prescription.value->dosage_shown;
        }
        return std::string("no such order");
    };
    CHECK(shown() == "1 tablett kl. 08:00, oral");
    ward.device.set_language(Language::en);
    CHECK(shown() == "1 tablet at 08:00, oral");
    const DoseRound round = take(ward.device.doses_due(ward.citizen.record, ward.today()));
    CHECK(std::any_of(round.slots.begin(), round.slots.end(), [](const DoseSlot& slot) {
        return slot.dosage_shown == "1 tablet at 08:00, oral" && slot.dosage_text.empty();
    }));
}

TEST_CASE("a second dose of the same slot is taken with a reason, and found") {
    Ward ward(48);
    const DoseEntry entry = ward.dose();
    REQUIRE(ward.device.give(entry).has_value());
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what == "entry/given-already");
    const Explanation said = explain(refused.error(), Language::en);
    CHECK(said.sentence.find("What you wrote now is not recorded.") != std::string::npos);
    const auto warnings = said_before(ward, entry);
    REQUIRE(warnings.size() == 1);
    const std::string& told = warnings[0].sentence;
    CHECK(told.find("Ingrid") != std::string::npos);
    CHECK(told.find(base::to_text(ward.today())) != std::string::npos);
    CHECK(ward.chart().administrations.size() == 1);
    DoseEntry again = entry;
    again.overrides.push_back({"entry/given-already", "the first one was spat out"});
    const auto written = ward.device.give(again);
    REQUIRE(written.has_value());
    CHECK(has_rule(written->raised, "dose/possible-double"));
    CHECK(ward.slot().possible_double);
}

TEST_CASE("a drug against an allergy warns, and is recorded when a reason is stated") {
    Ward ward(49);
    REQUIRE(ward.device.add_allergy(ward.citizen.record, beta_blocker_allergy()).has_value());
    DoseEntry entry = ward.dose();
    const auto warnings = take(ward.device.check_dose(entry));
    REQUIRE_FALSE(warnings.empty());
    CHECK(warnings[0].rule == "dose/given-against-allergy");
    CHECK(warnings[0].needs_reason);
    CHECK_FALSE(warnings[0].action.empty());
    CHECK(ward.device.give(entry).error().code == ErrorCode::reason_required);
    entry.overrides.push_back({"dose/given-against-allergy", "agreed with the physician"});
    const auto written = ward.device.give(entry);
    REQUIRE(written.has_value());
    CHECK(has_rule(written->raised, "dose/given-against-allergy"));
}

TEST_CASE("a dose that is not given needs a reason") {
    Ward ward(50);
    NotGivenEntry entry;
    entry.token = ward.slot().token;
    entry.why = NotGiven::asleep;
    CHECK(ward.device.not_given(entry).error().code == ErrorCode::reason_required);
    entry.reason = "fast asleep";
    REQUIRE(ward.device.not_given(entry).has_value());
    CHECK(ward.slot().state == "not-given");
    CHECK(ward.slot().reason == "fast asleep");
}

TEST_CASE("a corrected dose keeps what it said before") {
    Ward ward(51);
    const auto written = take(ward.device.give(ward.dose()));
    DoseCorrection correction;
    correction.token = written.token;
    correction.dose = Quantity{*Decimal::parse("0.5"), "{tablet}", "tablet"};
    CHECK(ward.device.correct_dose(correction).error().code == ErrorCode::reason_required);
    correction.reason = "half of it fell on the floor";
    REQUIRE(ward.device.correct_dose(correction).has_value());
    const auto item = ward.chart().administrations.at(0);
    CHECK(item.statement.value->dose->value.text() == "0.5");
    REQUIRE(item.earlier.size() == 1);
    CHECK(item.earlier[0].value.dose->value.text() == "1");
}

TEST_CASE("a dose that was not given gets no amount by a correction, and is given as a dose") {
    Ward ward(66);
    NotGivenEntry refused;
    refused.reason = "she did not want it";
    refused.token = ward.slot().token;
    refused.why = NotGiven::refused;
    const auto written = take(ward.device.not_given(refused));
    DoseCorrection correction;
    correction.token = written.token;
    correction.dose = Quantity{Decimal::of(1), "{tablet}", "tablet"};
    correction.reason = "she took it after all";
    const auto answer = ward.device.correct_dose(correction);
    CHECK(answer.error().code == ErrorCode::invalid_argument);
    CHECK(answer.error().what == "entry/not-given-amount");
    CHECK_FALSE(ward.chart().administrations.at(0).statement.value->dose);
    // Nor by way of an error that is taken back: it says again that it was not given, and why.
    correction.dose.reset();
    correction.entered_in_error = true;
    correction.token = take(ward.device.correct_dose(correction)).token;
    correction.entered_in_error = false;
    correction.dose = Quantity{Decimal::of(1), "{tablet}", "tablet"};
    CHECK(ward.device.correct_dose(correction).error().what == "entry/not-given-amount");
    correction.dose.reset();
    REQUIRE(ward.device.correct_dose(correction).has_value());
    const auto again = ward.chart().administrations.at(0);
    CHECK(again.statement.value->status == "not-done");
    CHECK(again.statement.value->status_reason.at(0).text == "she did not want it");
    CHECK_FALSE(again.counts);
}

TEST_CASE("a dose that a colleague calls an error counts until whoever gave it says so too") {
    Ward ward(58);
    take(ward.device.give(ward.dose()));
    let_in(ward.device, *ward.server, k_bjorn, "9753");
    REQUIRE(ward.device.lock().has_value());
    REQUIRE(ward.device.unlock(k_bjorn, "9753").has_value());
    auto item = ward.chart().administrations.at(0);
    CHECK(item.counts);
    CHECK_FALSE(item.correction_unconfirmed);
    DoseCorrection correction;
    correction.token = item.token;
    correction.entered_in_error = true;
    correction.reason = "it lay on the table";
    REQUIRE(ward.device.correct_dose(correction).has_value());
    item = ward.chart().administrations.at(0);
    CHECK(item.statement.value->status == "entered-in-error");
    CHECK(item.counts);
    CHECK(item.correction_unconfirmed);

    REQUIRE(ward.device.lock().has_value());
    REQUIRE(ward.device.unlock(k_ingrid, k_pin).has_value());
    correction.token = ward.chart().administrations.at(0).token;
    REQUIRE(ward.device.correct_dose(correction).has_value());
    item = ward.chart().administrations.at(0);
    CHECK_FALSE(item.counts);
    CHECK_FALSE(item.correction_unconfirmed);
}

TEST_CASE("whoever corrects the amount of a dose does not confirm that it was an error") {
    Ward ward(59);
    const auto given = take(ward.device.give(ward.dose()));
    DoseCorrection error;
    error.token = given.token;
    error.entered_in_error = true;
    error.reason = "it lay on the table";
    const auto withdrawn = take(ward.device.correct_dose(error));
    CHECK_FALSE(ward.chart().administrations.at(0).counts);
    DoseCorrection amount;
    amount.token = withdrawn.token;
    amount.dose = Quantity{Decimal::of(2), "{tablet}", "tablet"};
    amount.reason = "it was two, they say";
    REQUIRE(ward.device.correct_dose(amount).has_value());
    const auto item = ward.chart().administrations.at(0);
    CHECK(item.statement.value->status == "completed");
    CHECK(item.statement.value->status_reason.empty());
    CHECK(item.counts);
}

TEST_CASE("a record for somebody unknown is in the caseload at once and reaches the server") {
    Ward ward(57);
    NewPatient stranger;
    stranger.given = "Kvinne";
    stranger.family = "Ukjent";
    stranger.note = "found at the bus stop";
    const auto written = take(ward.device.create_record(stranger));
    // The note is a change of its own, and its author is told of both.
    REQUIRE(written.also.size() == 1);
    CHECK(ward.device.sync_status()->unsent == 2);
    const PatientList list = take(ward.device.my_patients({}));
    REQUIRE(list.rows.size() == 2);
    // The server has not taken the name up: the one that the nurse wrote is shown, not a blank.
    CHECK(list.rows[1].name == "Kvinne Ukjent");
    CHECK(ward.device.open_chart(written.record, {})->patient->name == "Kvinne Ukjent");
    REQUIRE(ward.device.open_chart(written.record, {}).has_value());
    CHECK(ward.device.open_chart(written.record, {})->allergy_statement == "not recorded");
    ward.sync();
    CHECK(ward.server->model.has(written.change));
    CHECK(ward.server->model.has(written.also.front()));
    CHECK(ward.device.create_record({}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("what was recorded states the corrected time although the clock is three hours slow") {
    auto server = std::make_shared<FakeServer>();
    Bench bench(58, server);
    bench.machine.clock->set_wall(server->server_now - Duration::hours(3));
    Device device = bench.enrolled();
    const Citizen citizen = put_citizen(*server, 30);
    REQUIRE(device.sync({}).has_value());
    const auto written = take(device.record_observation(citizen.record, weight("70")));
    const auto view = take(device.open_chart(citizen.record, {}));
    const auto said =
        base::parse_fhir_time(view.observations.at(0).statement.value->effective, "Europe/Oslo");
    REQUIRE(said.has_value());
    CHECK(said->start.ms / 60'000 == server->server_now.ms / 60'000);
}

TEST_CASE("every refusal says in words what happened and what to do, in both languages") {
#define KARI_ERROR(number, name, advice)                                   \
    for (const Language language : {Language::nb, Language::en}) {         \
        const Explanation said = explain({ErrorCode::name, ""}, language); \
        INFO(#name);                                                       \
        CHECK(said.sentence.size() > 5);                                   \
        CHECK(said.what_to_do.size() > 5);                                 \
        CHECK(said.sentence != #name);                                     \
    }
#include <kari/errors.def>
#undef KARI_ERROR
}
