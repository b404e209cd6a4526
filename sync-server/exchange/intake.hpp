// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <vector>

#include "kari/v1/exchange.pb.h"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

// Takes what a device pushes of one record, in one transaction: each change is stored or
// quarantined by itself, so that one bad change delays nobody. What the configuration accepts is
// accepted in the same transaction.
class Intake {
public:
    Intake(Parts& parts, const identity::DeviceIdentity& who, const v1::ExchangeRequest& request,
           const EpochId& epoch, Tally& tally)
        : parts_(parts), who_(who), request_(request), epoch_(epoch), tally_(tally) {}

    // Errors: storage_* only.
    Result<v1::PushReply> take(const v1::RecordPush& push);

    // From a device that may not push: everything is kept for an operator, nothing is entered.
    Result<void> quarantine_all(const v1::RecordPush& push, ErrorCode reason);

    // Keeps the bytes with the reason; answers the fate. Errors: storage_* only.
    Result<v1::ChangeReply> quarantine(const v1::WireChange& wire, const Error& reason);

private:
    Result<merge::Change> decode(const RecordId& record, const v1::WireChange& wire);
    Result<void> take_changes(storage::RecordTransaction& record, const v1::RecordPush& push,
                              v1::PushReply& reply);
    Result<v1::ChangeReply> take_change(storage::RecordTransaction& record,
                                        const merge::Change& change);
    Result<void> take_access(storage::RecordTransaction& record, const v1::RecordPush& push,
                             v1::PushReply& reply);
    Result<storage::StoredAccess> decode_access(const RecordId& record, const std::string& bytes);
    Result<void> take_seals(storage::RecordTransaction& record, const v1::RecordPush& push,
                            v1::PushReply& reply);
    bool of_another_epoch() const;  // than the present one, the tablet sent the request
    // The author is of the device's unit, has the role that the change claims, and the record is in
    // the unit's caseload: only then does a rule accept for them. A header alone is only a claim.
    Result<bool> by_one_of_the_unit(const merge::Change& change);
    // Everything of a push for a record that it may not write into, or that must not begin.
    Result<v1::PushReply> refuse(const v1::RecordPush& push, const Error& reason);
    Result<void> refuse_rest(const v1::RecordPush& push, const Error& reason, v1::PushReply& reply);
    // False: the quota is used up.
    Result<bool> keep(const std::string& bytes, const Error& reason);

    Parts& parts_;
    const identity::DeviceIdentity& who_;
    const v1::ExchangeRequest& request_;
    const EpochId& epoch_;
    Tally& tally_;
    std::vector<sync::PositionAndId> placed_;  // for the receipt
    std::vector<merge::Change> fresh_;
    std::set<Digest> along_;  // statements of all seals of the request
};

}  // namespace kari::server::exchange
