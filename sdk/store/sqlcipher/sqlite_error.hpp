// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <kari/error.hpp>

struct sqlite3;

namespace kari::store::sqlcipher {

// What one of SQLite's numbers means to us. Tells no value and no SQL text: only what was done and
// the number.
Error error_of(sqlite3* db, int rc, std::string_view doing);

}  // namespace kari::store::sqlcipher
