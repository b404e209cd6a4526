// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/disk_room.hpp"

#include <fmt/format.h>

#include "sync-server/admin/overview.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;

Result<void> check_room(const fs::path& database, const fs::path& folder, std::string_view what) {
    std::error_code failed;
    const std::uint64_t bytes = fs::file_size(database, failed);
    if (failed) return fail(ErrorCode::storage_failed, database.string());
    const auto space = fs::space(folder, failed);
    if (failed) return fail(ErrorCode::storage_failed, folder.string());
    const std::uint64_t needed = 2 * bytes + bytes / 4;
    if (space.available >= needed) return {};
    return fail(ErrorCode::storage_full,
                fmt::format("{} needs {} free in {}, and {} are", what, in_words_of_bytes(needed),
                            folder.string(), in_words_of_bytes(space.available)));
}

}  // namespace kari::server::admin
