// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/delta.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::sync {
namespace {

constexpr std::size_t k_mac_bytes = 32;

// Reads the changes of one part, setting `prev` where the server left it out.
class Reader {
public:
    Reader(const RecordId& record, Replica& replica) : record_(record), replica_(replica) {}

    Result<StoredChange> read(const v1::WireChange& wire) {
        if (wire.header().empty()) return id_alone(wire);
        v1::ChangeHeader header;
        if (wire.header().size() > k_header_bytes) {
            return fail(ErrorCode::too_large, "header of a change");
        }
        if (!header.ParseFromString(wire.header())) {
            return fail(ErrorCode::malformed, "header of a change");
        }
        if (header.record() != base::to_bytes(record_)) {
            return fail(ErrorCode::malformed, "a change of another record");
        }
        const auto incarnation = base::from_bytes<IncarnationId>(header.incarnation());
        if (!incarnation) return fail(ErrorCode::malformed, "stream of a change");
        Result<StoredChange> change = fail(ErrorCode::internal, "unread change");
        if (header.seq() > 1 && wire.prev().empty()) {
            const auto prev = predecessor(*incarnation, header.seq() - 1);
            if (!prev) return tl::unexpected(prev.error());
            v1::WireChange whole = wire;
            whole.set_prev(base::to_bytes(*prev));
            change = from_wire(whole);
        } else {
            change = from_wire(wire);
        }
        if (change) read_[{*incarnation, header.seq()}].push_back(change->id);
        same_ = header.resource() == resource_;
        resource_ = header.resource();
        return change;
    }

    // Whether the last two were about one resource.
    bool goes_on_about_the_same() const { return same_; }

private:
    static Result<StoredChange> id_alone(const v1::WireChange& wire) {
        const auto id = base::from_bytes<ChangeId>(wire.id());
        if (!id || !wire.body().empty() || !wire.prev().empty()) {
            return fail(ErrorCode::malformed, "a change named by its id");
        }
        StoredChange change;
        change.position = wire.position();
        change.id = *id;
        return change;
    }

    Result<ChangeId> predecessor(const IncarnationId& incarnation, std::uint64_t seq) {
        const auto here = read_.find({incarnation, seq});
        if (here != read_.end() && here->second.size() == 1) return here->second.front();
        const auto held = replica_.ids_at(record_, incarnation, seq);
        if (!held) return tl::unexpected(held.error());
        if (here != read_.end() || held->size() != 1) {
            return fail(ErrorCode::chain_broken, "the predecessor of a change is not known");
        }
        return held->front();
    }

    RecordId record_;
    Replica& replica_;
    std::map<std::pair<IncarnationId, std::uint64_t>, std::vector<ChangeId>> read_;
    std::string resource_;  // of the last one
    bool same_ = false;
};

// What goes with the last piece.
void add_rest(const v1::RecordDelta& wire, Delta& last) {
    last.seal.assign(wire.seal().begin(), wire.seal().end());
    last.seal_position = wire.seal_position();
}

bool begins_new_piece(const Delta& piece, std::size_t bytes) {
    return piece.change.size() >= k_apply_changes || bytes > k_apply_bytes;
}

std::size_t bytes_of(const StoredChange& change) {
    return (change.header_bytes ? change.header_bytes->size() : 0) +
           (change.body_bytes ? change.body_bytes->size() : 0);
}

Result<void> check_range(const v1::RecordDelta& wire, const EpochId& epoch, const Held& held,
                         const Point& end) {
    if (!wire.has_receipt()) return fail(ErrorCode::receipt_invalid, "a part without receipt");
    const v1::RangeReceipt& receipt = wire.receipt();
    const auto base = point_from(receipt.base());
    const auto until = point_from(receipt.end());
    if (receipt.epoch() != base::to_bytes(epoch) || receipt.record() != wire.record() || !base ||
        !until || *base != held.base || *until != end || receipt.mac().size() != k_mac_bytes) {
        return fail(ErrorCode::receipt_invalid, "a receipt over something else");
    }
    return {};
}

class InOrder {
public:
    InOrder(const v1::RecordDelta& wire, const EpochId& epoch, const Held& held, Replica& replica)
        : wire_(wire), epoch_(epoch), held_(held), replica_(replica) {}

