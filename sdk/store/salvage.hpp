// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kari/error.hpp>

#include "sdk/crypto/secret.hpp"
#include "sdk/merge/change.hpp"

namespace kari::store {

// What could be read of the own changes in a database that fails its checks.
struct Salvaged {
    std::uint64_t changes = 0;          // own, that decode and have their bodies
    std::uint64_t unsent = 0;           // of these, those the server had not answered for
    std::vector<merge::Change> listed;  // the first of the unsent
    std::optional<std::uint64_t> lost;  // unsent by the streams' count, and on no readable page
};

// Reads row by row and then, when that misses some, page by page, so that a bad page costs no more
// than what stands on it. Alters nothing.
// Errors: as sqlcipher::Database::open, when no page gives anything.
Result<Salvaged> read_damaged(const std::string& path, const crypto::Secret& key,
                              std::size_t list_max);

}  // namespace kari::store
