// SPDX-License-Identifier: Apache-2.0
//
// What a nurse is told of a drug that she takes down by phone or is about to give, beside what is
// ordered and was given already.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

ResourceId put_order(Ward& ward, std::uint64_t number, const char* atc, const char* text,
                     bool as_needed = false,
                     v1::MedicationRequestStatus status = v1::MEDICATION_REQUEST_STATUS_ACTIVE) {
    v1::MedicationRequest order = order_of(atc, text);
    auto& line = *order.mutable_prescription()->mutable_dosage(0);
    if (as_needed) line.clear_timing();
    line.set_as_needed(as_needed);
    order.set_status(status);
    if (*atc == '\0') order.mutable_prescription()->mutable_medication()->clear_coding();
    const auto id = id_of<ResourceId>(number);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    return id;
}

DoseEntry dose_of(Ward& ward, const ResourceId& order) {
    for (const auto& one : ward.chart().orders) {
        if (one.resource != order) continue;
        DoseEntry entry;
        entry.token = one.token;
        return entry;
    }
    FAIL("no such order");
    return {};
}

VerbalOrder heard(const char* atc, const char* text) {
    VerbalOrder out;
    out.medication = {"http://www.whocc.no/atc", atc, text};
    if (*atc == '\0') out.medication = {"", "", text};
    out.dose = Quantity{Decimal::of(1), "{tablet}", "tablet"};
    out.as_needed = true;
    out.prescriber = "Dr Berg";
    out.read_back = true;
    return out;
}

const DoseWarning* find(const std::vector<DoseWarning>& warnings, std::string_view rule) {
    const auto found = std::find_if(warnings.begin(), warnings.end(),
                                    [&](const auto& one) { return one.rule == rule; });
    return found == warnings.end() ? nullptr : &*found;
}

// Save how much is a day's: what is taken when needed here has no maximum.
std::vector<std::string> rules_of(const std::vector<DoseWarning>& warnings) {
    std::vector<std::string> out;
    for (const auto& one : warnings) {
        if (!one.rule.starts_with("entry/limit")) out.push_back(one.rule);
    }
    return out;
}

using Rules = std::vector<std::string>;

TEST_CASE("a drug that should be avoided beside another is not taken down without its own reason") {
    Ward ward(140);
    put_order(ward, 801, "B01AA03", "Warfarin 2,5 mg");
    const auto order = heard("M01AE01", "Ibuprofen 400 mg");
    auto care = ward.device.care();
    const auto warnings = take(care.check_verbal_order(ward.citizen.record, order));
    const auto* told = find(warnings, "entry/interaction");
    REQUIRE(told != nullptr);
    CHECK(told->needs_reason);
    CHECK(told->sentence.find("Warfarin 2,5 mg") != std::string::npos);
    CHECK(told->action.find("Ring legen") != std::string::npos);
    auto entry = order;
    entry.overrides = {{"entry/duplicate-drug", "so"}, {"entry/limit-unclear", "one a day"}};
    const auto refused = care.take_verbal_order(ward.citizen.record, entry);
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what == "entry/interaction");
    entry.overrides = {{"entry/interaction", "Dr Berg knows; INR on Friday"},
                       {"entry/limit-unclear", "one a day"}};
    const auto written = take(care.take_verbal_order(ward.citizen.record, entry));
    CHECK(has_rule(written.raised, "order/interaction-avoid"));
    bool noted = false;
    for (const auto& one : ward.chart().orders) {
        for (const auto& note : one.notes)
            noted = noted || note.find("entry/interaction: Dr Berg knows") != std::string::npos;
    }
    CHECK(noted);

    // Each dose of it is asked about too: it is in no plan.
    DoseEntry dose;
    dose.token = written.token;
    CHECK(find(take(ward.device.check_dose(dose)), "entry/interaction") != nullptr);
    dose.overrides = {{"entry/not-in-effect", "by phone"}};
    CHECK(ward.device.give(dose).error().what == "entry/interaction");
}

