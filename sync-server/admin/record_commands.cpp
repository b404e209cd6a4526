// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/record_commands.hpp"

#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/access/entry.hpp"
#include "sync-server/admin/arguments.hpp"
#include "sync-server/admin/record_link.hpp"
#include "sync-server/exchange/acceptance.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace json = boost::json;

namespace {

// An import is one writer that reads little: with this all of it stays within 64 MiB.
constexpr std::uint32_t k_import_cache_kib = 8 * 1024;

}  // namespace

Result<bool> import(const Options& options, const std::string& path, const std::string& system) {
    KARI_TRY(check_uri(system, "--system"));
    KARI_LET(const auto runtime, Runtime::open(options.directory, {k_import_cache_kib, false}));
    KARI_TRY(runtime->may_review());
    KARI_LET(const bool room, runtime->parts->room.here(*runtime->storage, runtime->clock->wall()));
    if (!room) return fail(ErrorCode::storage_full, "less than the disk's reserve is free");
    KARI_LET(const auto outcome,
             fhir::import_path(*runtime->parts, path, system, Runtime::actor()));
    boost::system::error_code error;
    json::value report =
        json::parse(kari::fhir::to_text(kari::fhir::to_json(outcome.report)), error);
    if (error || !report.is_object()) return fail(ErrorCode::internal, "import report");
    json::object& result = report.as_object();
    result["complete"] = outcome.complete();
    json::object records;
    for (const auto& [logical_id, record] : outcome.records)
        records[logical_id] = record.text();
    result["records"] = std::move(records);
    result["records_changed"] = outcome.changed_records;
    json::array files;
    for (const auto& file : outcome.files) {
        json::object line{{"file", file.name}, {"in", file.in}};
        if (!file.skipped.empty()) line["skipped"] = file.skipped;
        files.push_back(std::move(line));
    }
    result["files"] = std::move(files);
    result["files_skipped"] = outcome.files_skipped;
    print(options, result);
    if (outcome.report.stopped) return tl::unexpected(*outcome.report.stopped);
    return outcome.complete();
}

namespace {

// Into the transaction that does it, or that stands before what is shown.
Result<void> log_access(exchange::Parts& parts, storage::RecordTransaction& record,
                        std::string command, v1::Purpose purpose) {
    return access::add_entry(record, parts.stream.incarnation(),
                             access::look_of_operator(Runtime::actor(), std::move(command), purpose,
                                                      parts.stream.now()));
}

}  // namespace

Result<void> link(const Options& options, const std::string& a, const std::string& b,
                  const std::string& reason, bool linked) {
    KARI_TRY(check_text(reason, "--reason"));
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_TRY(runtime->may_review());
    KARI_LET(const auto one, find_record(*runtime->storage, a, "first"));
    KARI_LET(const auto two, find_record(*runtime->storage, b, "second"));
    if (one == two) return fail(ErrorCode::invalid_argument, "a record is not linked to itself");
    KARI_TRY(link_records(*runtime->parts, one, two, {linked, reason, Runtime::actor()}));
    print(options, {{"records", json::array{a, b}}, {"linked", linked}});
    return {};
}

Result<void> accept_proposal(const Options& options, const std::string& record,
                             const std::string& change) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_TRY(runtime->may_review());
    KARI_LET(const auto record_id, find_record(*runtime->storage, record, "--record"));
    KARI_LET(const auto change_id, parse_id<ChangeId>(change, "--change"));
    auto& parts = *runtime->parts;
    KARI_LET(auto open, parts.storage.begin(record_id));
    KARI_LET(const auto stored, parts.storage.change(record_id, change_id));
    if (!stored) return fail(ErrorCode::not_found, "--change: no such change in this record");
    KARI_LET(const auto proposal, merge::decode_change(stored->header_bytes, stored->body_bytes));
    if (proposal.from_server()) {
        return fail(ErrorCode::invalid_argument, "the server's own change is no proposal");
    }
    KARI_LET(const auto accepted,
             exchange::accept(parts.stream, *open, proposal, exchange::authority_atoms(proposal)));
    KARI_TRY(log_access(parts, *open, "accept", v1::PURPOSE_ADMINISTRATION));
    KARI_TRY(parts.stream.commit(*open));
    open.reset();
    KARI_TRY(exchange::review(parts, record_id));
    print(options, {{"accepted", change}, {"change", accepted.id.text()}});
    return {};
}

Result<void> dump_log(const Options& options, const std::string& record, bool all) {
    if (record.empty() && !all) {
        return fail(ErrorCode::invalid_argument, "name a --record, or say --all");
    }
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    std::vector<RecordId> wanted;
    if (all) {
        KARI_LET(wanted, runtime->storage->records());
    } else {
        KARI_LET(const auto id, find_record(*runtime->storage, record, "--record"));
        wanted.push_back(id);
    }
    // All of the entries stand before the first line is out.
    for (const RecordId& id : wanted) {
        KARI_LET(const auto open, runtime->storage->begin(id));
        KARI_TRY(log_access(*runtime->parts, *open, "dump-log", v1::PURPOSE_EXPORT));
        KARI_TRY(runtime->parts->stream.commit(*open));
    }
    for (const RecordId& id : wanted) {
        KARI_TRY(runtime->storage->changes(id, 0, [&](const storage::StoredChange& change) {
            json::object line{{"record", id.text()},
                              {"position", change.position},
                              {"id", change.id.text()},
                              {"chain", change.chain.text()},
                              {"header", base::to_hex(change.header_bytes)}};
            if (change.body_bytes) line["body"] = base::to_hex(*change.body_bytes);
            fmt::print("{}\n", json::serialize(line));
            return true;
        }));
        KARI_TRY(runtime->storage->access(id, 0, [&](const storage::StoredAccess& entry) {
            fmt::print("{}\n", json::serialize(json::object{{"record", id.text()},
                                                            {"access_position", entry.position},
                                                            {"id", entry.id.text()},
                                                            {"chain", entry.chain.text()},
                                                            {"entry", base::to_hex(entry.bytes)}}));
            return true;
        }));
    }
    std::fflush(stdout);
    return {};
}

Result<void> state_digest(const Options& options) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto records, runtime->storage->records());
    json::object digests;
    for (const RecordId& record : records) {
        KARI_LET(const auto log, runtime->parts->logs.read(*runtime->storage, record));
        std::map<ResourceId, std::vector<const merge::Change*>> by_resource;
        for (const auto& change : log->changes) {
            by_resource[change->resource].push_back(change.get());
        }
        std::vector<merge::Resource> resources;
        for (const auto& [id, changes] : by_resource)
            resources.push_back(merge::fold(changes));
        digests[record.text()] = json::object{{"position", log->head.position},
                                              {"chain", log->head.chain.text()},
                                              {"resources", resources.size()},
                                              {"state", merge::state_digest(resources).text()}};
    }
    print(options, {{"records", std::move(digests)}});
    return {};
}

}  // namespace kari::server::admin
