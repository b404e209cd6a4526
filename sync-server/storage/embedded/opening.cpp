// SPDX-License-Identifier: Apache-2.0
//
// How a database is made, opened and brought to a newer schema.
#include <fmt/format.h>

#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "sync-server/storage/embedded/rows.hpp"
#include "sync-server/storage/embedded/schema.hpp"

namespace kari::server::storage {

using store::sqlcipher::Database;

namespace {

constexpr std::int64_t k_with_resource_change = 5;

store::sqlcipher::Options shared_options(const EmbeddedStorage::Opening& opening) {
    store::sqlcipher::Options options;
    options.exclusive = false;
    options.busy_timeout_ms = 20'000;
    options.cache_kib = opening.cache_kib;
    return options;
}

Result<Database> open_any(const std::string& path, std::string_view key,
                          const EmbeddedStorage::Opening& opening = {}) {
    KARI_LET(auto db, Database::open(path, key, shared_options(opening)));
    if (opening.read_only) KARI_TRY(db.execute("PRAGMA query_only = ON"));
    return db;
}

Result<std::int64_t> version_of(Database& db) {
    return db.query_int("PRAGMA user_version");
}

Result<void> note_upgrade(Database& db, Instant now) {
    KARI_LET(auto put, db.prepare("INSERT INTO upgrade VALUES(?1,?2,?3)"));
    put.bind(1, EmbeddedStorage::schema()).bind_text(2, EmbeddedStorage::program());
    put.bind(3, now.ms);
    return put.run();
}

// For a database that was made before resource_change was.
Result<void> index_resources(Database& db) {
    KARI_LET(auto row, db.prepare("SELECT record, position, kind, header FROM change"));
    KARI_LET(auto put, db.prepare("INSERT INTO resource_change VALUES(?1,?2,?3,?4)"));
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return {};
        KARI_LET(const auto resource, embedded::resource_of(row.column_blob(3)));
        put.bind(1, row.column_id<RecordId>(0)).bind(2, resource);
        put.bind(3, row.column_int(1)).bind(4, row.column_int(2));
        KARI_TRY(put.run());
    }
}

// What the scripts cannot say.
Result<void> complete_upgrade(Database& db, std::int64_t found, Instant now) {
    if (found < k_with_resource_change) KARI_TRY(index_resources(db));
    // The open findings of every record are counted when the rules next look at it.
    KARI_TRY(db.execute("UPDATE record SET reviewed = 0"));
    return note_upgrade(db, now);
}

// Errors: schema_too_new: names the program that can read it.
Error too_new(Database& db, std::int64_t found) {
    std::string needed = "a newer kari-sync-server";
    if (auto row = db.prepare("SELECT program FROM upgrade WHERE schema = ?1")) {
        row->bind(1, found);
        const auto here = row->step();
        if (here && *here) needed = "kari-sync-server " + std::string(row->column_text(0));
    }
    return {ErrorCode::schema_too_new,
            fmt::format("the database is of schema {}, which needs {} or newer; this is {}, which "
                        "knows schema {}",
                        found, needed, EmbeddedStorage::program(), EmbeddedStorage::schema())};
}

Result<void> check_schema(Database& db) {
    KARI_LET(const auto found, version_of(db));
    if (found > EmbeddedStorage::schema()) return tl::unexpected(too_new(db, found));
    if (found < EmbeddedStorage::schema()) {
        return fail(ErrorCode::not_permitted,
                    fmt::format("the database is of schema {} and this kari-sync-server {} works "
                                "with schema {}: stop the server, then run `upgrade`",
                                found, EmbeddedStorage::program(), EmbeddedStorage::schema()));
    }
    return {};
}

}  // namespace

std::string_view EmbeddedStorage::program() {
    return KARI_VERSION;
}

std::int64_t EmbeddedStorage::schema() {
    return static_cast<std::int64_t>(embedded::migrations().size());
}

Result<std::unique_ptr<EmbeddedStorage>> EmbeddedStorage::create(const std::string& path,
                                                                 std::string_view key,
                                                                 const EpochId& epoch,
                                                                 Instant now) {
    KARI_LET(auto db, Database::create(path, key, shared_options({})));
    KARI_TRY(store::sqlcipher::migrate(db, embedded::migrations()));
    KARI_TRY(note_upgrade(db, now));
    {
        KARI_LET(auto insert, db.prepare("INSERT INTO server VALUES(1, ?1, 0, 1, 0)"));
        insert.bind(1, epoch);
        KARI_TRY(insert.run());
    }
    return std::unique_ptr<EmbeddedStorage>(new EmbeddedStorage(std::move(db)));
}

Result<std::unique_ptr<EmbeddedStorage>> EmbeddedStorage::open(const std::string& path,
                                                               std::string_view key,
                                                               const Opening& opening) {
    KARI_LET(auto db, open_any(path, key, opening));
    KARI_TRY(check_schema(db));
    return std::unique_ptr<EmbeddedStorage>(new EmbeddedStorage(std::move(db)));
}

Result<std::int64_t> EmbeddedStorage::schema_of(const std::string& path, std::string_view key) {
    KARI_LET(auto db, open_any(path, key, {k_cache_kib, true}));
    return version_of(db);
}

Result<bool> EmbeddedStorage::upgrade(const std::string& path, std::string_view key, Instant now) {
    KARI_LET(auto db, open_any(path, key));
    // All of it in one transaction: a process that ends within it leaves the old database, whole.
    KARI_LET(auto transaction, db.begin());
    KARI_LET(const auto found, version_of(db));
    if (found > schema()) return tl::unexpected(too_new(db, found));
    if (found == schema()) return false;
    for (auto next = found; next < schema(); ++next) {
        KARI_TRY(db.execute(embedded::migrations()[static_cast<std::size_t>(next)]));
    }
    KARI_TRY(complete_upgrade(db, found, now));
    KARI_TRY(db.execute("PRAGMA user_version = " + std::to_string(schema())));
    KARI_TRY(transaction.commit());
    return true;
}

Result<void> EmbeddedStorage::copy(const std::string& path, const std::string& to,
                                   std::string_view key) {
    KARI_LET(auto db, open_any(path, key));
    KARI_TRY(db.backup_to(to, key));
    KARI_LET(auto copied, open_any(to, key));
    return copied.check();
}

}  // namespace kari::server::storage
