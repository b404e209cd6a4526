// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/sightings.hpp"

#include <algorithm>
#include <string>

#include <google/protobuf/unknown_field_set.h>

#include "kari/v1/telling.pb.h"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr Duration k_written_every = Duration::minutes(1);

storage::Sighting seen_now(const identity::DeviceIdentity& who, const v1::ExchangeRequest& request,
                           std::uint64_t acknowledged, Instant now) {
    storage::Sighting seen;
    seen.device = who.device;
    seen.seen = now;
    v1::Telling telling;
    std::string behind;
    request.GetReflection()->GetUnknownFields(request).SerializeToString(&behind);
    if (!telling.ParseFromString(behind) || !telling.has_unsent_changes()) return seen;
    const std::uint64_t told = std::min(telling.unsent_changes(), std::uint64_t{INT64_MAX});
    seen.unsent = told - std::min(told, acknowledged);
    if (*seen.unsent == 0) return seen;
    const std::uint64_t age =
        std::min(telling.oldest_unsent_ms(), static_cast<std::uint64_t>(now.ms));
    seen.oldest_unsent = Instant{now.ms - static_cast<std::int64_t>(age)};
    return seen;
}

}  // namespace

Result<void> Sightings::note(storage::Storage& storage, const identity::DeviceIdentity& who,
                             const v1::ExchangeRequest& request, std::uint64_t acknowledged,
                             Instant now) {
    const auto seen = seen_now(who, request, acknowledged, now);
    {
        const std::lock_guard lock(mutex_);
        const auto before = written_.find(who.device);
        if (before != written_.end() && before->second.unsent == seen.unsent &&
            now - before->second.seen < k_written_every && now >= before->second.seen) {
            return {};
        }
    }
    KARI_TRY(storage.set_sighting(seen));
    const std::lock_guard lock(mutex_);
    written_[who.device] = seen;
    return {};
}

}  // namespace kari::server::exchange
