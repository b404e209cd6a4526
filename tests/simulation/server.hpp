// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <kari/http.hpp>

#include "platform/simulated/drive.hpp"
#include "platform/simulated/simulated_platform.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/config/config.hpp"
#include "sync-server/exchange/record_window.hpp"
#include "sync-server/exchange/server_stream.hpp"
#include "sync-server/http/service.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "tests/simulation/upstream.hpp"

namespace kari::sim {

inline constexpr const char* k_server_address = "https://server.test";

// Of the person of this number: a doctor or a nurse.
std::string role_of(unsigned number);

struct ServerChange {
    ChangeId id;
    std::string header;
    std::string body;
    bool has_body = false;
};

// The server, composed of the libraries that ship as main.cpp composes them, without its sockets.
// Whatever the storage answers while its disk fails is passed on: what may not fail throws.
class Server {
public:
    Server(const std::filesystem::path& folder, platform_simulated::Drive& drive,
           std::uint64_t seed, Instant start, server::exchange::WindowChoice windows);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Set-up, with a disk that works.
    UnitId add_unit();
    PersonId add_person(const UnitId& unit, unsigned number);
    std::string invite(const UnitId& unit);

    Result<HttpReply> answer(const HttpPost& post);

    // What an operator does.
    Result<RecordId> import(const Upstream& upstream);
    Result<void> grant(const UnitId& unit, const RecordId& record);
    Result<void> remove(const UnitId& unit, const RecordId& record);
    Result<void> revoke(const DeviceId& device);
    Result<void> link(const RecordId& one, const RecordId& two, bool linked);
    // One that is read back whole, and all in it is secured. Returns its number.
    Result<unsigned> backup();
    unsigned backups() const { return backups_; }
    // A statement as the process itself makes one, and the review that follows. Returns its change.
    Result<ChangeId> say(const RecordId& record,
                         const server::exchange::ServerStatement& statement);
    // An earlier copy becomes the database: a new epoch, recovery open.
    Result<void> restore(unsigned backup);
    Result<void> close_recovery();
    Result<bool> recovering();

    bool up() const { return service_ != nullptr; }
    // As a process begins. Errors: what the disk says; it stays down then.
    Result<void> start();
    // As a process is killed: nothing is written any more.
    void stop();
    platform_simulated::Drive& drive() { return drive_; }

    // What checkers look at.
    Result<std::vector<RecordId>> records();
    Result<std::vector<ServerChange>> log(const RecordId& record);
    // Folded, as it folds.
    Result<std::vector<merge::Resource>> resources(const RecordId& record);
    // Whether all of an attachment is here and is what its id says.
    Result<bool> has_attachment(const RecordId& record, const Digest& id);
    // How far each stream of changes is sealed.
    Result<std::map<IncarnationId, std::uint64_t>> sealed(const RecordId& record);
    Result<Digest> state_digest(const RecordId& record);
    // Empty: everything that is stored holds, and nothing of the server's own stream is missing.
    Result<std::vector<std::string>> verify();
    // What stands apart, each with its reason.
    std::vector<std::string> quarantined();
    // The changes among it.
    std::set<ChangeId> changes_in_quarantine();

    platform_simulated::Machine machine;

private:
    std::filesystem::path database() const { return folder_ / "data" / "kari.db"; }
    server::identity::Journal journal() const;
    Result<void> compose(std::unique_ptr<server::storage::EmbeddedStorage> storage);

    std::filesystem::path folder_;
    platform_simulated::Drive& drive_;
    server::config::Config config_;
    server::exchange::WindowChoice windows_;
    server::identity::Secrets secrets_;
    std::unique_ptr<server::storage::EmbeddedStorage> storage_;
    std::unique_ptr<server::exchange::Parts> parts_;
    std::unique_ptr<server::identity::Registrar> registrar_;
    std::unique_ptr<server::http::Service> service_;
    std::map<std::string, Digest> keys_;  // of certificates that were read before
    unsigned backups_ = 0;
};

}  // namespace kari::sim
