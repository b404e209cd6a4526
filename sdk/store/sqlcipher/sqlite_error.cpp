// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/sqlcipher/sqlite_error.hpp"

#include <cerrno>
#include <new>
#include <string>

#include <sqlcipher/sqlite3.h>

namespace kari::store::sqlcipher {
namespace {

// SQLCipher gives this number too, of a page that is not what was written. SQLite says in words of
// its own what is wrong with a statement.
bool page_does_not_open(sqlite3* db) {
    return db != nullptr && std::string_view(sqlite3_errmsg(db)) == sqlite3_errstr(SQLITE_ERROR);
}

}  // namespace

Error error_of(sqlite3* db, int rc, std::string_view doing) {
    const int primary = rc & 0xff;
    const int os = db == nullptr ? 0 : sqlite3_system_errno(db);
    const auto make = [&](ErrorCode code) {
        return Error{code,
                     "database: " + std::string(doing) + " (sqlite " + std::to_string(rc) + ")"};
    };
    switch (primary) {
        case SQLITE_FULL:
            return make(ErrorCode::storage_full);
        case SQLITE_IOERR:
            if (os == ENOSPC || os == EDQUOT) return make(ErrorCode::storage_full);
            if (rc == SQLITE_IOERR_SHORT_READ) return make(ErrorCode::storage_truncated);
            return make(ErrorCode::storage_failed);
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return make(ErrorCode::storage_corrupt);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return make(ErrorCode::in_use);
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return make(os == ENOSPC || os == EDQUOT ? ErrorCode::storage_full
                                                     : ErrorCode::storage_failed);
        case SQLITE_TOOBIG:
            return make(ErrorCode::too_large);
        case SQLITE_INTERRUPT:
            return make(ErrorCode::cancelled);
        case SQLITE_NOMEM:
            throw std::bad_alloc();
        case SQLITE_ERROR:
            return make(page_does_not_open(db) ? ErrorCode::storage_corrupt : ErrorCode::internal);
        default:
            return make(ErrorCode::internal);
    }
}

}  // namespace kari::store::sqlcipher
