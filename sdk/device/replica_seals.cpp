// SPDX-License-Identifier: Apache-2.0
//
// Seals of others as they come. Neither a chain nor a receipt speaks for them, so each proves
// itself before it is kept; one that does not is asked for again.
#include <optional>

#include "sdk/base/id.hpp"
#include "sdk/device/replica.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::device {

Result<std::vector<IncarnationId>> StoreReplica::missing_certificates() {
    const std::lock_guard guard(core_.mutex);
    return store().missing_certificates(2 * sync::k_certificates);
}

// What came before its maker's certificate is checked now.
Result<void> StoreReplica::keep_certificate(const IncarnationId& incarnation,
                                            const std::string& der) {
    const std::lock_guard guard(core_.mutex);
    const auto key = key_of(der);
    if (!key) return tl::unexpected(key.error());
    if (key->incarnation != incarnation) {
        return fail(ErrorCode::signature_invalid, "certificate: of another incarnation");
    }
    if (auto kept = store().keep_certificate(incarnation, der); !kept) return kept;
    const auto seals = store().seals_by(incarnation);
    if (!seals) return tl::unexpected(seals.error());
    for (const auto& [record, seal] : *seals) {
        if (seal_proof_.check_signature(seal, key->public_point)) continue;
        set_aside(record);
        if (auto gone = store().forget_seals(record, incarnation); !gone) return gone;
    }
    return {};
}

Result<void> StoreReplica::take_seals(const sync::Delta& delta, v1::RecordDelta& wire) {
    bool whole = true;
    for (const v1::RecordSeal& seal : delta.seal) {
        const auto proven = proves_itself(seal, delta.record);
        if (!proven) return tl::unexpected(proven.error());
        if (*proven) {
            *wire.add_seal() = seal;
        } else {
            set_aside(delta.record);
            whole = false;
        }
    }
    // Those up to here have not come while one of them has not.
    if (whole) wire.set_seal_position(delta.seal_position);
    return {};
}

// As far as can be said: without its maker's certificate the signature waits for that.
Result<bool> StoreReplica::proves_itself(const v1::RecordSeal& seal, const RecordId& record) {
    if (!SealProof::check_path(seal, record)) return false;
    v1::SealStatement statement;
    statement.ParseFromString(seal.statement());
    const auto incarnation = base::from_bytes<IncarnationId>(statement.incarnation());
    const auto certificate = store().certificate(*incarnation);
    if (!certificate) return tl::unexpected(certificate.error());
    if (!*certificate) return true;
    const auto key = key_of(**certificate);
    if (!key) return tl::unexpected(key.error());
    return seal_proof_.check_signature(seal, key->public_point).has_value();
}

void StoreReplica::set_aside(const RecordId& record) {
    core_.platform.log->log(LogLevel::warning, "seal.not_proven", record.text());
}

}  // namespace kari::device
