// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/signing_keys.hpp"

#include "sdk/base/digest.hpp"

namespace kari::server::identity {

Result<SigningKey> SigningKeys::read(std::string_view der) {
    const Digest digest = base::sha256(der);
    {
        const std::lock_guard guard(mutex_);
        const auto known = known_.find(digest);
        if (known != known_.end()) return known->second;
    }
    auto key = read_signing_certificate(der, ca_pem_);
    if (!key) return key;
    const std::lock_guard guard(mutex_);
    if (known_.size() >= entries_max_) known_.clear();
    known_.emplace(digest, *key);
    return key;
}

}  // namespace kari::server::identity
