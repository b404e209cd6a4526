// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/backup_commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/admin/account.hpp"
#include "sync-server/admin/disk_room.hpp"
#include "sync-server/admin/overview.hpp"
#include "sync-server/admin/pack_in_use.hpp"
#include "sync-server/admin/verify.hpp"
#include "sync-server/identity/journal_copy.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr const char* k_copy = "kari.db";
constexpr const char* k_journal = "journal.jsonl";

json::array to_json(const std::vector<Fault>& faults) {
    json::array list;
    for (const Fault& fault : faults) {
        json::object one{{"rule", fault.rule}, {"where", fault.where}};
        if (fault.record) one["record"] = fault.record->text();
        list.push_back(std::move(one));
    }
    return list;
}

json::object to_json(const Verified& verified) {
    return {{"records", verified.records},
            {"changes", verified.changes},
            {"access_entries", verified.access_entries},
            {"seals", verified.seals},
            {"attachments", verified.attachments},
            {"unsealed", verified.unsealed},
            {"unsealed_access", verified.unsealed_access},
            {"gaps", to_json(verified.gaps)},
            {"broken", to_json(verified.broken)}};
}

struct CheckedCopy {
    std::map<RecordId, storage::Reach> reach;
    std::size_t changes = 0;
    std::size_t attachments = 0;
};

// Opens a copy, checks every page and every chain, and says how far it reaches.
Result<CheckedCopy> check_copy(const Runtime& runtime, const fs::path& file) {
    KARI_LET(const auto copy,
             storage::EmbeddedStorage::open(file.string(), runtime.secrets.database_key.view()));
    KARI_TRY(copy->check_medium());
    KARI_LET(const auto verified, verify(*copy, runtime.secrets.ca_certificate));
    if (!verified.broken.empty()) {
        return fail(ErrorCode::chain_broken, verified.broken.front().text());
    }
    CheckedCopy checked;
    checked.changes = verified.changes;
    checked.attachments = verified.attachments;
    KARI_LET(const auto records, copy->records());
    for (const RecordId& record : records) {
        KARI_LET(const auto state, copy->state(record));
        if (!state) continue;
        storage::Reach& reach = checked.reach[record];
        reach = {state->head.position, state->access_head.position, 0};
        KARI_LET(const auto attachments, copy->attachments(record));
        for (const auto& attachment : attachments)
            reach.attachments = std::max(reach.attachments, attachment.arrival);
    }
    return checked;
}

// The copy gets its name when it has been read back whole: half a backup never passes for one.
Result<CheckedCopy> copy_and_check(const Runtime& runtime, const fs::path& file) {
    const std::string part = file.string() + ".part";
    const auto discard = [&part] {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm"})
            fs::remove(part + suffix, ignored);
    };
    discard();
    const auto copied = runtime.storage->copy_to(part, runtime.secrets.database_key.view());
    if (!copied) {
        discard();
        // A damaged page ends the copy with whatever error the reading gave.
        KARI_TRY(runtime.storage->check_medium());
        return tl::unexpected(copied.error());
    }
    auto checked = check_copy(runtime, part);
    // After the copy: it has every line whose effect the copy has.
    std::error_code failed;
    if (checked) {
        const auto kept = identity::keep_journal(runtime.layout.secrets() / k_journal,
                                                 file.parent_path() / k_journal);
        if (!kept) checked = tl::unexpected(kept.error());
    }
    if (checked) fs::rename(part, file, failed);
    if (failed) checked = fail(ErrorCode::storage_failed, file.string());
    if (!checked) discard();
    return checked;
}

// A file or a folder, as far as the disk can tell us that it has it.
Result<void> sync_to_disk(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!synced) return fail(ErrorCode::storage_failed, path.string());
    return {};
}

bool lies_in(const fs::path& path, const fs::path& folder) {
    std::error_code failed;
    const fs::path inner = fs::weakly_canonical(fs::absolute(path), failed);
    const fs::path outer = fs::weakly_canonical(fs::absolute(folder), failed);
    const fs::path way = inner.lexically_relative(outer);
    return !way.empty() && *way.begin() != "..";
}

constexpr const char* k_next = "serve; when all tablets have synced: recover --close";
constexpr const char* k_next_with_gaps =
    "This backup is older than the units and tablets named above: they cannot sync and nothing of "
    "theirs comes back by itself. Restore a newer backup if there is one; else see to each of "
    "these "
    "tablets before anything on it is deleted, and only then: recover --close --without-silent";

