// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/server.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <spdlog/spdlog.h>

#include "kari/v1/change.pb.h"
#include "kari/v1/exchange.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/fhir/lift.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/admin/record_link.hpp"
#include "sync-server/admin/verify.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/enrolment.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {

namespace fs = std::filesystem;
using namespace server;

namespace {

constexpr const char* k_system = "urn:kari:simulation";
// So short that a run outlives it: its tablets renew.
constexpr int k_certificate_days = 2;

}  // namespace

Server::Server(const fs::path& folder, platform_simulated::Drive& drive, std::uint64_t seed,
               Instant start_at, exchange::WindowChoice windows)
    : machine(seed, start_at),
      folder_(folder),
      drive_(drive),
      config_(config::first_config()),
      windows_(windows) {
    spdlog::set_level(spdlog::level::off);
    fs::create_directories(folder_ / "data");
    must(identity::make_secrets(folder_ / "secrets", {"localhost"}, start_at, *machine.entropy));
    secrets_ = must(identity::load_secrets(folder_ / "secrets"));
    must(compose(
        must(storage::EmbeddedStorage::create(database().string(), secrets_.database_key.view(),
                                              identity::random_id<EpochId>(*machine.entropy)))));
}

Server::~Server() {
    stop();
}

identity::Journal Server::journal() const {
    return identity::Journal(folder_ / "secrets" / "journal.jsonl");
}

void Server::stop() {
    service_.reset();
    registrar_.reset();
    parts_.reset();
    storage_.reset();
}

Result<void> Server::start() {
    stop();
    KARI_LET(auto opened,
             storage::EmbeddedStorage::open(database().string(), secrets_.database_key.view()));
    return compose(std::move(opened));
}

// As main.cpp does before it serves.
Result<void> Server::compose(std::unique_ptr<storage::EmbeddedStorage> opened) {
    storage_ = std::move(opened);
    parts_ = std::make_unique<exchange::Parts>(*storage_, config_, secrets_, *machine.clock,
                                               *machine.entropy, journal());
    parts_->lift = kari::fhir::lift;
    parts_->windows.choice = windows_;
    KARI_TRY(journal().replay(*storage_));
    KARI_TRY(exchange::review_owed(*parts_));
    registrar_ = std::make_unique<identity::Registrar>(
        *storage_, secrets_, journal(), *machine.clock, *machine.entropy, k_certificate_days);
    service_ = std::make_unique<http::Service>(*parts_, *registrar_);
    return {};
}

std::string role_of(unsigned number) {
    return number % 4 == 3 ? "LE" : "SP";
}

UnitId Server::add_unit() {
    const auto unit = identity::random_id<UnitId>(*machine.entropy);
    must(storage_->add_unit(
        {unit, identity::random_id<RecordId>(*machine.entropy), "Nord", "Europe/Oslo"}));
    return unit;
}

PersonId Server::add_person(const UnitId& unit, unsigned number) {
    const auto person = identity::random_id<PersonId>(*machine.entropy);
    must(storage_->add_person(
        {person, unit, role_of(number), "Nurse " + std::to_string(number), true}));
    return person;
}

std::string Server::invite(const UnitId& unit) {
    const auto code = identity::make_code(secrets_.server_pin, *machine.entropy);
    must(storage_->add_invitation({code.secret, unit, machine.clock->wall() + Duration::hours(1)}));
    return code.text;
}

Result<HttpReply> Server::answer(const HttpPost& post) {
    if (!up()) return fail(ErrorCode::offline, "the server is down");
    http::Request request;
    request.method = "POST";
    request.target = post.url.substr(std::string_view(k_server_address).size());
    request.content_type = "application/x-protobuf";
    request.address = "127.0.0.1";
    request.body = std::string(post.body);
    if (!post.certificate_pem.empty()) {
        auto known = keys_.find(post.certificate_pem);
        if (known == keys_.end()) {
            KARI_LET(const auto der, identity::pem_to_der(post.certificate_pem));
            KARI_LET(const auto key, identity::spki_digest_of_certificate(der));
            known = keys_.emplace(post.certificate_pem, key).first;
        }
        request.client_key = known->second;
    }
    auto response = service_->answer(request);
    HttpReply reply{static_cast<int>(response.status), std::move(response.body), std::nullopt};
    if (response.retry_after_s) reply.retry_after = Duration::seconds(*response.retry_after_s);
    return reply;
}

Result<RecordId> Server::import(const Upstream& upstream) {
    const fs::path file = folder_ / "upstream.json";
    std::ofstream(file) << upstream.bundle();
    auto outcome = server::fhir::import_path(*parts_, file, k_system);
    fs::remove(file);
    if (!outcome) return tl::unexpected(outcome.error());
    if (outcome->report.stopped) return tl::unexpected(*outcome->report.stopped);
    if (!outcome->complete() || outcome->records.size() != 1) {
        return fail(ErrorCode::internal, "import: not all of a journal is in");
    }
    return outcome->records.begin()->second;
}

Result<void> Server::grant(const UnitId& unit, const RecordId& record) {
    KARI_TRY(journal().granted(unit, record));
    return storage_->grant(unit, record);
}

Result<void> Server::remove(const UnitId& unit, const RecordId& record) {
    KARI_TRY(journal().removed(unit, record));
    return storage_->remove(unit, record);
}

Result<void> Server::revoke(const DeviceId& device) {
    KARI_TRY(journal().revoked(device));
    return storage_->revoke(device);
}

Result<void> Server::link(const RecordId& one, const RecordId& two, bool linked) {
    return admin::link_records(*parts_, one, two, {linked, "the register says so", "operator"});
}

