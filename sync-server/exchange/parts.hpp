// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <kari/platform.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/clinical/knowledge_pack.hpp"
#include "sync-server/config/config.hpp"
#include "sync-server/exchange/packs.hpp"
#include "sync-server/exchange/receipts.hpp"
#include "sync-server/exchange/record_log.hpp"
#include "sync-server/exchange/record_window.hpp"
#include "sync-server/exchange/reviewed_groups.hpp"
#include "sync-server/exchange/room.hpp"
#include "sync-server/exchange/server_stream.hpp"
#include "sync-server/exchange/sightings.hpp"
#include "sync-server/identity/introduction.hpp"
#include "sync-server/identity/journal.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/identity/signing_keys.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::exchange {

// What every part of the exchange works with; one per process. Threads: any.
struct Parts {
    // The secrets outlive it. Without a journal a restore may lose what it alone would keep: tests.
    Parts(storage::Storage& storage_in, const config::Config& config_in,
          const identity::Secrets& secrets, Clock& clock_in, Entropy& entropy_in,
          std::optional<identity::Journal> journal_in = std::nullopt)
        : storage(storage_in),
          config(config_in),
          clock(clock_in),
          entropy(entropy_in),
          receipts(secrets.receipt_key),
          signing_keys(secrets.ca_certificate),
          journal(std::move(journal_in)),
          room(std::uint64_t{config_in.disk_reserve_mib} * 1024 * 1024),
          stream(
              clock_in, entropy_in, secrets.signing_key,
              [this, &secrets](const IncarnationId& incarnation) {
                  return identity::introduce_server(storage, secrets, journal ? &*journal : nullptr,
                                                    incarnation, clock.wall(),
                                                    static_cast<int>(config.certificate_days));
              },
              [this] { return storage.losses(); }) {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    storage::Storage& storage;
    const config::Config& config;
    Clock& clock;
    Entropy& entropy;
    Receipts receipts;
    identity::SigningKeys signing_keys;  // who may sign at all
    std::optional<identity::Journal> journal;
    Room room;
    Sightings sightings;
    ServerStream stream;
    RecordLogs logs;
    RecordWindows windows;
    ReviewedGroups reviewed;
    clinical::KnowledgePack pack = clinical::demo_pack();
    OfferedPack offered_pack;
    // How rules read what earlier builds kept whole; FHIR stands above the exchange.
    chart::Lift lift = nullptr;

    // Up to where a record's log is secured.
    std::uint64_t secured(const storage::RecordState& state) const {
        return config.stored_is_secured ? state.head.position : state.secured;
    }
};

// What came of one request, in numbers, for the log.
struct Tally {
    std::size_t stored = 0;
    std::size_t repeated = 0;
    std::size_t quarantined = 0;
    std::size_t not_now = 0;  // for want of room on the disk: to be sent again
    std::size_t returned = 0;
    std::size_t seals = 0;
    std::size_t access = 0;
    std::size_t sent = 0;
    std::size_t chunks_in = 0;  // of attachments
    std::size_t chunks_out = 0;
    bool new_epoch = false;
};

}  // namespace kari::server::exchange
