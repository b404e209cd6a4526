// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/base/id.hpp"

// What both sides of the exchange compute: the running digest, the bytes under a receipt, and the
// form of a change on the wire. Pure; any thread.
namespace kari::sync {

// A point of a record's log; {0, zeros} before the first change.
struct Point {
    std::uint64_t position = 0;
    Digest chain{};
    bool operator==(const Point&) const = default;
};

// chain(p) = SHA-256(chain(p-1) || id(p)), at the next position.
Point extend(const Point& point, const ChangeId& id);

// Errors: malformed when the chain is not 32 bytes, or not zeros at position 0. An absent message
// is the point {0, zeros}.
Result<Point> point_from(const v1::LogPoint& wire);
v1::LogPoint to_wire(const Point& point);

// The bytes that a receipt's HMAC-SHA256 is taken over.
std::string range_receipt_input(const EpochId& epoch, const RecordId& record, const Point& base,
                                const Point& end);
using PositionAndId = std::pair<std::uint64_t, ChangeId>;
std::string pairs_receipt_input(const EpochId& epoch, const RecordId& record,
                                const std::vector<PositionAndId>& pairs);
// The same from a receipt as received. Errors: malformed (a length; pairs not ascending).
Result<std::string> receipt_input(const v1::RangeReceipt& receipt);
Result<std::string> receipt_input(const v1::PairsReceipt& receipt);

// Header bytes as stored, and what of them travels: `prev` (field 15) stands last.
struct WireHeader {
    std::string_view core;
    std::string_view prev;  // 32 bytes; empty when seq is 1
};
// Errors: malformed. The views are into `header_bytes`.
Result<WireHeader> split_prev(std::string_view header_bytes);
// Errors: malformed when prev is neither empty nor 32 bytes.
Result<std::string> join_prev(std::string_view core, std::string_view prev);

// A change as it stands in a log.
struct StoredChange {
    std::uint64_t position = 0;  // 0: unknown
    ChangeId id{};
    std::optional<std::string> header_bytes;  // whole, with prev; nothing: the id alone
    std::optional<std::string> body_bytes;    // nothing: withheld, erased, or not sent
};

// Errors: malformed when the header cannot be split. `with_prev` false when the receiver holds
// the predecessor.
Result<v1::WireChange> to_wire(const StoredChange& change, bool with_prev = true);

// The header bytes and id of a received change that came with its prev, or needs none.
// Errors: malformed (no header, seq > 1 without prev, lengths), too_large, chain_broken (an `id`
// was sent beside the header and is another one; the body has not the digest that the header
// states).
Result<StoredChange> from_wire(const v1::WireChange& wire);

}  // namespace kari::sync
