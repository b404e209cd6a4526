// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include <kari/error.hpp>

#include "sync-server/storage/storage.hpp"

// The journal beside a backup: what a restored database cannot take of it, and whether the one that
// lies in the secrets folder is older than the backup.
namespace kari::server::identity {

// The lines that `Journal::replay` has to pass over, because the database does not know their unit.
struct JournalGaps {
    std::vector<UnitId> units;
    std::vector<DeviceId> tablets;  // of these units, not revoked: each may hold work
    std::size_t caseload = 0;       // records that these units had, or had no more

    bool none() const { return units.empty(); }
};
// Errors: as replay; storage_*.
Result<JournalGaps> find_gaps(const std::filesystem::path& journal, storage::Storage& storage);

// Copies the journal's whole lines into a new file. Errors: storage_failed, already_exists.
Result<void> keep_journal(const std::filesystem::path& journal, const std::filesystem::path& copy);

// Whether `copy` is there and all of it stands at the beginning of `journal`.
// Errors: not_permitted: the journal lacks what the copy has, and would undo what the backup knows.
Result<bool> reaches(const std::filesystem::path& journal, const std::filesystem::path& copy);

}  // namespace kari::server::identity
