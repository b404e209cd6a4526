// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "sdk/sync/transfer.hpp"
#include "sdk/transport/http.hpp"

namespace kari::transport {

// What:      runs a transfer until there is no more, the exchange goes first, or it cannot go on.
//            What may pass is tried again, a few times in a row.
// Returns:   nothing; transfer.interrupted() says why it ended. Errors: cancelled, and the last
//            one of the network or the server. Whatever was moved stays moved.
// Threads:   blocking; `between` is called on this thread after each request.
Result<void> drive(sync::Transfer& transfer, HttpClient& client, CancelToken& cancel,
                   const std::function<void()>& between);

}  // namespace kari::transport
