// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <kari/error.hpp>

#include "sync-server/config/config.hpp"
#include "sync-server/http/service.hpp"
#include "sync-server/identity/secrets.hpp"

namespace kari::server::http {

// Listens and serves until SIGTERM or SIGINT; then takes no new connection, finishes the requests
// under way within `drain_seconds` and returns. TLS 1.3 only; client certificates of our authority
// are asked for, and what a route needs is checked there, so that an expired one can still renew.
// Errors: in_use (the address), storage_failed, invalid_argument (the address).
// `listening` is called once, with the port.
Result<void> serve(Service& service, const config::Config& config, const identity::Secrets& secrets,
                   const std::function<void(std::uint16_t port)>& listening);

}  // namespace kari::server::http
