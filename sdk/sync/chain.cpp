// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/chain.hpp"

#include "sdk/base/digest.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::sync {
namespace {

// Field 15, length-delimited, 32 bytes.
constexpr std::string_view k_prev_tag("\x7a\x20", 2);
constexpr std::size_t k_prev_bytes = 34;
constexpr std::string_view k_range_domain("kari range 1\0", 13);
constexpr std::string_view k_pairs_domain("kari pairs 1\0", 13);

std::string point_bytes(const Point& point) {
    return base::u64(point.position) + base::to_bytes(point.chain);
}

}  // namespace

Point extend(const Point& point, const ChangeId& id) {
    return {point.position + 1, base::sha256(base::to_bytes(point.chain) + base::to_bytes(id))};
}

Result<Point> point_from(const v1::LogPoint& wire) {
    Point point;
    point.position = wire.position();
    if (wire.chain().empty() && wire.position() == 0) return point;
    const auto chain = base::from_bytes<Digest>(wire.chain());
    if (!chain) return fail(ErrorCode::malformed, "chain of a log point is not 32 bytes");
    if (wire.position() == 0 && !chain->is_zero()) {
        return fail(ErrorCode::malformed, "chain at position 0 is not zeros");
    }
    point.chain = *chain;
    return point;
}

v1::LogPoint to_wire(const Point& point) {
    v1::LogPoint wire;
    wire.set_position(point.position);
    wire.set_chain(base::to_bytes(point.chain));
    return wire;
}

std::string range_receipt_input(const EpochId& epoch, const RecordId& record, const Point& base,
                                const Point& end) {
    std::string input(k_range_domain);
    input += base::to_bytes(epoch);
    input += base::to_bytes(record);
    input += point_bytes(base);
    input += point_bytes(end);
    return input;
}

std::string pairs_receipt_input(const EpochId& epoch, const RecordId& record,
                                const std::vector<PositionAndId>& pairs) {
    std::string input(k_pairs_domain);
    input += base::to_bytes(epoch);
    input += base::to_bytes(record);
    for (const auto& [position, id] : pairs) {
        input += base::u64(position);
        input += base::to_bytes(id);
    }
    return input;
}

Result<std::string> receipt_input(const v1::RangeReceipt& receipt) {
    const auto epoch = base::from_bytes<EpochId>(receipt.epoch());
    const auto record = base::from_bytes<RecordId>(receipt.record());
    if (!epoch || !record) return fail(ErrorCode::malformed, "an id of a range receipt");
    const auto from = point_from(receipt.base());
    if (!from) return tl::unexpected(from.error());
    const auto end = point_from(receipt.end());
    if (!end) return tl::unexpected(end.error());
    if (end->position < from->position) {
        return fail(ErrorCode::malformed, "a range receipt that ends before its base");
    }
    return range_receipt_input(*epoch, *record, *from, *end);
}

Result<std::string> receipt_input(const v1::PairsReceipt& receipt) {
    const auto epoch = base::from_bytes<EpochId>(receipt.epoch());
    const auto record = base::from_bytes<RecordId>(receipt.record());
    if (!epoch || !record) return fail(ErrorCode::malformed, "an id of a pairs receipt");
    std::vector<PositionAndId> pairs;
    pairs.reserve(static_cast<std::size_t>(receipt.pairs_size()));
    std::uint64_t last = 0;
    for (const v1::PositionedId& pair : receipt.pairs()) {
        const auto id = base::from_bytes<ChangeId>(pair.id());
        if (!id) return fail(ErrorCode::malformed, "a change id of a pairs receipt");
        if (pair.position() <= last) {
            return fail(ErrorCode::malformed, "positions of a pairs receipt do not ascend");
        }
        last = pair.position();
        pairs.emplace_back(pair.position(), *id);
    }
    return pairs_receipt_input(*epoch, *record, pairs);
}

Result<WireHeader> split_prev(std::string_view header_bytes) {
    v1::ChangeHeader header;
    if (!header.ParseFromArray(header_bytes.data(), static_cast<int>(header_bytes.size()))) {
        return fail(ErrorCode::malformed, "header does not parse");
    }
    if (header.prev().empty()) return WireHeader{header_bytes, {}};
    if (header_bytes.size() < k_prev_bytes) return fail(ErrorCode::malformed, "prev of a header");
    const std::string_view core = header_bytes.substr(0, header_bytes.size() - k_prev_bytes);
    const std::string_view tail = header_bytes.substr(core.size());
    if (tail.substr(0, 2) != k_prev_tag || tail.substr(2) != header.prev()) {
        return fail(ErrorCode::malformed, "prev does not stand last in a header");
    }
    return WireHeader{core, tail.substr(2)};
}

Result<std::string> join_prev(std::string_view core, std::string_view prev) {
    std::string header(core);
    if (prev.empty()) return header;
    if (prev.size() != 32) return fail(ErrorCode::malformed, "prev is not 32 bytes");
    header += k_prev_tag;
    header += prev;
    return header;
}

Result<v1::WireChange> to_wire(const StoredChange& change, bool with_prev) {
    v1::WireChange wire;
    wire.set_position(change.position);
    if (!change.header_bytes) {
        wire.set_id(base::to_bytes(change.id));
        return wire;
    }
    const auto split = split_prev(*change.header_bytes);
    if (!split) return tl::unexpected(split.error());
    wire.set_header(std::string(split->core));
    if (with_prev && !split->prev.empty()) wire.set_prev(std::string(split->prev));
    if (change.body_bytes) wire.set_body(*change.body_bytes);
    return wire;
}

Result<StoredChange> from_wire(const v1::WireChange& wire) {
    StoredChange change;
    change.position = wire.position();
    if (wire.header().empty()) return fail(ErrorCode::malformed, "a change without header");
    if (wire.header().size() + k_prev_bytes > k_header_bytes) {
        return fail(ErrorCode::too_large, "header of a change");
    }
    if (wire.body().size() > k_body_bytes) return fail(ErrorCode::too_large, "body of a change");
    v1::ChangeHeader header;
    if (!header.ParseFromString(wire.header()) || !header.prev().empty()) {
        return fail(ErrorCode::malformed, "header of a change");
    }
    if (header.incarnation().size() != 16 || header.record().size() != 16 || header.seq() == 0) {
        return fail(ErrorCode::malformed, "stream of a change");
    }
    if ((header.seq() == 1) != wire.prev().empty()) {
        return fail(ErrorCode::malformed, "prev of a change is missing or not due");
    }
    auto joined = join_prev(wire.header(), wire.prev());
    if (!joined) return tl::unexpected(joined.error());
    change.id.bytes = base::sha256(*joined).bytes;
    change.header_bytes = std::move(*joined);
    if (!wire.id().empty() && wire.id() != base::to_bytes(change.id)) {
        return fail(ErrorCode::chain_broken, "a change has another id than was said");
    }
    if (!wire.body().empty()) {
        if (base::to_bytes(base::sha256(wire.body())) != header.body_sha256()) {
            return fail(ErrorCode::chain_broken,
                        "a body has not the digest that its header states");
        }
        change.body_bytes = wire.body();
    }
    return change;
}

}  // namespace kari::sync
