// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/sqlcipher/database.hpp"

#include <filesystem>
#include <unordered_map>

#include <sqlcipher/sqlite3.h>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/base/running_digest.hpp"
#include "sdk/store/sqlcipher/file_check.hpp"
#include "sdk/store/sqlcipher/sqlite_error.hpp"

namespace kari::store::sqlcipher {

struct Cached {
    explicit Cached(sqlite3_stmt* prepared) : stmt(prepared) {}
    Cached(const Cached&) = delete;
    Cached& operator=(const Cached&) = delete;
    ~Cached() { sqlite3_finalize(stmt); }
    sqlite3_stmt* stmt;
    bool busy = false;
};

namespace {

constexpr std::size_t k_salt_bytes = 16;

// The salt that SQLCipher writes at the head of the file follows from the key, so that a wrong key
// is told from a damaged first page, and a damaged salt does not lock the file.
std::string salt_of(std::string_view key) {
    // base::sha256_of in parts: it would leave the key in a string of its own.
    auto digest = base::RunningDigest::sha256();
    digest.add(std::string_view("kari database salt\0", 19));
    digest.add(base::u32(static_cast<std::uint32_t>(key.size())));
    digest.add(key);
    return digest.finish().substr(0, k_salt_bytes);
}

void overwrite(std::string& text) {
    volatile char* at = text.data();
    for (std::size_t i = 0; i < text.size(); ++i)
        at[i] = 0;
}

// SQLCipher's raw key: no key derivation by password. At its full length from the start: a string
// that grows leaves what it held behind.
std::string key_text(std::string_view key) {
    std::string digits = base::to_hex(key);
    std::string text;
    text.reserve(2 * (k_key_bytes + k_salt_bytes) + 3);
    text.append("x'").append(digits).append(base::to_hex(salt_of(key))).append("'");
    overwrite(digits);
    return text;
}

}  // namespace

struct Database::Connection {
    explicit Connection(std::string file) : path(std::move(file)) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        cache.clear();
        sqlite3_close_v2(db);
    }

    Result<void> run(const char* sql, std::string_view doing) {
        const int rc = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
        if (rc != SQLITE_OK) return tl::unexpected(error_of(db, rc, doing));
        return {};
    }
    Result<std::vector<std::string>> texts(const char* sql, std::string_view doing);
    Result<void> key(std::string_view raw);
    Result<void> configure(const Options& options);
    // Why an existing file cannot be read.
    Error diagnose(const Error& seen, std::string_view raw);
    void keep_log_on_close(bool keep) {
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
    }

    std::string path;
    sqlite3* db = nullptr;
    std::unordered_map<std::string, std::shared_ptr<Cached>> cache;
};

Result<std::vector<std::string>> Database::Connection::texts(const char* sql,
                                                             std::string_view doing) {
    sqlite3_stmt* stmt = nullptr;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, nullptr);
    const Cached owner(stmt);
    if (rc != SQLITE_OK) return tl::unexpected(error_of(db, rc, doing));
    std::vector<std::string> rows;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const unsigned char* text = sqlite3_column_text(stmt, 0);
        rows.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text));
    }
    if (rc != SQLITE_DONE) return tl::unexpected(error_of(db, rc, doing));
    return rows;
}

Result<void> Database::Connection::key(std::string_view raw) {
    // A wrong key would be printed on stderr otherwise.
    if (auto ok = run("PRAGMA cipher_log_level = NONE", "silence the cipher"); !ok) return ok;
    std::string text = key_text(raw);
    const int rc = sqlite3_key_v2(db, "main", text.data(), static_cast<int>(text.size()));
    overwrite(text);
    if (rc != SQLITE_OK) return tl::unexpected(error_of(db, rc, "set the key"));
    const auto version = texts("PRAGMA cipher_version", "ask the cipher's version");
    if (!version) return tl::unexpected(version.error());
    if (version->empty() || version->front().empty()) {
        return fail(ErrorCode::not_encrypted, "database: this build of SQLite does not encrypt");
    }
    return {};
}

