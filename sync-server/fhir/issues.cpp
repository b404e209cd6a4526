// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/issues.hpp"

#include <algorithm>
#include <charconv>

#include "sdk/chart/review.hpp"
#include "sdk/fhir/export.hpp"
#include "sdk/fhir/json.hpp"
#include "sync-server/fhir/citizen.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {
namespace {

using kari::fhir::Json;

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

// As a form writes it: "%7C" is "|" and "+" a blank. Nothing: a "%" without two digits.
std::optional<std::string> unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const auto high = hex_digit(text[i + 1]);
        const auto low = hex_digit(text[i + 2]);
        if (!high || !low) return std::nullopt;
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return out;
}

bool take_count(const std::string& value, std::size_t page, std::size_t& count) {
    std::size_t asked = 0;
    const auto* end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, asked);
    if (error != std::errc() || rest != end || asked == 0) return false;
    count = std::min(asked, page);
    return true;
}

// False: the parameter is none of ours, or its value cannot be read.
bool take(const std::string& name, std::string value, std::size_t page, IssueSearch& search) {
    if (name == "patient") {
        if (value.starts_with("Patient/")) value.erase(0, std::string_view("Patient/").size());
        const auto id = RecordId::parse(value);
        if (id) search.patient = *id;
        return id.has_value();
    }
    if (name == "_id") return (search.id = ResourceId::parse(value)).has_value();
    if (name == "_after") return (search.after = ResourceId::parse(value)).has_value();
    if (name == "_count") return take_count(value, page, search.count);
    if (name == "_tag") {
        search.tags.push_back(std::move(value));
        return search.tags.back().find('|') != std::string::npos;
    }
    if (name != "code") return false;
    const std::string system = std::string(kari::fhir::k_rule_system) + '|';
    if (value.starts_with(system)) value.erase(0, system.size());
    search.rule = std::move(value);
    return !search.rule.empty();
}

bool has_tag(const Json& issue, const std::string& wanted) {
    const auto bar = wanted.find('|');
    const Json* tags = issue.find("meta") == nullptr ? nullptr : issue.find("meta")->find("tag");
    if (tags == nullptr) return false;
    const auto& all = tags->all_items();
    return std::any_of(all.begin(), all.end(), [&](const Json& tag) {
        return tag.text("system") == wanted.substr(0, bar) &&
               tag.text("code") == wanted.substr(bar + 1);
    });
}

bool is_wanted(const chart::TrackedFinding& one, const IssueSearch& search) {
    const ResourceId id = chart::issue_resource(one.finding.id);
    if (search.id && *search.id != id) return false;
    if (!search.rule.empty() && search.rule != one.finding.rule) return false;
    const Json tagged = kari::fhir::tags_of(one);
    return std::all_of(search.tags.begin(), search.tags.end(),
                       [&](const std::string& tag) { return has_tag(tagged, tag); });
}

// The same search, from the last of this page on.
std::string next_page(const IssueSearch& search, const ResourceId& last) {
    const auto escaped = [](std::string_view text) {
        constexpr std::string_view k_digits = "0123456789ABCDEF";
        std::string out;
        for (const char c : text) {
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
            if (plain) {
                out += c;
                continue;
            }
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', k_digits[byte / 16], k_digits[byte % 16]};
        }
        return out;
    };
    std::string out = "DetectedIssue?patient=" + search.patient.text();
    if (!search.rule.empty()) out += "&code=" + escaped(search.rule);
    for (const std::string& tag : search.tags)
        out += "&_tag=" + escaped(tag);
    return out + "&_count=" + std::to_string(search.count) + "&_after=" + last.text();
}

struct Found {
    chart::Group group;
    std::vector<chart::TrackedFinding> findings;  // that are wanted, by the ids of their issues
};

