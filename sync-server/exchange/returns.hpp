// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "kari/v1/exchange.pb.h"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

// Takes back what a restored server lost. A valid receipt proves that the server once had a
// change, whoever wrote it; the device that returns it may even be revoked.
class Returns {
public:
    Returns(Parts& parts, const identity::DeviceIdentity& who, EpochId epoch, Tally& tally)
        : parts_(parts), who_(who), epoch_(epoch), tally_(tally) {}

    // A receipt of the present epoch that the log does not bear out: commits were lost without a
    // restore. Errors: storage_*.
    Result<bool> shows_loss(const v1::RecordReturn& returned) const;

    // Checks each receipt and the chain up to it, and enters what is proven at new positions.
    // What no receipt proves goes to quarantine, unless the log has it. Errors: storage_* only.
    Result<v1::PushReply> take(const v1::RecordReturn& returned);

private:
    struct Item;
    using Items = std::map<std::uint64_t, Item>;  // by the position of the receipt's epoch

    Items read_items(const v1::RecordReturn& returned) const;
    Result<bool> range_holds(const RecordId& record, const v1::RangeReceipt& receipt,
                             const Items& items) const;
    Result<void> prove(const RecordId& record, const v1::RecordReturn& returned,
                       Items& items) const;
    // Of what came whole and is not proven.
    Result<void> recognize(const RecordId& record, Items& items) const;
    Result<void> enter(storage::RecordTransaction& record, Item& item, v1::PushReply& reply);
    Result<void> reject(const Item& item, const Error& reason, v1::PushReply& reply);
    Result<void> regrant(const RecordId& record, bool made);
    Result<std::uint32_t> take_seals(storage::RecordTransaction& record,
                                     const v1::RecordReturn& returned);

    Parts& parts_;
    const identity::DeviceIdentity& who_;
    EpochId epoch_;
    Tally& tally_;
    std::vector<sync::PositionAndId> placed_;
};

}  // namespace kari::server::exchange
