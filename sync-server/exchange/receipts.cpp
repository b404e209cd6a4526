// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/receipts.hpp"

#include "sdk/base/id.hpp"

namespace kari::server::exchange {

sync::Point to_sync(const storage::LogPoint& point) {
    return {point.position, point.chain};
}

v1::LogPoint to_wire(const storage::LogPoint& point) {
    return sync::to_wire(to_sync(point));
}

v1::RangeReceipt Receipts::range(const EpochId& epoch, const RecordId& record,
                                 const storage::LogPoint& base,
                                 const storage::LogPoint& end) const {
    v1::RangeReceipt receipt;
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(base::to_bytes(record));
    *receipt.mutable_base() = to_wire(base);
    *receipt.mutable_end() = to_wire(end);
    receipt.set_mac(crypto::hmac_sha256(
        key_, sync::range_receipt_input(epoch, record, to_sync(base), to_sync(end))));
    return receipt;
}

v1::PairsReceipt Receipts::pairs(const EpochId& epoch, const RecordId& record,
                                 const std::vector<sync::PositionAndId>& pairs) const {
    v1::PairsReceipt receipt;
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(base::to_bytes(record));
    for (const auto& [position, id] : pairs) {
        v1::PositionedId& added = *receipt.add_pairs();
        added.set_position(position);
        added.set_id(base::to_bytes(id));
    }
    receipt.set_mac(crypto::hmac_sha256(key_, sync::pairs_receipt_input(epoch, record, pairs)));
    return receipt;
}

Result<void> Receipts::check_mac(const Result<std::string>& input, std::string_view mac) const {
    if (!input) return tl::unexpected(input.error());
    if (!crypto::equal_in_constant_time(crypto::hmac_sha256(key_, *input), mac)) {
        return fail(ErrorCode::receipt_invalid, "receipt");
    }
    return {};
}

Result<void> Receipts::check(const v1::RangeReceipt& receipt) const {
    return check_mac(sync::receipt_input(receipt), receipt.mac());
}

Result<void> Receipts::check(const v1::PairsReceipt& receipt) const {
    return check_mac(sync::receipt_input(receipt), receipt.mac());
}

}  // namespace kari::server::exchange
