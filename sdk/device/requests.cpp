// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/requests.hpp"

#include "sdk/crypto/signature.hpp"
#include "sdk/device/core.hpp"

namespace kari::device {

Result<std::string> signing_csr(const Platform& platform, const IncarnationId& incarnation) {
    const std::string name = signing_key_name(incarnation);
    const auto point = platform.key_store->public_key(name);
    if (!point) return tl::unexpected(point.error());
    return crypto::make_csr(incarnation.text(), *point, [&](const Digest& digest) {
        return platform.key_store->sign(name, digest);
    });
}

Result<std::string> tls_csr(const Platform& platform, const IncarnationId& incarnation,
                            std::string_view private_der, std::string_view public_point) {
    return crypto::make_csr(incarnation.text(), public_point, [&](const Digest& digest) {
        return crypto::sign(private_der, digest, *platform.entropy);
    });
}

}  // namespace kari::device
