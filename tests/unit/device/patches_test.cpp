// SPDX-License-Identifier: Apache-2.0
//
// Patches, as a nurse puts them on and takes them off.
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// An order of one fentanyl patch every 72 hours, which says so by its form alone.
EditToken patch_order(Ward& ward) {
    v1::MedicationRequest order = order_of("N02AB03", "Fentanyl 25 ug/h");
    order.mutable_prescription()->mutable_form()->set_text("depotplaster");
    v1::Dosage& line = *order.mutable_prescription()->mutable_dosage(0);
    line.clear_timing();
    line.clear_dose_and_rate();
    line.set_text("1 plaster hver tredje dag");
    line.mutable_timing()->mutable_repeat()->set_period("72");
    line.mutable_timing()->mutable_repeat()->set_period_unit("h");
    const auto id = id_of<ResourceId>(778);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    const auto orders = ward.chart().orders;
    const auto found = std::find_if(orders.begin(), orders.end(),
                                    [&](const auto& one) { return one.resource == id; });
    REQUIRE(found != orders.end());
    return found->token;
}

// A patch on an arm; the amount is none that the order states.
DoseEntry patch(const EditToken& order, const char* where) {
    DoseEntry entry;
    entry.token = order;
    entry.site.text = where;
    return entry;
}

std::vector<std::string> asked(Ward& ward, const DoseEntry& entry) {
    std::vector<std::string> out;
    for (const auto& warning : take(ward.device.check_dose(entry))) {
        if (warning.rule.starts_with("entry/patch")) out.push_back(warning.rule);
    }
    return out;
}

// With a reason for whatever is asked.
Written put_on(Ward& ward, DoseEntry entry) {
    for (const auto& warning : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({warning.rule, "as agreed with Dr Li"});
    return take(ward.device.give(entry));
}

TEST_CASE(
    "the old patch is taken off and recorded before another is put on, or a reason is asked") {
    Ward ward(90);
    const auto order = patch_order(ward);
    CHECK(asked(ward, patch(order, "left arm")).empty());
    const auto first = put_on(ward, patch(order, "left arm"));
    ward.machine.clock->advance(Duration::hours(70));
    const auto on = ward.chart().patches;
    REQUIRE(on.size() == 1);
    CHECK(on[0].administration == first.resource);
    CHECK(on[0].site == "left arm");
    CHECK(on[0].medication == "Fentanyl 25 ug/h");
    const auto put_on_at = base::parse_fhir_time(on[0].put_on, "Europe/Oslo");
    const auto due_off = base::parse_fhir_time(on[0].due_off, "Europe/Oslo");
    REQUIRE(put_on_at.has_value());
    REQUIRE(due_off.has_value());
    CHECK((due_off->start - put_on_at->start).ms / 3'600'000 == 72);
    CHECK(take(ward.device.doses_due(ward.citizen.record, ward.today())).patches.size() == 1);
    // What she is told names it, and what to do.
    const auto second = patch(order, "right arm");
    const auto warnings = take(ward.device.check_dose(second));
    const auto told = std::find_if(warnings.begin(), warnings.end(),
                                   [](const auto& one) { return one.rule == "entry/patch-on"; });
    REQUIRE(told != warnings.end());
    CHECK(told->severity == 1);
    CHECK(told->needs_reason);
    CHECK(told->sentence.find("left arm") != std::string::npos);
    CHECK(told->action.find("Ta av det gamle og før det først") != std::string::npos);
    CHECK(ward.device.give(second).error().code == ErrorCode::reason_required);
    SECTION("taken off") {
        REQUIRE(ward.device.care().take_off_patch({on[0].token, {}, false, "", {}}).has_value());
        CHECK(ward.chart().patches.empty());
        CHECK(asked(ward, second).empty());
        put_on(ward, second);
        CHECK_FALSE(has_rule(take(ward.device.findings(ward.citizen.record)), "dose/two-patches"));
        CHECK(ward.chart().patches.size() == 1);
    }
    SECTION("not found, after the whole body was searched") {
        REQUIRE(
            ward.device.care().take_off_patch({on[0].token, {}, true, "shower", {}}).has_value());
        CHECK(asked(ward, second).empty());
    }
    SECTION("put on all the same: both stand and are phoned about, until the old one is off") {
        const auto both = put_on(ward, second);
        CHECK(has_rule(both.raised, "dose/two-patches"));
        CHECK(ward.chart().patches.size() == 2);
        const auto off = take(ward.device.care().take_off_patch({on[0].token, {}, false, "", {}}));
        CHECK_FALSE(has_rule(take(ward.device.findings(ward.citizen.record)), "dose/two-patches"));
        // It was the new one that came off.
        REQUIRE(ward.device.care().act_entered_in_error(off.token, "the other one").has_value());
        CHECK(has_rule(take(ward.device.findings(ward.citizen.record)), "dose/two-patches"));
    }
}

TEST_CASE("only a patch is taken off, and before it was put on only for a reason") {
    Ward ward(91);
    const auto tablet = take(ward.device.give(ward.dose()));
    const auto no_patch = ward.device.care().take_off_patch({tablet.token, {}, false, "", {}});
    CHECK(no_patch.error().code == ErrorCode::invalid_argument);
    CHECK(explain(no_patch.error(), Language::en).what_to_do.find("Choose the patch") !=
          std::string::npos);
    const auto on = put_on(ward, patch(patch_order(ward), "back"));
    const auto before =
        *base::in_zone(ward.machine.clock->wall() - Duration::hours(1), "Europe/Oslo");
    PatchOffEntry early{on.token, before, false, "", {}};
    const auto asked = ward.device.care().take_off_patch(early);
    CHECK(asked.error().code == ErrorCode::reason_required);
    CHECK(asked.error().what == "entry/off-before-on");
    CHECK(explain(asked.error(), Language::en).what_to_do.find("Check the time") !=
          std::string::npos);
    CHECK(ward.chart().patches.size() == 1);
    early.overrides = {{"entry/off-before-on", "the tablet that put it on was fast"}};
    REQUIRE(ward.device.care().take_off_patch(early).has_value());
    CHECK(ward.chart().patches.empty());
}

}  // namespace