Result<void> Database::Connection::configure(const Options& options) {
    const auto mode = texts("PRAGMA journal_mode = WAL", "write-ahead log");
    if (!mode) return tl::unexpected(mode.error());
    if (mode->empty() || mode->front() != "wal") {
        return fail(ErrorCode::storage_failed, "database: no write-ahead log here");
    }
    const std::string sized = "PRAGMA cache_size = -" + std::to_string(options.cache_kib);
    if (auto ok = run(sized.c_str(), "configure"); !ok) return ok;
    if (options.checkpoint_pages != 0) {
        sqlite3_wal_autocheckpoint(db, static_cast<int>(options.checkpoint_pages));
    }
    if (KARI_MUTATED(commit_without_flush)) return run("PRAGMA synchronous = OFF", "configure");
    return run(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;"
        "PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON",
        "configure");
}

Error Database::Connection::diagnose(const Error& seen, std::string_view raw) {
    if (seen.code != ErrorCode::storage_corrupt && seen.code != ErrorCode::storage_truncated &&
        seen.code != ErrorCode::internal) {
        return seen;
    }
    const FileFacts facts = file_facts(path);
    const std::string head = file_head(path);
    if (head == "SQLite format 3" + std::string(1, '\0')) {
        return {ErrorCode::not_encrypted, "database: the file is not encrypted"};
    }
    if (facts.bytes < k_page_bytes) {
        return {ErrorCode::storage_truncated, "database: shorter than its first page"};
    }
    const auto failing = texts("PRAGMA cipher_integrity_check", "check the pages");
    const std::uint64_t pages = facts.bytes / k_page_bytes;
    std::uint64_t bad = pages;
    if (failing) {
        bad = 0;
        for (const auto& row : *failing)
            bad += row.starts_with("HMAC") ? 1u : 0u;
    }
    if (bad >= pages && head != salt_of(raw)) {
        return {ErrorCode::wrong_key, "database: no page opens with this key"};
    }
    if (facts.bytes % k_page_bytes != 0) {
        return {ErrorCode::storage_truncated, "database: ends within a page"};
    }
    if (bad == 0) {
        return {ErrorCode::storage_truncated, "database: pages are missing at the end"};
    }
    return {ErrorCode::storage_corrupt, "database: " + std::to_string(bad) + " of " +
                                            std::to_string(pages) + " pages are damaged"};
}

// --- statement -------------------------------------------------------------------------------

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_),
      cached_(std::move(other.cached_)),
      bind_error_(std::move(other.bind_error_)),
      bind_failed_(other.bind_failed_) {}

Statement::~Statement() {
    if (!cached_) return;
    sqlite3_reset(cached_->stmt);
    sqlite3_clear_bindings(cached_->stmt);
    cached_->busy = false;
}

static void note(int rc, sqlite3* db, Error& error, bool& failed) {
    if (rc == SQLITE_OK || failed) return;
    error = error_of(db, rc, "bind");
    failed = true;
}

Statement& Statement::bind(int index, std::int64_t value) {
    note(sqlite3_bind_int64(cached_->stmt, index, value), db_, bind_error_, bind_failed_);
    return *this;
}

Statement& Statement::bind(int index, std::uint64_t value) {
    if (value > std::uint64_t{INT64_MAX}) {
        bind_error_ = {ErrorCode::invalid_argument, "database: number above 2^63 - 1"};
        bind_failed_ = true;
        return *this;
    }
    return bind(index, static_cast<std::int64_t>(value));
}

Statement& Statement::bind_null(int index) {
    note(sqlite3_bind_null(cached_->stmt, index), db_, bind_error_, bind_failed_);
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    const char* data = bytes.empty() ? "" : bytes.data();
    note(sqlite3_bind_blob64(cached_->stmt, index, data, bytes.size(), SQLITE_TRANSIENT), db_,
         bind_error_, bind_failed_);
    return *this;
}

