// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/pieces.hpp"

#include <algorithm>
#include <array>

#include <kari/decimal.hpp>
#include <kari/plain_digits.hpp>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

struct Piece {
    std::string_view code;  // UCUM annotation without its braces
    std::string_view en_one, en_many, nb_one, nb_many;
    std::string_view others;  // further words for it, each between spaces
};

constexpr std::array k_pieces{
    Piece{"tablet", "tablet", "tablets", "tablett", "tabletter", " tabl tab tbl "},
    Piece{"capsule", "capsule", "capsules", "kapsel", "kapsler", " caps cap kaps "},
    Piece{"drop", "drop", "drops", "dråpe", "dråper", " gtt drp "},
    Piece{"puff", "puff", "puffs", "inhalasjon", "inhalasjoner", " inhalation inhalations "},
    Piece{"dose", "dose", "doses", "dose", "doser", " "},
    Piece{"patch", "patch", "patches", "plaster", "plastre", " depotplaster "},
    Piece{"suppository", "suppository", "suppositories", "stikkpille", "stikkpiller", " supp "},
    Piece{"sachet", "sachet", "sachets", "dosepose", "doseposer", " pose poser "},
    Piece{"ampoule", "ampoule", "ampoules", "ampulle", "ampuller", " amp "},
    Piece{"vial", "vial", "vials", "hetteglass", "hetteglass", " "},
    Piece{"application", "application", "applications", "påføring", "påføringer", " "},
};

// Words and signs for what is measured, folded. UCUM has none of them.
struct Measured {
    std::string_view word;
    std::string_view code;
};
constexpr std::array k_measured{
    Measured{"gram", "g"},         Measured{"grams", "g"},        Measured{"milligram", "mg"},
    Measured{"milligrams", "mg"},  Measured{"mikrogram", "ug"},   Measured{"microgram", "ug"},
    Measured{"micrograms", "ug"},  Measured{"mcg", "ug"},         Measured{"\u00b5g", "ug"},
    Measured{"\u03bcg", "ug"},     Measured{"milliliter", "mL"},  Measured{"millilitre", "mL"},
    Measured{"milliliters", "mL"}, Measured{"millilitres", "mL"}, Measured{"liter", "L"},
    Measured{"litre", "L"},        Measured{"millimol", "mmol"},  Measured{"ie", "[iU]"},
    Measured{"iu", "[iU]"},
};

// International units that somebody wrote as an annotation: thousands of them are one dose.
constexpr std::array<std::string_view, 8> k_units{"{iu}", "{ie}",    "{unit}",    "{units}",
                                                  "{e}",  "{enhet}", "{enheter}", "{u}"};

const Piece* piece_of(std::string_view word) {
    const std::string low = folded(word);
    if (low.empty()) return nullptr;
    for (const Piece& piece : k_pieces) {
        if (low == piece.code || low == piece.en_many || low == piece.nb_one ||
            low == piece.nb_many || piece.others.find(" " + low + " ") != std::string_view::npos) {
            return &piece;
        }
    }
    return nullptr;
}

std::string_view without_braces(std::string_view code) {
    if (code.size() > 2 && code.front() == '{' && code.back() == '}') {
        return code.substr(1, code.size() - 2);
    }
    return code;
}

}  // namespace

std::string meant_unit(const v1::Quantity& quantity) {
    for (const std::string* text : {&quantity.code(), &quantity.unit()}) {
        if (text->empty()) continue;
        if (const Piece* piece = piece_of(without_braces(*text))) {
            return "{" + std::string(piece->code) + "}";
        }
        if (base::known_unit(*text)) return *text;
        const std::string low = folded(*text);
        for (const Measured& measured : k_measured) {
            if (low == measured.word) return std::string(measured.code);
        }
    }
    const std::string& said = quantity.code().empty() ? quantity.unit() : quantity.code();
    return said.empty() ? said : "?" + folded(said);
}

bool counted_in_pieces(std::string_view code) {
    if (code == "1" || code == "[drp]") return true;
    if (code.size() < 3 || code.front() != '{' || code.back() != '}') return false;
    return std::find(k_units.begin(), k_units.end(), folded(code)) == k_units.end();
}

bool names_the_units(std::string_view word, std::string_view ordered_code) {
    const auto among = [](const std::string& unit) {
        return std::find(k_units.begin(), k_units.end(), unit) != k_units.end();
    };
    const bool counts =
        ordered_code == "[iU]" || ordered_code == "[IU]" || among(folded(ordered_code));
    return counts && among("{" + folded(word) + "}");
}

std::string amount_words(const v1::Quantity& quantity, Language language) {
    if (quantity.value().empty()) return {};
    const bool nb = language == Language::bokmaal;
    std::string out = quantity.comparator() + plain_digits(quantity.value());
    if (nb) std::replace(out.begin(), out.end(), '.', ',');
    const Piece* piece = piece_of(without_braces(quantity.code()));
    if (piece == nullptr) piece = piece_of(without_braces(quantity.unit()));
    if (piece != nullptr) {
        const auto value = Decimal::parse(quantity.value());
        const bool one = value && value->compare(Decimal::of(1)) != std::strong_ordering::greater;
        const std::string_view word =
            nb ? (one ? piece->nb_one : piece->nb_many) : (one ? piece->en_one : piece->en_many);
        return out + " " + std::string(word);
    }
    const std::string& unit = quantity.unit().empty() ? quantity.code() : quantity.unit();
    if (unit.empty() || unit == "1") return out;
    return out + " " + std::string(without_braces(unit));
}

}  // namespace kari::clinical
