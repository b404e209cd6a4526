// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/error.hpp>

namespace kari::v1 {
class PackReply;
class PackRequest;
}  // namespace kari::v1

namespace kari::server::identity {
struct DeviceIdentity;
}

namespace kari::server::exchange {

struct Parts;

// What tablets are given of knowledge packs; all empty where there is the compiled-in one alone.
struct OfferedPack {
    std::string envelope;
    std::vector<std::string> keys;  // points that the configuration trusts
};

// Whether the pack in use is another than the one that the tablet has, and it.
// Errors: device_revoked, device_expired, protocol_unsupported.
Result<v1::PackReply> handle(const Parts& parts, const identity::DeviceIdentity& device,
                             const v1::PackRequest& asked);

}  // namespace kari::server::exchange
