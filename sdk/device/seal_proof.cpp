// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/seal_proof.hpp"

#include <vector>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/crypto/signature.hpp"

namespace kari::device {

Result<void> SealProof::check_path(const v1::RecordSeal& seal, const RecordId& record) {
    v1::SealStatement statement;
    v1::StreamHead head;
    const bool read =
        statement.ParseFromString(seal.statement()) && head.ParseFromString(seal.leaf());
    const auto incarnation = base::from_bytes<IncarnationId>(statement.incarnation());
    const auto root = base::from_bytes<Digest>(statement.root());
    if (!read || !incarnation || !root || head.incarnation() != statement.incarnation() ||
        head.record() != base::to_bytes(record)) {
        return fail(ErrorCode::malformed, "it cannot be read");
    }
    std::vector<Digest> path;
    for (const std::string& sibling : seal.path()) {
        const auto digest = base::from_bytes<Digest>(sibling);
        if (!digest) return fail(ErrorCode::malformed, "it cannot be read");
        path.push_back(*digest);
    }
    if (!crypto::merkle_verify(seal.leaf(), seal.index(), statement.leaves(), path, *root)) {
        return fail(ErrorCode::chain_broken, "the path does not lead to its root");
    }
    return {};
}

Result<void> SealProof::check_signature(const v1::RecordSeal& seal,
                                        const std::string& public_point) {
    const Digest of =
        base::sha256_of("signed seal", {seal.statement(), seal.signature(), public_point});
    if (signed_.contains(of)) return {};
    if (!crypto::verify(public_point, base::sha256(seal.statement()), seal.signature())) {
        return fail(ErrorCode::signature_invalid, "the signature is another's");
    }
    signed_.insert(of);
    return {};
}

}  // namespace kari::device
