// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/telling.hpp"

#include <algorithm>

#include "kari/v1/telling.pb.h"

namespace kari::device {

namespace {

constexpr std::string_view k_exchange = "/v1/exchange";

std::string telling_of(Core& core) {
    const std::lock_guard guard(core.mutex);
    v1::Telling telling;
    const auto outbox = core.open->store.outbox_state();
    if (!outbox) return {};
    telling.set_unsent_changes(outbox->unsent);
    if (outbox->unsent == 0) return telling.SerializeAsString();
    const auto next = core.open->store.outbox();
    if (!next) return {};
    const std::int64_t now = core.platform.clock->wall().ms;
    std::int64_t oldest = now;
    for (const store::StoredChange& stored : *next)
        oldest = std::min(oldest, stored.change.header.recorded().wall_ms());
    telling.set_oldest_unsent_ms(static_cast<std::uint64_t>(now - oldest));
    return telling.SerializeAsString();
}

}  // namespace

Result<transport::Reply> TellingClient::post(std::string_view path, std::string_view body,
                                             const transport::Expect& expect,
                                             transport::CancelToken& cancel) {
    if (path != k_exchange) return client_.post(path, body, expect, cancel);
    return client_.post(path, std::string(body) + telling_of(core_), expect, cancel);
}

}  // namespace kari::device
