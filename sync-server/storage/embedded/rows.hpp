// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kari/v1/change.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/types.hpp"

// How rows of the tables become values; each matches a column list beside it.
namespace kari::server::storage::embedded {

using store::sqlcipher::Statement;

inline constexpr std::string_view k_state_sql =
    "SELECT id, made_on_tablet, head, head_chain, access_head, access_chain, secured, "
    "access_secured, reviewed, tick, epoch_start, epoch_chain FROM record WHERE id = ?1";

inline RecordState read_state(const Statement& row) {
    RecordState state;
    state.id = row.column_id<RecordId>(0);
    state.made_on_tablet = row.column_int(1) != 0;
    state.head = {row.column_u64(2), row.column_id<Digest>(3)};
    state.access_head = {row.column_u64(4), row.column_id<Digest>(5)};
    state.secured = row.column_u64(6);
    state.access_secured = row.column_u64(7);
    state.reviewed = row.column_u64(8);
    state.tick = row.column_u64(9);
    state.epoch_start = {row.column_u64(10), row.column_id<Digest>(11)};
    return state;
}

// id, position, chain, kind, incarnation, seq, header, body
inline StoredChange read_change(const Statement& row) {
    StoredChange change;
    change.id = row.column_id<ChangeId>(0);
    change.position = row.column_u64(1);
    change.chain = row.column_id<Digest>(2);
    change.kind = static_cast<std::uint32_t>(row.column_int(3));
    change.incarnation = row.column_id<IncarnationId>(4);
    change.seq = row.column_u64(5);
    change.header_bytes = std::string(row.column_blob(6));
    if (!row.is_null(7)) change.body_bytes = std::string(row.column_blob(7));
    return change;
}

// issue, severity, deferred, since, rule, due
inline OpenFinding read_open_finding(const Statement& row) {
    OpenFinding one;
    one.issue = row.column_id<ResourceId>(0);
    one.severity = static_cast<unsigned>(row.column_int(1));
    one.deferred = row.column_int(2) != 0;
    one.since = Instant{row.column_int(3)};
    one.rule = std::string(row.column_text(4));
    if (!row.is_null(5)) one.due = Instant{row.column_int(5)};
    return one;
}

// id, position, chain, incarnation, seq, prev, entry
inline StoredAccess read_access(const Statement& row) {
    StoredAccess entry;
    entry.id = row.column_id<Digest>(0);
    entry.position = row.column_u64(1);
    entry.chain = row.column_id<Digest>(2);
    entry.incarnation = row.column_id<IncarnationId>(3);
    entry.seq = row.column_u64(4);
    entry.prev = row.column_id<Digest>(5);
    entry.bytes = std::string(row.column_blob(6));
    return entry;
}

// Errors: storage_corrupt.
inline Result<ResourceId> resource_of(std::string_view header_bytes) {
    v1::ChangeHeader header;
    const bool read =
        header.ParseFromArray(header_bytes.data(), static_cast<int>(header_bytes.size()));
    const auto id = read ? base::from_bytes<ResourceId>(header.resource()) : std::nullopt;
    if (!id) return fail(ErrorCode::storage_corrupt, "the header of a stored change");
    return *id;
}

}  // namespace kari::server::storage::embedded