template <typename Id>
json::array ids(const std::vector<Id>& list) {
    json::array out;
    for (const Id& id : list)
        out.emplace_back(id.text());
    return out;
}

struct Ready {
    storage::Epoch epoch;
    std::size_t applied = 0;
    identity::JournalGaps gaps;
};

// A checked copy of the backup that has its new epoch and the journal before it gets the
// database's name: what is served is never of the old epoch and without what it lacks.
Result<Ready> make_ready(const config::Layout& layout, const fs::path& source,
                         const fs::path& fresh) {
    Runtime keys;
    keys.layout = layout;
    KARI_LET(keys.secrets, identity::load_secrets(layout.secrets()));
    std::error_code failed;
    // The log of a restore that was cut off is of another copy.
    for (const char* suffix : {"-wal", "-shm"})
        fs::remove(fresh.string() + suffix, failed);
    fs::copy_file(source, fresh, fs::copy_options::overwrite_existing, failed);
    if (failed == std::errc::no_space_on_device) {
        return fail(ErrorCode::storage_full, fresh.string());
    }
    if (failed) {
        return fail(ErrorCode::storage_failed,
                    source.string() + " to " + fresh.string() + ": " + failed.message());
    }
    identity::MachineClock clock("UTC");
    KARI_TRY(storage::EmbeddedStorage::upgrade(fresh.string(), keys.secrets.database_key.view(),
                                               clock.wall()));
    KARI_TRY(check_copy(keys, fresh));
    Ready ready;
    {
        KARI_LET(const auto copy,
                 storage::EmbeddedStorage::open(fresh.string(), keys.secrets.database_key.view()));
        KARI_TRY(copy->begin_epoch(identity::random_id<EpochId>(keys.entropy), clock.wall()));
        KARI_LET(ready.applied, keys.journal().replay(*copy));
        KARI_LET(ready.gaps, identity::find_gaps(layout.secrets() / k_journal, *copy));
        KARI_LET(ready.epoch, copy->epoch());
    }
    // Closing brings the log over; a part of it left behind would be lost by the new name.
    if (fs::exists(fresh.string() + "-wal", failed)) {
        return fail(ErrorCode::storage_failed, fresh.string() + ": its log is left over");
    }
    KARI_TRY(sync_to_disk(fresh));
    return ready;
}

}  // namespace

Result<void> backup(const Options& options, const std::string& folder) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    if (lies_in(folder, runtime->layout.root)) {
        return fail(ErrorCode::invalid_argument,
                    "folder: " + folder +
                        " lies in the server's own directory and would be lost with it; name one "
                        "elsewhere, best on another disk");
    }
    std::error_code failed;
    const bool made = fs::create_directories(folder, failed);
    if (failed) {
        return fail(ErrorCode::storage_failed,
                    "folder: cannot make " + folder + ": " + failed.message());
    }
    const fs::path file = fs::path(folder) / k_copy;
    // What this did not make it does not touch: a journal may lie in the folder with copied keys.
    for (const char* taken_by : {k_copy, k_journal}) {
        if (!fs::exists(fs::path(folder) / taken_by)) continue;
        return fail(ErrorCode::already_exists,
                    "folder: " + folder + " has a " + taken_by + " already; name a new folder");
    }
    const Instant taken = runtime->clock->wall();
    const auto copied = copy_and_check(*runtime, file);
    if (!copied) {
        // Its folder would pass for the newest backup.
        fs::remove(fs::path(folder) / k_journal, failed);
        if (made) fs::remove(folder, failed);
        return tl::unexpected(copied.error());
    }
    const CheckedCopy& checked = *copied;
    KARI_TRY(runtime->storage->mark_secured(checked.reach));
    const std::uint64_t bytes = fs::file_size(file, failed);
    KARI_TRY(runtime->storage->set_backup({taken, checked.reach.size(), checked.changes, bytes}));
    print(options, {{"backup", file.string()},
                    {"records", checked.reach.size()},
                    {"changes", checked.changes},
                    {"attachments", checked.attachments},
                    {"verified", true}});
    return {};
}