    Result<std::vector<Delta>> check() {
        if (auto done = read_points(); !done) return tl::unexpected(done.error());
        if (auto done = read_changes(); !done) return tl::unexpected(done.error());
        Delta& last = pieces_.back();
        last.end = running_.position > held_.cursor.position ? running_ : held_.cursor;
        if (running_ != end_) {
            return fail(ErrorCode::chain_broken, "a part does not lead to its end");
        }
        if (wire_.change_size() > 0) {
            auto good = check_range(wire_, epoch_, held_, end_);
            if (!good) return tl::unexpected(good.error());
            if (last.end == end_) last.receipt = wire_.receipt();
        } else if (wire_.has_receipt() && end_ == held_.cursor &&
                   check_range(wire_, epoch_, held_, end_)) {
            // Nothing new, but in a new epoch the first proof of what was kept.
            last.receipt = wire_.receipt();
        }
        add_rest(wire_, last);
        if (auto done = read_secured(); !done) return tl::unexpected(done.error());
        return std::move(pieces_);
    }

private:
    Result<void> read_points() {
        const auto from = point_from(wire_.base());
        if (!from) return tl::unexpected(from.error());
        const auto end = point_from(wire_.end());
        if (!end) return tl::unexpected(end.error());
        const auto own = replica_.chain_at(held_.record, from->position);
        if (!own) return tl::unexpected(own.error());
        if (from->position > held_.cursor.position || !*own || **own != from->chain) {
            return fail(ErrorCode::chain_broken, "a part does not begin on what is held");
        }
        if (end->position < from->position ||
            end->position - from->position != static_cast<std::uint64_t>(wire_.change_size())) {
            return fail(ErrorCode::chain_broken, "a part has not as many changes as it says");
        }
        running_ = *from;
        end_ = *end;
        new_piece();
        return {};
    }

    void new_piece() {
        Delta piece;
        piece.record = held_.record;
        piece.epoch = epoch_;
        piece.from = running_.position > held_.cursor.position ? running_ : held_.cursor;
        pieces_.push_back(std::move(piece));
        bytes_ = 0;
    }

    Result<void> read_changes() {
        Reader reader(held_.record, replica_);
        for (const v1::WireChange& wire : wire_.change()) {
            auto change = reader.read(wire);
            if (!change) return tl::unexpected(change.error());
            if (change->position != running_.position + 1) {
                return fail(ErrorCode::chain_broken, "a part leaves a position out");
            }
            running_ = extend(running_, change->id);
            if (secured_here()) secured_chain_ = running_.chain;
            if (running_.position == held_.cursor.position && running_ != held_.cursor) {
                return fail(ErrorCode::chain_broken, "a part repeats what is held otherwise");
            }
            if (running_.position <= held_.cursor.position) continue;
            if (begins_new_piece(pieces_.back(), bytes_)) {
                pieces_.back().end = before_;
                const Point after = std::exchange(running_, before_);
                new_piece();
                running_ = after;
            }
            bytes_ += bytes_of(*change);
            pieces_.back().change.push_back(std::move(*change));
            before_ = running_;
        }
        // A repetition that ends below the cursor must still be on our chain.
        if (running_.position < held_.cursor.position) {
            const auto own = replica_.chain_at(held_.record, running_.position);
            if (!own) return tl::unexpected(own.error());
            if (!*own || **own != running_.chain) {
                return fail(ErrorCode::chain_broken, "a part repeats what is held otherwise");
            }
        }
        return {};
    }

    bool secured_here() const {
        return wire_.has_secured() && wire_.secured().position() == running_.position;
    }

    Result<void> read_secured() {
        if (!wire_.has_secured()) return {};
        const auto secured = point_from(wire_.secured());
        if (!secured) return tl::unexpected(secured.error());
        if (secured->position <= held_.cursor.position && !secured_chain_) {
            const auto own = replica_.chain_at(held_.record, secured->position);
            if (!own) return tl::unexpected(own.error());
            secured_chain_ = *own;
        }
        if (secured_chain_ && *secured_chain_ != secured->chain) {
            return fail(ErrorCode::chain_broken, "what is said to be secured is not what is held");
        }
        pieces_.back().secured = *secured;
        return {};
    }

