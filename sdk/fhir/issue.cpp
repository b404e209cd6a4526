// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/issue.hpp"

#include "sdk/fhir/export.hpp"

namespace kari::fhir {

namespace {

Json concept_of(std::string_view system, std::string_view code) {
    Json coding = Json::object();
    coding.set("system", Json(system));
    coding.set("code", Json(code));
    return Json(Json::Object{{"coding", Json(Json::Array{std::move(coding)})}});
}

// FHIR knows three degrees; the exact one stands in a tag of ours.
std::string_view severity_code(v1::Severity severity) {
    switch (severity) {
        case v1::SEVERITY_S1:
            return "high";
        case v1::SEVERITY_S2:
            return "moderate";
        default:
            return "low";
    }
}

std::string_view severity_name(v1::Severity severity) {
    switch (severity) {
        case v1::SEVERITY_S1:
            return "S1";
        case v1::SEVERITY_S2:
            return "S2";
        case v1::SEVERITY_S3:
            return "S3";
        case v1::SEVERITY_S4:
            return "S4";
        default:
            return "";
    }
}

Json mitigation_of(std::string_view outcome, std::string_view reason) {
    std::string text(outcome);
    if (!reason.empty()) text += (text.empty() ? "" : ": ") + std::string(reason);
    Json action = Json::object();
    action.set("text", Json(std::move(text)));
    return Json(Json::Object{{"action", std::move(action)}});
}

}  // namespace

Json write_issue(const Issue& issue) {
    Json out = Json::object();
    out.set("resourceType", Json("DetectedIssue"));
    out.set("id", Json(issue.id));
    if (const std::string_view name = severity_name(issue.severity); !name.empty()) {
        Json tag = Json::object();
        tag.set("system", Json(k_severity_system));
        tag.set("code", Json(name));
        out["meta"].set("tag", Json(Json::Array{std::move(tag)}));
    }
    const char* stated = issue.provisional ? "preliminary" : "final";
    out.set("status", Json(issue.cleared ? "cancelled" : stated));
    out.set("code", concept_of(k_rule_system, issue.rule));
    out.set("severity", Json(severity_code(issue.severity)));
    if (!issue.patient.empty()) {
        out.set("patient", Json(Json::Object{{"reference", Json(issue.patient)}}));
    }
    Json implicated = Json::array();
    for (const std::string& reference : issue.implicated) {
        implicated.push(Json(Json::Object{{"reference", Json(reference)}}));
    }
    if (!implicated.all_items().empty()) out.set("implicated", std::move(implicated));
    Json mitigations = Json::array();
    for (const v1::Resolution& resolution : issue.resolutions) {
        mitigations.push(mitigation_of(resolution.outcome(), resolution.reason()));
    }
    for (const v1::Deferral& deferral : issue.deferrals) {
        mitigations.push(mitigation_of("deferred until " + deferral.until(), deferral.reason()));
    }
    if (!mitigations.all_items().empty()) out.set("mitigation", std::move(mitigations));
    return out;
}

}  // namespace kari::fhir
