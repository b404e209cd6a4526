// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

v1::Quantity amount(const std::string& value, const std::string& code,
                    const std::string& unit = {}) {
    v1::Quantity out;
    out.set_value(value);
    out.set_code(code);
    out.set_unit(unit);
    return out;
}

v1::Dosage ordered(const v1::Quantity& quantity) {
    v1::Dosage out;
    *out.add_dose_and_rate()->mutable_dose_quantity() = quantity;
    return out;
}

DoseFit fit(const v1::Quantity& order, const v1::Quantity& given) {
    return fit_of(ordered(order), &given);
}

ErrorCode refusal(const v1::Quantity& dose) {
    const auto checked = check_dose(dose);
    return checked ? ErrorCode::internal : checked.error().code;
}

}  // namespace

TEST_CASE(
    "an amount is as ordered by its value, in whichever unit of one dimension it is written") {
    CHECK(fit(amount("1", "{tablet}"), amount("1.0", "{tablet}")) == DoseFit::as_ordered);
    CHECK(fit(amount("1", "g"), amount("1000", "mg")) == DoseFit::as_ordered);
    CHECK(fit(amount("2", "", "tabletter"), amount("2", "{tablet}")) == DoseFit::as_ordered);
    CHECK(fit(amount("2", ""), amount("2", "{tablet}")) == DoseFit::as_ordered);
    const v1::Dosage order = ordered(amount("1", "{tablet}"));
    CHECK(fit_of(order, nullptr) == DoseFit::as_ordered);
}

TEST_CASE("more at a time than the order lets be does not fit it, whatever else it says") {
    v1::Dosage titrated;
    *titrated.mutable_max_dose_per_administration() = amount("5", "mg");
    const auto fits = [](const v1::Dosage& order, const v1::Quantity& given) {
        return fit_of(order, &given);
    };
    CHECK(fits(titrated, amount("5", "mg")) == DoseFit::as_ordered);
    CHECK(fits(titrated, amount("1000", "ug")) == DoseFit::as_ordered);
    CHECK(fits(titrated, amount("6", "mg")) == DoseFit::differs);
    CHECK(fits(titrated, amount("50", "mg")) == DoseFit::far_off);
    CHECK(fits(titrated, amount("1", "{tablet}")) == DoseFit::unit_differs);
    // A least without a most is bounded by it too.
    titrated.add_dose_and_rate()->mutable_dose_range()->mutable_low()->set_value("2");
    titrated.mutable_dose_and_rate(0)->mutable_dose_range()->mutable_low()->set_code("mg");
    CHECK(fits(titrated, amount("4", "mg")) == DoseFit::as_ordered);
    CHECK(fits(titrated, amount("6", "mg")) == DoseFit::differs);
    // Beside a dose in tablets nobody compares it.
    v1::Dosage tablets = ordered(amount("1", "{tablet}"));
    *tablets.mutable_max_dose_per_administration() = amount("5", "mg");
    CHECK(fits(tablets, amount("1", "{tablet}")) == DoseFit::as_ordered);
}

TEST_CASE("another amount, a tenfold one and another unit are told apart") {
    CHECK(fit(amount("1", "{tablet}"), amount("2", "{tablet}")) == DoseFit::differs);
    CHECK(fit(amount("1", "{tablet}"), amount("0.5", "{tablet}")) == DoseFit::differs);
    CHECK(fit(amount("2", ""), amount("3", "{tablet}")) == DoseFit::differs);
    CHECK(fit(amount("50", "ug"), amount("50", "mg")) == DoseFit::far_off);
    CHECK(fit(amount("50", "mg"), amount("5", "mg")) == DoseFit::far_off);
    CHECK(fit(amount("50", "mg"), amount("5.1", "mg")) == DoseFit::differs);
    CHECK(fit(amount("5", "mg"), amount("50", "mg")) == DoseFit::far_off);
    CHECK(fit(amount("5", "mg"), amount("49.9", "mg")) == DoseFit::differs);
    CHECK(fit(amount("1", "{tablet}"), amount("50", "mg")) == DoseFit::unit_differs);
    CHECK(fit(amount("5", "mmol"), amount("5", "mg")) == DoseFit::unit_differs);
    CHECK(fit(amount("1", "", "measuring cup"), amount("1", "mL")) == DoseFit::unit_differs);
}

