// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/dispute.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "kari/v1/resources.pb.h"
#include "sdk/chart/finding_rules.hpp"
#include "sdk/clinical/value_words.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::chart {
namespace {

bool writes_any(const merge::Change& change, const std::set<std::uint32_t>& atoms) {
    const auto& written = change.header.atom();
    return std::any_of(written.begin(), written.end(),
                       [&](std::uint32_t atom) { return atoms.contains(atom); });
}

void sort_by_tick(std::vector<DisputeStatement>& statements) {
    std::sort(statements.begin(), statements.end(),
              [](const DisputeStatement& a, const DisputeStatement& b) {
                  return std::pair(a.change->header.tick(), a.change->id) <
                         std::pair(b.change->header.tick(), b.change->id);
              });
}

std::vector<DisputeStatement> sides_in(const GroupResource& resource, const Finding& finding,
                                       const Causality& causality) {
    std::vector<DisputeStatement> sides;
    for (const auto& change : resource.history) {
        if (std::binary_search(finding.inputs.begin(), finding.inputs.end(), change->id)) {
            sides.push_back({&resource, change.get(), {}});
        }
    }
    for (auto& side : sides) {
        for (const auto& other : sides) {
            if (causality.saw(side.change->id, other.change->id) ||
                causality.saw(other.change->id, side.change->id)) {
                continue;
            }
            side.not_seen.push_back(other.change->id);
        }
        std::sort(side.not_seen.begin(), side.not_seen.end());
    }
    sort_by_tick(sides);
    return sides;
}

std::vector<DisputeStatement> base_of(const GroupResource& resource,
                                      const std::vector<DisputeStatement>& sides,
                                      const Causality& causality) {
    std::set<std::uint32_t> atoms;
    for (const auto& side : sides)
        atoms.insert(side.change->header.atom().begin(), side.change->header.atom().end());
    std::vector<DisputeStatement> common;
    for (const auto& change : resource.history) {
        const bool seen_by_all =
            std::all_of(sides.begin(), sides.end(), [&](const DisputeStatement& side) {
                return side.change->id != change->id && causality.saw(side.change->id, change->id);
            });
        if (seen_by_all && writes_any(*change, atoms)) {
            common.push_back({&resource, change.get(), {}});
        }
    }
    const auto all = common;
    std::erase_if(common, [&](const DisputeStatement& one) {
        return std::any_of(all.begin(), all.end(), [&](const DisputeStatement& newer) {
            return newer.change != one.change && causality.saw(newer.change->id, one.change->id);
        });
    });
    sort_by_tick(common);
    return common;
}

bool is_acted_on(const GroupResource& resource, const merge::AtomSchema& schema,
                 const ChangeId& change) {
    if (schema.policy == v1::POLICY_UNION) {
        const auto* atom = resource.atom(schema.number);
        return atom != nullptr &&
               std::any_of(atom->live.begin(), atom->live.end(),
                           [&](const auto& write) { return write.change == change; });
    }
    const auto* write = resource.operative_write(schema.number);
    return write != nullptr && write->change == change;
}

std::optional<Instant> due_after(const Finding& finding, std::optional<Instant> newest) {
    const auto time = time_to_resolve(finding.rule, finding.severity);
    if (!time || !newest) return std::nullopt;
    return *newest + *time;
}

template <typename Take>
void each_carrier(const Group& group, const Finding& finding, const Take& take) {
    for (const RecordId& record : group.records) {
        const auto* carrier = group.find(record, issue_resource(finding.id));
        if (carrier != nullptr && carrier->kind == v1::KIND_DETECTED_ISSUE) take(*carrier);
    }
}

}  // namespace

Dispute dispute_of(const Group& group, const Finding& finding) {
    Dispute out;
    std::set<ChangeId> here;
    for (const auto& resource : group.resources) {
        const bool holds_any =
            std::any_of(finding.inputs.begin(), finding.inputs.end(), [&](const ChangeId& input) {
                return std::binary_search(resource.changes.begin(), resource.changes.end(), input);
            });
        if (!holds_any) continue;
        const Causality causality(resource);
        const auto sides = sides_in(resource, finding, causality);
        if (sides.empty()) continue;
        const auto base = base_of(resource, sides, causality);
        out.base.insert(out.base.end(), base.begin(), base.end());
        out.sides.insert(out.sides.end(), sides.begin(), sides.end());
        for (const auto& side : sides)
            here.insert(side.change->id);
    }
    std::set_difference(finding.inputs.begin(), finding.inputs.end(), here.begin(), here.end(),
                        std::back_inserter(out.not_here));
    return out;
}

