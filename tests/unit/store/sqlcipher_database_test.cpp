// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/sqlcipher/database.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/store/query.hpp"
#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using sqlcipher::Database;
using test::read_file;
using test::write_file;

namespace {

const sqlcipher::Options k_impatient{
    .exclusive = true, .busy_timeout_ms = 1, .checkpoint_pages = 0, .cache_kib = 1024};

constexpr std::size_t k_page = 4096;

std::string key(std::uint64_t number = 1) {
    return std::string(test::key_of(number).view());
}

Database made(const std::string& path) {
    auto db = Database::create(path, key());
    REQUIRE(db);
    REQUIRE(db->execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB, c TEXT) STRICT"));
    return std::move(*db);
}

void fill(Database& db, int rows) {
    auto transaction = db.begin();
    REQUIRE(transaction);
    for (int i = 0; i < rows; ++i) {
        REQUIRE(run(db, "INSERT INTO t(b, c) VALUES(?1, ?2)", std::string(500, 'x'),
                    Text{"MARKED-PLAINTEXT"}));
    }
    REQUIRE(transaction->commit());
}

// A closed database of many pages, its log emptied into it.
std::string closed(const test::ScratchFolder& folder) {
    const std::string path = folder.file("a.db");
    auto db = made(path);
    fill(db, 200);
    REQUIRE(db.checkpoint());
    return path;
}

ErrorCode open_error(const std::string& path, std::uint64_t with_key = 1) {
    auto db = Database::open(path, key(with_key), k_impatient);
    REQUIRE(!db);
    return db.error().code;
}

}  // namespace

TEST_CASE("values come back as they were bound") {
    const test::ScratchFolder folder;
    auto db = made(folder.file("a.db"));
    const std::string bytes("\0\1\xff", 3);
    REQUIRE(run(db, "INSERT INTO t VALUES(?1, ?2, ?3)", std::int64_t{-7}, bytes, Text{"æøå"}));
    REQUIRE(run(db, "INSERT INTO t VALUES(?1, ?2, ?3)", 8, std::string_view(), Text{""}));
    REQUIRE(run(db, "INSERT INTO t VALUES(?1, ?2, ?3)", 9, nullptr, nullptr));
    auto rows = db.prepare("SELECT a, b, c FROM t ORDER BY a");
    REQUIRE(rows);
    REQUIRE(rows->step().value());
    CHECK(rows->column_int(0) == -7);
    CHECK(rows->column_blob(1) == bytes);
    CHECK(rows->column_text(2) == "æøå");
    REQUIRE(rows->step().value());
    CHECK(!rows->is_null(1));
    CHECK(rows->column_blob(1).empty());
    CHECK(!rows->is_null(2));
    REQUIRE(rows->step().value());
    CHECK(rows->is_null(1));
    CHECK(rows->is_null(2));
    CHECK(!rows->step().value());
}

TEST_CASE("a number above 2^63 is refused and not wrapped") {
    const test::ScratchFolder folder;
    auto db = made(folder.file("a.db"));
    const auto refused = run(db, "INSERT INTO t(a) VALUES(?1)", std::uint64_t{1} << 63);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(db.query_int("SELECT count(*) FROM t").value() == 0);
}

TEST_CASE("the same statement may run inside its own rows") {
    const test::ScratchFolder folder;
    auto db = made(folder.file("a.db"));
    fill(db, 3);
    int seen = 0;
    REQUIRE(each_row(db, "SELECT a FROM t", [&](sqlcipher::Statement&) {
        return each_row(db, "SELECT a FROM t", [&](sqlcipher::Statement&) {
            ++seen;
            return Result<void>{};
        });
    }));
    CHECK(seen == 9);
}

TEST_CASE("a transaction that is not committed leaves nothing") {
    const test::ScratchFolder folder;
    auto db = made(folder.file("a.db"));
    {
        auto transaction = db.begin();
        REQUIRE(transaction);
        REQUIRE(run(db, "INSERT INTO t(a) VALUES(1)"));
        auto nested = db.begin();
        REQUIRE(!nested);
        CHECK(nested.error().code == ErrorCode::internal);
    }
    CHECK(!db.in_transaction());
    CHECK(db.query_int("SELECT count(*) FROM t").value() == 0);
}