TEST_CASE("a range is fit by every amount within it, and the giver must say which") {
    v1::Dosage order;
    auto& range = *order.add_dose_and_rate()->mutable_dose_range();
    *range.mutable_low() = amount("1", "{tablet}");
    *range.mutable_high() = amount("2", "{tablet}");
    CHECK(fit_of(order, nullptr) == DoseFit::not_stated);
    for (const char* value : {"1", "1.5", "2"}) {
        const auto given = amount(value, "{tablet}");
        CHECK(fit_of(order, &given) == DoseFit::as_ordered);
    }
    const auto more = amount("3", "{tablet}");
    CHECK(fit_of(order, &more) == DoseFit::differs);
    CHECK(fit_of(v1::Dosage(), nullptr) == DoseFit::not_stated);
    CHECK(fit_of(v1::Dosage(), &more) == DoseFit::as_ordered);
}

TEST_CASE("a range that is open at one end is no leave to give anything") {
    const auto against = [](const char* low, const char* high, const char* given) {
        v1::Dosage order;
        auto& range = *order.add_dose_and_rate()->mutable_dose_range();
        if (low) *range.mutable_low() = amount(low, "{tablet}");
        if (high) *range.mutable_high() = amount(high, "{tablet}");
        const auto quantity = amount(given, "{tablet}");
        return fit_of(order, &quantity);
    };
    CHECK(against(nullptr, "2", "1") == DoseFit::as_ordered);
    CHECK(against(nullptr, "2", "3") == DoseFit::differs);
    CHECK(against(nullptr, "2", "20") == DoseFit::far_off);
    CHECK(against("10", nullptr, "30") == DoseFit::as_ordered);
    CHECK(against("10", nullptr, "5") == DoseFit::differs);
    CHECK(against("10", nullptr, "1") == DoseFit::far_off);
    CHECK(against(nullptr, nullptr, "1") == DoseFit::as_ordered);
    CHECK(against("one", "2", "1") == DoseFit::unit_differs);
}

TEST_CASE("each way in which a dose may not fit has a rule of its own, one that fits has none") {
    CHECK(rule_of(DoseFit::as_ordered).empty());
    CHECK(rule_of(DoseFit::not_stated) == "entry/dose-missing");
    CHECK(rule_of(DoseFit::differs) == "entry/dose-differs");
    CHECK(rule_of(DoseFit::far_off) == "entry/dose-far-off");
    CHECK(rule_of(DoseFit::unit_differs) == "entry/dose-unit-differs");
}

TEST_CASE("what can be no dose is refused, just above each bound and not at it") {
    struct Pair {
        const char* taken;
        const char* refused;
        const char* unit;
    };
    for (const Pair& pair :
         {Pair{"200", "201", "{tablet}"}, Pair{"200", "200.1", "1"}, Pair{"500", "500.1", "g"},
          Pair{"500000", "500001", "mg"}, Pair{"10", "10.1", "L"}, Pair{"10", "11", "mol"},
          Pair{"10000000", "10000001", "[iU]"}, Pair{"1200000", "10000001", "{IE}"},
          Pair{"0.000001", "0.0000009", "mg"}, Pair{"1.23456789012", "1.234567890123", "mg"}}) {
        INFO(pair.taken << " and " << pair.refused << " " << pair.unit);
        CHECK(check_dose(amount(pair.taken, pair.unit)).has_value());
        CHECK(refusal(amount(pair.refused, pair.unit)) == ErrorCode::value_out_of_range);
    }
    CHECK(refusal(amount("500000", "{tablet}")) == ErrorCode::value_out_of_range);
    CHECK(refusal(amount("1e400", "mg")) == ErrorCode::value_out_of_range);
    CHECK(refusal(amount("1e-400", "mg")) == ErrorCode::value_out_of_range);
    CHECK(refusal(amount("0", "mg")) == ErrorCode::value_out_of_range);
    CHECK(refusal(amount("-1", "mg")) == ErrorCode::value_out_of_range);
    CHECK(refusal(amount("1", "tablet")) == ErrorCode::unit_unknown);
    CHECK(refusal(amount("two", "mg")) == ErrorCode::malformed);
}

