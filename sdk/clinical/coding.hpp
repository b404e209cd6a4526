// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kari/v1/types.pb.h"

namespace kari::clinical {

inline constexpr std::string_view k_loinc = "http://loinc.org";
inline constexpr std::string_view k_ucum = "http://unitsofmeasure.org";
inline constexpr std::string_view k_snomed = "http://snomed.info/sct";
inline constexpr std::string_view k_atc = "http://www.whocc.no/atc";
inline constexpr std::string_view k_atc_volven = "urn:oid:2.16.578.1.12.4.1.1.7180";

// The first code of `system`; empty when there is none.
std::string_view code_in(const v1::CodeableConcept& concept_, std::string_view system);

// All ATC codes of well-formed length, as written in upper case, ascending, without repeats.
std::vector<std::string> atc_codes(const v1::CodeableConcept& concept_);

// What to show: the text, else the first display, else the first code.
std::string shown(const v1::CodeableConcept& concept_);

// Text folded for comparing: ASCII and Norwegian letters in lower case, runs of space as one.
std::string folded(std::string_view text);

// True when both have a coding of the same system and code.
bool share_coding(const v1::CodeableConcept& a, const v1::CodeableConcept& b);

}  // namespace kari::clinical
