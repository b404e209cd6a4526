// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/packs.hpp"

#include "kari/v1/pack_exchange.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

Result<v1::PackReply> handle(const Parts& parts, const identity::DeviceIdentity& device,
                             const v1::PackRequest& asked) {
    if (asked.protocol() != sync::k_protocol) {
        return fail(ErrorCode::protocol_unsupported, "protocol");
    }
    if (device.revoked) return fail(ErrorCode::device_revoked, "nothing is handed out");
    if (device.expired) return fail(ErrorCode::device_expired, "renew first");
    const OfferedPack& offered = parts.offered_pack;
    v1::PackReply reply;
    reply.set_served(!offered.envelope.empty());
    for (const std::string& key : offered.keys)
        reply.add_key(key);
    if (asked.content() != base::to_bytes(parts.pack.content)) reply.set_pack(offered.envelope);
    return reply;
}

}  // namespace kari::server::exchange