Result<Found> find(exchange::Parts& parts, const Seen& seen, const IssueSearch& search) {
    Found found;
    KARI_LET(found.group, group_of(parts, seen));
    found.findings = chart::track(found.group, chart::review(found.group, parts.pack));
    std::erase_if(found.findings, [&](const auto& one) { return !is_wanted(one, search); });
    return found;
}

kari::fhir::ExportOptions about(const RecordId& patient) {
    kari::fhir::ExportOptions options;
    options.patient = "Patient/" + patient.text();
    return options;
}

// The record of the unit's caseload in which the issue stands.
Result<RecordId> record_of(exchange::Parts& parts, const UnitId& unit, const ResourceId& issue) {
    KARI_LET(const auto rows, parts.storage.caseload(unit));
    for (const auto& row : rows) {
        if (row.state != storage::CaseloadState::granted) continue;
        bool here = false;
        KARI_TRY(parts.storage.changes_of(row.record, issue, [&](const auto& change) {
            here = change.kind == v1::KIND_DETECTED_ISSUE;
            return false;
        }));
        if (here) return row.record;
    }
    return fail(ErrorCode::not_found, "resource");
}

}  // namespace

Result<IssueSearch> read_issue_search(std::string_view query, std::size_t page) {
    IssueSearch search;
    search.count = page;
    while (!query.empty()) {
        const auto part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        if (part.empty()) continue;
        const auto equals = std::min(part.find('='), part.size());
        const auto name = unescaped(part.substr(0, equals));
        const auto value = unescaped(part.substr(std::min(part.size(), equals + 1)));
        if (!name || !value || !take(*name, *value, page, search)) {
            return fail(ErrorCode::invalid_argument, "a search parameter");
        }
    }
    if (search.patient.is_zero()) return fail(ErrorCode::invalid_argument, "no patient parameter");
    return search;
}

Result<std::string> find_issues(exchange::Parts& parts, const identity::DeviceIdentity& who,
                                const IssueSearch& search) {
    KARI_LET(const auto seen, seen_by(parts, who, search.patient));
    KARI_TRY(log_export(parts, who, seen));
    KARI_LET(auto found, find(parts, seen, search));
    const auto total = found.findings.size();
    // Ids of findings ascend as those of their issues do: these are their first bytes.
    if (search.after) {
        std::erase_if(found.findings, [&](const auto& one) {
            return chart::issue_resource(one.finding.id) <= *search.after;
        });
    }
    const bool more = found.findings.size() > search.count;
    if (more) found.findings.resize(search.count);
    Json bundle = kari::fhir::to_issue_bundle(found.group, found.findings, about(search.patient));
    bundle.set("total", Json::number(static_cast<long long>(total)));
    if (more) {
        Json link = Json::object();
        link.set("relation", Json("next"));
        link.set("url",
                 Json(next_page(search, chart::issue_resource(found.findings.back().finding.id))));
        bundle.set("link", Json(Json::Array{std::move(link)}));
    }
    return kari::fhir::to_text(bundle);
}

Result<std::string> read_issue(exchange::Parts& parts, const identity::DeviceIdentity& who,
                               std::string_view id) {
    const auto issue = ResourceId::parse(id);
    if (!issue || issue->is_zero()) return fail(ErrorCode::not_found, "resource");
    if (who.revoked) return fail(ErrorCode::device_revoked, "device");
    if (who.expired) return fail(ErrorCode::device_expired, "device");
    KARI_LET(const auto record, record_of(parts, who.unit, *issue));
    KARI_LET(const auto seen, seen_by(parts, who, record));
    KARI_TRY(log_export(parts, who, seen));
    IssueSearch search;
    search.patient = record;
    search.id = issue;
    KARI_LET(const auto found, find(parts, seen, search));
    if (found.findings.empty()) return fail(ErrorCode::not_found, "resource");
    const Json bundle = kari::fhir::to_issue_bundle(found.group, found.findings, about(record));
    return kari::fhir::to_text(*bundle.find("entry")->all_items().front().find("resource"));
}

}  // namespace kari::server::fhir
