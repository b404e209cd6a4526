// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/issue.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/chart/dispute.hpp"
#include "sdk/chart/finding_rules.hpp"
#include "sdk/chart/view.hpp"

namespace kari::fhir {

namespace {

constexpr std::string_view k_evidence_system = "urn:kari:fhir:finding-evidence";

Json concept_of(std::string_view system, std::string_view code) {
    Json coding = Json::object();
    coding.set("system", Json(system));
    coding.set("code", Json(code));
    return Json(Json::Object{{"coding", Json(Json::Array{std::move(coding)})}});
}

Json tag_of(std::string_view system, std::string_view code) {
    return Json(Json::Object{{"system", Json(system)}, {"code", Json(code)}});
}

Json reference_to(std::string reference) {
    return Json(Json::Object{{"reference", Json(std::move(reference))}});
}

Json practitioner(const PersonId& person) {
    return reference_to("Practitioner/" + person.text());
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

std::string_view state_name(chart::FindingState state) {
    switch (state) {
        case chart::FindingState::resolved:
            return "resolved";
        case chart::FindingState::deferred:
            return "deferred";
        default:
            return "open";
    }
}

// Extensions of one element, each of ours: "urn:kari:fhir:finding-NAME", within another its name.
class Extensions {
public:
    explicit Extensions(std::string prefix = "urn:kari:fhir:finding-")
        : prefix_(std::move(prefix)) {}

    void add(std::string_view name, std::string_view type, Json value) {
        Json one = Json::object();
        one.set("url", Json(prefix_ + std::string(name)));
        one.set(type, std::move(value));
        all_.push(std::move(one));
    }
    void text(std::string_view name, std::string value) {
        if (!value.empty()) add(name, "valueString", Json(std::move(value)));
    }
    void put_into(Json& element) && {
        if (!all_.all_items().empty()) element.set("extension", std::move(all_));
    }

private:
    std::string prefix_;
    Json all_ = Json::array();
};

std::string utc(Instant at) {
    return base::fhir_date_time({at, 0, "UTC"});
}

// Who said it, when, where, knowing what, and what.
Json statement_of(const chart::DisputeStatement& from, clinical::Language language) {
    const merge::Change& change = *from.change;
    const auto by = chart::authorship_of(change);
    Extensions parts("");
    parts.text("change", change.id.text());
    if (by.person) parts.add("author", "valueReference", practitioner(*by.person));
    parts.text("role", by.role);
    parts.add("recorded", "valueDateTime", Json(base::fhir_date_time(by.recorded)));
    parts.add("by-server", "valueBoolean", Json(by.from_server));
    parts.text("machine", change.incarnation.text());
    if (change.body.basis().has_data_age_ms()) {
        Json age = Json::object();
        age.set("value",
                Json::number(static_cast<long long>(change.body.basis().data_age_ms() / 1000)));
        age.set("system", Json("http://unitsofmeasure.org"));
        age.set("code", Json("s"));
        parts.add("data-age", "valueDuration", std::move(age));
    }
    if (!change.body_bytes) parts.add("withheld", "valueBoolean", Json(true));
    for (const ChangeId& other : from.not_seen)
        parts.text("not-seen", other.text());
    for (const auto& part : chart::parts_of(from, language)) {
        Extensions said("");
        said.text("atom", part.atom);
        said.text("value", part.value);
        said.add("acted-on", "valueBoolean", Json(part.acted_on));
        Json one = Json::object();
        std::move(said).put_into(one);
        parts.add("part", "extension", *one.find("extension"));
    }
    Json out = Json::object();
    std::move(parts).put_into(out);
    return *out.find("extension");
}

Json evidence_of(std::string_view what, const chart::DisputeStatement& from,
                 const ExportOptions& options) {
    Json out = Json::object();
    Extensions said;
    said.add("statement", "extension", statement_of(from, options.language));
    std::move(said).put_into(out);
    out.set("code", Json(Json::Array{concept_of(k_evidence_system, what)}));
    const std::string name =
        options.reference_of ? options.reference_of(from.resource->id) : std::string();
    if (!name.empty()) out.set("detail", Json(Json::Array{reference_to(name)}));
    return out;
}

Json evidence_of(const chart::Dispute& dispute, const ExportOptions& options) {
    Json all = Json::array();
    for (const auto& one : dispute.base)
        all.push(evidence_of("base", one, options));
    for (const auto& one : dispute.sides)
        all.push(evidence_of("side", one, options));
    for (const ChangeId& id : dispute.not_here) {
        Json gone = Json::object();
        Extensions said;
        said.text("input", id.text());
        std::move(said).put_into(gone);
        gone.set("code", Json(Json::Array{concept_of(k_evidence_system, "not-here")}));
        all.push(std::move(gone));
    }
    return all;
}

std::string action_words(std::string_view outcome, std::string_view reason) {
    std::string text(outcome);
    if (!reason.empty()) text += (text.empty() ? "" : ": ") + std::string(reason);
    return text;
}

template <typename Answer>
Json mitigation_of(std::string action, const Answer& answer) {
    Json out = Json::object();
    Extensions saw;
    for (const std::string& bytes : answer.input()) {
        if (const auto id = base::from_bytes<ChangeId>(bytes)) saw.text("saw", id->text());
    }
    if (const auto name = severity_name(answer.severity()); !name.empty()) {
        saw.add("saw-severity", "valueCode", Json(name));
    }
    std::move(saw).put_into(out);
    out["action"].set("text", Json(std::move(action)));
    return out;
}

Json mitigation_of(const v1::Resolution& said) {
    return mitigation_of(action_words(said.outcome(), said.reason()), said);
}

Json mitigation_of(const v1::Deferral& said) {
    return mitigation_of(action_words("deferred until " + said.until(), said.reason()), said);
}

Json mitigation_of(const chart::FindingAnswer& answer) {
    Json out =
        answer.resolution ? mitigation_of(*answer.resolution) : mitigation_of(*answer.deferral);
    const auto by = chart::authorship_of(*answer.change);
    out.set("date", Json(base::fhir_date_time(by.recorded)));
    if (by.person) out.set("author", practitioner(*by.person));
    return out;
}

// What every DetectedIssue of ours has.
Json issue_of(const ResourceId& id, std::string_view rule, v1::Severity severity,
              std::string_view status, const ExportOptions& options) {
    Json out = Json::object();
    out.set("resourceType", Json("DetectedIssue"));
    out.set("id", Json(id.text()));
    if (const std::string_view name = severity_name(severity); !name.empty()) {
        out["meta"].set("tag", Json(Json::Array{tag_of(k_severity_system, name)}));
    }
    out.set("status", Json(status));
    out.set("code", concept_of(k_rule_system, rule));
    out.set("severity", Json(severity_code(severity)));
    if (!options.patient.empty()) out.set("patient", reference_to(options.patient));
    return out;
}

void set_list(Json& out, std::string_view name, Json list) {
    if (!list.all_items().empty()) out.set(name, std::move(list));
}

void set_words(Json& out, std::string_view rule, clinical::Language language) {
    const auto* words = clinical::sentences(rule, language);
    if (words == nullptr) return;
    out["code"].set("text", Json(words->title));
    out.set("detail", Json(std::string(words->meaning) + ' ' + std::string(words->next)));
}

}  // namespace

Json tags_of(const chart::TrackedFinding& tracked) {
    Json tags = Json::array();
    tags.push(tag_of(k_severity_system, severity_name(tracked.finding.severity)));
    tags.push(tag_of(k_finding_state_system, state_name(tracked.state)));
    if (!tracked.found_here) tags.push(tag_of(k_state_system, "not-found-here"));
    Json out = Json::object();
    out["meta"].set("tag", std::move(tags));
    return out;
}

Json write_issue(const chart::Group& group, const chart::TrackedFinding& tracked,
                 const ExportOptions& options) {
    const chart::Finding& finding = tracked.finding;
    Json out = issue_of(chart::issue_resource(finding.id), finding.rule, finding.severity,
                        tracked.provisional ? "preliminary" : "final", options);
    out.set("meta", *tags_of(tracked).find("meta"));
    set_words(out, finding.rule, options.language);

    Json identifier = Json::object();
    identifier.set("system", Json("urn:kari:fhir:finding"));
    identifier.set("value", Json(finding.id.text()));
    out.set("identifier", Json(Json::Array{std::move(identifier)}));
    if (const auto first = chart::first_stated(group, finding)) {
        out.set("identifiedDateTime", Json(utc(*first)));
    }
    Extensions more;
    more.add("resolver", "valueCode",
             Json(chart::name_of(chart::finding_rule(finding.rule).resolver)));
    if (tracked.due) more.add("due", "valueDateTime", Json(utc(*tracked.due)));
    if (tracked.assigned_to) {
        more.add("assigned-to", "valueReference", practitioner(*tracked.assigned_to));
    }
    std::move(more).put_into(out);

    Json implicated = Json::array();
    std::set<std::string> named;
    for (const ResourceId& id : finding.resources) {
        std::string name = options.reference_of ? options.reference_of(id) : std::string();
        if (!name.empty() && named.insert(name).second) implicated.push(reference_to(name));
    }
    set_list(out, "implicated", std::move(implicated));
    set_list(out, "evidence", evidence_of(chart::dispute_of(group, finding), options));
    Json mitigations = Json::array();
    for (const auto& answer : chart::answers_of(group, finding))
        mitigations.push(mitigation_of(answer));
    set_list(out, "mitigation", std::move(mitigations));
    return out;
}

Json write_stated_issue(const merge::Resource& issue, const ExportOptions& options) {
    const auto said = merge::operative_as<v1::DetectedIssue>(issue);
    const bool cleared = said.statement().cleared();
    const char* stated = said.has_statement() ? "final" : "preliminary";
    Json out = issue_of(issue.id, said.statement().rule(), said.statement().severity(),
                        cleared ? "cancelled" : stated, options);
    Json mitigations = Json::array();
    for (const v1::Resolution& resolution : said.resolution().items())
        mitigations.push(mitigation_of(resolution));
    if (said.has_deferral()) mitigations.push(mitigation_of(said.deferral()));
    set_list(out, "mitigation", std::move(mitigations));
    return out;
}

}  // namespace kari::fhir
