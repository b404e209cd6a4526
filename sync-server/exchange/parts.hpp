// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/platform.hpp>

#include "sdk/clinical/knowledge_pack.hpp"
#include "sync-server/config/config.hpp"
#include "sync-server/exchange/receipts.hpp"
#include "sync-server/exchange/record_log.hpp"
#include "sync-server/exchange/server_stream.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::exchange {

// What every part of the exchange works with; one per process. Threads: any.
struct Parts {
    Parts(storage::Storage& storage_in, const config::Config& config_in,
          const identity::Secrets& secrets, Clock& clock_in, Entropy& entropy_in)
        : storage(storage_in),
          config(config_in),
          clock(clock_in),
          entropy(entropy_in),
          receipts(secrets.receipt_key),
          stream(clock_in, entropy_in, secrets.signing_key),
          signing_point(secrets.signing_point) {}

    storage::Storage& storage;
    const config::Config& config;
    Clock& clock;
    Entropy& entropy;
    Receipts receipts;
    ServerStream stream;
    std::string signing_point;  // of the server's own seals
    RecordLogs logs;
    const clinical::KnowledgePack& pack = clinical::demo_pack();

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
    std::size_t returned = 0;
    std::size_t seals = 0;
    std::size_t access = 0;
    std::size_t sent = 0;
    bool new_epoch = false;
};

}  // namespace kari::server::exchange
