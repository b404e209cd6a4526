// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/upgrade_command.hpp"

#include <filesystem>

#include "sync-server/admin/disk_room.hpp"
#include "sync-server/admin/pack_in_use.hpp"
#include "sync-server/admin/runtime.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;

namespace {

using storage::EmbeddedStorage;

// Where `restore` of the older program finds it. It has its name when it is whole.
Result<fs::path> keep_copy(const fs::path& database, std::int64_t schema, std::string_view key) {
    const fs::path folder =
        database.parent_path() / ("before-upgrade-of-schema-" + std::to_string(schema));
    std::error_code failed;
    fs::create_directories(folder, failed);
    const fs::path file = folder / database.filename();
    const fs::path part = file.string() + ".part";
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(part.string() + suffix, failed);
    KARI_TRY(EmbeddedStorage::copy(database.string(), part.string(), key));
    fs::rename(part, file, failed);
    if (failed) return fail(ErrorCode::storage_failed, file.string());
    return folder;
}

}  // namespace

Result<void> upgrade(const Options& options) {
    const config::Layout layout{options.directory};
    KARI_LET(const auto lock, ServeLock::take(layout));
    KARI_LET(const auto secrets, identity::load_secrets(layout.secrets()));
    const std::string file = layout.database().string();
    const std::string_view key = secrets.database_key.view();
    KARI_LET(const auto before, EmbeddedStorage::schema_of(file, key));
    fs::path kept;
    if (before < EmbeddedStorage::schema()) {
        KARI_TRY(check_room(layout.database(), layout.database().parent_path(), "an upgrade"));
        KARI_LET(kept, keep_copy(layout.database(), before, key));
        identity::MachineClock clock("UTC");
        KARI_TRY(EmbeddedStorage::upgrade(file, key, clock.wall()));
    }
    // Also of a newer database: it is named as such.
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_TRY(runtime->rules);
    KARI_TRY(check_no_step_down(runtime->layout, *runtime->parts));
    KARI_LET(const auto reviewed, exchange::review_owed(*runtime->parts));
    boost::json::object result{{"schema_before", before},
                               {"schema", EmbeddedStorage::schema()},
                               {"upgraded", before < EmbeddedStorage::schema()},
                               {"records_reviewed", reviewed}};
    if (!kept.empty()) {
        result["kept"] = kept.string();
        result["next"] =
            "serve. To go back: install the former program and let it `restore` the folder that "
            "was kept; delete that folder when a new backup has been verified.";
    }
    print(options, result);
    return {};
}

}  // namespace kari::server::admin
