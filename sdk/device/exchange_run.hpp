// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sdk/device/app_http.hpp"
#include "sdk/device/core.hpp"
#include "sdk/sync/exchange.hpp"

namespace kari::device {

// With the mutex held. Where the server is and who we are.
transport::Endpoint endpoint_of(const Settings& settings);

struct SyncDone {
    sync::Summary summary;
    SyncReport report;
};

// Whether somebody must be signed in for it. Without anybody the store is closed at its end.
enum class Attended { yes, no };

// One session over `line`. Errors: as Device::sync. Without the mutex; blocks on the network.
Result<SyncDone> run_session(Core& core, const SyncOptions& options, Line& line,
                             Attended attended = Attended::yes);

// What a locked tablet that somebody could open asks and brings in, for a minute at most; what goes
// wrong stands in the log. The store is closed after it, unless somebody signed in meanwhile.
void sync_for_nobody(Core& core);

}  // namespace kari::device