namespace {

// "Known units are tablet, capsule, and the one that the order has." word by word.
std::vector<std::string> listed(Language language, std::string_view before,
                                std::string_view after) {
    const std::string text(sentences("entry/dose-unit-unknown", language)->meaning);
    const auto at = text.find(before) + before.size();
    std::istringstream words(text.substr(at, text.find(after) - at));
    std::vector<std::string> out;
    for (std::string word; std::getline(words, word, ',');) {
        word.erase(0, word.find_first_not_of(' '));
        if (!word.empty()) out.push_back(word);
    }
    return out;
}

}  // namespace

TEST_CASE("every unit that a refusal lists is known when it is typed") {
    auto all = listed(Language::english, "units are ", "and the one");
    const auto nb = listed(Language::bokmaal, "enheter er ", "og den");
    REQUIRE(all.size() == 17);
    REQUIRE(nb.size() == 17);
    all.insert(all.end(), nb.begin(), nb.end());
    for (const std::string& word : all) {
        INFO(word);
        v1::Quantity typed;
        typed.set_code(word);
        CHECK(base::known_unit(meant_unit(typed)));
    }
}

TEST_CASE("words for units are the order's, where it counts in units") {
    for (const char* word : {"E", "enheter", "IU", "units"}) {
        CHECK(names_the_units(word, "[iU]"));
        CHECK(names_the_units(word, "{unit}"));
        CHECK_FALSE(names_the_units(word, "mg"));
        CHECK_FALSE(names_the_units(word, "{tablet}"));
    }
    CHECK_FALSE(names_the_units("tablett", "[iU]"));
    CHECK_FALSE(names_the_units("", "[iU]"));
}

TEST_CASE("amounts in words, with one end in a unit of its own, or in odd braces are told apart") {
    v1::Dosage order;
    auto& range = *order.add_dose_and_rate()->mutable_dose_range();
    *range.mutable_low() = amount("1", "");
    *range.mutable_high() = amount("2", "{tablet}");
    auto given = amount("1", "{tablet}");
    CHECK(fit_of(order, &given) == DoseFit::unit_differs);
    *range.mutable_low() = amount("1", "mg");
    *range.mutable_high() = amount("2", "mL");
    given = amount("1", "mg");
    CHECK(fit_of(order, &given) == DoseFit::unit_differs);
    *range.mutable_high() = amount("two", "mg");
    CHECK(fit_of(order, &given) == DoseFit::unit_differs);
    CHECK(fit(amount("1", "mg"), amount("one", "mg")) == DoseFit::unit_differs);
    CHECK(counted_in_pieces("[drp]"));
    CHECK_FALSE(counted_in_pieces("{tablet"));
    CHECK(names_the_units("E", "[IU]"));
}

TEST_CASE("an amount is said by the word for its piece, whichever of its names it has") {
    const auto words = [](const char* value, const char* code, const char* unit = "") {
        return amount_words(amount(value, code, unit), Language::english);
    };
    CHECK(words("2", "{tablets}") == "2 tablets");
    CHECK(words("2", "", "tabletter") == "2 tablets");
    CHECK(words("2", "", "tablett") == "2 tablets");
    CHECK(words("2", "", "tabl") == "2 tablets");
    CHECK(words("some", "{tablet}") == "some tablets");
    CHECK(words("2", "{tablet") == "2 {tablet");
    CHECK(words("2", "1") == "2");
    CHECK(words("", "mg").empty());
}

}  // namespace kari::clinical
