// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/signing_keys.hpp"

#include "sdk/base/digest.hpp"

namespace kari::device {

Result<crypto::SigningKey> SigningKeys::key_of(const std::string& certificate_der,
                                               const std::string& ca_der) {
    const Digest of = base::sha256_of("signing certificate", {certificate_der, ca_der});
    if (const auto known = known_.find(of); known != known_.end()) return known->second;
    auto key = crypto::read_signing_certificate(certificate_der, ca_der);
    if (!key) return key;
    if (known_.size() >= k_known_max) known_.clear();
    known_.emplace(of, *key);
    return key;
}

}  // namespace kari::device
