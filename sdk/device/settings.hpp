// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/device.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/store/device_store.hpp"
#include "sdk/sync/replica.hpp"

namespace kari::device {

// When an exchange last brought all there was: by the server's clock, and by ours.
struct LastFresh {
    std::optional<Instant> server;
    std::optional<sync::Moment> asked;
};

// What the device keeps in its encrypted database beside the log. Read once at unlock, written
// through.
struct Settings {
    std::string server;  // "https://host:port"
    std::vector<Digest> pins;
    std::string tls_key_der;
    std::string tls_certificate_der;
    std::string signing_certificate_der;
    std::string ca_certificate_der;
    // The database was put back: the server must certify the new incarnation first.
    bool renew = false;
    std::vector<IncarnationId> former_incarnations;
    // Of these, whom the server had not certified yet when the database was put back once more.
    std::vector<IncarnationId> uncertified;

    // Of the keys that are made of PINs from now on. Here, where nobody lowers it: the file `keys`
    // lies in the open.
    std::uint32_t pin_memory_kib = 64 * 1024;
    std::uint32_t pin_iterations = 3;

    v1::DirectoryUnit unit;
    std::vector<v1::DirectoryPerson> people;
    std::uint64_t directory_version = 0;

    std::vector<std::string> pack_keys;  // points whose packs are trusted
    std::string pack_told;  // the rule by which the last pack that was offered is not in use

    EpochId epoch{};
    std::uint64_t feed_position = 0;
    bool recovering = false;
    std::optional<sync::Moment> complete_at;
    std::optional<Instant> fresh_server;  // server time of the last finished exchange
    std::optional<sync::Moment> fresh_asked;
    // Records that the last exchange passed over are as old as they were before it.
    std::map<RecordId, LastFresh> behind;
    std::optional<std::int64_t> server_minus_wall_ms;
    std::optional<sync::Moment> server_known_at;
    std::optional<std::int64_t> server_doubt_ms;  // either way, when it was learnt
    std::int64_t highest_time_ms = 0;  // server time, as far as ever known; the lease runs on it

    RecordId unit_record() const;
    UnitId unit_id() const;
    const v1::DirectoryPerson* person(const PersonId& id) const;
};

// Errors: storage errors, malformed.
Result<Settings> load_settings(store::DeviceStore& store);
Result<void> save_settings(store::DeviceStore& store, const Settings& settings);

}  // namespace kari::device
