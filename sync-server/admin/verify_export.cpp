// SPDX-License-Identifier: Apache-2.0
//
// An export is checked as a server is: what it holds is entered anew into an empty database, which
// recomputes positions and running digests, and `verify` looks at that.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/change.hpp"
#include "sync-server/admin/backup_commands.hpp"
#include "sync-server/admin/export.hpp"
#include "sync-server/admin/verify.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/attempt.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t k_line_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t k_seal_places = 64;

// A database that is gone afterwards, under a key that nobody keeps.
class Scratch {
public:
    Result<storage::EmbeddedStorage*> make() {
        std::error_code failed;
        folder_ = fs::temp_directory_path(failed) /
                  ("kari-check-" + base::to_hex(identity::random_bytes(entropy_, 8)));
        fs::create_directory(folder_, failed);
        fs::permissions(folder_, fs::perms::owner_all, failed);
        if (failed) return fail(ErrorCode::storage_failed, folder_.string());
        KARI_LET(storage_,
                 storage::EmbeddedStorage::create((folder_ / "check.db").string(),
                                                  identity::random_bytes(entropy_, 32), EpochId{}));
        return storage_.get();
    }
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        storage_.reset();
        std::error_code ignored;
        if (!folder_.empty()) fs::remove_all(folder_, ignored);
    }

private:
    identity::MachineEntropy entropy_;
    fs::path folder_;
    std::unique_ptr<storage::EmbeddedStorage> storage_;
};

tl::unexpected<Error> malformed(std::string what) {
    return fail(ErrorCode::malformed, std::move(what));
}

std::string_view text_at(const json::object& line, std::string_view key) {
    const auto* value = line.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->as_string())
                                                  : std::string_view();
}

Result<std::string> bytes_at(const json::object& line, std::string_view key) {
    const auto bytes = base::from_hex(text_at(line, key));
    if (!bytes || bytes->empty()) return malformed(fmt::format("no '{}'", key));
    return *bytes;
}

template <typename Id>
Result<Id> id_at(const json::object& line, std::string_view key) {
    const auto id = Id::parse(text_at(line, key));
    if (!id) return malformed(fmt::format("no '{}'", key));
    return *id;
}

class Reading {
public:
    explicit Reading(storage::EmbeddedStorage& storage) : storage_(storage) {}

    Result<void> file(const fs::path& path) {
        std::ifstream input(path, std::ios::binary);
        if (!input) return fail(ErrorCode::not_found, path.string());
        std::string text;
        for (std::size_t number = 1; std::getline(input, text); ++number) {
            const auto read = line(text, number == 1);
            if (!read) {
                return fail(read.error().code,
                            fmt::format("log.ndjson, line {}: {}", number, read.error().what));
            }
        }
        if (!begun_) return malformed("log.ndjson is empty");
        return commit();
    }
    // What does not stand where the export says: the first words of it.
    const std::vector<std::string>& misplaced() const { return misplaced_; }

private:
    Result<void> line(const std::string& text, bool first) {
        boost::system::error_code error;
        if (text.size() > k_line_bytes_max) return malformed("too long");
        const json::value value = json::parse(text, error);
        if (error || !value.is_object()) return malformed("no JSON object");
        const json::object& one = value.as_object();
        if (first) {
            const auto* version = one.if_contains("kari_export");
            if (version == nullptr || *version != json::value(1)) return malformed("no export");
            begun_ = true;
            return {};
        }
        if (one.contains("certificate")) return certificate(one);
        KARI_LET(const auto record, id_at<RecordId>(one, "record"));
        KARI_TRY(in(record));
        if (one.contains("header")) return change(one, record);
        if (one.contains("entry")) return access(one);
        if (one.contains("seal")) return seal(one);
        return malformed("neither change, access entry, seal nor certificate");
    }

    Result<void> in(const RecordId& record) {
        if (open_ && open_->state().id == record) return {};
        KARI_TRY(commit());
        KARI_LET(open_, storage_.begin_or_create(record, false));
        return {};
    }
    Result<void> commit() {
        if (!open_) return {};
        const auto done = open_->commit();
        open_.reset();
        return done;
    }

    void place(const json::object& one, std::string_view key, std::uint64_t position,
               const Digest& chain) {
        const auto* said = one.if_contains(key);
        const bool same = said != nullptr && said->is_number() &&
                          said->to_number<std::uint64_t>() == position &&
                          text_at(one, "chain") == chain.text();
        if (!same && misplaced_.size() < k_seal_places) {
            misplaced_.push_back(fmt::format("{} {}", key, position));
        }
    }

