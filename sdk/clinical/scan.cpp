// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/scan.hpp"

#include <algorithm>

#include "sdk/base/quantity.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

bool any_begins(const std::string& code, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return code.starts_with(prefix); });
}

// A drug may have more than one code: methotrexate has one as a cytotoxic.
bool is_one_drug(const std::string& a, const std::string& b, const KnowledgePack& pack) {
    return a.starts_with(b) || b.starts_with(a) ||
           std::any_of(pack.weekly.begin(), pack.weekly.end(), [&](const WeeklyDrug& row) {
               return any_begins(a, row.drugs) && any_begins(b, row.drugs);
           });
}

// So much in one piece, or in one of a unit.
struct Holds {
    kari::Quantity amount;
    std::string in;  // empty: a piece
};

std::string in_words(const std::string& unit) {
    v1::Quantity said;
    said.set_unit(unit);
    return meant_unit(said);
}

// "500 mg", "100 U/mL"; nothing when it is anything else, as of a combination.
std::optional<Holds> strength_of(const std::string& text) {
    const auto space = text.find(' ');
    if (space == std::string::npos) return std::nullopt;
    const auto value = Decimal::parse(text.substr(0, space));
    const std::string units = text.substr(space + 1);
    const auto slash = units.find('/');
    const std::string code = in_words(units.substr(0, slash));
    const std::string in = slash == std::string::npos ? "" : in_words(units.substr(slash + 1));
    if (!value || !base::known_unit(code)) return std::nullopt;
    if (slash != std::string::npos && !base::known_unit(in)) return std::nullopt;
    return Holds{{*value, code, {}}, in};
}

std::optional<Holds> strength_of(const v1::Ratio& stated) {
    const auto value = Decimal::parse(stated.numerator().value());
    const std::string& pieces = stated.denominator().value();
    const auto each = Decimal::parse(pieces.empty() ? "1" : pieces);
    if (!value || !each || !each->same_value(Decimal::of(1))) return std::nullopt;
    const std::string per = meant_unit(stated.denominator());
    const bool of_a_piece = per.empty() || per == "1" || counted_in_pieces(per);
    return Holds{{*value, meant_unit(stated.numerator()), {}}, of_a_piece ? "" : per};
}

// "500 mg", of whatever tablets they are made up.
bool is_ordered_by_amount(const v1::Prescription& order) {
    const auto by_amount = [](const v1::DoseAndRate& one) {
        const std::string unit = meant_unit(one.dose_quantity());
        return one.has_dose_quantity() && !counted_in_pieces(unit) && base::known_unit(unit);
    };
    return !order.dosage().empty() &&
           std::all_of(order.dosage().begin(), order.dosage().end(), [&](const v1::Dosage& line) {
               return !line.dose_and_rate().empty() &&
                      std::all_of(line.dose_and_rate().begin(), line.dose_and_rate().end(),
                                  by_amount);
           });
}

enum class Strength { same, other, cannot_tell };

Strength compare_strength(const Product& product, const v1::Prescription& order) {
    if (!order.has_strength() && is_ordered_by_amount(order)) return Strength::same;
    const auto holds = strength_of(product.strength);
    const auto ordered = strength_of(order.strength());
    if (!holds || !ordered || holds->in != ordered->in) return Strength::cannot_tell;
    const auto compared = base::compare(holds->amount, ordered->amount);
    if (!compared) return Strength::cannot_tell;
    return *compared == std::strong_ordering::equal ? Strength::same : Strength::other;
}

}  // namespace

std::string_view rule_of(ScanDoubt doubt) {
    switch (doubt) {
        case ScanDoubt::other_drug:
            return "entry/scan-other-drug";
        case ScanDoubt::other_strength:
            return "entry/scan-other-strength";
        case ScanDoubt::expired:
            return "entry/scan-expired";
        case ScanDoubt::unknown_package:
            return "entry/scan-unknown";
        case ScanDoubt::order_unclear:
            return "entry/scan-unclear";
    }
    return {};
}

const Product* product_of(const PackageLabel& label, const KnowledgePack& pack) {
    return pack.product(label.gtin.empty() ? label.vnr : label.gtin);
}

std::vector<ScanDoubt> scan_doubts(const PackageLabel& label, const v1::Prescription& order,
                                   const LocalDate& day, const KnowledgePack& pack) {
    std::vector<ScanDoubt> out;
    const Product* product = product_of(label, pack);
    const auto codes = atc_codes(order.medication());
    const bool same =
        product != nullptr && std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
            return is_one_drug(product->atc, code, pack);
        });
    if (product != nullptr && !codes.empty() && !same) out.push_back(ScanDoubt::other_drug);
    const Strength strength = same ? compare_strength(*product, order) : Strength::same;
    if (strength == Strength::other) out.push_back(ScanDoubt::other_strength);
    if (label.expires && *label.expires < day) out.push_back(ScanDoubt::expired);
    if (product == nullptr) {
        out.push_back(ScanDoubt::unknown_package);
    } else if (codes.empty() || strength == Strength::cannot_tell) {
        out.push_back(ScanDoubt::order_unclear);
    }
    return out;
}

v1::ScannedPackage scanned(const PackageLabel& label) {
    v1::ScannedPackage out;
    out.set_gtin(label.gtin);
    out.set_vnr(label.vnr);
    if (label.expires) out.set_expires(base::to_text(*label.expires));
    out.set_lot(label.lot);
    out.set_serial(label.serial);
    return out;
}

}  // namespace kari::clinical
