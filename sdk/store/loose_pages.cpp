// SPDX-License-Identifier: Apache-2.0
//
// A page opens by itself: its MAC is over its content and its number. So the pages of the damaged
// file are put, each at its number, into a new database of the same key whose one table is the
// log, and that table is said to begin at each of them in turn. A page of the log gives its rows;
// any other gives an error or what no change can be.
#include "sdk/store/loose_pages.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include "sdk/base/id.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_page = 4096;
constexpr std::uint64_t k_log_header = 32;
constexpr std::uint64_t k_frame_header = 24;

// The log as schema.cpp has it; the order of the columns is that of the bytes.
constexpr std::string_view k_carrier =
    "CREATE TABLE change(record BLOB, incarnation BLOB, seq INTEGER, id BLOB, fate INTEGER,"
    " error INTEGER, position INTEGER, header BLOB, body BLOB,"
    " PRIMARY KEY(record, incarnation, seq, id)) WITHOUT ROWID;"
    "CREATE TABLE room(bytes BLOB)";

struct Key {
    std::string record;
    std::string incarnation;
    std::int64_t seq = 0;
    std::string id;
};

// Gone with its owner, and whatever an earlier attempt left.
class Copy {
public:
    explicit Copy(const std::string& of) : path_(of + ".pages") { remove(); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() { remove(); }
    const std::string& path() const { return path_; }

private:
    void remove() const {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm"})
            fs::remove(path_ + suffix, ignored);
    }
    std::string path_;
};

std::uint32_t big_endian(const char* at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(at[i]);
    return value;
}

bool put(std::fstream& to, std::uint64_t page, const char* bytes) {
    to.seekp(static_cast<std::streamoff>((page - 1) * k_page));
    return static_cast<bool>(to.write(bytes, k_page));
}

// Every page but the first, which is the carrier's; then what the log beside it has committed
// since. A frame that is none opens as no page.
Result<void> lay_pages(const std::string& from, const std::string& onto) {
    std::fstream to(onto, std::ios::binary | std::ios::in | std::ios::out);
    std::array<char, k_page> page{};
    std::ifstream file(from, std::ios::binary);
    for (std::uint64_t number = 1; file.read(page.data(), k_page); ++number) {
        if (number > 1 && !put(to, number, page.data())) {
            return fail(ErrorCode::storage_failed, "salvage: cannot copy a page");
        }
    }
    std::ifstream log(from + "-wal", std::ios::binary);
    std::array<char, k_log_header> head{};
    std::array<char, k_frame_header> frame{};
    std::map<std::uint32_t, std::string> open;
    if (!log.read(head.data(), k_log_header)) return {};
    while (log.read(frame.data(), k_frame_header) && log.read(page.data(), k_page)) {
        const bool of_this_log =
            std::equal(frame.begin() + 8, frame.begin() + 16, head.begin() + 16);
        if (!of_this_log) break;
        open[big_endian(frame.data())].assign(page.data(), k_page);
        if (big_endian(frame.data() + 4) == 0) continue;  // goes on to a commit
        for (const auto& [number, bytes] : open) {
            if (number > 1 && !put(to, number, bytes.data())) {
                return fail(ErrorCode::storage_failed, "salvage: cannot copy a page");
            }
        }
        open.clear();
    }
    return {};
}

std::uint64_t pages_of(const std::string& path) {
    std::error_code code;
    const auto size = fs::file_size(path, code);
    const auto log = fs::file_size(path + "-wal", code);
    return (code ? 0 : log / k_page) +
           (size == static_cast<std::uintmax_t>(-1) ? 0 : size / k_page);
}

class PageReader {
public:
    PageReader(sqlcipher::Database& db, std::set<ChangeId> known)
        : db_(db), known_(std::move(known)) {}

    void read(std::uint64_t page) {
        // The table begins at this page now.
        const std::string number = std::to_string(page);
        if (!db_.execute("UPDATE sqlite_schema SET rootpage = " + number +
                         " WHERE name = 'change'; PRAGMA writable_schema = RESET;"
                         "PRAGMA writable_schema = ON")) {
            return;
        }
        for (const Key& key : keys())
            take(key);
    }

    std::vector<merge::Change> out() { return std::move(found_); }

private:
    // The keys stand first in a row and never on another page.
    std::vector<Key> keys() {
        std::vector<Key> found;
        static_cast<void>(each_row(
            db_, "SELECT record, incarnation, seq, id FROM change WHERE fate = 0",
            [&](sqlcipher::Statement& row) -> Result<void> {
                const auto id = base::from_bytes<ChangeId>(row.column_blob(3));
                if (!id || known_.contains(*id)) return {};
                found.push_back({std::string(row.column_blob(0)), std::string(row.column_blob(1)),
                                 row.column_int(2), std::string(row.column_blob(3))});
                return {};
            }));
        return found;
    }

    void take(const Key& key) {
        static_cast<void>(each_row(
            db_,
            "SELECT header, body FROM change"
            " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3 AND id = ?4",
            [&](sqlcipher::Statement& row) -> Result<void> {
                auto change = change_from(row);
                if (!change || !change->body_bytes || base::to_bytes(change->id) != key.id)
                    return {};
                if (known_.insert(change->id).second) found_.push_back(std::move(*change));
                return {};
            },
            std::string_view(key.record), std::string_view(key.incarnation), key.seq,
            std::string_view(key.id)));
    }

    sqlcipher::Database& db_;
    std::set<ChangeId> known_;
    std::vector<merge::Change> found_;
};

}  // namespace

Result<std::vector<merge::Change>> read_loose_pages(const std::string& path,
                                                    const crypto::Secret& key,
                                                    const std::set<ChangeId>& known) {
    const std::uint64_t pages = pages_of(path);
    const Copy copy(path);
    {
        auto carrier = sqlcipher::Database::create(copy.path(), key.view(), {});
        if (!carrier) return passed(carrier.error());
        // As many pages as there may be, so that none lies beyond the end.
        const std::string room = std::to_string((pages + 1) * k_page);
        auto ok = carrier->execute(k_carrier);
        if (ok) ok = carrier->execute("INSERT INTO room VALUES(zeroblob(" + room + "))");
        if (ok) ok = carrier->checkpoint();
        if (!ok) return passed(ok.error());
    }
    if (auto ok = lay_pages(path, copy.path()); !ok) return passed(ok.error());
    auto db = sqlcipher::Database::open(copy.path(), key.view(), {});
    if (!db) return passed(db.error());
    // It is thrown away: nothing of it need be durable.
    if (auto ok = db->execute("PRAGMA synchronous = OFF; PRAGMA writable_schema = ON"); !ok) {
        return passed(ok.error());
    }
    PageReader reader(*db, known);
    for (std::uint64_t page = 2; page <= pages; ++page)
        reader.read(page);
    return reader.out();
}

}  // namespace kari::store
