// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/intake.hpp"

#include <array>
#include <utility>

namespace kari::clinical {
namespace {

constexpr std::array k_codes{std::pair{v1::INTAKE_SELF_OBSERVED, std::string_view("self-observed")},
                             std::pair{v1::INTAKE_SELF_REPORTED, std::string_view("self-reported")},
                             std::pair{v1::INTAKE_HANDED_OVER, std::string_view("handed-over")},
                             std::pair{v1::INTAKE_BY_OTHER, std::string_view("by-other")}};

}  // namespace

std::string_view intake_code(v1::Intake intake) {
    for (const auto& [known, code] : k_codes) {
        if (known == intake) return code;
    }
    return {};
}

v1::Intake intake_from(std::string_view code) {
    for (const auto& [intake, known] : k_codes) {
        if (known == code) return intake;
    }
    return v1::INTAKE_UNSPECIFIED;
}

bool is_assumed(const v1::Administration& said) {
    return said.intake() != v1::INTAKE_UNSPECIFIED && said.intake() != v1::INTAKE_SELF_OBSERVED;
}

bool is_prepared_here(const v1::Administration& said) {
    return said.intake() == v1::INTAKE_UNSPECIFIED || said.intake() == v1::INTAKE_HANDED_OVER;
}

}  // namespace kari::clinical
