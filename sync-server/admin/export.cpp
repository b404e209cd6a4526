// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/export.hpp"

#include <filesystem>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/base/id.hpp"
#include "sync-server/access/entry.hpp"
#include "sync-server/admin/arguments.hpp"
#include "sync-server/admin/runtime.hpp"
#include "sync-server/fhir/everything.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t k_flush_bytes = 1 << 20;

// Lines of a file that only its owner may read; whole and on the disk when `close` returns.
class Lines {
public:
    ~Lines() {
        if (file_ >= 0) ::close(file_);
    }
    Lines() = default;
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    Result<void> open(const fs::path& path) {
        path_ = path;
        file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file_ < 0) return fail(ErrorCode::storage_failed, path.string());
        return {};
    }
    Result<void> add(const json::object& line) {
        waiting_ += json::serialize(line) + "\n";
        return waiting_.size() < k_flush_bytes ? Result<void>{} : flush();
    }
    Result<void> close() {
        KARI_TRY(flush());
        const bool synced = ::fsync(file_) == 0;
        ::close(std::exchange(file_, -1));
        if (!synced) return fail(ErrorCode::storage_failed, path_.string());
        return {};
    }

private:
    Result<void> flush() {
        std::string_view rest = waiting_;
        while (!rest.empty()) {
            const ssize_t written = ::write(file_, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) {
                return fail(errno == ENOSPC ? ErrorCode::storage_full : ErrorCode::storage_failed,
                            path_.string());
            }
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        waiting_.clear();
        return {};
    }

    fs::path path_;
    int file_ = -1;
    std::string waiting_;
};

class Export {
public:
    Export(Runtime& runtime, std::vector<RecordId> records)
        : storage_(*runtime.storage), records_(std::move(records)) {}

    Result<void> write(const fs::path& file) {
        KARI_TRY(lines_.open(file));
        json::array records;
        for (const RecordId& record : records_)
            records.push_back(json::value(record.text()));
        KARI_TRY(lines_.add({{"kari_export", 1}, {"records", std::move(records)}}));
        for (const RecordId& record : records_)
            KARI_TRY(write_record(record));
        for (const IncarnationId& incarnation : signers_) {
            KARI_LET(const auto known, storage_.signing_certificate(incarnation));
            if (!known) continue;  // a seal that cannot be checked here either
            KARI_TRY(lines_.add({{"incarnation", incarnation.text()},
                                 {"device", known->device.text()},
                                 {"certificate", base::to_hex(known->der)}}));
        }
        return lines_.close();
    }
    std::size_t changes() const { return changes_; }

private:
    // Rows are handed over inside a visit that cannot fail; what went wrong is told after it.
    Result<void> write_record(const RecordId& record) {
        const std::string id = record.text();
        Result<void> written;
        KARI_TRY(storage_.changes(record, 0, [&](const storage::StoredChange& change) {
            json::object line{{"record", id},
                              {"position", change.position},
                              {"id", change.id.text()},
                              {"chain", change.chain.text()},
                              {"header", base::to_hex(change.header_bytes)}};
            if (change.body_bytes) line["body"] = base::to_hex(*change.body_bytes);
            ++changes_;
            written = lines_.add(line);
            return written.has_value();
        }));
        KARI_TRY(written);
        KARI_TRY(storage_.access(record, 0, [&](const storage::StoredAccess& entry) {
            written = lines_.add({{"record", id},
                                  {"access_position", entry.position},
                                  {"id", entry.id.text()},
                                  {"chain", entry.chain.text()},
                                  {"entry", base::to_hex(entry.bytes)}});
            return written.has_value();
        }));
        KARI_TRY(written);
        KARI_LET(const auto seals, storage_.all_seals(record));
        for (const storage::StoredSeal& seal : seals) {
            signers_.insert(seal.incarnation);
            KARI_TRY(lines_.add({{"record", id},
                                 {"access", seal.access},
                                 {"covers", seal.covers},
                                 {"seal", base::to_hex(seal.bytes)}}));
        }
        return {};
    }

    storage::Storage& storage_;
    std::vector<RecordId> records_;
    std::set<IncarnationId> signers_;
    Lines lines_;
    std::size_t changes_ = 0;
};

Result<void> sync_folder(const fs::path& folder) {
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = opened >= 0 && ::fsync(opened) == 0;
    if (opened >= 0) ::close(opened);
    if (!synced) return fail(ErrorCode::storage_failed, folder.string());
    return {};
}

Result<void> fill(Runtime& runtime, const RecordId& record, const std::vector<RecordId>& group,
                  const fs::path& into, std::size_t& changes) {
    KARI_LET(const auto bundle, fhir::whole_bundle(*runtime.parts, record));
    KARI_TRY(identity::write_private_file(into / "bundle.json", bundle));
    KARI_TRY(identity::write_private_file(into / "ca.pem", runtime.secrets.ca_certificate));
    Export log(runtime, group);
    KARI_TRY(log.write(into / "log.ndjson"));
    changes = log.changes();
    return sync_folder(into);
}

}  // namespace

Result<void> export_record(const Options& options, const std::string& record,
                           const std::string& folder) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto id, find_record(*runtime->storage, record, "record"));
    KARI_LET(const auto group, runtime->storage->group(id));
    std::error_code failed;
    if (!fs::is_directory(folder, failed)) {
        return fail(ErrorCode::not_found, "folder: there is no folder " + folder);
    }
    const std::string name =
        "kari-export-" + base::to_hex(identity::random_bytes(runtime->entropy, 8));
    const fs::path whole = fs::path(folder) / name;
    const fs::path part = whole.string() + ".part";
    if (::mkdir(part.c_str(), 0700) != 0) {
        return fail(ErrorCode::storage_failed, "folder: nothing can be made in " + folder);
    }
    auto& parts = *runtime->parts;
    const auto logged = [&]() -> Result<void> {
        for (const RecordId& member : group) {
            KARI_LET(const auto open, parts.storage.begin(member));
            KARI_TRY(access::add_entry(
                *open, parts.stream.incarnation(),
                access::look_of_operator(Runtime::actor(), "export", v1::PURPOSE_EXPORT,
                                         parts.stream.now())));
            KARI_TRY(parts.stream.commit(*open));
        }
        return {};
    }();
    std::size_t changes = 0;
    auto done = logged ? fill(*runtime, id, group, part, changes) : logged;
    if (done) {
        fs::rename(part, whole, failed);
        if (failed) done = fail(ErrorCode::storage_failed, whole.string());
    }
    if (!done) {
        fs::remove_all(part, failed);
        return done;
    }
    KARI_TRY(sync_folder(folder));
    print(options, {{"export", whole.string()},
                    {"records", group.size()},
                    {"changes", changes},
                    {"next",
                     "Patient data: hand it over on an encrypted medium, and delete it "
                     "here. `verify-export` checks it without a server."}});
    return {};
}

}  // namespace kari::server::admin