Result<ChangeId> Server::say(const RecordId& record, const exchange::ServerStatement& statement) {
    KARI_LET(auto open, storage_->begin(record));
    KARI_LET(const auto change, parts_->stream.write(*open, statement));
    KARI_TRY(parts_->stream.commit(*open));
    open.reset();
    KARI_TRY(exchange::review(*parts_, record));
    return change.id;
}

Result<unsigned> Server::backup() {
    const fs::path file = folder_ / ("backup-" + std::to_string(backups_ + 1) + ".db");
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(file.string() + suffix);
    KARI_TRY(storage_->copy_to(file.string(), secrets_.database_key.view()));
    ++backups_;  // it stands, whatever becomes of the word that it does
    std::map<RecordId, storage::Reach> reach;
    {
        KARI_LET(const auto copy,
                 storage::EmbeddedStorage::open(file.string(), secrets_.database_key.view()));
        KARI_TRY(copy->check_medium());
        KARI_LET(const auto records, copy->records());
        for (const RecordId& record : records) {
            KARI_LET(const auto state, copy->state(record));
            if (!state) continue;
            reach[record] = {state->head.position, state->access_head.position, 0};
            KARI_LET(const auto attachments, copy->attachments(record));
            for (const auto& one : attachments)
                reach[record].attachments = std::max(reach[record].attachments, one.arrival);
        }
    }
    KARI_TRY(storage_->mark_secured(reach));
    return backups_;
}

Result<void> Server::restore(unsigned backup) {
    stop();
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(database().string() + suffix);
    fs::copy_file(folder_ / ("backup-" + std::to_string(backup) + ".db"), database());
    KARI_LET(auto copy,
             storage::EmbeddedStorage::open(database().string(), secrets_.database_key.view()));
    KARI_TRY(
        copy->begin_epoch(identity::random_id<EpochId>(*machine.entropy), machine.clock->wall()));
    return compose(std::move(copy));
}

Result<void> Server::close_recovery() {
    return storage_->close_recovery();
}

Result<bool> Server::recovering() {
    KARI_LET(const auto epoch, storage_->epoch());
    return epoch.recovering;
}

Result<std::vector<RecordId>> Server::records() {
    return storage_->records();
}

Result<std::vector<ServerChange>> Server::log(const RecordId& record) {
    std::vector<ServerChange> out;
    KARI_TRY(storage_->changes(record, 0, [&](const storage::StoredChange& change) {
        out.push_back({change.id, change.header_bytes, change.body_bytes.value_or(""),
                       change.body_bytes.has_value()});
        return true;
    }));
    return out;
}

Result<bool> Server::has_attachment(const RecordId& record, const Digest& id) {
    KARI_LET(const auto known, storage_->attachment(record, id));
    if (!known || !known->whole()) return false;
    std::string sealed;
    for (std::uint32_t number = 0; sealed.size() < known->sealed_size; ++number) {
        KARI_LET(const auto chunk, storage_->attachment_chunk(record, id, number));
        if (!chunk || chunk->empty()) return false;
        sealed += *chunk;
    }
    return base::sha256(sealed) == id;
}

Result<std::map<IncarnationId, std::uint64_t>> Server::sealed(const RecordId& record) {
    KARI_LET(const auto seals, storage_->all_seals(record));
    std::map<IncarnationId, std::uint64_t> out;
    for (const storage::StoredSeal& row : seals) {
        v1::RecordSeal seal;
        v1::StreamHead head;
        if (!seal.ParseFromString(row.bytes) || !head.ParseFromString(seal.leaf())) continue;
        const auto incarnation = base::from_bytes<IncarnationId>(head.incarnation());
        if (!incarnation || head.log() != v1::LOG_KIND_CHANGE) continue;
        out[*incarnation] = std::max<std::uint64_t>(out[*incarnation], head.seq());
    }
    return out;
}

Result<std::vector<merge::Resource>> Server::resources(const RecordId& record) {
    KARI_LET(const auto log, parts_->logs.read(*storage_, record));
    std::map<ResourceId, std::vector<const merge::Change*>> by_resource;
    for (const auto& change : log->changes)
        by_resource[change->resource].push_back(change.get());
    std::vector<merge::Resource> resources;
    for (const auto& [id, changes] : by_resource)
        resources.push_back(merge::fold(changes));
    return resources;
}

Result<Digest> Server::state_digest(const RecordId& record) {
    KARI_LET(const auto folded, resources(record));
    return merge::state_digest(folded);
}

Result<std::vector<std::string>> Server::verify() {
    KARI_TRY(storage_->check_medium());
    KARI_LET(const auto verified, admin::verify(*storage_, secrets_.ca_certificate));
    std::vector<std::string> out;
    for (const admin::Fault& fault : verified.broken)
        out.push_back(fault.text());
    if (!parts_) return out;
    // Of others' streams something may be on its way, or lost by a restore. Of what the server
    // itself wrote since it started nothing is.
    const std::string own = parts_->stream.incarnation().text();
    for (const admin::Fault& fault : verified.gaps) {
        if (fault.where.find(own) != std::string::npos) out.push_back(fault.text());
    }
    return out;
}

std::vector<std::string> Server::quarantined() {
    std::vector<std::string> out;
    for (const storage::Quarantined& one : must(storage_->quarantined())) {
        out.push_back(std::string(name(error_code_from(one.error))) + ": " + one.what);
    }
    return out;
}

std::set<ChangeId> Server::changes_in_quarantine() {
    std::set<ChangeId> out;
    for (const storage::Quarantined& one : must(storage_->quarantined())) {
        v1::WireChange wire;
        if (!wire.ParseFromString(one.bytes) || wire.header().empty()) continue;
        const Digest id = base::sha256(merge::join_header(wire.header(), wire.prev()));
        out.insert(base::shorten<ChangeId>(id));
    }
    return out;
}

}  // namespace kari::sim