    Result<void> change(const json::object& one, const RecordId& record) {
        KARI_LET(auto header, bytes_at(one, "header"));
        std::optional<std::string> body;
        if (one.contains("body")) {
            KARI_LET(body, bytes_at(one, "body"));
        }
        KARI_LET(const auto decoded, merge::decode_change(std::move(header), std::move(body)));
        if (decoded.record != record) return malformed("a change of another record");
        if (decoded.id.text() != text_at(one, "id")) return malformed("its id is another");
        KARI_TRY(open_->append(decoded));
        place(one, "position", open_->state().head.position, open_->state().head.chain);
        return {};
    }

    Result<void> access(const json::object& one) {
        storage::StoredAccess row;
        KARI_LET(row.bytes, bytes_at(one, "entry"));
        v1::AccessEntry entry;
        if (!entry.ParseFromString(row.bytes)) return malformed("an access entry");
        const auto incarnation = base::from_bytes<IncarnationId>(entry.incarnation());
        if (!incarnation) return malformed("an access entry");
        row.id = base::sha256(row.bytes);
        if (row.id.text() != text_at(one, "id")) return malformed("its id is another");
        row.incarnation = *incarnation;
        row.seq = entry.seq();
        row.prev = base::from_bytes<Digest>(entry.prev()).value_or(Digest{});
        KARI_TRY(open_->append_access(row));
        place(one, "access_position", open_->state().access_head.position,
              open_->state().access_head.chain);
        return {};
    }

    Result<void> seal(const json::object& one) {
        storage::StoredSeal row;
        KARI_LET(row.bytes, bytes_at(one, "seal"));
        v1::RecordSeal seal;
        v1::SealStatement statement;
        if (!seal.ParseFromString(row.bytes) || !statement.ParseFromString(seal.statement())) {
            return malformed("a seal");
        }
        const auto incarnation = base::from_bytes<IncarnationId>(statement.incarnation());
        if (!incarnation) return malformed("a seal");
        row.incarnation = *incarnation;
        row.number = statement.number();
        row.statement = base::sha256(seal.statement());
        row.previous = base::from_bytes<Digest>(statement.prev()).value_or(Digest{});
        const auto* of_access = one.if_contains("access");
        row.access = of_access != nullptr && of_access->is_bool() && of_access->as_bool();
        KARI_TRY(open_->add_seal(row));
        return {};
    }

    Result<void> certificate(const json::object& one) {
        KARI_TRY(commit());
        storage::Certificate row;
        KARI_LET(row.incarnation, id_at<IncarnationId>(one, "incarnation"));
        KARI_LET(row.der, bytes_at(one, "certificate"));
        KARI_LET(row.spki, identity::spki_digest_of_certificate(row.der));
        row.use = storage::CertificateUse::signing;
        return storage_.add_server_certificate(row);
    }

    storage::EmbeddedStorage& storage_;
    std::unique_ptr<storage::RecordTransaction> open_;
    std::vector<std::string> misplaced_;
    bool begun_ = false;
};

}  // namespace

Result<void> verify_export(const Options& options, const std::string& folder, const std::string& ca,
                           int& exit_code) {
    const fs::path trusted = ca.empty() ? fs::path(folder) / "ca.pem" : fs::path(ca);
    KARI_LET(const auto authority, identity::read_whole_file(trusted));
    Scratch scratch;
    KARI_LET(auto* const entered, scratch.make());
    Reading reading(*entered);
    const auto read = reading.file(fs::path(folder) / "log.ndjson");
    if (!read) {
        if (read.error().code != ErrorCode::not_found) exit_code = k_exit_broken;
        return read;
    }
    KARI_LET(const auto verified, verify(*entered, authority));
    json::array broken;
    for (const std::string& place : reading.misplaced())
        broken.push_back(json::value("stands elsewhere than it says: " + place));
    for (const Fault& fault : verified.broken)
        broken.push_back(json::value(fault.text()));
    json::array gaps;
    for (const Fault& fault : verified.gaps) {
        // Seals are numbered over all records of a device, of which an export holds some.
        if (fault.rule != "seal_missing") gaps.push_back(json::value(fault.text()));
    }
    const bool holds = broken.empty();
    if (!gaps.empty()) exit_code = k_exit_gaps;
    print(options, {{"changes", verified.changes},
                    {"access_entries", verified.access_entries},
                    {"seals", verified.seals},
                    {"unsealed", verified.unsealed},
                    {"unsealed_access", verified.unsealed_access},
                    {"authority", ca.empty() ? "the export's own" : "given"},
                    {"gaps", std::move(gaps)},
                    {"broken", std::move(broken)}});
    if (holds) return {};
    exit_code = k_exit_broken;
    return fail(ErrorCode::chain_broken, "the export does not hold");
}

}  // namespace kari::server::admin
