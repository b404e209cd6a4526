// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_hold.hpp"

namespace kari::clinical {
namespace {

KnowledgePack pulse_below_50_or_above_120() {
    KnowledgePack pack;
    DoseHold hold;
    hold.id = "pulse";
    hold.drugs = {"C07A"};
    hold.codes = {"8867-4"};
    hold.below = Quantity{*Decimal::parse("50"), "/min", {}};
    hold.above = Quantity{*Decimal::parse("120"), "/min", {}};
    pack.holds.push_back(hold);
    return pack;
}

void set(v1::CodeableConcept& code, const char* loinc) {
    auto* coding = code.add_coding();
    coding->set_system(std::string(k_loinc));
    coding->set_code(loinc);
}

v1::Measurement pulse(const char* value, const char* comparator = "", const char* unit = "/min") {
    v1::Measurement out;
    set(*out.mutable_code(), "8867-4");
    auto& quantity = *out.mutable_value()->mutable_quantity();
    quantity.set_value(value);
    quantity.set_code(unit);
    quantity.set_comparator(comparator);
    return out;
}

bool is_held(const v1::Measurement& said) {
    return !holds_by(said, pulse_below_50_or_above_120()).empty();
}

TEST_CASE("a measurement holds a dose beyond the limit and not at it") {
    CHECK(is_held(pulse("49")));
    CHECK_FALSE(is_held(pulse("50")));
    CHECK_FALSE(is_held(pulse("120")));
    CHECK(is_held(pulse("121")));
}

TEST_CASE("less than the limit is beyond it, and more than less tells nothing") {
    CHECK(is_held(pulse("50", "<")));
    CHECK_FALSE(is_held(pulse("50", "<=")));
    CHECK(is_held(pulse("120", ">")));
    CHECK_FALSE(is_held(pulse("49", ">")));
    CHECK_FALSE(is_held(pulse("121", "<")));
}

TEST_CASE("what is measured in a panel holds a dose as what stands alone") {
    v1::Measurement panel;
    set(*panel.mutable_code(), "85353-1");
    auto& part = *panel.add_component();
    *part.mutable_code() = pulse("49").code();
    *part.mutable_value() = pulse("50").value();
    CHECK_FALSE(is_held(panel));
    *part.mutable_value() = pulse("49").value();
    CHECK(is_held(panel));
    part.clear_code();
    set(*part.mutable_code(), "8310-5");
    CHECK_FALSE(is_held(panel));
}

TEST_CASE("what is withdrawn, no number, or in another unit holds nothing") {
    auto said = pulse("49");
    said.set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    CHECK_FALSE(is_held(said));
    said.set_status(v1::OBSERVATION_STATUS_CANCELLED);
    CHECK_FALSE(is_held(said));
    said.set_status(v1::OBSERVATION_STATUS_FINAL);
    CHECK(is_held(said));
    CHECK_FALSE(is_held(pulse("slow")));
    CHECK_FALSE(is_held(pulse("49", "", "mm[Hg]")));
    said.mutable_value()->set_text("slow");
    CHECK_FALSE(is_held(said));
}

TEST_CASE("a hold is for the drugs whose code begins as it says") {
    const auto pack = pulse_below_50_or_above_120();
    v1::CodeableConcept drug;
    CHECK_FALSE(holds(pack.holds[0], drug));
    auto* coding = drug.add_coding();
    coding->set_system(std::string(k_atc));
    coding->set_code("C07AB02");
    CHECK(holds(pack.holds[0], drug));
    coding->set_code("C08CA01");
    CHECK_FALSE(holds(pack.holds[0], drug));
}

}  // namespace
TEST_CASE("a code of another system holds nothing, and two parts of a panel hold it once") {
    auto other = pulse("40");
    other.mutable_code()->mutable_coding(0)->set_system("http://other");
    CHECK_FALSE(is_held(other));
    auto panel = pulse("40");
    *panel.add_component()->mutable_code() = panel.code();
    *panel.mutable_component(0)->mutable_value() = panel.value();
    CHECK(holds_by(panel, pulse_below_50_or_above_120()).size() == 1);
}

}  // namespace kari::clinical
