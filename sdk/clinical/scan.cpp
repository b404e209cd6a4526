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

// "500 mg"; nothing when it is anything else.
std::optional<kari::Quantity> strength_of(const std::string& text) {
    const auto space = text.find(' ');
    if (space == std::string::npos) return std::nullopt;
    const auto value = Decimal::parse(text.substr(0, space));
    v1::Quantity unit;
    unit.set_unit(text.substr(space + 1));
    const std::string code = meant_unit(unit);
    if (!value || !base::known_unit(code)) return std::nullopt;
    return kari::Quantity{*value, code, {}};
}

// Of one piece.
std::optional<kari::Quantity> strength_of(const v1::Ratio& stated) {
    const auto value = Decimal::parse(stated.numerator().value());
    const std::string& pieces = stated.denominator().value();
    const auto each = Decimal::parse(pieces.empty() ? "1" : pieces);
    const std::string per = meant_unit(stated.denominator());
    const bool of_a_piece = per.empty() || per == "1" || counted_in_pieces(per);
    if (!value || !each || !each->same_value(Decimal::of(1)) || !of_a_piece) return std::nullopt;
    return kari::Quantity{*value, meant_unit(stated.numerator()), {}};
}

bool is_other_strength(const Product& product, const v1::Prescription& order) {
    const auto holds = strength_of(product.strength);
    const auto ordered = strength_of(order.strength());
    if (!holds || !ordered) return false;
    const auto compared = base::compare(*holds, *ordered);
    return compared && *compared != std::strong_ordering::equal;
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
    if (same && is_other_strength(*product, order)) out.push_back(ScanDoubt::other_strength);
    if (label.expires && *label.expires < day) out.push_back(ScanDoubt::expired);
    if (product == nullptr) {
        out.push_back(ScanDoubt::unknown_package);
    } else if (codes.empty()) {
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
