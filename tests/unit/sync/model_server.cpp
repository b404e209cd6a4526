// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sync/model_server.hpp"

#include <algorithm>

#include "sdk/sync/limits.hpp"

namespace kari::sync::test {

void ModelServer::new_epoch() {
    epoch = an_id<EpochId>("epoch " + std::to_string(++epochs_));
    Start start;
    start.epoch = epoch;
    for (const auto& [record, log] : now.logs)
        start.points[record] = log.points.back();
    starts_.push_back(std::move(start));
}

void ModelServer::restore(const Database& backup) {
    now = backup;
    new_epoch();
    recovering = true;
}

void ModelServer::append(const RecordId& record, const StoredChange& change) {
    if (has(change.id)) return;
    Log& log = now.logs[record];
    log.ids.push_back(change.id);
    log.points.push_back(extend(log.points.back(), change.id));
    now.changes[change.id] = change;
    now.positions[change.id] = log.ids.size();
    now.feed.push_back(record);
}

void ModelServer::assign(const RecordId& record) {
    now.logs[record];
    now.caseload[record] = true;
    now.feed.push_back(record);
}

void ModelServer::unassign(const RecordId& record) {
    now.caseload[record] = false;
    now.feed.push_back(record);
}

Point ModelServer::end(const RecordId& record) const {
    const auto log = now.logs.find(record);
    return log == now.logs.end() ? Point{} : log->second.points.back();
}

bool ModelServer::take(const RecordId& record, const v1::WireChange& wire, v1::PushReply& reply,
                       bool set_aside) {
    const auto change = from_wire(wire);
    if (!change) return false;
    const auto header = header_of(*change);
    v1::ChangeReply& answer = *reply.add_change();
    answer.set_incarnation(header.incarnation());
    answer.set_seq(header.seq());
    answer.set_id(base::to_bytes(change->id));
    if (set_aside || quarantine.count(change->id) > 0) {
        answer.set_fate(v1::CHANGE_FATE_QUARANTINED);
        answer.set_error(static_cast<std::uint32_t>(ErrorCode::signature_invalid));
        return true;
    }
    if (now.caseload.count(record) == 0) assign(record);
    append(record, *change);
    answer.set_fate(secures ? v1::CHANGE_FATE_SECURED : v1::CHANGE_FATE_STORED);
    answer.set_position(now.positions.at(change->id));
    return true;
}

// The receipt over what was stored.
void ModelServer::close(const RecordId& record, v1::PushReply& reply) {
    reply.set_record(base::to_bytes(record));
    std::vector<PositionAndId> pairs;
    for (const auto& answer : reply.change()) {
        if (answer.fate() == v1::CHANGE_FATE_QUARANTINED) continue;
        pairs.emplace_back(answer.position(), *base::from_bytes<ChangeId>(answer.id()));
    }
    std::sort(pairs.begin(), pairs.end());
    if (pairs.empty()) return;
    v1::PairsReceipt& receipt = *reply.mutable_receipt();
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(base::to_bytes(record));
    for (const auto& [position, id] : pairs) {
        auto* pair = receipt.add_pairs();
        pair->set_position(position);
        pair->set_id(base::to_bytes(id));
    }
    receipt.set_mac(mac(pairs_receipt_input(epoch, record, pairs)));
}

bool ModelServer::proven(const RecordId& record, const v1::RecordReturn& given) {
    std::vector<PositionAndId> named;
    for (const auto& wire : given.change()) {
        const auto change = from_wire(wire);
        const auto id = change ? change->id : *base::from_bytes<ChangeId>(wire.id());
        named.emplace_back(wire.position(), id);
    }
    for (const auto& receipt : given.pairs()) {
        std::vector<PositionAndId> pairs;
        for (const auto& pair : receipt.pairs()) {
            pairs.emplace_back(pair.position(), *base::from_bytes<ChangeId>(pair.id()));
        }
        if (receipt.mac() == mac(*receipt_input(receipt)) && pairs == named) return true;
    }
    const Log& log = now.logs[record];
    for (const auto& receipt : given.range()) {
        const Point end = *point_from(receipt.end());
        if (receipt.mac() != mac(*receipt_input(receipt))) continue;
        if (named.empty()) {
            // Shown without changes: the server's own log must go through it.
            const bool lacks = end.position >= log.points.size() || log.points[end.position] != end;
            if (lacks && receipt.epoch() == base::to_bytes(epoch)) {
                new_epoch();
                recovering = true;
            }
            return true;
        }
        if (named.front().first > log.points.size()) continue;
        Point point = log.points[named.front().first - 1];
        for (const auto& [position, id] : named)
            point = extend(point, id);
        if (point == end) return true;
    }
    return false;
}

void ModelServer::take_return(const v1::RecordReturn& given, v1::ExchangeReply& reply) {
    const auto record = *base::from_bytes<RecordId>(given.record());
    if (!doubts_receipts && !proven(record, given)) {
        ++receipts_refused;
        return;
    }
    v1::PushReply answers;
    for (const auto& wire : given.change()) {
        const auto named = base::from_bytes<ChangeId>(wire.id());
        if (!wire.header().empty()) {
            take(record, wire, answers, doubts_receipts);
        } else if (answers_named && has(*named)) {
            auto* answer = answers.add_change();
            answer->set_id(wire.id());
            answer->set_fate(v1::CHANGE_FATE_SECURED);
            answer->set_position(now.positions.at(*named));
        }
    }
    close(record, answers);
    *reply.add_returned() = std::move(answers);
}

void ModelServer::add_starts(const v1::Holding& holding, v1::ExchangeReply& reply) const {
    if (holding.epoch().empty() || holding.epoch() == base::to_bytes(epoch)) return;
    const auto record = *base::from_bytes<RecordId>(holding.record());
    const auto add = [&](const Start& start) {
        auto* wire = reply.add_epoch_start();
        wire->set_record(holding.record());
        const auto point = start.points.find(record);
        *wire->mutable_point() = to_wire(point == start.points.end() ? Point{} : point->second);
    };
    if (!names_all_starts) {
        add(starts_.back());
        const auto cursor = *point_from(holding.cursor());
        if (cursor.position > reply.epoch_start().rbegin()->point().position()) return;
        const auto log = now.logs.find(record);
        const bool on_log = log != now.logs.end() && log->second.points[cursor.position] == cursor;
        auto* wire = reply.add_epoch_start();
        wire->set_record(holding.record());
        *wire->mutable_point() = to_wire(on_log ? cursor : Point{});
        return;
    }
    bool after = false;
    for (const Start& start : starts_) {
        if (after) add(start);
        after = after || base::to_bytes(start.epoch) == holding.epoch();
    }
}

void ModelServer::add_caseload(const v1::ExchangeRequest& request, std::uint64_t feed,
                               v1::ExchangeReply& reply) const {
    std::set<RecordId> records;
    for (std::size_t i = feed; i < now.feed.size(); ++i)
        records.insert(now.feed[i]);
    for (const auto& holding : request.holding()) {
        const auto record = *base::from_bytes<RecordId>(holding.record());
        const auto entry = now.caseload.find(record);
        if (entry != now.caseload.end() && !entry->second) records.insert(record);
    }
    if (request.holdings_complete()) {
        for (const auto& [record, granted] : now.caseload) {
            if (granted) records.insert(record);
        }
        reply.set_caseload_complete(true);
    }
    for (const RecordId& record : records) {
        const auto state = now.caseload.find(record);
        if (state == now.caseload.end()) continue;
        auto* entry = reply.add_caseload();
        entry->set_record(base::to_bytes(record));
        entry->set_state(state->second ? v1::CASELOAD_STATE_GRANTED : v1::CASELOAD_STATE_REMOVED);
        *entry->mutable_server() = to_wire(end(record));
    }
    reply.set_feed_position(now.feed.size());
}

void ModelServer::add_delta(const v1::Holding& holding, v1::ExchangeReply& reply,
                            std::size_t& room) const {
    const auto record = *base::from_bytes<RecordId>(holding.record());
    const auto state = now.caseload.find(record);
    if (state == now.caseload.end() || !state->second) return;
    const Log& log = now.logs.at(record);
    const auto cursor = holding.cursor().position();
    if (cursor >= log.ids.size() ||
        log.points[cursor].chain != point_from(holding.cursor())->chain) {
        return;
    }
    const auto base = *point_from(holding.base());
    v1::RecordDelta& delta = *reply.add_delta();
    delta.set_record(holding.record());
    *delta.mutable_base() = to_wire(log.points[cursor]);
    std::size_t at = cursor;
    for (; at < log.ids.size() && at - cursor < delta_changes && room > 0; ++at, --room) {
        StoredChange change = now.changes.at(log.ids[at]);
        change.position = at + 1;
        *delta.add_change() = *to_wire(change, at % 2 == 0);
        // Leaves prev out where the predecessor stands before it in this log.
        auto& wire = *delta.mutable_change(delta.change_size() - 1);
        if (header_of(change).seq() > 1 && wire.prev().empty()) {
            const bool held =
                now.positions.count(*base::from_bytes<ChangeId>(header_of(change).prev())) > 0;
            if (!held) wire.set_prev(header_of(change).prev());
        }
    }
    *delta.mutable_end() = to_wire(log.points[at]);
    delta.set_more(at < log.ids.size());
    if (secures) *delta.mutable_secured() = to_wire(log.points[at]);
    auto& receipt = *delta.mutable_receipt();
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(holding.record());
    *receipt.mutable_base() = to_wire(base);
    *receipt.mutable_end() = to_wire(log.points[at]);
    receipt.set_mac(mac(range_receipt_input(epoch, record, base, log.points[at])));
}

void ModelServer::add_safety(const RecordId& record, std::uint64_t after,
                             v1::ExchangeReply& reply) const {
    const Log& log = now.logs.at(record);
    v1::RecordDelta delta;
    delta.set_record(base::to_bytes(record));
    delta.set_out_of_order(true);
    delta.set_safety_position(log.ids.size());
    std::vector<PositionAndId> pairs;
    for (std::size_t at = after; at < log.ids.size(); ++at) {
        StoredChange change = now.changes.at(log.ids[at]);
        if (header_of(change).kind() != k_safety_kind) continue;
        change.position = at + 1;
        *delta.add_change() = *to_wire(change);
        pairs.emplace_back(at + 1, change.id);
    }
    auto& receipt = *delta.mutable_pairs();
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(base::to_bytes(record));
    for (const auto& [position, id] : pairs) {
        auto* pair = receipt.add_pairs();
        pair->set_position(position);
        pair->set_id(base::to_bytes(id));
    }
    receipt.set_mac(mac(pairs_receipt_input(epoch, record, pairs)));
    *reply.add_delta() = std::move(delta);
}

// Not above what it is told to fall back to.
std::uint64_t ModelServer::safe_after(const v1::Holding& holding, const v1::ExchangeReply& reply) {
    std::uint64_t after = std::max(holding.cursor().position(), holding.safety_position());
    for (const auto& start : reply.epoch_start()) {
        if (start.record() == holding.record()) after = std::min(after, start.point().position());
    }
    return after;
}

v1::ExchangeReply ModelServer::answer(const v1::ExchangeRequest& request) {
    requests.push_back(request);
    v1::ExchangeReply reply;
    for (const auto& given : request.give_back())
        take_return(given, reply);
    for (const auto& push : request.push()) {
        v1::PushReply answers;
        const auto record = *base::from_bytes<RecordId>(push.record());
        for (const auto& wire : push.change())
            take(record, wire, answers);
        for (const auto& access : push.access()) {
            v1::AccessEntry entry;
            entry.ParseFromString(access.entry());
            const Digest digest = base::sha256(access.entry());
            now.access.insert(*base::from_bytes<ChangeId>(base::to_bytes(digest)));
            auto* answer = answers.add_access();
            answer->set_incarnation(entry.incarnation());
            answer->set_seq(entry.seq());
            answer->set_id(base::to_bytes(digest));
            answer->set_fate(secures ? v1::CHANGE_FATE_SECURED : v1::CHANGE_FATE_STORED);
        }
        close(record, answers);
        *reply.add_push() = std::move(answers);
    }
    for (const auto& [incarnation, der] : certificates) {
        const auto& wanted = request.want_certificate();
        if (!tells_all_certificates &&
            std::find(wanted.begin(), wanted.end(), base::to_bytes(incarnation)) == wanted.end()) {
            continue;
        }
        auto* told = reply.add_certificate();
        told->set_incarnation(base::to_bytes(incarnation));
        told->set_certificate(der);
    }
    const bool same = request.epoch() == base::to_bytes(epoch);
    const std::uint64_t feed =
        same ? std::min<std::uint64_t>(request.feed_position(), now.feed.size()) : 0;
    reply.set_epoch(base::to_bytes(epoch));
    reply.set_server_ms(1'000'000);
    reply.set_recovering(recovering);
    for (const auto& holding : request.holding())
        add_starts(holding, reply);
    add_caseload(request, feed, reply);
    if (request.lane() == v1::LANE_SAFETY) {
        std::map<RecordId, std::uint64_t> wanted;
        for (std::size_t i = feed; i < now.feed.size(); ++i)
            wanted[now.feed[i]] = 0;
        for (const auto& holding : request.holding()) {
            wanted[*base::from_bytes<RecordId>(holding.record())] = safe_after(holding, reply);
        }
        for (const auto& [record, after] : wanted) {
            const auto state = now.caseload.find(record);
            if (state != now.caseload.end() && state->second) add_safety(record, after, reply);
        }
        return reply;
    }
    std::size_t room = reply_changes;
    for (const auto& holding : request.holding()) {
        if (room == 0) {
            reply.set_more(true);
            break;
        }
        add_delta(holding, reply, room);
    }
    return reply;
}

}  // namespace kari::sync::test