std::vector<StatementPart> parts_of(const DisputeStatement& statement,
                                    clinical::Language language) {
    std::vector<StatementPart> out;
    const merge::Change& change = *statement.change;
    const auto* kind = merge::schema_of(change.header.kind());
    if (kind == nullptr) return out;
    const std::unique_ptr<google::protobuf::Message> says(kind->prototype->New());
    if (!says->ParseFromString(change.body.resource())) says->Clear();
    for (const std::uint32_t number : change.header.atom()) {
        const auto* schema = kind->atom(number);
        if (schema == nullptr) continue;
        out.push_back({schema->name, clinical::value_words(*says, *schema->field, language),
                       is_acted_on(*statement.resource, *schema, change.id)});
    }
    return out;
}

std::vector<FindingAnswer> answers_of(const Group& group, const Finding& finding) {
    std::vector<FindingAnswer> out;
    each_carrier(group, finding, [&](const GroupResource& carrier) {
        const auto each_live = [&](std::uint32_t number, const auto& take) {
            const auto* atom = carrier.atom(number);
            if (atom == nullptr) return;
            for (const auto& write : atom->live) {
                for (const auto& change : carrier.history) {
                    if (change->id != write.change) continue;
                    take(change.get(), merge::value_as<v1::DetectedIssue>(carrier, write));
                }
            }
        };
        each_live(v1::DetectedIssue::kResolutionFieldNumber,
                  [&](const merge::Change* change, const v1::DetectedIssue& said) {
                      for (const auto& one : said.resolution().items())
                          out.push_back({change, one, std::nullopt});
                  });
        each_live(v1::DetectedIssue::kDeferralFieldNumber,
                  [&](const merge::Change* change, const v1::DetectedIssue& said) {
                      if (said.has_deferral()) {
                          out.push_back({change, std::nullopt, said.deferral()});
                      }
                  });
    });
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::pair(a.change->header.tick(), a.change->id) <
               std::pair(b.change->header.tick(), b.change->id);
    });
    return out;
}

std::optional<Instant> first_stated(const Group& group, const Finding& finding) {
    std::optional<Instant> first;
    each_carrier(group, finding, [&](const GroupResource& carrier) {
        for (const auto& change : carrier.history) {
            if (!change->from_server()) continue;
            const Instant at{change->header.recorded().wall_ms()};
            first = first ? std::min(*first, at) : at;
        }
    });
    return first;
}

std::optional<Instant> due_of(const Group& group, const ClockNotes& clocks,
                              const Finding& finding) {
    std::optional<Instant> newest;
    for (const RecordId& record : finding.records) {
        for (const ResourceId& id : finding.resources) {
            const auto* resource = group.find(record, id);
            if (resource == nullptr) continue;
            for (const auto& change : resource->history) {
                if (!std::binary_search(finding.inputs.begin(), finding.inputs.end(), change->id)) {
                    continue;
                }
                const Instant at = clocks.recorded(*change).latest;
                newest = newest ? std::max(*newest, at) : at;
            }
        }
    }
    return due_after(finding, newest);
}

void set_due(const Group& group, std::vector<TrackedFinding>& tracked) {
    std::unordered_map<ChangeId, std::optional<Instant>> recorded;
    for (const auto& one : tracked) {
        for (const auto& input : one.finding.inputs)
            recorded.emplace(input, std::nullopt);
    }
    if (recorded.empty()) return;
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        for (const auto& change : resource.history) {
            const auto known = recorded.find(change->id);
            if (known != recorded.end()) known->second = clocks.recorded(*change).latest;
        }
    }
    for (auto& one : tracked) {
        std::optional<Instant> newest;
        for (const auto& input : one.finding.inputs)
            newest = std::max(newest, recorded.at(input));
        one.due = due_after(one.finding, newest);
    }
}

}  // namespace kari::chart