TEST_CASE("precautions, and what nobody can tell, are told and ask for no reason") {
    Ward ward(141);
    put_order(ward, 801, "N05CF01", "Zopiklon 7,5 mg");
    auto care = ward.device.care();
    const auto opioid =
        take(care.take_verbal_order(ward.citizen.record, heard("N02AA05", "Oksykodon 5 mg")));
    CHECK(rules_of(opioid.told) == Rules{"entry/interaction-precautions"});
    CHECK(opioid.told[0].sentence.find("Zopiklon") != std::string::npos);
    // In words: it is like nothing that is ordered, as far as anybody can tell.
    CHECK(rules_of(take(care.check_verbal_order(ward.citizen.record, heard("", "johannesurt")))) ==
          Rules{"entry/interaction-unknown"});
    CHECK(rules_of(take(
              care.check_verbal_order(ward.citizen.record, heard("V03AX01", "something new")))) ==
          Rules{"entry/interaction-not-assessed"});
    put_order(ward, 802, "", "Hostesaft");
    const auto unknown =
        take(care.check_verbal_order(ward.citizen.record, heard("N02BE01", "Paracetamol 500 mg")));
    REQUIRE(rules_of(unknown) == Rules{"entry/interaction-unknown"});
    const auto* told = find(unknown, "entry/interaction-unknown");
    CHECK(told->sentence.find("Hostesaft") != std::string::npos);
    CHECK_FALSE(told->needs_reason);
}

TEST_CASE("a drug that is ordered already is not taken down again without a reason") {
    Ward ward(142);
    put_order(ward, 801, "C10AA05", "Atorvastatin 20 mg");
    auto care = ward.device.care();
    auto again = heard("C10AA05", "Atorvastatin 40 mg");
    again.as_needed = false;
    CHECK(care.take_verbal_order(ward.citizen.record, again).error().what ==
          "entry/duplicate-drug");
    // One more when needed is common; it is said, and no more.
    again.as_needed = true;
    const auto on_top = take(care.take_verbal_order(ward.citizen.record, again));
    CHECK(rules_of(on_top.told) == Rules{"entry/duplicate-drug"});
    const auto other =
        take(care.check_verbal_order(ward.citizen.record, heard("C10AA01", "Simvastatin 20 mg")));
    REQUIRE(rules_of(other) == Rules{"entry/duplicate-group"});
    const auto* group = find(other, "entry/duplicate-group");
    CHECK(group->sentence.find("Atorvastatin 20 mg") != std::string::npos);
}

TEST_CASE("another strength of what is ordered is not asked about, another drug is") {
    Ward ward(146);
    put_order(ward, 801, "B01AA03", "Warfarin 2,5 mg");
    put_order(ward, 802, "C10AA05", "Atorvastatin 20 mg");
    const auto own = put_order(ward, 803, "C10AA05", "Atorvastatin 40 mg");
    PrescriptionProposal proposal;
    proposal.token = dose_of(ward, own).token;
    proposal.reason = "The ordered strength is out of stock";
    proposal.medication = {"http://www.whocc.no/atc", "C10AA05", "Atorvastatin 10 mg"};
    CHECK(take(ward.device.propose_prescription(proposal)).told.empty());
    proposal.token = dose_of(ward, own).token;
    proposal.medication = {"http://www.whocc.no/atc", "M01AE01", "Ibuprofen 400 mg"};
    const auto refused = ward.device.propose_prescription(proposal);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what == "entry/interaction");
}

