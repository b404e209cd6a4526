// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/store/query.hpp"
#include "sdk/store/schema.hpp"
#include "sdk/store/sqlcipher/database.hpp"
#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);

// A database as it was made before folded rows stood by their moment: versions 1 and 2.
void make_old(const std::string& path, const ServerLog& log, std::uint64_t cursor) {
    auto db = take(sqlcipher::Database::create(path, key_of(1).view()));
    const std::vector<std::string_view> scripts(migrations().begin(), migrations().begin() + 2);
    REQUIRE(sqlcipher::migrate(db, scripts));
    const auto identity = identity_of(1);
    REQUIRE(run(db,
                "INSERT INTO identity(one, device, unit, opens, fold_schema, pack)"
                " VALUES(1, ?1, ?2, 1, ?3, ?4)",
                identity.device, identity.unit, std::string_view("of then"), Text{""}));
    REQUIRE(run(db, "INSERT INTO incarnation(incarnation) VALUES(?1)", identity.incarnation));
    REQUIRE(run(db, "INSERT INTO record(record, cursor_position, cursor_chain) VALUES(?1, ?2, ?3)",
                k_record, cursor, log.point(cursor).chain));
    std::uint64_t position = 0;
    for (const auto& change : log.changes()) {
        REQUIRE(run(db,
                    "INSERT INTO change(record, incarnation, seq, id, fate, position, header, body)"
                    " VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)",
                    k_record, change.incarnation, change.header.seq(), change.id, ++position,
                    change.header_bytes, *change.body_bytes));
        REQUIRE(run(db,
                    "INSERT INTO resource(record, kind, resource, state, addresses)"
                    " VALUES(?1, ?2, ?3, ?4, ?4) ON CONFLICT DO NOTHING",
                    k_record, change.header.kind(), change.resource, std::string_view("of then")));
    }
}

}  // namespace

TEST_CASE("a database of before is folded anew from its log when it is opened") {
    Writer nurse_a(id_of<IncarnationId>(7), k_record);
    Writer nurse_b(id_of<IncarnationId>(8), k_record);
    ServerLog log(k_record);
    log.append(nurse_a.write(id_of<ResourceId>(1), temperature("37.0")));
    log.append(nurse_a.write(id_of<ResourceId>(2), note("hers")));
    log.append(nurse_b.write(id_of<ResourceId>(2), note("his")));
    const ScratchFolder folder;
    make_old(folder.file("kari.db"), log, 2);

    auto store = take(DeviceStore::open(folder.file("kari.db"), key_of(1)));
    CHECK(take(store.verify()).empty());
    CHECK(take(store.resources(k_record)).size() == 2);
    CHECK(take(store.recent(k_record, {}))->resources.size() == 2);
    CHECK(take(store.owed_reviews()) == 1);
    CHECK(take(store.review_owed(10)) == 0);
    const auto findings = take(store.findings(k_record));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().rule == "merge/note-fork");
    // What stood above the cursor is still known to, and the next part runs over it.
    CHECK(take(store.highest_beside(k_record)) == 3);
    REQUIRE(store.apply_delta(log.delta(2, 3), id_of<EpochId>(1)));
    CHECK(take(store.highest_beside(k_record)) == 0);
    CHECK(take(store.record_meta(k_record))->cursor == log.end());
}
