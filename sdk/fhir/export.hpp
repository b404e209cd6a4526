// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/fhir/json.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::fhir {

// System of the tags and codes that are ours.
inline constexpr std::string_view k_state_system = "urn:kari:fhir:state";  // contested, incomplete
inline constexpr std::string_view k_rule_system = "urn:kari:fhir:rule";
inline constexpr std::string_view k_severity_system = "urn:kari:fhir:severity";  // S1 .. S4
inline constexpr std::string_view k_finding_state_system = "urn:kari:fhir:finding-state";

struct ExportOptions {
    // The subject of what was made here: "Patient/ID". What was imported keeps what it said.
    std::string patient = {};
    // "Type/id" of another resource, for references that are known by resource id only; may be
    // empty, or answer with an empty text.
    std::function<std::string(const ResourceId&)> reference_of = {};
    // In front of "/Type/id" in a bundle's fullUrl.
    std::string base_url = {};
    // More of the patient is elsewhere: the bundle is tagged SUBSETTED.
    bool subset = false;
    // Of what is said in words: titles of findings, values of their sides.
    clinical::Language language = clinical::Language::bokmaal;
};

// The FHIR R4 JSON of a resource's operative values. What was imported and not changed comes back
// as it came, apart from the order of members. A contested or incomplete resource carries a tag.
// RecordLink, TimeNote, MedicationAllowance and StockEvent have no FHIR form: null.
Json to_fhir(const merge::Resource& resource, const ExportOptions& options);

// As to_fhir, but one value for each live statement when the policy gives none precedence
// (a contested observation, a forked note): each has an id of its own and the tag.
std::vector<Json> to_fhir_statements(const merge::Resource& resource, const ExportOptions& options);

// A searchset Bundle of the group's resources ($everything) with a DetectedIssue for each finding,
// and for each that was stated and is found no more. Patient and references between the resources
// are filled in; `options.patient` and `options.reference_of` are asked only for what is not among
// them.
Json to_bundle(const chart::Group& group, const std::vector<chart::TrackedFinding>& findings,
               const ExportOptions& options);

// The same of some findings alone.
Json to_issue_bundle(const chart::Group& group, const std::vector<chart::TrackedFinding>& findings,
                     const ExportOptions& options);

// The `meta` of a finding's DetectedIssue alone: its severity and state as tags.
Json tags_of(const chart::TrackedFinding& finding);

// "Type/id" under which a resource is exported; empty when it has no FHIR form.
std::string exported_reference(const merge::Resource& resource);

}  // namespace kari::fhir