TEST_CASE("a stored id of another length than its type throws") {
    const test::ScratchFolder folder;
    auto db = made(folder.file("a.db"));
    REQUIRE(run(db, "INSERT INTO t(b) VALUES(?1)", std::string(15, 'x')));
    auto row = db.prepare("SELECT b FROM t");
    REQUIRE(row->step().value());
    CHECK_THROWS_AS(row->column_id<RecordId>(0), std::logic_error);
}

TEST_CASE("the file and its log hold no plaintext") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("a.db");
    auto db = made(path);
    fill(db, 50);
    CHECK(read_file(path + "-wal").size() > 4096);
    CHECK(read_file(path + "-wal").find("MARKED") == std::string::npos);
    REQUIRE(db.checkpoint());
    CHECK(read_file(path + "-wal").empty());
    CHECK(read_file(path).size() > 4096);
    CHECK(read_file(path).find("MARKED") == std::string::npos);
    CHECK(read_file(path).find("CREATE TABLE") == std::string::npos);
}

TEST_CASE("a second open of a file in use is refused") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("a.db");
    auto db = made(path);
    CHECK(open_error(path) == ErrorCode::in_use);
    auto again = Database::create(path, key());
    REQUIRE(!again);
    CHECK(again.error().code == ErrorCode::already_exists);
    fill(db, 1);  // and the first goes on
}

TEST_CASE("two connections that share a file read what the other committed") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("a.db");
    const sqlcipher::Options shared{.exclusive = false, .busy_timeout_ms = 1};
    auto one = Database::create(path, key(), shared);
    REQUIRE(one);
    REQUIRE(one->execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB, c TEXT) STRICT"));
    auto two = Database::open(path, key(), shared);
    REQUIRE(two);
    fill(*one, 2);
    CHECK(two->query_int("SELECT count(*) FROM t").value() == 2);
    auto held = one->begin();
    REQUIRE(held);
    auto waiting = two->begin();
    REQUIRE(!waiting);
    CHECK(waiting.error().code == ErrorCode::in_use);
}

TEST_CASE("a wrong key is told as such and alters neither file nor log") {
    const test::ScratchFolder folder;
    const std::string path = closed(folder);
    const std::string before = read_file(path);
    CHECK(open_error(path, 2) == ErrorCode::wrong_key);
    CHECK(read_file(path) == before);

    // The same with work that stands only in the log, as after a kill.
    const std::string copy = folder.file("b.db");
    {
        auto db = Database::open(path, key());
        REQUIRE(db);
        fill(*db, 5);
        write_file(copy, read_file(path));
        write_file(copy + "-wal", read_file(path + "-wal"));
    }
    const std::string log = read_file(copy + "-wal");
    REQUIRE(!log.empty());
    CHECK(open_error(copy, 2) == ErrorCode::wrong_key);
    CHECK(read_file(copy) == before);
    CHECK(read_file(copy + "-wal") == log);
    auto right = Database::open(copy, key());
    REQUIRE(right);
    CHECK(right->query_int("SELECT count(*) FROM t").value() == 205);
}

