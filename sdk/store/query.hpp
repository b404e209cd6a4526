// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "sdk/store/sqlcipher/database.hpp"

namespace kari::store {

// A text parameter; bare strings are bound as blobs.
struct Text {
    std::string_view value;
};

inline void bind_one(sqlcipher::Statement& statement, int index, const Text& text) {
    statement.bind_text(index, text.value);
}
inline void bind_one(sqlcipher::Statement& statement, int index, std::string_view bytes) {
    statement.bind_blob(index, bytes);
}
inline void bind_one(sqlcipher::Statement& statement, int index, std::nullptr_t) {
    statement.bind_null(index);
}
template <typename T>
    requires(std::is_integral_v<T>)
void bind_one(sqlcipher::Statement& statement, int index, T value) {
    if constexpr (std::is_signed_v<T>) {
        statement.bind(index, static_cast<std::int64_t>(value));
    } else {
        statement.bind(index, static_cast<std::uint64_t>(value));
    }
}
template <typename T>
    requires(std::is_enum_v<T>)
void bind_one(sqlcipher::Statement& statement, int index, T value) {
    statement.bind(index, static_cast<std::int64_t>(value));
}
template <typename Tag, std::size_t N>
void bind_one(sqlcipher::Statement& statement, int index, const Opaque<Tag, N>& id) {
    statement.bind(index, id);
}

// Calls `row` for each row, with the parameters bound in order from 1. `row` takes the statement
// and returns Result<void>; an error ends the query.
template <typename Row, typename... Args>
Result<void> each_row(sqlcipher::Database& db, std::string_view sql, Row&& row,
                      const Args&... args) {
    auto statement = db.prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    [[maybe_unused]] int index = 0;
    (bind_one(*statement, ++index, args), ...);
    for (;;) {
        const auto more = statement->step();
        if (!more) return tl::unexpected(more.error());
        if (!*more) return {};
        if (Result<void> ok = row(*statement); !ok) return ok;
    }
}

// Runs a statement that gives no rows.
template <typename... Args>
Result<void> run(sqlcipher::Database& db, std::string_view sql, const Args&... args) {
    return each_row(db, sql, [](sqlcipher::Statement&) { return Result<void>{}; }, args...);
}

// The first column of the first row as a number. Errors: not_found.
template <typename... Args>
Result<std::uint64_t> number(sqlcipher::Database& db, std::string_view sql, const Args&... args) {
    std::uint64_t value = 0;
    bool found = false;
    auto ok = each_row(
        db, sql,
        [&](sqlcipher::Statement& row) {
            if (!found) value = row.column_u64(0);
            found = true;
            return Result<void>{};
        },
        args...);
    if (!ok) return tl::unexpected(ok.error());
    if (!found) return fail(ErrorCode::not_found, "store: no row");
    return value;
}

}  // namespace kari::store
