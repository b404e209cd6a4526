// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/room.hpp"

#include <spdlog/spdlog.h>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/change.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr std::int64_t k_day_ms = 24 * 3'600'000;

void answer(v1::ChangeReply& into, std::string id) {
    into.set_id(std::move(id));
    into.set_fate(v1::CHANGE_FATE_UNSPECIFIED);
    into.set_error(static_cast<std::uint32_t>(ErrorCode::storage_full));
}

std::string id_of(const v1::WireChange& wire) {
    return wire.header().empty()
               ? wire.id()
               : base::to_bytes(base::sha256(merge::join_header(wire.header(), wire.prev())));
}

}  // namespace

Result<bool> Room::here(storage::Storage& storage, Instant now) {
    KARI_LET(const auto space, storage.disk_space());
    const bool scarce = space.free < reserve_;
    if (scarce_.exchange(scarce) != scarce) {
        spdlog::warn(R"({{"event":"{}","free_bytes":{},"reserve_bytes":{}}})",
                     scarce ? "disk.nearly_full" : "disk.has_room", space.free, reserve_);
    }
    if (scarce) return false;
    const std::int64_t day = now.ms / k_day_ms;
    if (noted_day_.exchange(day) != day) {
        KARI_TRY(storage.set_disk_day({day, space.database + space.log}));
    }
    return true;
}

// A predecessor that was left out is not looked up: the device knows an answer by its id, and one
// that it does not know leaves the change unsent all the same.
v1::PushReply not_now(const v1::RecordPush& push) {
    v1::PushReply reply;
    reply.set_record(push.record());
    for (const auto& wire : push.change())
        answer(*reply.add_change(), id_of(wire));
    for (const auto& access : push.access())
        answer(*reply.add_access(), base::to_bytes(base::sha256(access.entry())));
    return reply;
}

v1::PushReply not_now(const v1::RecordReturn& returned) {
    v1::PushReply reply;
    reply.set_record(returned.record());
    for (const auto& wire : returned.change())
        answer(*reply.add_change(), id_of(wire));
    return reply;
}

}  // namespace kari::server::exchange
