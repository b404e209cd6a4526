// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

// Findings as FHIR R4 DetectedIssue: of one citizen, or one by its id.
namespace kari::server::fhir {

// What a search asks for: GET /fhir/DetectedIssue?patient=RECORD[&...].
struct IssueSearch {
    RecordId patient;
    std::optional<ResourceId> id;     // _id
    std::string rule;                 // code: "RULE" or "urn:kari:fhir:rule|RULE"
    std::vector<std::string> tags;    // _tag, each "SYSTEM|CODE": of severity and state
    std::size_t count = 0;            // _count: in one page
    std::optional<ResourceId> after;  // _after: the page that follows this one
};

// `page`: the most that one page has. Errors: invalid_argument (an unknown or unreadable parameter,
// or no patient: it is named, its value is not).
Result<IssueSearch> read_issue_search(std::string_view query, std::size_t page);

// A searchset Bundle of the findings that stand, open or answered, in the order of their ids, with
// a link to the next page when there is one. The access entry is durable before anything is
// returned. Errors: as everything().
Result<std::string> find_issues(exchange::Parts& parts, const identity::DeviceIdentity& who,
                                const IssueSearch& search);

// The DetectedIssue of that id, of whichever citizen in the unit's caseload it is about.
// Errors: as everything().
Result<std::string> read_issue(exchange::Parts& parts, const identity::DeviceIdentity& who,
                               std::string_view id);

}  // namespace kari::server::fhir