TEST_CASE("a missing, an empty and a plain file are each told apart") {
    const test::ScratchFolder folder;
    CHECK(open_error(folder.file("none.db")) == ErrorCode::not_found);
    write_file(folder.file("empty.db"), "");
    CHECK(open_error(folder.file("empty.db")) == ErrorCode::storage_truncated);
    std::string plain = "SQLite format 3" + std::string(1, '\0') + std::string(8176, '\0');
    write_file(folder.file("plain.db"), plain);
    CHECK(open_error(folder.file("plain.db")) == ErrorCode::not_encrypted);
    CHECK(read_file(folder.file("plain.db")) == plain);
    write_file(folder.file("noise.db"), std::string(40'960, 'n'));
    CHECK(open_error(folder.file("noise.db")) == ErrorCode::wrong_key);
}

TEST_CASE("a file cut anywhere is called truncated and left as it is") {
    const test::ScratchFolder folder;
    const std::string whole = read_file(closed(folder));
    REQUIRE(whole.size() > 10 * 4096);
    const std::string path = folder.file("cut.db");
    for (const std::size_t size :
         {std::size_t{10}, std::size_t{4095}, std::size_t{4096}, std::size_t{5000},
          std::size_t{3 * 4096}, whole.size() / 2, whole.size() - 4096, whole.size() - 1}) {
        write_file(path, whole.substr(0, size));
        CAPTURE(size);
        CHECK(open_error(path) == ErrorCode::storage_truncated);
        CHECK(read_file(path) == whole.substr(0, size));
    }
}

TEST_CASE("pages that stand only in the log are not missing") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("a.db");
    auto db = made(path);
    REQUIRE(db.checkpoint());
    fill(db, 60);
    const std::string copy = folder.file("b.db");
    write_file(copy, read_file(path));
    write_file(copy + "-wal", read_file(path + "-wal"));
    auto after_kill = Database::open(copy, key());
    REQUIRE(after_kill);
    CHECK(after_kill->query_int("SELECT count(*) FROM t").value() == 60);
}

TEST_CASE("a damaged first page is corruption, not a wrong key") {
    const test::ScratchFolder folder;
    const std::string path = closed(folder);
    std::string bytes = read_file(path);
    bytes[100] = static_cast<char>(bytes[100] ^ 1);
    write_file(path, bytes);
    CHECK(open_error(path) == ErrorCode::storage_corrupt);
    // Even when the salt is gone too: the other pages open.
    for (int i = 0; i < 16; ++i)
        bytes[static_cast<std::size_t>(i)] = 'x';
    write_file(path, bytes);
    CHECK(open_error(path) == ErrorCode::storage_corrupt);
    CHECK(read_file(path) == bytes);
}

TEST_CASE("a damaged salt does not lock the file") {
    const test::ScratchFolder folder;
    const std::string path = closed(folder);
    std::string bytes = read_file(path);
    bytes[3] = static_cast<char>(bytes[3] ^ 1);
    write_file(path, bytes);
    auto db = Database::open(path, key());
    REQUIRE(db);
    CHECK(db->query_int("SELECT count(*) FROM t").value() == 200);
}

TEST_CASE("a page damaged in the middle is found by the check and by whoever reads it") {
    const test::ScratchFolder folder;
    const std::string path = closed(folder);
    std::string bytes = read_file(path);
    const std::size_t at = 12 * 4096 + 50;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write_file(path, bytes);
    auto db = Database::open(path, key());
    REQUIRE(db);
    const auto checked = db->check();
    REQUIRE(!checked);
    CHECK(checked.error().code == ErrorCode::storage_corrupt);
    CHECK(checked.error().what.find("13") != std::string::npos);
    const auto read = db->query_int("SELECT sum(length(b)) FROM t");
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::storage_corrupt);
}

TEST_CASE("whichever page is damaged, whoever comes to it is told of damage, and so is the next") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("a.db");
    {
        auto db = made(path);
        // Long values lie on pages of their own; an index has others.
        REQUIRE(db.execute("CREATE INDEX by_c ON t(c, a)"));
        for (int i = 0; i < 12; ++i)
            REQUIRE(run(db, "INSERT INTO t(b, c) VALUES(?1, ?2)", std::string(9'000, 'x'),
                        Text{"MARKED-PLAINTEXT"}));
        REQUIRE(db.checkpoint());
    }
    const std::string sound = read_file(path);
    unsigned told = 0;
    for (std::size_t page = 1; page < sound.size() / k_page; ++page) {
        std::string bytes = sound;
        bytes[page * k_page + 50] = static_cast<char>(bytes[page * k_page + 50] ^ 1);
        write_file(path, bytes);
        auto db = Database::open(path, key());
        REQUIRE(db);
        INFO("page " << page + 1);
        const auto look = [&](const Result<void>& done) {
            if (done) return;
            INFO(done.error().what);
            CHECK(done.error().code == ErrorCode::storage_corrupt);
            ++told;
        };
        for (int round = 0; round < 2; ++round) {
            look(run(*db, "SELECT sum(length(CAST(b AS TEXT))) FROM t"));
            look(run(*db, "SELECT count(*) FROM t INDEXED BY by_c"));
            look(run(*db, "UPDATE t SET b = CAST(b || x'00' AS BLOB)"));
        }
    }
    CHECK(told > 2 * 12);
}

