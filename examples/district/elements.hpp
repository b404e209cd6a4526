// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kari::district {

// What the synthetic people and drugs of a district are labelled with.
inline constexpr std::string_view k_label = "demo, not for clinical use";

// Data types of FHIR R4 as JSON text.
std::string coding(std::string_view system, std::string_view code, std::string_view display);
std::string coded(std::string_view system, std::string_view code, std::string_view display);
std::string concept_text(std::string_view text);
std::string quantity(std::string_view value, std::string_view unit, std::string_view code);
std::string reference(std::string_view id, std::string_view display = {});
std::string period(std::string_view start, std::string_view end = {});
std::string note(std::string_view author_id, std::string_view time, std::string_view text);
std::string inline_text(std::string_view text);  // an attachment
// Every resource's: {"security": [HTEST], "tag": [synthetic]}
const std::string& meta();

inline constexpr std::string_view k_atc = "http://www.whocc.no/atc";
inline constexpr std::string_view k_loinc = "http://loinc.org";
inline constexpr std::string_view k_snomed = "http://snomed.info/sct";
inline constexpr std::string_view k_ucum = "http://unitsofmeasure.org";
inline constexpr std::string_view k_icd10 = "urn:oid:2.16.578.1.12.4.1.1.7110";
inline constexpr std::string_view k_icpc2 = "http://hl7.org/fhir/sid/icpc-2";
inline constexpr std::string_view k_fnr = "urn:oid:2.16.578.1.12.4.1.4.1";
inline constexpr std::string_view k_role = "urn:oid:2.16.578.1.12.4.1.1.9060";
inline constexpr std::string_view k_terminology = "http://terminology.hl7.org/CodeSystem/";

}  // namespace kari::district
