// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/error.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/crypto/secret.hpp"
#include "sdk/sync/chain.hpp"
#include "sync-server/storage/types.hpp"

namespace kari::server::exchange {

// Proof, for later, that the server once had these positions: an HMAC under a key that no restore
// touches. Threads: any.
class Receipts {
public:
    explicit Receipts(const crypto::Secret& key) : key_(key) {}

    v1::RangeReceipt range(const EpochId& epoch, const RecordId& record,
                           const storage::LogPoint& base, const storage::LogPoint& end) const;
    // Requires: ascending by position.
    v1::PairsReceipt pairs(const EpochId& epoch, const RecordId& record,
                           const std::vector<sync::PositionAndId>& pairs) const;

    // Of any epoch. Errors: receipt_invalid, malformed.
    Result<void> check(const v1::RangeReceipt& receipt) const;
    Result<void> check(const v1::PairsReceipt& receipt) const;

private:
    Result<void> check_mac(const Result<std::string>& input, std::string_view mac) const;
    const crypto::Secret& key_;
};

v1::LogPoint to_wire(const storage::LogPoint& point);
sync::Point to_sync(const storage::LogPoint& point);

}  // namespace kari::server::exchange
