// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/chart/finding.hpp"
#include "sdk/fhir/json.hpp"

namespace kari::fhir {

// What a DetectedIssue says, wherever it was learnt.
struct Issue {
    std::string id;
    std::string rule;
    v1::Severity severity = v1::SEVERITY_UNSPECIFIED;
    std::string patient;                  // "Patient/ID"; may be empty
    std::vector<std::string> implicated;  // references
    bool provisional = false;             // the server has not stated it
    bool cleared = false;                 // no rule finds it any more
    std::vector<v1::Resolution> resolutions;
    std::vector<v1::Deferral> deferrals;
};

Json write_issue(const Issue& issue);

}  // namespace kari::fhir
