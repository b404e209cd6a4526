// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::chart {

// What a finding is about: the slot, the (resource, atom) or the unordered pair. Never the
// growing list of inputs, the pack or the time.
struct Subject {
    std::string bytes;  // canonical; see docs/formats/findings.md
    static Subject slot(const SlotId& slot);
    static Subject atom(const ResourceId& resource, std::uint32_t atom);
    static Subject resource(const ResourceId& resource);
    static Subject account(std::string_view account);  // of the ledger, by its key (stock.hpp)
    static Subject pair(const ResourceId& a, const ResourceId& b);
    static Subject stream(const IncarnationId& incarnation, const RecordId& record,
                          std::uint64_t seq);
    bool operator==(const Subject&) const = default;
};

// A rule's output over a chart: something a person must look at.
struct Finding {
    FindingId id;  // H("kari finding", rule, subject)
    std::string rule;
    v1::Severity severity = v1::SEVERITY_UNSPECIFIED;
    Subject subject;
    std::vector<ChangeId> inputs;       // ascending
    std::vector<RecordId> records;      // where the inputs stand, ascending
    std::vector<ResourceId> resources;  // all that it depends on, to be marked; ascending
    bool operator==(const Finding&) const = default;
};

FindingId finding_id(std::string_view rule, const Subject& subject);

// The DetectedIssue resource that carries a finding: its id's first 16 bytes.
ResourceId issue_resource(const FindingId& id);

// True when `a` is more severe than `b`. S1 is the most severe; unspecified the least.
bool more_severe(v1::Severity a, v1::Severity b);

// Whether an issue resource, by what it says itself, needs nobody any more: the server states
// nothing in it, or no longer, or what it states is resolved.
bool is_settled(const merge::Resource& issue);

// What the server writes about a finding, and back. `cleared`: its rules no longer find it.
v1::FindingStatement statement_of(const Finding& finding, bool cleared = false);
// Without `resources`, which a statement does not carry.
Finding finding_from(const v1::FindingStatement& statement);

// A finding beside what the server stated and what people did with it.
enum class FindingState { open, resolved, deferred };
struct TrackedFinding {
    Finding finding;
    FindingState state = FindingState::open;
    bool provisional = true;                  // the server has not stated it so yet
    bool found_here = true;                   // this replica's own rules find it
    std::vector<v1::Resolution> resolutions;  // what people did, whether or not it suffices
    std::string deferred_until;               // as written; empty unless deferred
    std::optional<Instant> due;               // by when it should be resolved
    std::optional<PersonId> assigned_to;
    std::vector<ChangeId> issue_heads;  // the issue resource's heads, for the next edit
};

}  // namespace kari::chart
