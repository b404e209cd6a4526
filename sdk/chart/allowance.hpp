// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "kari/v1/allowance.pb.h"
#include "sdk/chart/group.hpp"
#include "sdk/chart/view.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

// What tablets that cannot reach each other may give of a medicine as needed, so that the maximum
// holds whatever they do (ADR 0210).
namespace kari::chart {

// One that a tablet asked for, as all that is here tells of it.
struct Allowance {
    Version version;
    v1::AllowanceAsk ask;
    IncarnationId holder;  // whoever asked
    Authorship asked;
    Span asked_at;
    std::optional<v1::AllowanceAnswer> answer;  // of the server, the newest; nothing: none yet
    bool returned = false;                      // its holder has said so
    // Every change that its holder had written in the record before that is here.
    bool return_is_whole = false;
    // Up to here all that its holder has written in the record since it asked is here.
    std::uint64_t holder_seq = 0;
    // By doses of its holder that name it, as much as was ever said of each.
    std::size_t spent_doses = 0;
    std::vector<std::optional<v1::Quantity>> spent;

    bool granted() const { return answer && answer->doses() > 0; }
    std::size_t doses_left() const;
    // Nothing: what was spent cannot be reckoned.
    std::optional<v1::Quantity> amount_left() const;
};

// Ascending by resource. A resource without a readable ask is none.
std::vector<Allowance> allowances_in(const Group& group);

// What the server knows beside the log.
struct GrantTerms {
    Instant now;
    EpochId epoch;
    std::optional<Instant> epoch_began;  // nothing: the first one
    bool in_caseload = true;             // of the unit whose tablet asks
};
// The server's answer to an ask. Requires a group of the whole log.
v1::AllowanceAnswer answer_to(const Group& group, const Allowance& asked,
                              const clinical::KnowledgePack& pack, const GrantTerms& terms);

// What a tablet knows of itself.
struct HolderTerms {
    IncarnationId self;
    EpochId epoch;
    // The earliest and the latest that server time may be now. Nothing: it was not learnt in this
    // boot, not well enough, or the clock was set since.
    std::optional<Span> server_now;
    // The end of its stream in each record: after a record has come back, what it spent comes late.
    std::map<RecordId, std::uint64_t> own_seq;
};

// Whether a dose may be given under it; what stands first holds.
enum class AllowanceStanding {
    asked,  // the server has not answered
    refused,
    returned,
    over,  // its time is over, or may be
    spent,
    elsewhere,      // another tablet holds it
    other_epoch,    // the server was restored since
    order_changed,  // the prescription is not the one that it was reckoned from
    not_here,       // of what this tablet wrote since, not all has come back to it
    clock,          // this tablet does not know what time it is at the server
    usable,
};
AllowanceStanding standing_of(const Group& group, const Allowance& allowance,
                              const HolderTerms& terms);

// The one that a dose of the order of that amount is given under, the first to end of those that
// are usable and have so much left; nothing: none. `amount` null: not known.
std::optional<ResourceId> allowance_for(const Group& group, const GroupResource& order,
                                        const v1::Quantity* amount, const HolderTerms& terms);

}  // namespace kari::chart
