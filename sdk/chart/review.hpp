// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

// What the rules find. A pure function of the group's changes and the pack: equal on every replica
// that holds the same, never a function of now. Ascending by id, each id once.
// The rules, what each looks at and how far back: docs/formats/findings.md.
std::vector<Finding> review(const Group& group, const clinical::KnowledgePack& pack);

// The same for some resources only.
struct Reviewed {
    // Ascending: touched, all that a touched note's clock wrote, the doses of doses_near(),
    // limited_near() and doses_of_acts(), what stock_near() names.
    std::vector<ResourceId> examined;
    std::vector<Finding> findings;  // all findings that name one of them, ascending by id
};
// Replace, in what is stored for this group, every finding whose `resources` name one of
// `examined` by `findings`; then the stored set equals review(group, pack), provided that it did
// before and that nothing but `touched` changed. Nothing more is owed. When the group itself
// changed (a link, another record arrived) or the pack did, the whole review is owed.
// A stream fork is named by the resources of its changes, so it needs no separate call.
Reviewed review_touched(const Group& group, const clinical::KnowledgePack& pack,
                        const std::vector<ResourceId>& touched);

// All findings that name one of `examined` (ascending), ascending by id.
// The group need not be whole. It must hold what is examined and what rules look at from there:
// every allergy; of a dose its orders, and the doses that name a slot of it; of an order and of an
// allergy the doses of look_back.hpp; of a dose as needed what lies within its order's reach of
// what lies within that; of an event of the ledger its whole account and what named_by_stock()
// names, with what names that or it; what stands at a forked address; the notes of the clocks.
std::vector<Finding> review_examined(const Group& group, const clinical::KnowledgePack& pack,
                                     const std::vector<ResourceId>& examined);

// What the clocks wrote that touched time notes are about; ascending by (record, id).
std::vector<ResourceId> written_by_clocks(const Group& group,
                                          const std::vector<ResourceId>& touched);

// Joins what is found with the DetectedIssue resources of the group: those of `found` and those
// that only the server states. A finding is resolved while every input is named by a resolution
// made at its severity or a worse one. Ascending by id.
std::vector<TrackedFinding> track(const Group& group, const std::vector<Finding>& found);

// The same for one, once the server has stated it as it is found. Costs with its issue resources
// alone; by when is left out.
TrackedFinding track_one(const Group& group, const Finding& found);

// The rule id of a contested atom: "merge/order-prescription", else "merge/<kind>-<atom>".
std::string contested_rule(std::uint32_t kind, std::uint32_t atom);

}  // namespace kari::chart
