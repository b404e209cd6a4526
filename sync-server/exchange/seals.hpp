// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "sync-server/exchange/parts.hpp"

namespace kari::server::exchange {

// A seal that was checked as far as it alone can tell: the signature over the statement, the path
// from the leaf to the signed root.
struct CheckedSeal {
    v1::SealStatement statement;
    v1::StreamHead leaf;
    Digest digest;  // of the statement's bytes
    IncarnationId incarnation;
};
// Requires: the public point of the key that the statement's incarnation signs with.
// Errors: malformed, signature_invalid, chain_broken (the path).
Result<CheckedSeal> check_seal(const v1::RecordSeal& seal, std::string_view public_point);

// The key of an incarnation's seals, by the certificate that the directory has of it.
// Errors: device_unknown (it has none); signature_invalid (it is not of our authority, not for
// seals, or another incarnation's); storage_*.
Result<std::string> signing_point(storage::Storage& storage, identity::SigningKeys& keys,
                                  const IncarnationId& incarnation);

// Checks a seal of the record and stores it beside what it seals. False: it stood there already.
// Errors: as check_seal and signing_point; not_found (the sealed change is not
// here: send it first); fork_detected (the chain of seals has another statement before it, and the
// one that it names is not among those that come `along`).
Result<bool> store_seal(Parts& parts, storage::RecordTransaction& record,
                        const v1::RecordSeal& seal, const std::set<Digest>& along);

// The digests of what seals of one request state: they come by record, so in no order.
void add_statements(const google::protobuf::RepeatedPtrField<v1::RecordSeal>& seals,
                    std::set<Digest>& into);

}  // namespace kari::server::exchange