    const v1::RecordDelta& wire_;
    const EpochId& epoch_;
    const Held& held_;
    Replica& replica_;
    Point running_;
    Point before_;  // of the last change that was taken into a piece
    Point end_;
    std::optional<Digest> secured_chain_;
    std::vector<Delta> pieces_;
    std::size_t bytes_ = 0;
};

// What a window says beside its changes. Its mark comes with the last piece.
Result<void> read_window(const v1::RecordDelta& wire, const Held& held,
                         std::vector<Delta>& pieces) {
    if (!held.window && !held.takes_window) {
        return fail(ErrorCode::malformed, "a window of a record that goes whole");
    }
    const auto base = point_from(wire.base());
    if (!base) return tl::unexpected(base.error());
    const bool begins = held.cursor.position == 0;
    if (base->position == 0 || (!begins && *base != held.base)) {
        return fail(ErrorCode::chain_broken, "a window does not lie where the prefix begins");
    }
    const v1::WindowPart& part = wire.window();
    WindowMark mark{Instant{part.held().moment_ms()}, {}};
    if (!part.held().resource().empty()) {
        const auto resource = base::from_bytes<ResourceId>(part.held().resource());
        if (!resource) return fail(ErrorCode::malformed, "mark of a window");
        mark.resource = *resource;
    }
    Window window{begins || !held.window ? std::nullopt : held.window->held,
                  Instant{part.back_to_ms()}};
    if (mark < WindowMark{window.back_to, {}} || (window.held && mark > *window.held)) {
        return fail(ErrorCode::malformed, "a window that goes backwards");
    }
    for (Delta& piece : pieces) {
        piece.from = *base;
        piece.window = window;
        piece.older.assign(part.older().begin(), part.older().end());
    }
    pieces.back().window->held = mark;
    return {};
}

Result<std::vector<Delta>> check_out_of_order(const v1::RecordDelta& wire, const EpochId& epoch,
                                              const Held& held, Replica& replica) {
    std::vector<Delta> pieces(1);
    std::vector<PositionAndId> pairs;
    Reader reader(held.record, replica);
    std::size_t bytes = 0;
    for (const v1::WireChange& each : wire.change()) {
        auto change = reader.read(each);
        if (!change) return tl::unexpected(change.error());
        const bool ascends = pairs.empty() || change->position > pairs.back().first;
        if (change->position == 0 || (!wire.has_window() && !ascends)) {
            return fail(ErrorCode::chain_broken, "positions out of order do not ascend");
        }
        pairs.emplace_back(change->position, change->id);
        const bool full = begins_new_piece(pieces.back(), bytes);
        if (full && !(wire.has_window() && reader.goes_on_about_the_same())) {
            pieces.emplace_back();
            bytes = 0;
        }
        bytes += bytes_of(*change);
        pieces.back().change.push_back(std::move(*change));
    }
    for (Delta& piece : pieces) {
        piece.record = held.record;
        piece.epoch = epoch;
        piece.out_of_order = true;
    }
    if (!pairs.empty()) {
        if (!wire.has_pairs()) return fail(ErrorCode::receipt_invalid, "a part without receipt");
        auto good = check_pairs(wire.pairs(), epoch, held.record, std::move(pairs));
        if (!good) return tl::unexpected(good.error());
        pieces.back().pairs = wire.pairs();
    }
    if (wire.has_window()) {
        if (auto done = read_window(wire, held, pieces); !done) return tl::unexpected(done.error());
    }
    add_rest(wire, pieces.back());
    if (wire.safety_position() > 0) pieces.back().safety_position = wire.safety_position();
    return pieces;
}

}  // namespace

Result<void> check_pairs(const v1::PairsReceipt& receipt, const EpochId& epoch,
                         const RecordId& record, std::vector<PositionAndId> pairs) {
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    const auto input = receipt_input(receipt);
    if (!input || *input != pairs_receipt_input(epoch, record, pairs) ||
        receipt.mac().size() != k_mac_bytes) {
        return fail(ErrorCode::receipt_invalid, "a receipt over something else");
    }
    return {};
}

Result<std::vector<Delta>> check_delta(const v1::RecordDelta& wire, const EpochId& epoch,
                                       const Held& held, Replica& replica) {
    for (const v1::RecordSeal& seal : wire.seal()) {
        if (seal.ByteSizeLong() > k_seal_bytes) return fail(ErrorCode::too_large, "seal");
    }
    if (wire.out_of_order()) return check_out_of_order(wire, epoch, held, replica);
    return InOrder(wire, epoch, held, replica).check();
}

}  // namespace kari::sync
