// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <kari/actions.hpp>

#include "sdk/chart/chart.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// Doses that one question names at most; of more the reason is none.
inline constexpr std::size_t k_about_most = 64;

// A warning before something is given, with the catalogue's sentences.
DoseWarning warning(const Session& session, std::string_view rule, int severity);

// A dose as its giver typed it, in the unit that was meant: "2 tabletter" is 2 {tablet}, and the
// order's own word for its unit is the order's unit. What nobody knows stays as it was typed.
v1::Quantity stated_dose(const Quantity& typed, const v1::Quantity* ordered = nullptr);

// What allergies say, as the chart stands now.
void add_allergy_warnings(const Session& session, const chart::Group& group,
                          const v1::CodeableConcept& drug, std::vector<DoseWarning>& out);

// As they are shown to whoever is asked, each with its name.
Result<std::vector<DoseWarning>> as_shown(Result<std::vector<DoseWarning>> warnings);
// Whether a reason is for this warning, and not for what its rule said before.
bool is_for(const Override& reason, const DoseWarning& warning);

// Errors: reason_required, naming the rules that have none (blanks are none); as validate_reason.
Result<void> require_overrides(const std::vector<DoseWarning>& warnings,
                               const std::vector<Override>& overrides);

}  // namespace kari::device
