// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/stock.hpp"

#include <algorithm>

#include <kari/plain_digits.hpp>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/clinical/second_person.hpp"

namespace kari::clinical {
namespace {

constexpr std::size_t k_digits_max = 40;
constexpr int k_most_digits = 9;  // before the point, and after it
constexpr std::size_t k_whole_atc = 7;

bool at_least(const Decimal& a, const Decimal& b) {
    return a.compare(b) != std::strong_ordering::less;
}

Decimal negated(const Decimal& value) {
    return Decimal::of(0) - value;
}

Decimal power_of_ten(int exponent) {
    return *Decimal::parse("1e" + std::to_string(exponent));
}

// A number that somebody can have meant: sums of others cost without an end.
std::optional<Decimal> sane(const std::string& text) {
    const auto value = Decimal::parse(text);
    if (!value || value->text().size() > k_digits_max) return std::nullopt;
    const Decimal size = value->negative() ? negated(*value) : *value;
    const bool tiny = !size.zero() && !at_least(size, power_of_ten(-k_most_digits));
    if (tiny || at_least(size, power_of_ten(k_most_digits))) return std::nullopt;
    return *value;
}

// Exactly, or nothing. Both above zero.
std::optional<Decimal> divided(const Decimal& value, const Decimal& by) {
    Decimal rest = value;
    Decimal out;
    for (int place = k_most_digits; place >= -k_most_digits; --place) {
        const Decimal step = by * power_of_ten(place);
        // Nine times at most, unless the result is longer than an amount may be.
        for (int times = 0; times < 10 && at_least(rest, step); ++times) {
            rest = rest - step;
            out = out + power_of_ten(place);
        }
    }
    if (!rest.zero()) return std::nullopt;
    return out;
}

std::optional<Decimal> converted(const Decimal& value, const std::string& from,
                                 const std::string& to) {
    if (from.empty()) return std::nullopt;
    if (from == to) return value;
    const auto out = base::convert(kari::Quantity{value, from, {}}, to);
    return out ? std::optional(out->value) : std::nullopt;
}

// So much of one unit holds so much of another.
struct Strength {
    Decimal holds;
    std::string of;  // "mg"
    Decimal per = Decimal::of(1);
    std::string each;  // "{ampoule}"; what is stated without a unit below it is of a piece
};

std::optional<Strength> strength_of(const v1::Ratio& said, const std::string& a,
                                    const std::string& b) {
    if (!said.has_numerator()) return std::nullopt;
    const auto holds = sane(said.numerator().value());
    if (!holds || holds->negative() || holds->zero()) return std::nullopt;
    Strength out{*holds, meant_unit(said.numerator()), Decimal::of(1),
                 meant_unit(said.denominator())};
    if (!said.denominator().value().empty()) {
        const auto per = sane(said.denominator().value());
        if (!per || per->negative() || per->zero()) return std::nullopt;
        out.per = *per;
    }
    if (out.each.empty() || out.each == "1") {
        out.each = counted_in_pieces(a) ? a : counted_in_pieces(b) ? b : std::string();
    }
    if (out.of.empty() || out.each.empty()) return std::nullopt;
    return out;
}

std::optional<Decimal> by_strength(const Decimal& value, const std::string& own,
                                   const std::string& unit, const v1::Ratio& strength) {
    const auto said = strength_of(strength, own, unit);
    if (!said) return std::nullopt;
    if (const auto pieces = converted(value, own, said->each)) {
        const auto all = divided(*pieces * said->holds, said->per);
        return all ? converted(*all, said->of, unit) : std::nullopt;
    }
    const auto substance = converted(value, own, said->of);
    if (!substance) return std::nullopt;
    const auto all = divided(*substance * said->per, said->holds);
    return all ? converted(*all, said->each, unit) : std::nullopt;
}

std::string number_key(const std::string& text) {
    return plain_digits(text);
}

// "0.01 g" and "10 mg" are one amount, and "1 ml" and "1 mL" are.
std::pair<std::string, std::string> amount_key(const v1::Quantity& said) {
    const std::string stated = said.value().empty() ? "1" : said.value();
    const std::string own = meant_unit(said);
    if (const auto value = sane(stated)) {
        for (const char* unit : {"mg", "mL", "[iU]", "h"}) {
            const auto same = converted(*value, own, unit);
            if (same) return {number_key(same->text()), unit};
        }
    }
    return {number_key(stated), own};
}

std::string strength_key(const v1::Ratio& said) {
    if (!said.has_numerator()) return {};
    const auto [number, unit] = amount_key(said.numerator());
    auto [count, per] = amount_key(said.denominator());
    if (count == "1" && (per.empty() || counted_in_pieces(per))) per.clear();
    return number + unit + (per.empty() && count == "1" ? "" : "/" + count + per);
}

std::string drug_key(const v1::StockMovement& said) {
    std::string out;
    for (const auto& code : atc_codes(said.medication())) {
        if (code.size() == k_whole_atc) out += code + " ";
    }
    if (!out.empty()) return out;
    return folded(shown(drug_of(said.medication(), said.medication_reference())));
}

}  // namespace

std::string_view stock_code(v1::StockAct act) {
    switch (act) {
        case v1::STOCK_ACT_RECEIVE:
            return "receive";
        case v1::STOCK_ACT_ISSUE:
            return "issue";
        case v1::STOCK_ACT_ADMINISTER:
            return "administer";
        case v1::STOCK_ACT_WASTE:
            return "waste";
        case v1::STOCK_ACT_RETURN:
            return "return";
        case v1::STOCK_ACT_TRANSFER_OUT:
            return "transfer-out";
        case v1::STOCK_ACT_TRANSFER_IN:
            return "transfer-in";
        case v1::STOCK_ACT_COUNT:
            return "count";
        case v1::STOCK_ACT_ADJUST:
            return "adjust";
        default:
            return {};
    }
}

std::optional<int> stock_sign(v1::StockAct act) {
    switch (act) {
        case v1::STOCK_ACT_RECEIVE:
        case v1::STOCK_ACT_TRANSFER_IN:
        case v1::STOCK_ACT_ADJUST:
            return 1;
        case v1::STOCK_ACT_ISSUE:
        case v1::STOCK_ACT_ADMINISTER:
        case v1::STOCK_ACT_WASTE:
        case v1::STOCK_ACT_RETURN:
        case v1::STOCK_ACT_TRANSFER_OUT:
            return -1;
        case v1::STOCK_ACT_COUNT:
            return 0;
        default:
            return std::nullopt;
    }
}

bool needs_witness(const v1::StockMovement& said) {
    switch (said.act()) {
        case v1::STOCK_ACT_WASTE:
        case v1::STOCK_ACT_RETURN:
        case v1::STOCK_ACT_COUNT:
            return true;
        case v1::STOCK_ACT_ISSUE:
            return said.place().kind() == v1::STOCK_PLACE_KIND_OFFICE;
        default:
            return false;
    }
}

bool waives_witness(const v1::StockMovement& said) {
    return std::any_of(said.override().begin(), said.override().end(), [](const auto& one) {
        return one.rule() == k_witness_missing && waiver(one.reason());
    });
}

std::string account_key(const v1::StockMovement& said) {
    const std::string form = folded(shown(said.form()));
    std::string out;
    for (const std::string& part :
         {std::to_string(static_cast<int>(said.place().kind())), folded(said.place().name()),
          drug_key(said), strength_key(said.strength()), form}) {
        out += std::to_string(part.size()) + ":" + part;
    }
    return out;
}

bool may_be_one_preparation(const v1::StockMovement& a, const v1::StockMovement& b) {
    const auto fits = [](const std::string& one, const std::string& other) {
        return one.empty() || other.empty() || one == other;
    };
    return drug_key(a) == drug_key(b) &&
           fits(strength_key(a.strength()), strength_key(b.strength())) &&
           fits(folded(shown(a.form())), folded(shown(b.form())));
}

std::optional<Decimal> amount_in(const v1::Quantity& said, const std::string& unit,
                                 const v1::Ratio& strength) {
    const auto value = sane(said.value());
    const std::string own = meant_unit(said);
    if (!value || own.empty() || unit.empty() || !said.comparator().empty()) return std::nullopt;
    if (const auto stated = converted(*value, own, unit)) return stated;
    if (value->zero()) return *value;
    if (!value->negative()) return by_strength(*value, own, unit, strength);
    const auto size = by_strength(negated(*value), own, unit, strength);
    return size ? std::optional(negated(*size)) : std::nullopt;
}

bool is_whole(const Decimal& amount) {
    return plain_digits(amount.text()).find('.') == std::string::npos;
}

const ControlledDrug* controlled_as(const v1::CodeableConcept& drug, const KnowledgePack& pack) {
    const auto codes = atc_codes(drug);
    const auto found = std::find_if(
        pack.controlled.begin(), pack.controlled.end(), [&](const ControlledDrug& one) {
            return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
                return std::any_of(one.drugs.begin(), one.drugs.end(),
                                   [&](const auto& prefix) { return code.starts_with(prefix); });
            });
        });
    return found == pack.controlled.end() ? nullptr : &*found;
}

bool is_kept_by_us(const v1::StockPlace& place) {
    return place.kind() == v1::STOCK_PLACE_KIND_OFFICE ||
           place.kind() == v1::STOCK_PLACE_KIND_CAR || place.kind() == v1::STOCK_PLACE_KIND_PERSON;
}

}  // namespace kari::clinical
