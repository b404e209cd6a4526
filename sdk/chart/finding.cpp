// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/finding.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"

namespace kari::chart {
namespace {

std::string tagged(char tag, std::initializer_list<std::string> parts) {
    std::string bytes(1, tag);
    for (const auto& part : parts)
        bytes += part;
    return bytes;
}

// 1 is the most severe; what is not a severity ranks last.
int rank(v1::Severity severity) {
    return severity == v1::SEVERITY_UNSPECIFIED ? 99 : static_cast<int>(severity);
}

}  // namespace

Subject Subject::slot(const SlotId& slot) {
    return {tagged('D', {base::to_bytes(slot)})};
}

Subject Subject::atom(const ResourceId& resource, std::uint32_t atom) {
    return {tagged('A', {base::to_bytes(resource), base::u32(atom)})};
}

Subject Subject::resource(const ResourceId& resource) {
    return {tagged('R', {base::to_bytes(resource)})};
}

Subject Subject::account(std::string_view account) {
    return {tagged('L', {base::to_bytes(base::sha256_of("kari stock account", {account}))})};
}

Subject Subject::pair(const ResourceId& a, const ResourceId& b) {
    return {tagged('P', {base::to_bytes(std::min(a, b)), base::to_bytes(std::max(a, b))})};
}

Subject Subject::stream(const IncarnationId& incarnation, const RecordId& record,
                        std::uint64_t seq) {
    return {tagged('S', {base::to_bytes(incarnation), base::to_bytes(record), base::u64(seq)})};
}

FindingId finding_id(std::string_view rule, const Subject& subject) {
    FindingId id;
    id.bytes = base::sha256_of("kari finding", {rule, subject.bytes}).bytes;
    return id;
}

ResourceId issue_resource(const FindingId& id) {
    Digest digest;
    digest.bytes = id.bytes;
    return base::shorten<ResourceId>(digest);
}

bool more_severe(v1::Severity a, v1::Severity b) {
    return rank(a) < rank(b);
}

v1::FindingStatement statement_of(const Finding& finding, bool cleared) {
    v1::FindingStatement statement;
    statement.set_finding(base::to_bytes(finding.id));
    statement.set_rule(finding.rule);
    statement.set_severity(finding.severity);
    statement.set_subject(finding.subject.bytes);
    for (const auto& input : finding.inputs)
        statement.add_input(base::to_bytes(input));
    for (const auto& record : finding.records)
        statement.add_record(base::to_bytes(record));
    statement.set_cleared(cleared);
    return statement;
}

Finding finding_from(const v1::FindingStatement& statement) {
    Finding finding;
    if (const auto id = base::from_bytes<FindingId>(statement.finding())) finding.id = *id;
    finding.rule = statement.rule();
    finding.severity = statement.severity();
    finding.subject.bytes = statement.subject();
    for (const auto& bytes : statement.input()) {
        if (const auto id = base::from_bytes<ChangeId>(bytes)) finding.inputs.push_back(*id);
    }
    for (const auto& bytes : statement.record()) {
        if (const auto id = base::from_bytes<RecordId>(bytes)) finding.records.push_back(*id);
    }
    std::sort(finding.inputs.begin(), finding.inputs.end());
    std::sort(finding.records.begin(), finding.records.end());
    return finding;
}

}  // namespace kari::chart
