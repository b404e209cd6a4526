// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <kari/error.hpp>
#include <kari/exchange.hpp>
#include <kari/ids.hpp>

#include "sdk/transport/http.hpp"

namespace kari::device {

struct Core;

// When the server was last asked for a pack: once after each unlock, and once an hour; sooner when
// no answer came.
struct PackAsked {
    SignInId sign_in{};
    std::uint64_t boot_clock_ms = 0;
    bool answered = true;
    Digest refused{};  // so that it does not come whole again while the server offers it still
};

// Asks whether the server has another knowledge pack than the one in use, and takes it when a key
// that this tablet trusts signed it and its date is neither before that of the one taken last nor
// to come. What is refused, or could not be kept, changes nothing, and is told of in SyncStatus and
// as a problem of the report; an exchange that was done stays done. True: a new one is in use.
// Without the mutex; blocks on the network.
bool fetch_pack(Core& core, transport::HttpClient& client, transport::CancelToken& token,
                SyncReport& report);

}  // namespace kari::device
