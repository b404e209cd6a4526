// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace kari::store::sqlcipher {

inline constexpr std::size_t k_key_bytes = 32;

// How a database is opened. All of them: WAL, synchronous=FULL, fullfsync, secure_delete, foreign
// keys, no key material or error text on stderr.
struct Options {
    // Nobody else may have the file open, in any process: the second gets `in_use`.
    bool exclusive = true;
    // Waits this long for another connection's write before `in_use`.
    std::uint32_t busy_timeout_ms = 5'000;
    // 0: SQLite's own choice (1,000 pages).
    std::uint32_t checkpoint_pages = 0;
    std::uint32_t cache_kib = 8 * 1024;
    // Opens a file that lacks pages too, to read what is left of it. Its log stays as it is.
    bool damaged_too = false;
};

struct Cached;

// One use of a prepared statement. Parameters count from 1, columns from 0. Goes back to the cache
// of its database when it ends; never outlives it.
//
// Errors: a failed bind is told by the next step or run. What a column returns is valid until the
// next step. An id of another length than its type's is a broken invariant and throws.
class Statement {
public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::uint64_t value);  // above 2^63 - 1: invalid_argument
    Statement& bind(int index, std::uint32_t value) { return bind(index, std::int64_t{value}); }
    Statement& bind(int index, int value) { return bind(index, std::int64_t{value}); }
    Statement& bind(int index, bool value) { return bind(index, std::int64_t{value ? 1 : 0}); }
    Statement& bind_null(int index);
    // Copies; empty is an empty value, not NULL.
    Statement& bind_blob(int index, std::string_view bytes);
    Statement& bind_text(int index, std::string_view text);
    template <typename Tag, std::size_t N>
    Statement& bind(int index, const Opaque<Tag, N>& id) {
        return bind_blob(index,
                         std::string_view(reinterpret_cast<const char*>(id.bytes.data()), N));
    }

    // True: a row stands ready. False: done.
    Result<bool> step();
    // For a statement without rows: steps to the end and makes ready for new parameters.
    Result<void> run();
    // Rows that the last insert, update or delete touched.
    std::int64_t changed() const;

    bool is_null(int column) const;
    std::int64_t column_int(int column) const;
    std::uint64_t column_u64(int column) const;
    std::string_view column_blob(int column) const;
    std::string_view column_text(int column) const;
    template <typename T>
    T column_id(int column) const {
        T id;
        const std::string_view bytes = column_blob(column);
        if (bytes.size() != id.bytes.size()) throw std::logic_error("stored id of wrong length");
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            id.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
        }
        return id;
    }

private:
    friend class Database;
    Statement(sqlite3* db, std::shared_ptr<Cached> cached) : db_(db), cached_(std::move(cached)) {}
    sqlite3* db_;
    std::shared_ptr<Cached> cached_;
    Error bind_error_{};
    bool bind_failed_ = false;
};

class Database;

// BEGIN IMMEDIATE ... COMMIT; rolls back when it ends uncommitted.
class Transaction {
public:
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    // Durable when it returns. A failed commit has rolled back.
    Result<void> commit();

private:
    friend class Database;
    explicit Transaction(Database* db) : db_(db) {}
    Database* db_;
};

// One connection to one encrypted database.
//
// Requires: key of 32 random bytes, of this file alone.
// Returns and errors: storage_full; storage_failed (the directory is read-only, the device fails);
//   storage_corrupt; in_use; internal (a defect in our SQL). Nothing is ever deleted on an error.
// Durability: a commit that returned survives loss of power.
// Threads: one call at a time; any thread. Statements and transactions belong to the same guard.
// Ownership: closes on destruction; movable while no statement or transaction of it lives.
class Database {
public:
    // Errors: already_exists; not_encrypted (this SQLite has no SQLCipher); storage_*.
    static Result<Database> create(const std::string& path, std::string_view key,
                                   const Options& options = {});
    // Errors: not_found; wrong_key; storage_truncated; storage_corrupt; in_use; not_encrypted (also
    // for a plain SQLite file); storage_failed. The file and its log are left byte for byte.
    static Result<Database> open(const std::string& path, std::string_view key,
                                 const Options& options = {});

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    // The SQL text is a constant of the program: values are bound, never written into it.
    Result<Statement> prepare(std::string_view sql);
    // Runs statements that give no rows, one after the other.
    Result<void> execute(std::string_view sql);
    Result<std::int64_t> query_int(std::string_view sql);
    Result<Transaction> begin();
    bool in_transaction() const;

    // Every page against its MAC, then SQLite's own check. Errors: storage_corrupt names the pages.
    Result<void> check();
    // Moves the log into the database file and empties it, so that deleted content is in no file.
    // Errors: in_use while a reader stands in the way.
    Result<void> checkpoint();
    // A consistent encrypted copy, under this or another key. Errors: already_exists, storage_*.
    Result<void> backup_to(const std::string& path, std::string_view key);

    const std::string& path() const;

private:
    friend class Transaction;
    struct Connection;
    explicit Database(std::unique_ptr<Connection> connection);
    static Result<Database> connect(const std::string& path, std::string_view key,
                                    const Options& options, bool create);
    std::unique_ptr<Connection> connection_;
};

// Applies the numbered scripts that the database has not seen, each in its own transaction; the
// number stands in user_version. Script i (from 0) takes version i to i + 1.
// Errors: schema_too_new when the database knows more scripts than this build.
Result<void> migrate(Database& db, const std::vector<std::string_view>& scripts);

// Renames the database and its log to "<path>.aside-<n>" and returns that path. Deletes nothing.
// Requires: closed. Errors: not_found, storage_failed.
Result<std::string> set_aside(const std::string& path);

}  // namespace kari::store::sqlcipher
