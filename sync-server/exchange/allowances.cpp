// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/allowances.hpp"

#include <algorithm>
#include <set>

#include "sdk/base/id.hpp"
#include "sdk/chart/allowance.hpp"
#include "sdk/chart/history.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

// The resources that ask, in the order in which they were stored.
std::vector<ResourceId> asking(const std::vector<merge::Change>& fresh) {
    std::vector<ResourceId> out;
    std::set<ResourceId> met;
    for (const merge::Change& change : fresh) {
        if (change.header.kind() == v1::KIND_MEDICATION_ALLOWANCE &&
            chart::said_by<v1::MedicationAllowance>(change).has_ask() &&
            met.insert(change.resource).second) {
            out.push_back(change.resource);
        }
    }
    return out;
}

Result<void> answer_one(Parts& parts, storage::RecordTransaction& record, const UnitId& unit,
                        const ResourceId& resource) {
    const RecordId id = record.state().id;
    // What an answer to an earlier one promised counts too: the log is read anew.
    KARI_LET(const auto log, parts.logs.read(parts.storage, id));
    KARI_LET(const auto members, parts.storage.group(id));
    std::vector<RecordId> others;
    std::copy_if(members.begin(), members.end(), std::back_inserter(others),
                 [&](const RecordId& member) { return member != id; });
    const auto group = chart::make_group({id}, others, log->changes, parts.lift);
    const auto all = chart::allowances_in(group);
    const auto asked = std::find_if(all.begin(), all.end(), [&](const chart::Allowance& one) {
        return one.version.resource == resource;
    });
    if (asked == all.end() || asked->answer || asked->returned) return {};
    // A later program says something of it that has to be understood: nobody here can tell whether
    // it is still asked for. Its holder asks again.
    const auto* known = group.find(id, resource);
    if (known == nullptr || known->unreadable) return {};
    KARI_LET(const auto epoch, parts.storage.epoch());
    KARI_LET(const auto caseload, parts.storage.caseload_state(unit, id));
    chart::GrantTerms terms;
    terms.now = parts.clock.wall();
    terms.epoch = epoch.id;
    terms.epoch_began = epoch.began;
    terms.in_caseload = caseload == storage::CaseloadState::granted;
    v1::MedicationAllowance message;
    *message.mutable_answer() = chart::answer_to(group, *asked, parts.pack, terms);
    ServerStatement statement;
    statement.resource = resource;
    statement.kind = v1::KIND_MEDICATION_ALLOWANCE;
    statement.message = &message;
    statement.parents = asked->version.heads;
    KARI_TRY(parts.stream.write(record, statement));
    return {};
}

}  // namespace

Result<void> answer_asks(Parts& parts, storage::RecordTransaction& record, const UnitId& unit,
                         const std::vector<merge::Change>& fresh) {
    for (const ResourceId& resource : asking(fresh))
        KARI_TRY(answer_one(parts, record, unit, resource));
    return {};
}

}  // namespace kari::server::exchange
