// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <kari/http.hpp>

#include "sdk/transport/http.hpp"

namespace kari::device {

// The built-in client, or the app's own behind the same face. `cancel` outlives the client.
// Errors: invalid_argument (the endpoint).
Result<std::unique_ptr<transport::HttpClient>> make_client(transport::Endpoint endpoint,
                                                           std::shared_ptr<HttpClient> own,
                                                           const Cancel& cancel);

}  // namespace kari::device
