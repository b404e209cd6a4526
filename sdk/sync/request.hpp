// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <kari/platform.hpp>

#include "sdk/sync/plan.hpp"

namespace kari::sync {

struct Request {
    Asked asked;
    std::string body;
};

// The next request that the plan calls for; nothing when there is nothing left to do.
// Errors: of the replica's standing or holdings; the session ends with them.
Result<std::optional<Request>> next_request(Plan& plan, Replica& replica, Entropy& entropy,
                                            const Moment& now);

}  // namespace kari::sync
