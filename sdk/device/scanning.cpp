// SPDX-License-Identifier: Apache-2.0
//
// The package that a dose is taken from, beside the order.
#include "sdk/device/scanning.hpp"

#include "sdk/base/time.hpp"
#include "sdk/clinical/scan.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

Result<std::optional<v1::ScannedPackage>> scanned_package(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto label = clinical::read_label(text);
    if (!label) return tl::unexpected(label.error());
    return clinical::scanned(*label);
}

Result<void> add_scan_warnings(const Session& session, const std::string& text,
                               const v1::Prescription& order, Instant at,
                               std::vector<DoseWarning>& out) {
    using clinical::ScanDoubt;
    if (text.empty()) return {};
    const auto label = clinical::read_label(text);
    if (!label) return tl::unexpected(label.error());
    const auto& pack = session.store.pack();
    const auto* product = clinical::product_of(*label, pack);
    const auto local = base::in_zone(at, zone_of(session));
    if (!local) return tl::unexpected(local.error());
    for (const auto doubt : clinical::scan_doubts(*label, order, base::local_date(*local), pack)) {
        const bool told = doubt >= ScanDoubt::unknown_package;
        out.push_back(warning(session, clinical::rule_of(doubt), told ? 2 : 1));
        out.back().needs_reason = !told;
        if (doubt == ScanDoubt::expired) {
            out.back().sentence += ": " + base::to_text(*label->expires);
        } else if (product != nullptr) {
            out.back().sentence += ": " + product->name;
        }
    }
    return {};
}

}  // namespace kari::device