Result<void> restore(const Options& options, const std::string& folder) {
    const config::Layout layout{options.directory};
    KARI_TRY(check_account(layout.root));
    const fs::path source = fs::path(folder) / k_copy;
    std::error_code gone;
    if (!fs::exists(source, gone)) {
        return fail(ErrorCode::not_found, "folder: no backup there, " + source.string());
    }
    // The file alone lacks what its log holds.
    if (fs::equivalent(source, layout.database(), gone)) {
        return fail(ErrorCode::invalid_argument,
                    "folder: " + folder + " holds the server's own database and no backup");
    }
    KARI_LET(const bool compared,
             identity::reaches(layout.secrets() / k_journal, fs::path(folder) / k_journal));
    // On a new machine there is none yet.
    const fs::path data = layout.database().parent_path();
    fs::create_directory(data, gone);
    KARI_LET(const auto lock, ServeLock::take(layout));
    KARI_TRY(check_room(source, data, "a restore"));
    const fs::path fresh = layout.database().string() + ".restoring";
    const auto made = make_ready(layout, source, fresh);
    if (!made) {
        for (const char* suffix : {"", "-wal", "-shm"})
            fs::remove(fresh.string() + suffix, gone);
        return tl::unexpected(made.error());
    }
    std::string aside;
    if (fs::exists(layout.database())) {
        KARI_LET(aside, store::sqlcipher::set_aside(layout.database().string()));
    }
    drop_reviewed_pack(layout);
    std::error_code failed;
    fs::rename(fresh, layout.database(), failed);
    if (failed) return fail(ErrorCode::storage_failed, layout.database().string());
    KARI_TRY(sync_to_disk(layout.database().parent_path()));
    print(options, {{"restored", source.string()},
                    {"set_aside", aside},
                    {"epoch", made->epoch.id.text()},
                    {"journal_compared", compared},
                    {"journal_applied", made->applied},
                    {"units_missing", ids(made->gaps.units)},
                    {"tablets_missing", ids(made->gaps.tablets)},
                    {"caseload_missing", made->gaps.caseload},
                    {"recovering", made->epoch.recovering},
                    {"next", made->gaps.none() ? k_next : k_next_with_gaps}});
    return {};
}

Result<void> close_recovery(const Options& options, bool without_silent) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto seen,
             look(*runtime->parts, runtime->secrets, ServeLock::held(runtime->layout)));
    const std::size_t silent = seen.silent_since_restore();
    if (silent > 0 && !without_silent) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("--close: {} of {} tablets have not been heard of since the "
                                "restore and may hold work that nobody else has; `status` names "
                                "them. Let them sync, revoke what is lost, or say "
                                "--without-silent",
                                silent, seen.tablets.size()));
    }
    KARI_LET(const auto gaps,
             identity::find_gaps(runtime->layout.secrets() / k_journal, *runtime->storage));
    if (!gaps.tablets.empty() && !without_silent) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("--close: {} tablets are in the journal and not in this database, "
                                "which does not know their unit: {}. Each may hold work that "
                                "nobody else has. See to them, or say --without-silent",
                                gaps.tablets.size(), json::serialize(ids(gaps.tablets))));
    }
    KARI_TRY(runtime->storage->close_recovery());
    print(options, {{"recovering", false}});
    return {};
}

Result<void> verify_command(const Options& options, int& exit_code) {
    const auto damaged = [&](const Error& error) {
        const bool medium =
            error.code == ErrorCode::storage_corrupt || error.code == ErrorCode::storage_truncated;
        if (medium) exit_code = k_exit_broken;
        return tl::unexpected<Error>(error);
    };
    const auto runtime = Runtime::open(options.directory);
    if (!runtime) return damaged(runtime.error());
    storage::Storage& storage = *(*runtime)->storage;
    if (const auto whole = storage.check_medium(); !whole) return damaged(whole.error());
    const auto checked = verify(storage, (*runtime)->secrets.ca_certificate);
    if (!checked) return damaged(checked.error());
    const Verified& verified = *checked;
    print(options, to_json(verified));
    if (verified.broken.empty() && !verified.gaps.empty()) exit_code = k_exit_gaps;
    if (!verified.broken.empty()) {
        exit_code = k_exit_broken;
        return fail(ErrorCode::chain_broken,
                    fmt::format("{} things do not hold", verified.broken.size()));
    }
    return {};
}

}  // namespace kari::server::admin