TEST_CASE("a sound database passes its check") {
    const test::ScratchFolder folder;
    auto db = Database::open(closed(folder), key());
    REQUIRE(db);
    CHECK(db->check());
}

TEST_CASE("a page torn while it was brought over from the log is no damage: the log has it") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("b.db");
    {
        auto db = made(folder.file("a.db"));
        fill(db, 20);
        REQUIRE(db.checkpoint());
        REQUIRE(run(db, "UPDATE t SET b = ?1", std::string(500, 'y')));
        // As a power cut in the middle of a checkpoint leaves both files.
        std::string torn = read_file(folder.file("a.db"));
        torn.at(2 * k_page + 100) ^= 1;
        write_file(path, torn);
        write_file(path + "-wal", read_file(folder.file("a.db-wal")));
    }
    auto db = Database::open(path, key());
    REQUIRE(db);
    CHECK(db->check());
    CHECK(db->query_int("SELECT count(*) FROM t") == 20);
}

TEST_CASE("scripts run once each, and a database of a newer build is refused") {
    const test::ScratchFolder folder;
    auto db = Database::create(folder.file("a.db"), key());
    REQUIRE(db);
    const std::string_view one = "CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES(1)";
    const std::string_view two = "INSERT INTO a VALUES(2)";
    REQUIRE(sqlcipher::migrate(*db, {one}));
    REQUIRE(sqlcipher::migrate(*db, {one, two}));
    REQUIRE(sqlcipher::migrate(*db, {one, two}));
    CHECK(db->query_int("SELECT sum(x) FROM a").value() == 3);
    const auto older = sqlcipher::migrate(*db, {one});
    REQUIRE(!older);
    CHECK(older.error().code == ErrorCode::schema_too_new);
}

TEST_CASE("a script that fails halfway leaves nothing of itself") {
    const test::ScratchFolder folder;
    auto db = Database::create(folder.file("a.db"), key());
    REQUIRE(db);
    CHECK(!sqlcipher::migrate(*db,
                              {"CREATE TABLE a(x INTEGER) STRICT; INSERT INTO nowhere VALUES(1)"}));
    CHECK(db->query_int("SELECT count(*) FROM sqlite_schema").value() == 0);
    CHECK(db->query_int("PRAGMA user_version").value() == 0);
}

TEST_CASE("a database set aside keeps every byte, and its log goes with it") {
    const test::ScratchFolder folder;
    const std::string path = folder.file("a.db");
    write_file(path, "database");
    write_file(path + "-wal", "log");
    const auto first = sqlcipher::set_aside(path);
    REQUIRE(first);
    CHECK(!std::filesystem::exists(path));
    CHECK(!std::filesystem::exists(path + "-wal"));
    CHECK(read_file(*first) == "database");
    CHECK(read_file(*first + "-wal") == "log");
    write_file(path, "another");
    const auto second = sqlcipher::set_aside(path);
    REQUIRE(second);
    CHECK(*second != *first);
    CHECK(read_file(*first) == "database");
    CHECK(sqlcipher::set_aside(path).error().code == ErrorCode::not_found);
}

TEST_CASE("a copy opens under the key it was given and holds the same") {
    const test::ScratchFolder folder;
    auto db = Database::open(closed(folder), key());
    REQUIRE(db);
    const std::string copy = folder.file("copy.db");
    REQUIRE(db->backup_to(copy, key(5)));
    CHECK(open_error(copy, 1) == ErrorCode::wrong_key);
    auto opened = Database::open(copy, key(5));
    REQUIRE(opened);
    CHECK(opened->query_int("SELECT count(*) FROM t").value() == 200);
    CHECK(opened->check());
    CHECK(db->backup_to(copy, key(5)).error().code == ErrorCode::already_exists);
}

TEST_CASE("a key of another length is refused") {
    const test::ScratchFolder folder;
    auto db = Database::create(folder.file("a.db"), "short");
    REQUIRE(!db);
    CHECK(db.error().code == ErrorCode::invalid_argument);
}
