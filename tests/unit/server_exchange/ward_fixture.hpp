// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/exchange.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "tests/support/change_builder.hpp"

namespace kari::test {

using server::exchange::Parts;
using server::exchange::Tally;
using server::identity::DeviceIdentity;
using server::storage::EmbeddedStorage;

// A server without sockets, with a clock in the hand.
class HandClock final : public Clock {
public:
    Instant wall() override { return now; }
    std::uint64_t boot_clock_ms() override { return static_cast<std::uint64_t>(now.ms); }
    BootId boot() override { return id_of<BootId>(77); }
    std::string zone() override { return "Europe/Oslo"; }
    Instant now{1'767'600'000'000};
};

struct Ward {
    std::filesystem::path folder;
    HandClock clock;
    server::identity::MachineEntropy entropy;
    server::config::Config config = server::config::first_config();
    server::identity::Secrets secrets;
    std::unique_ptr<EmbeddedStorage> storage;
    std::unique_ptr<Parts> parts;
    const UnitId unit = id_of<UnitId>(1);
    const RecordId record = id_of<RecordId>(1);

    Ward() {
        static int number = 0;
        folder = std::filesystem::temp_directory_path() /
                 ("kari-ward-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        std::filesystem::create_directories(folder);
        secrets.database_key = crypto::Secret(std::string(32, 'd'));
        secrets.receipt_key = crypto::Secret(std::string(32, 'r'));
        auto signing = server::identity::make_key();
        REQUIRE(signing);
        secrets.signing_key = crypto::Secret(signing->private_pem);
        auto authority = server::identity::make_key();
        REQUIRE(authority);
        secrets.ca_key = crypto::Secret(authority->private_pem);
        secrets.ca_certificate =
            server::identity::make_ca(authority->private_pem, clock.now, 10)->pem;
        auto made = EmbeddedStorage::create(file("kari.db"), secrets.database_key.view(),
                                            id_of<EpochId>(1));
        REQUIRE(made);
        storage = std::move(*made);
        REQUIRE(storage->add_unit({unit, id_of<RecordId>(99), "Unit", "Europe/Oslo"}));
        for (const std::string role : {"SP", "LE", "FA1"}) {
            REQUIRE(storage->add_person({one_of(role), unit, role, "Name", true}));
        }
        start();
    }
    ~Ward() {
        parts.reset();
        storage.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    // Who of the unit has this role.
    static PersonId one_of(const std::string& role) {
        return id_of<PersonId>(role == "SP" ? 601 : role == "LE" ? 602 : 603);
    }
    std::string file(const char* name) const { return (folder / name).string(); }
    // A new server process: its own incarnation.
    void start() {
        parts = std::make_unique<Parts>(*storage, config, secrets, clock, entropy,
                                        server::identity::Journal(folder / "journal.jsonl"));
    }
    void stop_and_put_back(const char* copy) {
        parts.reset();
        storage.reset();
        for (const char* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::remove(file("kari.db") + suffix);
        }
        std::filesystem::copy_file(file(copy), file("kari.db"));
        auto opened = EmbeddedStorage::open(file("kari.db"), secrets.database_key.view());
        REQUIRE(opened);
        storage = std::move(*opened);
        start();
    }

    DeviceIdentity device(const Writer& writer, std::uint32_t number) const {
        return {id_of<DeviceId>(number), unit, {writer.incarnation}, false, false};
    }
    Result<v1::ExchangeReply> exchange(const DeviceIdentity& who,
                                       const v1::ExchangeRequest& request) {
        tally = {};
        return server::exchange::handle(*parts, who, request, tally);
    }
    std::vector<server::storage::StoredChange> log(const RecordId& of) {
        std::vector<server::storage::StoredChange> found;
        REQUIRE(storage->changes(of, 0, [&](const auto& change) {
            found.push_back(change);
            return true;
        }));
        return found;
    }
    Tally tally;
};

inline v1::ExchangeRequest request_of(const Writer& writer, const v1::Lane lane = v1::LANE_FULL) {
    v1::ExchangeRequest request;
    request.set_protocol(1);
    request.set_incarnation(base::to_bytes(writer.incarnation));
    request.set_exchange(std::string(16, 'x'));
    request.set_lane(lane);
    request.set_holdings_complete(true);
    return request;
}

inline v1::WireChange wire_of(const merge::Change& change, bool with_prev = true) {
    const auto split = merge::split_header(change.header_bytes);
    REQUIRE(split);
    v1::WireChange wire;
    wire.set_header(std::string(split->core));
    if (with_prev) wire.set_prev(std::string(split->prev));
    if (change.body_bytes) wire.set_body(*change.body_bytes);
    return wire;
}

inline v1::RecordPush& push_of(v1::ExchangeRequest& request, const RecordId& record,
                               const std::vector<ChangePtr>& changes) {
    auto& push = *request.add_push();
    push.set_record(base::to_bytes(record));
    for (const auto& change : changes)
        *push.add_change() = wire_of(*change);
    return push;
}

// What a device would say it holds after this delta.
inline void hold(v1::ExchangeRequest& request, const v1::RecordDelta& delta,
                 const std::string& epoch) {
    auto& holding = *request.add_holding();
    holding.set_record(delta.record());
    *holding.mutable_cursor() = delta.end();
    holding.set_epoch(epoch);
}

inline v1::Observation pulse(const std::string& value) {
    v1::Observation observation;
    auto& measured = *observation.mutable_observation();
    measured.set_status(v1::OBSERVATION_STATUS_FINAL);
    measured.mutable_value()->mutable_quantity()->set_value(value);
    return observation;
}

inline v1::MedicationRequest order(const std::string& dose) {
    v1::MedicationRequest request;
    auto& prescription = *request.mutable_prescription();
    prescription.mutable_medication()->set_text("Paracet");
    prescription.add_dosage()->set_text(dose);
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    return request;
}

}  // namespace kari::test
