// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

#include "sync-server/storage/storage.hpp"

namespace kari::server::admin {

// What a check of everything found.
struct Verified {
    std::size_t records = 0;
    std::size_t changes = 0;
    std::size_t access_entries = 0;
    std::size_t seals = 0;
    std::size_t gaps = 0;             // links of streams that never came: named, not broken
    std::size_t unsealed = 0;         // changes that no seal reaches yet
    std::vector<std::string> broken;  // names positions and ids, no content; the first 1,000
};

// Recomputes every id, body digest, running digest and stream link of both logs, and checks every
// seal's signature, path and place in its chain. Errors: storage_*.
Result<Verified> verify(storage::Storage& storage, std::string_view server_signing_point);

}  // namespace kari::server::admin
