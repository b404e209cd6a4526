// SPDX-License-Identifier: Apache-2.0
//
// What an event of the ledger says by itself: its account, and its amount in a unit.
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/stock.hpp"

namespace kari::clinical {
namespace {

v1::Quantity amount(const char* value, const char* unit) {
    v1::Quantity out;
    out.set_value(value);
    out.set_code(unit);
    return out;
}

v1::Ratio strength(const char* mg, const char* per = "1", const char* unit = "{ampoule}") {
    v1::Ratio out;
    *out.mutable_numerator() = amount(mg, "mg");
    *out.mutable_denominator() = amount(per, unit);
    return out;
}

std::string in(const v1::Quantity& said, const char* unit, const v1::Ratio& of) {
    const auto out = amount_in(said, unit, of);
    return out ? out->text() : "?";
}

v1::StockMovement kept(const char* place, const v1::Ratio& of) {
    v1::StockMovement out;
    out.mutable_place()->set_kind(v1::STOCK_PLACE_KIND_CAR);
    out.mutable_place()->set_name(place);
    auto* coding = out.mutable_medication()->add_coding();
    coding->set_system(std::string(k_atc));
    coding->set_code("N02AA01");
    *out.mutable_strength() = of;
    return out;
}

TEST_CASE("an amount is told in the unit of its account exactly, or not at all") {
    CHECK(in(amount("5", "mg"), "{ampoule}", strength("10")) == "0.5");
    CHECK(in(amount("0.5", "{ampoule}"), "mg", strength("10")) == "5");
    CHECK(in(amount("0.005", "g"), "{ampoule}", strength("10")) == "0.5");
    CHECK(in(amount("-1", "{ampoule}"), "mg", strength("10")) == "-10");
    CHECK(in(amount("15", "mg"), "mL", strength("10", "2", "mL")) == "3");
    CHECK(in(amount("2", "ampuller"), "{ampoule}", {}) == "2");
    // A third has no end; millilitres are not ampoules; nobody says how strong it is.
    CHECK(in(amount("10", "mg"), "{ampoule}", strength("30")) == "?");
    CHECK(in(amount("1", "{ampoule}"), "{vial}", strength("10")) == "?");
    CHECK(in(amount("1", "{ampoule}"), "mg", strength("10", "1", "mL")) == "?");
    CHECK(in(amount("5", "mg"), "{ampoule}", {}) == "?");
    CHECK(in(amount("many", "mg"), "mg", {}) == "?");
    CHECK(in(amount("1e300", "mg"), "mg", {}) == "?");
    CHECK(in(amount("5", ""), "mg", {}) == "?");
}

TEST_CASE("one drug of one strength in one place is one account, however it is written") {
    const auto ten = account_key(kept("2", strength("10")));
    CHECK(account_key(kept("2", strength("10.0"))) == ten);
    v1::Ratio grams;
    *grams.mutable_numerator() = amount("0.01", "g");
    CHECK(account_key(kept("2", grams)) == ten);
    auto worded = kept("2", strength("10"));
    worded.mutable_medication()->set_text("Morfin");
    worded.set_lot("K17");
    CHECK(account_key(worded) == ten);
    CHECK(account_key(kept("3", strength("10"))) != ten);
    CHECK(account_key(kept("2", strength("20"))) != ten);
    auto office = kept("2", strength("10"));
    office.mutable_place()->set_kind(v1::STOCK_PLACE_KIND_OFFICE);
    CHECK(account_key(office) != ten);
    auto vial = kept("2", strength("10"));
    vial.mutable_form()->set_text("Depottablett");
    CHECK(account_key(vial) != ten);
}

TEST_CASE("what one of two does not say keeps them from being one preparation as little") {
    auto none = kept("2", strength("10"));
    none.clear_strength();
    CHECK(may_be_one_preparation(none, kept("3", strength("10"))));
    CHECK_FALSE(may_be_one_preparation(kept("2", strength("20")), kept("2", strength("10"))));
    auto tablet = kept("2", strength("10"));
    tablet.mutable_form()->set_text("Tablett");
    CHECK(may_be_one_preparation(tablet, none));
    auto ampoule = none;
    ampoule.mutable_form()->set_text("Ampulle");
    CHECK_FALSE(may_be_one_preparation(tablet, ampoule));
}

TEST_CASE("which drug is controlled says the pack") {
    KnowledgePack pack;
    const auto drug = kept("", strength("10")).medication();
    CHECK(controlled_as(drug, pack) == nullptr);
    pack.controlled = {{"b", {"N05BA"}, "B", 92}, {"a", {"N02A"}, "A", 31}};
    REQUIRE(controlled_as(drug, pack) != nullptr);
    CHECK(controlled_as(drug, pack)->group == "A");
    v1::CodeableConcept words;
    words.set_text("Morfin");
    CHECK(controlled_as(words, pack) == nullptr);
}

}  // namespace
}  // namespace kari::clinical
