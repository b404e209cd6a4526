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

// When the server was last asked for a pack: once after each unlock, and once an hour.
struct PackAsked {
    SignInId sign_in{};
    std::uint64_t boot_clock_ms = 0;
};

// Asks whether the server has another knowledge pack than the one in use, and takes it when a key
// that this tablet trusts signed it and it is not older. What is refused changes nothing, and is
// told of in SyncStatus and as a problem of the report. An answer that did not come is no error.
// Without the mutex; blocks on the network. Errors: cancelled, storage errors.
Result<void> fetch_pack(Core& core, transport::HttpClient& client, transport::CancelToken& token,
                        SyncReport& report);

}  // namespace kari::device
