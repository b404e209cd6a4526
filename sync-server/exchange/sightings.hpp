// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

#include "kari/v1/exchange.pb.h"
#include "sync-server/identity/enrolment.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::exchange {

// When each device was last heard of and what it said that it still has: what tells an operator of
// a tablet that lies silent in a car. Written when what a device has unsent has changed, else once
// a minute, so that an exchange with nothing new costs no write. Threads: any.
class Sightings {
public:
    // `acknowledged`: how many of its changes the answer to this request acknowledges.
    // Errors: storage_*.
    Result<void> note(storage::Storage& storage, const identity::DeviceIdentity& who,
                      const v1::ExchangeRequest& request, std::uint64_t acknowledged, Instant now);

private:
    std::mutex mutex_;
    std::map<DeviceId, storage::Sighting> written_;
};

}  // namespace kari::server::exchange
