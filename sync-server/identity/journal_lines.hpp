// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include <kari/error.hpp>

#include "sync-server/storage/storage.hpp"

namespace kari::server::identity {

// What the journal amounts to: the last word on each thing.
struct LastWords {
    std::map<std::pair<UnitId, RecordId>, bool> removed;
    std::vector<DeviceId> revoked;
    std::map<DeviceId, std::pair<storage::Device, std::vector<storage::Certificate>>> enrolled;
    std::vector<storage::Certificate> served;
};

// Returns how many lines there are; none of a file that is not there.
// Errors: malformed (names the line; a last line without end is passed over), too_large.
Result<std::size_t> read_journal(const std::filesystem::path& file, LastWords& words);

}  // namespace kari::server::identity
