// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/dose_hold.hpp"

#include <algorithm>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

bool is_of(const v1::CodeableConcept& code, const DoseHold& hold) {
    return std::any_of(code.coding().begin(), code.coding().end(), [&](const auto& coding) {
        return coding.system() == k_loinc &&
               std::find(hold.codes.begin(), hold.codes.end(), coding.code()) != hold.codes.end();
    });
}

bool is_beyond(const v1::ObservationValue& value, const DoseHold& hold) {
    if (!value.has_quantity()) return false;
    const auto number = Decimal::parse(value.quantity().value());
    if (!number) return false;
    const Quantity measured{*number, value.quantity().code(), {}};
    const std::string& comparator = value.quantity().comparator();
    const bool at_most = comparator.starts_with('<');
    const bool at_least = comparator.starts_with('>');
    const auto is = [&](const std::optional<Quantity>& limit, std::strong_ordering order,
                        bool or_equal) {
        if (!limit) return false;
        const auto compared = base::compare(measured, *limit);
        return compared &&
               (*compared == order || (or_equal && *compared == std::strong_ordering::equal));
    };
    // "Below 4.0" is beyond that limit, and "above 3.0" tells nothing of it.
    return (!at_least && is(hold.below, std::strong_ordering::less, comparator == "<")) ||
           (!at_most && is(hold.above, std::strong_ordering::greater, comparator == ">"));
}

bool stands(v1::ObservationStatus status) {
    return status != v1::OBSERVATION_STATUS_ENTERED_IN_ERROR &&
           status != v1::OBSERVATION_STATUS_CANCELLED;
}

}  // namespace

std::vector<const DoseHold*> holds_by(const v1::Measurement& said, const KnowledgePack& pack) {
    std::vector<const DoseHold*> out;
    if (!stands(said.status())) return out;
    for (const auto& hold : pack.holds) {
        bool found = is_of(said.code(), hold) && is_beyond(said.value(), hold);
        for (const auto& part : said.component())
            found = found || (is_of(part.code(), hold) && is_beyond(part.value(), hold));
        if (found) out.push_back(&hold);
    }
    return out;
}

bool holds(const DoseHold& hold, const v1::CodeableConcept& drug) {
    const auto codes = atc_codes(drug);
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& atc) {
        return std::any_of(hold.drugs.begin(), hold.drugs.end(),
                           [&](const std::string& prefix) { return atc.starts_with(prefix); });
    });
}

}  // namespace kari::clinical
