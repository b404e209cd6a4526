// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sync-server/storage/storage.hpp"

namespace kari::server::admin {

// One thing that does not hold, or that is missing. No content: positions, numbers and ids.
struct Fault {
    std::string rule;  // of docs/formats/record_chain.md
    std::optional<RecordId> record;
    std::string where;

    std::string text() const;
};

// What a check of everything found.
struct Verified {
    std::size_t records = 0;
    std::size_t changes = 0;
    std::size_t access_entries = 0;
    std::size_t seals = 0;
    std::size_t attachments = 0;      // whole ones
    std::size_t unsealed = 0;         // changes that no seal reaches yet
    std::size_t unsealed_access = 0;  // access entries likewise
    // What a successor names and is not here. It contradicts nothing: a tablet may not have sent
    // it, a restore may have lost it, or somebody may have taken it out. The first 1,000.
    std::vector<Fault> gaps;
    // What contradicts itself or its signature. The first 1,000.
    std::vector<Fault> broken;
};

// Recomputes every id, body digest, running digest and stream link of both logs, and checks every
// seal's certificate, signature, path, head and place in its chain, and the digest of every whole
// attachment. Errors: storage_*.
Result<Verified> verify(storage::Storage& storage, std::string_view ca_pem);

}  // namespace kari::server::admin
