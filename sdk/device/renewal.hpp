// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sdk/device/app_http.hpp"
#include "sdk/device/core.hpp"

namespace kari::device {

// A certificate is renewed once so much of its life is left: one part in so many. A tablet that
// lies in a drawer for longer is certified anew when it is told that its certificate has expired.
inline constexpr std::int64_t k_renew_at = 3;

enum class Renewal {
    none,
    due,       // what it has may be good enough for now
    required,  // it goes on under a name that the server does not know
};
// With the mutex held. By the server's time as far as it is known: a wrong clock costs a renewal
// too many, or waits until the server says so.
Renewal renewal_of(const Platform& platform, const Settings& settings);

// The server certifies the tablet anew: the same keys, for the name that it goes by and before it
// for those that it went by and never told. Without the mutex; blocks on the network. Errors: as
// Device::sync, quota_exceeded, server_untrusted.
Result<void> renew(Core& core, Line& line, transport::CancelToken& token);
// Of an error of renew: the same request may be answered later.
bool may_pass(ErrorCode code);

}  // namespace kari::device
