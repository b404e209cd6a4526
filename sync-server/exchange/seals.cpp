// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/seals.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr int k_path_max = 64;

// Position of what the leaf seals; nothing when it is not here or is another.
Result<std::optional<std::uint64_t>> position_of(Parts& parts, const RecordId& record,
                                                 const v1::StreamHead& leaf) {
    const auto incarnation = base::from_bytes<IncarnationId>(leaf.incarnation());
    if (!incarnation) return fail(ErrorCode::malformed, "seal: leaf");
    if (leaf.log() == v1::LOG_KIND_CHANGE) {
        KARI_LET(const auto found, parts.storage.at_address(record, *incarnation, leaf.seq()));
        for (const auto& one : found) {
            if (base::to_bytes(one.id) == leaf.head()) return std::optional(one.position);
        }
    } else {
        KARI_LET(const auto found, parts.storage.access_at(record, *incarnation, leaf.seq()));
        for (const auto& one : found) {
            if (base::to_bytes(one.id) == leaf.head()) return std::optional(one.position);
        }
    }
    return std::optional<std::uint64_t>{};
}

}  // namespace

Result<std::string> signing_point(storage::Storage& storage, identity::SigningKeys& keys,
                                  const IncarnationId& incarnation) {
    KARI_LET(const auto certificate, storage.signing_certificate(incarnation));
    if (!certificate) return fail(ErrorCode::device_unknown, "seal: nobody's incarnation");
    const auto key = keys.read(certificate->der);
    if (!key) return fail(ErrorCode::signature_invalid, key.error().what);
    if (key->incarnation != incarnation) {
        return fail(ErrorCode::signature_invalid, "certificate: of another incarnation");
    }
    return key->public_point;
}

Result<CheckedSeal> check_seal(const v1::RecordSeal& seal, std::string_view public_point) {
    CheckedSeal checked;
    if (!checked.statement.ParseFromString(seal.statement()) ||
        !checked.leaf.ParseFromString(seal.leaf()) || seal.path_size() > k_path_max) {
        return fail(ErrorCode::malformed, "seal");
    }
    const auto incarnation = base::from_bytes<IncarnationId>(checked.statement.incarnation());
    const auto root = base::from_bytes<Digest>(checked.statement.root());
    const bool first = checked.statement.number() == 1;
    if (!incarnation || !root || checked.statement.number() == 0 ||
        checked.statement.leaves() == 0 || checked.statement.prev().size() != (first ? 0U : 32U) ||
        checked.leaf.incarnation() != checked.statement.incarnation()) {
        return fail(ErrorCode::malformed, "seal: statement");
    }
    checked.incarnation = *incarnation;
    checked.digest = base::sha256(seal.statement());
    KARI_TRY(identity::verify(public_point, checked.digest, seal.signature()));
    std::vector<Digest> path;
    for (const std::string& sibling : seal.path()) {
        const auto digest = base::from_bytes<Digest>(sibling);
        if (!digest) return fail(ErrorCode::malformed, "seal: path");
        path.push_back(*digest);
    }
    if (!crypto::merkle_verify(seal.leaf(), seal.index(), checked.statement.leaves(), path,
                               *root)) {
        return fail(ErrorCode::chain_broken, "seal: the path does not lead to the signed root");
    }
    return checked;
}

void add_statements(const google::protobuf::RepeatedPtrField<v1::RecordSeal>& seals,
                    std::set<Digest>& into) {
    for (const v1::RecordSeal& seal : seals)
        into.insert(base::sha256(seal.statement()));
}

Result<bool> store_seal(Parts& parts, storage::RecordTransaction& record,
                        const v1::RecordSeal& seal, const std::set<Digest>& along) {
    v1::SealStatement statement;
    if (!statement.ParseFromString(seal.statement())) return fail(ErrorCode::malformed, "seal");
    const auto incarnation = base::from_bytes<IncarnationId>(statement.incarnation());
    if (!incarnation) return fail(ErrorCode::malformed, "seal: statement");
    KARI_LET(const auto point, signing_point(parts.storage, parts.signing_keys, *incarnation));
    KARI_LET(const auto checked, check_seal(seal, point));
    const RecordId id = record.state().id;
    if (checked.leaf.record() != base::to_bytes(id)) {
        return fail(ErrorCode::malformed, "seal: leaf of another record");
    }
    KARI_LET(const auto position, position_of(parts, id, checked.leaf));
    if (!position) return fail(ErrorCode::not_found, "seal: what it seals is not here");
    if (checked.statement.number() > 1) {
        KARI_LET(const auto before, parts.storage.seal_statements(checked.incarnation,
                                                                  checked.statement.number() - 1));
        const auto named = base::from_bytes<Digest>(checked.statement.prev());
        if (!before.empty() && !along.contains(*named) &&
            std::find(before.begin(), before.end(), *named) == before.end()) {
            return fail(ErrorCode::fork_detected, "seal: its predecessor is another");
        }
    }
    storage::StoredSeal row;
    row.incarnation = checked.incarnation;
    row.number = checked.statement.number();
    row.statement = checked.digest;
    row.previous = base::from_bytes<Digest>(checked.statement.prev()).value_or(Digest{});
    row.covers = *position;
    row.access = checked.leaf.log() == v1::LOG_KIND_ACCESS;
    row.bytes = seal.SerializeAsString();
    return record.add_seal(row);
}

}  // namespace kari::server::exchange