TEST_CASE("what is paused or cannot be read is reckoned with before a drug is taken down") {
    Ward ward(147);
    auto care = ward.device.care();
    const auto ibuprofen = heard("M01AE01", "Ibuprofen 400 mg");
    const auto asked = [&] {
        return take(care.check_verbal_order(ward.citizen.record, ibuprofen));
    };
    put_order(ward, 801, "B01AA03", "Warfarin 2,5 mg", false,
              v1::MEDICATION_REQUEST_STATUS_ON_HOLD);
    REQUIRE(find(asked(), "entry/interaction") != nullptr);
    CHECK(find(asked(), "entry/interaction")->sentence.find("Warfarin") != std::string::npos);
    CHECK(find(asked(), "entry/interaction-unknown") == nullptr);
    v1::OtherResource kept;
    kept.mutable_resource()->set_type("MedicationRequest");
    kept.mutable_resource()->set_json("{}");
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id_of<ResourceId>(802), kept);
    ward.sync();
    CHECK(find(asked(), "entry/interaction-unknown") != nullptr);
}

TEST_CASE("words that get a code are another drug than they were") {
    Ward ward(148);
    const auto pain = put_order(ward, 801, "", "Pinex");
    put_order(ward, 802, "N05CF01", "Zopiklon 7,5 mg");
    PrescriptionProposal proposal;
    proposal.token = dose_of(ward, pain).token;
    proposal.reason = "Dr Berg, by phone";
    proposal.medication = {"http://www.whocc.no/atc", "N02AJ06", "Pinex Forte"};
    const auto written = take(ward.device.propose_prescription(proposal));
    CHECK(find(written.told, "entry/interaction-precautions") != nullptr);
}

TEST_CASE("a drug of which no code tells is not told to be within the limits or far enough") {
    Ward ward(149);
    auto care = ward.device.care();
    const auto words = heard("", "Paracet 1 g");
    CHECK(find(take(care.check_verbal_order(ward.citizen.record, words)), "entry/limit-no-code") !=
          nullptr);
    const auto by_words = put_order(ward, 801, "", "Levaxin", true);
    const auto iron = put_order(ward, 802, "B03AA07", "Jernsulfat 100 mg", true);
    const auto reasons = [&](DoseEntry entry) {
        for (const auto& warning : take(ward.device.check_dose(entry)))
            entry.overrides.push_back({warning.rule, "as agreed"});
        return entry;
    };
    CHECK(find(take(ward.device.check_dose(dose_of(ward, by_words))), "entry/limit-no-code") !=
          nullptr);
    CHECK(find(take(ward.device.check_dose(dose_of(ward, by_words))), "entry/too-near-unknown") ==
          nullptr);
    take(ward.device.give(reasons(dose_of(ward, iron))));
    CHECK(find(take(ward.device.check_dose(dose_of(ward, by_words))), "entry/too-near-unknown") !=
          nullptr);
}

TEST_CASE("a dose outside the plan is told of what else of its kind is ordered") {
    Ward ward(150);
    put_order(ward, 801, "M01AE02", "Naproksen 250 mg");
    const auto needed = put_order(ward, 802, "M01AE01", "Ibuprofen 400 mg", true);
    const auto asked = take(ward.device.check_dose(dose_of(ward, needed)));
    const auto* told = find(asked, "entry/duplicate-group");
    REQUIRE(told != nullptr);
    CHECK_FALSE(told->needs_reason);
    CHECK(told->sentence.find("Naproksen 250 mg") != std::string::npos);
}