Statement& Statement::bind_text(int index, std::string_view text) {
    const char* data = text.empty() ? "" : text.data();
    note(
        sqlite3_bind_text64(cached_->stmt, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
        db_, bind_error_, bind_failed_);
    return *this;
}

Result<bool> Statement::step() {
    if (bind_failed_) return tl::unexpected(bind_error_);
    const int rc = sqlite3_step(cached_->stmt);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    Error error = error_of(db_, rc, "step");
    sqlite3_reset(cached_->stmt);
    return tl::unexpected(std::move(error));
}

Result<void> Statement::run() {
    for (;;) {
        const auto row = step();
        if (!row) return tl::unexpected(row.error());
        if (!*row) break;
    }
    sqlite3_reset(cached_->stmt);
    return {};
}

std::int64_t Statement::changed() const {
    return sqlite3_changes64(db_);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(cached_->stmt, column) == SQLITE_NULL;
}
std::int64_t Statement::column_int(int column) const {
    return sqlite3_column_int64(cached_->stmt, column);
}
std::uint64_t Statement::column_u64(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(cached_->stmt, column));
}
std::string_view Statement::column_blob(int column) const {
    const void* data = sqlite3_column_blob(cached_->stmt, column);
    const int size = sqlite3_column_bytes(cached_->stmt, column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}
std::string_view Statement::column_text(int column) const {
    const unsigned char* data = sqlite3_column_text(cached_->stmt, column);
    const int size = sqlite3_column_bytes(cached_->stmt, column);
    if (data == nullptr || size <= 0) return {};
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

// --- transaction -----------------------------------------------------------------------------

Transaction::Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}

Transaction::~Transaction() {
    if (db_ == nullptr || !db_->in_transaction()) return;
    // A rollback that fails has been done by SQLite already, or the file is gone.
    sqlite3_exec(db_->connection_->db, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() {
    Database* db = std::exchange(db_, nullptr);
    if (db == nullptr) return fail(ErrorCode::internal, "database: transaction has ended");
    const int rc = sqlite3_exec(db->connection_->db, "COMMIT", nullptr, nullptr, nullptr);
    if (rc == SQLITE_OK) return {};
    Error error = error_of(db->connection_->db, rc, "commit");
    if (db->in_transaction()) {
        sqlite3_exec(db->connection_->db, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    return tl::unexpected(std::move(error));
}

// --- database --------------------------------------------------------------------------------

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

const std::string& Database::path() const {
    return connection_->path;
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(connection_->db) == 0;
}

Result<Database> Database::connect(const std::string& path, std::string_view key,
                                   const Options& options, bool create) {
    if (key.size() != k_key_bytes) {
        return fail(ErrorCode::invalid_argument, "database: key is not 32 bytes");
    }
    auto connection = std::make_unique<Connection>(path);
    const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
    const int rc = sqlite3_open_v2(path.c_str(), &connection->db, flags, nullptr);
    if (rc != SQLITE_OK) return tl::unexpected(error_of(connection->db, rc, "open"));
    if (sqlite3_db_readonly(connection->db, "main") == 1) {
        return fail(ErrorCode::storage_failed, "database: the file may only be read");
    }
    // Until the file has shown that it is sound, closing leaves its log as it was.
    connection->keep_log_on_close(true);
    sqlite3_busy_timeout(connection->db, static_cast<int>(options.busy_timeout_ms));
    if (auto ok = connection->key(key); !ok) return tl::unexpected(ok.error());
    if (options.exclusive) {
        if (auto ok = connection->run("PRAGMA locking_mode = EXCLUSIVE", "lock"); !ok) {
            return tl::unexpected(ok.error());
        }
    }
    if (!create) {
        const auto read = connection->texts("SELECT count(*) FROM sqlite_schema", "first read");
        if (!read) return tl::unexpected(connection->diagnose(read.error(), key));
        const auto pages = connection->texts("PRAGMA page_count", "first read");
        if (!pages) return tl::unexpected(connection->diagnose(pages.error(), key));
        if (!options.damaged_too && !pages->empty() &&
            pages_missing(path, std::stoull(pages->front()))) {
            return fail(ErrorCode::storage_truncated, "database: pages are missing at the end");
        }
    }
    if (auto ok = connection->configure(options); !ok) return tl::unexpected(ok.error());
    connection->keep_log_on_close(options.damaged_too);
    return Database(std::move(connection));
}

Result<Database> Database::create(const std::string& path, std::string_view key,
                                  const Options& options) {
    std::error_code code;
    if (std::filesystem::exists(path, code)) {
        return fail(ErrorCode::already_exists, "database: a file of this name exists");
    }
    return connect(path, key, options, true);
}

Result<Database> Database::open(const std::string& path, std::string_view key,
                                const Options& options) {
    const FileFacts facts = file_facts(path);
    if (!facts.exists) return fail(ErrorCode::not_found, "database: no file");
    if (!facts.readable) return fail(ErrorCode::storage_failed, "database: cannot be read");
    if (facts.bytes == 0) {
        // SQLite would take it for a new database.
        return fail(ErrorCode::storage_truncated, "database: the file is empty");
    }
    return connect(path, key, options, false);
}

Result<Statement> Database::prepare(std::string_view sql) {
    std::string text(sql);
    if (const auto found = connection_->cache.find(text);
        found != connection_->cache.end() && !found->second->busy) {
        found->second->busy = true;
        return Statement(connection_->db, found->second);
    }
    sqlite3_stmt* stmt = nullptr;
    const int rc = sqlite3_prepare_v3(connection_->db, text.c_str(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
    auto cached = std::make_shared<Cached>(stmt);
    if (rc != SQLITE_OK) return tl::unexpected(error_of(connection_->db, rc, "prepare"));
    cached->busy = true;
    connection_->cache.try_emplace(std::move(text), cached);
    return Statement(connection_->db, std::move(cached));
}

Result<void> Database::execute(std::string_view sql) {
    return connection_->run(std::string(sql).c_str(), "execute");
}

Result<std::int64_t> Database::query_int(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    const auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return fail(ErrorCode::not_found, "database: no row");
    return statement->column_int(0);
}

Result<Transaction> Database::begin() {
    if (in_transaction()) return fail(ErrorCode::internal, "database: transaction within another");
    if (auto ok = connection_->run("BEGIN IMMEDIATE", "begin"); !ok) {
        return tl::unexpected(ok.error());
    }
    return Transaction(this);
}

Result<void> Database::check() {
    // The page check reads the database file alone. A page that a power cut tore there, while it
    // was brought over from the log, is whole in the log still and is brought over again by this,
    // if the disk has room.
    const auto brought = connection_->run("PRAGMA wal_checkpoint(PASSIVE)", "checkpoint");
    if (!brought && brought.error().code != ErrorCode::storage_full) return brought;
    const auto pages = connection_->texts("PRAGMA cipher_integrity_check", "check the pages");
    if (!pages) return tl::unexpected(pages.error());
    if (!pages->empty()) {
        return fail(ErrorCode::storage_corrupt, "database: " + std::to_string(pages->size()) +
                                                    " damaged pages; the first: " + pages->front());
    }
    const auto tree = connection_->texts("PRAGMA integrity_check(1)", "check the trees");
    if (!tree) return tl::unexpected(tree.error());
    if (tree->size() != 1 || tree->front() != "ok") {
        return fail(ErrorCode::storage_corrupt, "database: the trees are damaged");
    }
    return {};
}

Result<void> Database::checkpoint() {
    sqlite3_stmt* stmt = nullptr;
    int rc =
        sqlite3_prepare_v2(connection_->db, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &stmt, nullptr);
    const Cached owner(stmt);
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW) return tl::unexpected(error_of(connection_->db, rc, "checkpoint"));
    if (sqlite3_column_int(stmt, 0) != 0) {
        return fail(ErrorCode::in_use, "database: a reader keeps the log from being emptied");
    }
    return {};
}

Result<void> Database::backup_to(const std::string& path, std::string_view key) {
    auto copy = create(path, key, Options{});
    if (!copy) return tl::unexpected(copy.error());
    sqlite3* to = copy->connection_->db;
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", connection_->db, "main");
    if (backup == nullptr) {
        return tl::unexpected(error_of(to, sqlite3_extended_errcode(to), "begin a copy"));
    }
    const int rc = sqlite3_backup_step(backup, -1);
    const int end = sqlite3_backup_finish(backup);
    if (rc != SQLITE_DONE) return tl::unexpected(error_of(to, rc, "copy"));
    if (end != SQLITE_OK) return tl::unexpected(error_of(to, end, "end a copy"));
    return copy->checkpoint();
}

Result<void> migrate(Database& db, const std::vector<std::string_view>& scripts) {
    const auto version = db.query_int("PRAGMA user_version");
    if (!version) return tl::unexpected(version.error());
    const auto known = static_cast<std::int64_t>(scripts.size());
    if (*version > known) {
        return fail(ErrorCode::schema_too_new, "database: schema " + std::to_string(*version) +
                                                   ", this build knows " + std::to_string(known));
    }
    for (std::int64_t next = *version; next < known; ++next) {
        auto transaction = db.begin();
        if (!transaction) return tl::unexpected(transaction.error());
        const std::string_view script = scripts[static_cast<std::size_t>(next)];
        if (auto ok = db.execute(script); !ok) return ok;
        if (auto ok = db.execute("PRAGMA user_version = " + std::to_string(next + 1)); !ok) {
            return ok;
        }
        if (auto ok = transaction->commit(); !ok) return ok;
    }
    return {};
}

}  // namespace kari::store::sqlcipher
