// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sync/memory_replica.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/limits.hpp"

namespace kari::sync::test {
namespace {

MemoryReplica::State state_of(Fate fate) {
    switch (fate) {
        case Fate::stored:
            return MemoryReplica::State::stored;
        case Fate::secured:
            return MemoryReplica::State::secured;
        case Fate::quarantined:
            return MemoryReplica::State::quarantined;
    }
    return MemoryReplica::State::durable;
}

std::size_t bytes_of(const StoredChange& change) {
    return change.header_bytes->size() + (change.body_bytes ? change.body_bytes->size() : 0);
}

}  // namespace

ChangeId MemoryReplica::write(const RecordId& record, std::uint32_t kind, std::size_t body_bytes) {
    Row row;
    row.change = writer.write(record, kind, body_bytes);
    row.incarnation = writer.incarnation;
    row.seq = header_of(row.change).seq();
    row.own = true;
    const ChangeId id = row.change.id;
    records[record].rows[id] = std::move(row);
    return id;
}

void MemoryReplica::open_chart(const RecordId& record) {
    auto& entries = records[record].access;
    v1::AccessEntry entry;
    entry.set_incarnation(base::to_bytes(writer.incarnation));
    entry.set_record(base::to_bytes(record));
    entry.set_seq(entries.size() + 1);
    entries.push_back({{writer.incarnation, entries.size() + 1, entry.SerializeAsString()}, {}});
}

std::size_t MemoryReplica::acknowledged(const RecordId& record) const {
    const auto found = records.find(record);
    if (found == records.end()) return 0;
    return static_cast<std::size_t>(
        std::count_if(found->second.rows.begin(), found->second.rows.end(), [](const auto& each) {
            return each.second.own &&
                   (each.second.state == State::stored || each.second.state == State::secured);
        }));
}

bool MemoryReplica::has(const RecordId& record, const ChangeId& id) const {
    const auto found = records.find(record);
    if (found == records.end()) return false;
    const auto row = found->second.rows.find(id);
    return row != found->second.rows.end() && row->second.change.header_bytes.has_value();
}

void MemoryReplica::check() const {
    for (const auto& [id, record] : records) {
        Point point;
        for (const ChangeId& each : record.prefix)
            point = extend(point, each);
        REQUIRE(point == record.cursor);
        REQUIRE(record.points.back() == record.cursor);
        for (const auto& [change_id, row] : record.rows) {
            if (!row.change.header_bytes) continue;
            REQUIRE(base::sha256(*row.change.header_bytes).bytes == change_id.bytes);
        }
    }
}

Result<std::vector<Held>> MemoryReplica::holdings() {
    std::vector<Held> out;
    for (const auto& [id, record] : records) {
        if (!record.not_here) out.push_back(**holding(id));
    }
    return out;
}

Result<std::optional<Held>> MemoryReplica::holding(const RecordId& record) {
    const auto found = records.find(record);
    if (found == records.end()) return std::optional<Held>();
    const Record& is = found->second;
    Held held;
    held.record = record;
    held.cursor = is.cursor;
    held.epoch = is.epoch;
    held.safety_position = is.safety_position;
    held.hidden = is.hidden;
    held.not_here = is.not_here;
    held.holds_anything = !is.rows.empty();
    for (const auto& [id, row] : is.rows) {
        if (row.epoch.is_zero()) continue;
        held.known_to_server = true;
        if (row.epoch == is.epoch && row.change.position > is.cursor.position) {
            held.highest_beside = std::max(held.highest_beside, row.change.position);
        }
    }
    held.known_to_server = held.known_to_server || is.cursor.position > 0;
    return std::optional<Held>(held);
}

Result<std::optional<Digest>> MemoryReplica::chain_at(const RecordId& record,
                                                      std::uint64_t position) {
    const Record& is = records.at(record);
    if (position >= is.points.size()) return std::optional<Digest>();
    return std::optional<Digest>(is.points[position].chain);
}

Result<std::vector<ChangeId>> MemoryReplica::ids_at(const RecordId& record,
                                                    const IncarnationId& incarnation,
                                                    std::uint64_t seq) {
    std::vector<ChangeId> out;
    for (const auto& [id, row] : records.at(record).rows) {
        if (row.incarnation == incarnation && row.seq == seq) out.push_back(id);
    }
    return out;
}

Result<std::optional<v1::RangeReceipt>> MemoryReplica::newest_receipt(const RecordId& record) {
    return records.at(record).receipt;
}

Result<std::vector<Outgoing>> MemoryReplica::next_push(const PushQuery& query) {
    std::vector<Outgoing> out;
    std::size_t items = 0;
    std::size_t bytes = 0;
    const auto full = [&](std::size_t more) {
        return items >= query.changes || (items > 0 && bytes + more > query.bytes);
    };
    for (const auto& [id, record] : records) {
        if (query.skip.count(id) > 0) continue;
        const bool again = query.confirm.count(id) > 0;
        const auto due = [again](State state) {
            return state == State::durable || (again && state == State::stored);
        };
        Outgoing each;
        each.record = id;
        std::vector<const Row*> rows;
        for (const auto& [change_id, row] : record.rows) {
            if (row.own && due(row.state)) rows.push_back(&row);
        }
        std::sort(rows.begin(), rows.end(),
                  [](const Row* a, const Row* b) { return a->seq < b->seq; });
        for (const Row* row : rows) {
            if (full(bytes_of(row->change))) break;
            ++items;
            bytes += bytes_of(row->change);
            each.change.push_back(row->change);
        }
        for (const Entry& entry : record.access) {
            if (!due(entry.state)) continue;
            if (full(entry.item.entry_bytes.size())) break;
            ++items;
            bytes += entry.item.entry_bytes.size();
            each.access.push_back(entry.item);
        }
        if (!each.change.empty() || !each.access.empty()) out.push_back(std::move(each));
    }
    return out;
}

bool MemoryReplica::owed(const Record& record, const ChangeId& id) const {
    const auto row = record.rows.find(id);
    return row != record.rows.end() && row->second.change.header_bytes && !row->second.own &&
           row->second.epoch != record.epoch && !row->second.refused;
}

Result<std::vector<Return>> MemoryReplica::next_return(const PushQuery& query) {
    std::vector<Return> out;
    std::size_t items = 0;
    std::size_t bytes = 0;
    for (const auto& [id, record] : records) {
        if (query.skip.count(id) > 0) continue;
        Return given;
        given.record = id;
        const auto add = [&](std::uint64_t position, const ChangeId& change_id, bool& any) {
            StoredChange named;
            if (owed(record, change_id) && items < query.changes) {
                const StoredChange& whole = record.rows.at(change_id).change;
                const std::size_t size = bytes_of(whole);
                if (items == 0 || bytes + size <= query.bytes) {
                    named = whole;
                    any = true;
                    ++items;
                    bytes += size;
                }
            }
            named.position = position;
            named.id = change_id;
            given.change.push_back(named);
        };
        for (const OldRun& run : record.old_runs) {
            bool any = false;
            const auto before = given.change.size();
            for (std::size_t i = 0; i < run.ids.size(); ++i) {
                add(run.shared.position + 1 + i, run.ids[i], any);
            }
            if (any) {
                given.range.push_back(run.receipt);
                break;  // one stretch at a time keeps positions ascending
            }
            given.change.resize(before);
        }
        if (given.range.empty()) {
            for (const v1::PairsReceipt& receipt : record.pairs) {
                if (receipt.epoch() == base::to_bytes(record.epoch)) continue;
                bool any = false;
                const auto before = given.change.size();
                for (const auto& pair : receipt.pairs()) {
                    add(pair.position(), *base::from_bytes<ChangeId>(pair.id()), any);
                }
                if (any) {
                    given.pairs.push_back(receipt);
                    break;
                }
                given.change.resize(before);
            }
        }
        if (!given.change.empty()) out.push_back(std::move(given));
    }
    return out;
}

void MemoryReplica::place(Record& record, Row& row, std::uint64_t position, const EpochId& epoch) {
    row.change.position = position;
    row.epoch = epoch;
    if (record.epoch.is_zero()) record.epoch = epoch;
    if (row.own && row.state == State::durable) row.state = State::stored;
}

Result<void> MemoryReplica::apply_push(const Answers& answers) {
    if (storage_fails.count(answers.record) > 0) return fail(ErrorCode::storage_failed, "test");
    Record& record = records.at(answers.record);
    for (const Answer& answer : answers.change) {
        Row& row = record.rows.at(answer.id);
        if (answer.fate != Fate::quarantined) place(record, row, answer.position, answers.epoch);
        row.state = state_of(answer.fate);
    }
    for (const Answer& answer : answers.access) {
        record.access.at(answer.seq - 1).state = state_of(answer.fate);
    }
    if (answers.receipt) record.pairs.push_back(*answers.receipt);
    return {};
}

Result<void> MemoryReplica::apply_return(const Answers& answers) {
    Record& record = records.at(answers.record);
    for (const Answer& answer : answers.change) {
        const auto row = record.rows.find(answer.id);
        if (row == record.rows.end()) continue;
        if (answer.fate == Fate::quarantined) {
            row->second.refused = true;
        } else {
            place(record, row->second, answer.position, answers.epoch);
        }
    }
    if (answers.receipt) record.pairs.push_back(*answers.receipt);
    return {};
}

Result<void> MemoryReplica::apply_delta(const Delta& delta) {
    if (storage_fails.count(delta.record) > 0) return fail(ErrorCode::storage_failed, "test");
    Record& record = records.at(delta.record);
    largest_piece = std::max(largest_piece, delta.change.size());
    if (!delta.out_of_order) {
        REQUIRE(delta.from == record.cursor);
        REQUIRE(delta.end.position == delta.from.position + delta.change.size());
    }
    for (const StoredChange& change : delta.change) {
        Row& row = record.rows[change.id];
        if (change.header_bytes) {
            const auto header = header_of(change);
            row.incarnation = *base::from_bytes<IncarnationId>(header.incarnation());
            row.seq = header.seq();
            row.own = row.own || row.incarnation == writer.incarnation;
            row.change = change;
        }
        row.change.id = change.id;
        place(record, row, change.position, delta.epoch);
        if (delta.out_of_order) continue;
        record.prefix.push_back(change.id);
        record.points.push_back(extend(record.points.back(), change.id));
    }
    if (!delta.out_of_order) {
        REQUIRE(record.points.back() == delta.end);
        record.cursor = delta.end;
        record.epoch = delta.epoch;
    }
    if (delta.receipt) record.receipt = delta.receipt;
    if (delta.pairs) record.pairs.push_back(*delta.pairs);
    if (delta.safety_position) {
        record.safety_position = std::max(record.safety_position, *delta.safety_position);
    }
    if (delta.secured) {
        for (auto& [id, row] : record.rows) {
            if (row.own && row.state == State::stored && row.epoch == delta.epoch &&
                row.change.position <= delta.secured->position) {
                row.state = State::secured;
            }
        }
    }
    return {};
}

Result<void> MemoryReplica::fall_back(const Fallback& fallback) {
    fallbacks.push_back(fallback);
    Record& record = records.at(fallback.record);
    REQUIRE(fallback.shared.position <= record.cursor.position);
    if (record.receipt && fallback.shared.position < record.cursor.position) {
        OldRun run;
        run.epoch = record.epoch;
        run.shared = fallback.shared;
        run.ids.assign(record.prefix.begin() + static_cast<long>(fallback.shared.position),
                       record.prefix.begin() + static_cast<long>(record.receipt->end().position()));
        run.receipt = *record.receipt;
        record.old_runs.push_back(std::move(run));
        record.receipt.reset();
    }
    record.prefix.resize(fallback.shared.position);
    record.points.resize(fallback.shared.position + 1);
    record.cursor = fallback.shared;
    record.epoch = fallback.epoch;
    record.safety_position = std::min(record.safety_position, fallback.kept);
    for (auto& [id, row] : record.rows) {
        const bool lost = row.change.position > fallback.kept || row.change.position == 0;
        if (!lost) {
            row.epoch = fallback.epoch;
        } else if (row.own && row.state != State::quarantined) {
            row.state = State::durable;
            row.change.position = 0;
            row.epoch = {};
        }
    }
    for (Entry& entry : record.access)
        entry.state = State::durable;
    return {};
}

Result<void> MemoryReplica::grant(const RecordId& record, const Point&) {
    records[record].hidden = false;
    records[record].not_here = false;
    return {};
}

Result<void> MemoryReplica::hide(const RecordId& record) {
    records.at(record).hidden = true;
    return {};
}

Result<void> MemoryReplica::not_here(const RecordId& record) {
    records[record].not_here = true;
    return {};
}

Result<Obligations> MemoryReplica::obligations(const RecordId& record) {
    const Record& is = records.at(record);
    Obligations out;
    out.drafts = is.drafts;
    for (const auto& [id, row] : is.rows) {
        if (row.own && row.state != State::secured) ++out.changes;
        if (owed(is, id)) ++out.returns;
    }
    for (const Entry& entry : is.access) {
        if (entry.state != State::secured) ++out.access_entries;
    }
    return out;
}

Result<void> MemoryReplica::purge(const RecordId& record, const Point& server) {
    if (records.at(record).cursor.position > server.position || !obligations(record)->none()) {
        return fail(ErrorCode::in_use, "record");
    }
    records.erase(record);
    purged.insert(record);
    return {};
}

Result<void> MemoryReplica::set_epoch(const EpochId& epoch) {
    standing_.epoch = epoch;
    standing_.feed_position = 0;
    standing_.complete_at.reset();
    return {};
}

Result<void> MemoryReplica::set_directory(const v1::DirectoryUnit&,
                                          const std::vector<v1::DirectoryPerson>& all,
                                          std::uint64_t version) {
    people = all;
    standing_.directory_version = version;
    return {};
}

Result<void> MemoryReplica::note_server_time(const TimeSample& sample) {
    samples.push_back(sample);
    return {};
}

Result<void> MemoryReplica::finish(const Freshness& freshness) {
    finished.push_back(freshness);
    if (freshness.feed_position) standing_.feed_position = *freshness.feed_position;
    if (freshness.complete) standing_.complete_at = freshness.asked;
    return {};
}

}  // namespace kari::sync::test