TEST_CASE(
    "in the night in which the clocks are put back, the hour that comes twice is told which") {
    Ward ward(151);
    // Half past midnight, summer time; three hours on it is half past two for the second time.
    ward.server->server_now = base::parse_fhir_time("2026-10-25T00:30:00+02:00", "UTC")->start;
    ward.machine.clock->advance(ward.server->server_now - ward.machine.clock->wall());
    ward.sync();
    const auto iron = put_order(ward, 801, "B03AA07", "Jernsulfat 100 mg", true);
    const auto doxycycline = put_order(ward, 802, "J01AA02", "Doksysyklin 100 mg", true);
    auto entry = dose_of(ward, iron);
    for (const auto& warning : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({warning.rule, "as agreed"});
    take(ward.device.give(entry));
    const auto asked = take(ward.device.check_dose(dose_of(ward, doxycycline)));
    const auto* told = find(asked, "entry/too-near-other");
    REQUIRE(told != nullptr);
    CHECK(told->sentence.find("2026-10-25 02:30 (UTC+01:00)") != std::string::npos);
}

TEST_CASE("medicine as needed is held beside what is ordered, and a planned dose is not") {
    Ward ward(143);
    const auto planned = put_order(ward, 801, "B01AA03", "Warfarin 2,5 mg");
    const auto needed = put_order(ward, 802, "M01AE01", "Ibuprofen 400 mg", true);
    const auto asked = take(ward.device.check_dose(dose_of(ward, needed)));
    REQUIRE(find(asked, "entry/interaction") != nullptr);
    CHECK(find(asked, "entry/interaction")->sentence.find("Warfarin") != std::string::npos);
    CHECK(has_rule(take(ward.device.findings(ward.citizen.record)), "order/interaction-avoid"));
    for (const auto& slot : take(ward.device.doses_due(ward.citizen.record, ward.today())).slots) {
        DoseEntry entry;
        entry.token = slot.token;
        CHECK(find(take(ward.device.check_dose(entry)), "entry/interaction") == nullptr);
    }
    // What was stopped meets nothing any more.
    const auto stopped = dose_of(ward, planned);
    REQUIRE(ward.device.propose_stop(stopped.token, "bleeding").has_value());
    CHECK(find(take(ward.device.check_dose(dose_of(ward, needed))), "entry/interaction") ==
          nullptr);
}

TEST_CASE("a dose is not given too near to one that it waits for without its own reason") {
    Ward ward(144);
    const auto thyroid = put_order(ward, 801, "H03AA01", "Levotyroksin 100 µg", true);
    const auto iron = put_order(ward, 802, "B03AA07", "Jernsulfat 100 mg", true);
    const auto reasons = [&](DoseEntry entry) {
        for (const auto& warning : take(ward.device.check_dose(entry)))
            entry.overrides.push_back({warning.rule, "as agreed"});
        return entry;
    };
    CHECK(find(take(ward.device.check_dose(dose_of(ward, iron))), "entry/too-near-other") ==
          nullptr);
    take(ward.device.give(reasons(dose_of(ward, thyroid))));
    ward.machine.clock->advance(Duration::hours(1));
    const auto asked = take(ward.device.check_dose(dose_of(ward, iron)));
    const auto* told = find(asked, "entry/too-near-other");
    REQUIRE(told != nullptr);
    CHECK(told->sentence.find("Levotyroksin 100 µg (") != std::string::npos);
    CHECK(told->sentence.find("; ikke før ") != std::string::npos);
    auto entry = reasons(dose_of(ward, iron));
    std::erase_if(entry.overrides,
                  [](const auto& one) { return one.rule == "entry/too-near-other"; });
    CHECK(ward.device.give(entry).error().what == "entry/too-near-other");
    entry.overrides.push_back({"entry/too-near-other", "Dr Berg, by phone"});
    const auto given = take(ward.device.give(entry));
    REQUIRE(has_rule(given.raised, "dose/too-near-other"));
    for (const auto& finding : given.raised) {
        if (finding.rule == "dose/too-near-other") CHECK(finding.severity == 4);
    }
    ward.machine.clock->advance(Duration::hours(4));
    CHECK(find(take(ward.device.check_dose(dose_of(ward, thyroid))), "entry/too-near-other") ==
          nullptr);
    // What is written down late lies before the other: that one cannot wait any more.
    auto late = dose_of(ward, thyroid);
    late.effective =
        *base::in_zone(ward.machine.clock->wall() - Duration::minutes(290), "Europe/Oslo");
    const auto before = take(ward.device.check_dose(late));
    REQUIRE(find(before, "entry/too-near-other") != nullptr);
    CHECK(find(before, "entry/too-near-other")->sentence.find("ikke før") == std::string::npos);
}

}  // namespace
