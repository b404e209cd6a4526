// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

#include "sync-server/storage/storage.hpp"

namespace kari::server::identity {

// What a restore must not undo: a revoked tablet stays revoked, a record that left a unit stays
// out and one that was assigned to it stays in, a tablet that was enrolled after the backup is
// still ours, and the seals of a server process that ran after it can still be checked. A file of
// JSON lines beside the keys, appended before the database is told. Ids and certificates only.
// Threads: one process appends one line at a time (O_APPEND).
class Journal {
public:
    explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

    Result<void> revoked(const DeviceId& device);
    Result<void> removed(const UnitId& unit, const RecordId& record);
    Result<void> granted(const UnitId& unit, const RecordId& record);
    Result<void> enrolled(const storage::Device& device,
                          const std::vector<storage::Certificate>& certificates);

    // An incarnation of the server itself, before it seals anything.
    Result<void> served(const storage::Certificate& certificate);

    // Brings a restored database up to the journal. Returns how many entries had to be applied.
    // Errors: malformed (names the line; a last line without end is passed over).
    Result<std::size_t> replay(storage::Storage& storage) const;
    // How many lines it has, each of which can be read. Errors: as replay.
    Result<std::size_t> check() const;

private:
    Result<void> append(const std::string& line);
    std::filesystem::path file_;
};

}  // namespace kari::server::identity
