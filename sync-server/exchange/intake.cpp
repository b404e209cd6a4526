// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/intake.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/acceptance.hpp"
#include "sync-server/exchange/allowances.hpp"
#include "sync-server/exchange/entitlement.hpp"
#include "sync-server/exchange/room.hpp"
#include "sync-server/exchange/seals.hpp"
#include "sync-server/exchange/time_notes.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

// The server's own trouble, as against something wrong with what was sent.
bool is_ours(const Error& error) {
    switch (error.code) {
        case ErrorCode::storage_full:
        case ErrorCode::storage_failed:
        case ErrorCode::storage_corrupt:
        case ErrorCode::in_use:
        case ErrorCode::internal:
            return true;
        default:
            return false;
    }
}

v1::ChangeReply answer_for(const merge::Change& change) {
    v1::ChangeReply answer;
    answer.set_incarnation(base::to_bytes(change.incarnation));
    answer.set_seq(change.header.seq());
    answer.set_id(base::to_bytes(change.id));
    return answer;
}

}  // namespace

Result<bool> Intake::keep(const std::string& bytes, const Error& reason) {
    storage::Quarantined entry;
    entry.device = who_.device;
    entry.incarnation =
        base::from_bytes<IncarnationId>(request_.incarnation()).value_or(IncarnationId{});
    entry.received = parts_.clock.wall();
    entry.error = static_cast<std::uint32_t>(reason.code);
    entry.what = reason.what;
    entry.bytes = bytes;
    ++tally_.quarantined;
    const auto kept = parts_.storage.quarantine(entry);
    if (!kept && kept.error().code == ErrorCode::quota_exceeded) return false;
    if (!kept) return tl::unexpected(kept.error());
    return true;
}

Result<v1::ChangeReply> Intake::quarantine(const v1::WireChange& wire, const Error& reason) {
    v1::ChangeReply answer;
    const std::string bytes = merge::join_header(wire.header(), wire.prev());
    answer.set_id(wire.header().empty() ? wire.id() : base::to_bytes(base::sha256(bytes)));
    v1::ChangeHeader header;
    if (bytes.size() <= sync::k_header_bytes && header.ParseFromString(bytes)) {
        answer.set_incarnation(header.incarnation());
        answer.set_seq(header.seq());
    }
    KARI_LET(const bool kept, keep(wire.SerializeAsString(), reason));
    answer.set_fate(kept ? v1::CHANGE_FATE_QUARANTINED : v1::CHANGE_FATE_UNSPECIFIED);
    answer.set_error(static_cast<std::uint32_t>(kept ? reason.code : ErrorCode::quota_exceeded));
    return answer;
}

Result<void> Intake::quarantine_all(const v1::RecordPush& push, ErrorCode reason) {
    const Error why{reason, std::string(name(reason))};
    for (const auto& wire : push.change())
        KARI_TRY(quarantine(wire, why));
    for (const auto& access : push.access())
        KARI_TRY(keep(access.entry(), why));
    for (const auto& seal : push.seal())
        KARI_TRY(keep(seal.SerializeAsString(), why));
    return {};
}

Result<merge::Change> Intake::decode(const RecordId& record, const v1::WireChange& wire) {
    if (wire.header().empty()) return fail(ErrorCode::malformed, "change: no header");
    std::string header = merge::join_header(wire.header(), wire.prev());
    if (wire.prev().empty()) {
        // The server holds the predecessor: its id is what was left out.
        v1::ChangeHeader core;
        if (header.size() > sync::k_header_bytes) {
            return fail(ErrorCode::too_large, "change: header");
        }
        if (!core.ParseFromString(header)) {
            return fail(ErrorCode::malformed, "change: header");
        }
        const auto incarnation = base::from_bytes<IncarnationId>(core.incarnation());
        if (core.seq() > 1 && incarnation) {
            std::vector<ChangeId> before;
            for (const auto& taken : fresh_) {
                if (taken.incarnation == *incarnation && taken.header.seq() + 1 == core.seq()) {
                    before.push_back(taken.id);
                }
            }
            if (before.empty()) {
                KARI_LET(const auto stored,
                         parts_.storage.at_address(record, *incarnation, core.seq() - 1));
                for (const auto& one : stored)
                    before.push_back(one.id);
            }
            if (before.size() != 1) {
                return fail(ErrorCode::chain_broken, "change: its predecessor is not named");
            }
            header = merge::join_header(wire.header(), base::to_bytes(before.front()));
        }
    }
    KARI_LET(auto change,
             merge::decode_change(std::move(header),
                                  wire.body().empty() ? std::nullopt : std::optional(wire.body())));
    if (change.record != record) return fail(ErrorCode::malformed, "change: of another record");
    if (change.header.origin() == v1::ORIGIN_SERVER) {
        return fail(ErrorCode::origin_forged, "change: claims to be the server's");
    }
    if (change.header.origin() != v1::ORIGIN_DEVICE) {
        return fail(ErrorCode::malformed, "change: origin");
    }
    if (!who_.owns(change.incarnation)) {
        return fail(ErrorCode::not_permitted, "change: of another device's stream");
    }
    if (!change.body_bytes) return fail(ErrorCode::malformed, "change: no body");
    return change;
}

Result<v1::ChangeReply> Intake::take_change(storage::RecordTransaction& record,
                                            const merge::Change& change) {
    KARI_LET(const auto appended, record.append(change));
    if (appended.already) {
        ++tally_.repeated;
    } else {
        ++tally_.stored;
        fresh_.push_back(change);
    }
    v1::ChangeReply answer = answer_for(change);
    const bool secured =
        parts_.config.stored_is_secured || appended.position <= record.state().secured;
    answer.set_fate(secured || KARI_MUTATED(stored_is_called_secured) ? v1::CHANGE_FATE_SECURED
                                                                      : v1::CHANGE_FATE_STORED);
    answer.set_position(appended.position);
    placed_.emplace_back(appended.position, change.id);
    return answer;
}

Result<bool> Intake::by_one_of_the_unit(const merge::Change& change) {
    KARI_LET(const auto caseload, parts_.storage.caseload_state(who_.unit, change.record));
    if (caseload != storage::CaseloadState::granted) return false;
    KARI_LET(const auto people, parts_.storage.persons(who_.unit));
    const auto& author = change.header.author();
    return std::any_of(people.begin(), people.end(), [&](const storage::Person& person) {
        // Who was taken off the list since wrote this while it named her: no tablet that was told
        // lets her in.
        return (person.role == author.role() || KARI_MUTATED(accept_claimed_role)) &&
               base::to_bytes(person.id) == author.practitioner();
    });
}

Result<void> Intake::take_changes(storage::RecordTransaction& record, const v1::RecordPush& push,
                                  v1::PushReply& reply) {
    for (const auto& wire : push.change()) {
        auto change = decode(record.state().id, wire);
        if (change) {
            KARI_LET(*reply.add_change(), take_change(record, *change));
        } else if (is_ours(change.error())) {
            return tl::unexpected(change.error());
        } else {
            KARI_LET(*reply.add_change(), quarantine(wire, change.error()));
        }
    }
    for (const merge::Change& change : fresh_) {
        const auto atoms = accepted_atoms(parts_.config, change, record.state().made_on_tablet);
        if (atoms.empty()) continue;
        KARI_LET(const bool ours, by_one_of_the_unit(change));
        if (ours) KARI_TRY(accept(parts_.stream, record, change, atoms));
    }
    KARI_TRY(note_times(parts_, record, request_, fresh_));
    return answer_asks(parts_, record, who_.unit, fresh_);
}

Result<storage::StoredAccess> Intake::decode_access(const RecordId& record,
                                                    const std::string& bytes) {
    v1::AccessEntry entry;
    if (bytes.size() > sync::k_access_entry_bytes) {
        return fail(ErrorCode::too_large, "access entry");
    }
    if (!entry.ParseFromString(bytes) || entry.seq() == 0 || entry.person().size() != 16 ||
        entry.prev().size() != (entry.seq() == 1 ? 0U : 32U)) {
        return fail(ErrorCode::malformed, "access entry");
    }
    const auto incarnation = base::from_bytes<IncarnationId>(entry.incarnation());
    if (!incarnation || entry.record() != base::to_bytes(record)) {
        return fail(ErrorCode::malformed, "access entry: stream");
    }
    if (!who_.owns(*incarnation)) {
        return fail(ErrorCode::not_permitted, "access entry: of another device's stream");
    }
    storage::StoredAccess row;
    row.id = base::sha256(bytes);
    row.incarnation = *incarnation;
    row.seq = entry.seq();
    row.prev = base::from_bytes<Digest>(entry.prev()).value_or(Digest{});
    row.bytes = bytes;
    return row;
}

Result<void> Intake::take_access(storage::RecordTransaction& record, const v1::RecordPush& push,
                                 v1::PushReply& reply) {
    for (const auto& pushed : push.access()) {
        v1::ChangeReply& answer = *reply.add_access();
        answer.set_id(base::to_bytes(base::sha256(pushed.entry())));
        v1::AccessEntry entry;
        if (entry.ParseFromString(pushed.entry())) {
            answer.set_incarnation(entry.incarnation());
            answer.set_seq(entry.seq());
        }
        auto row = decode_access(record.state().id, pushed.entry());
        if (!row) {
            KARI_LET(const bool kept, keep(pushed.entry(), row.error()));
            answer.set_fate(kept ? v1::CHANGE_FATE_QUARANTINED : v1::CHANGE_FATE_UNSPECIFIED);
            answer.set_error(
                static_cast<std::uint32_t>(kept ? row.error().code : ErrorCode::quota_exceeded));
            continue;
        }
        KARI_LET(const auto appended, record.append_access(*row));
        ++tally_.access;
        // An access entry counts as secured with the record's log: the same backup holds both.
        const bool secured =
            parts_.config.stored_is_secured || appended.position <= record.state().access_secured;
        answer.set_fate(secured ? v1::CHANGE_FATE_SECURED : v1::CHANGE_FATE_STORED);
        answer.set_position(appended.position);
    }
    return {};
}

Result<void> Intake::take_seals(storage::RecordTransaction& record, const v1::RecordPush& push,
                                v1::PushReply& reply) {
    std::uint32_t handled = 0;
    if (!push.seal().empty() && along_.empty()) {
        for (const v1::RecordPush& each : request_.push())
            add_statements(each.seal(), along_);
    }
    for (const auto& seal : push.seal()) {
        const auto stored = seal.ByteSizeLong() > sync::k_seal_bytes
                                ? Result<bool>(fail(ErrorCode::too_large, "seal"))
                                : store_seal(parts_, record, seal, along_);
        if (stored) {
            if (*stored) ++tally_.seals;
        } else if (is_ours(stored.error())) {
            return tl::unexpected(stored.error());
        } else if (stored.error().code == ErrorCode::not_found && of_another_epoch()) {
            // What it seals the restored server lost: the tablet brings both once it knows of that.
            break;
        } else {
            KARI_LET(const bool kept, keep(seal.SerializeAsString(), stored.error()));
            if (!kept) break;
        }
        ++handled;
    }
    reply.set_seals_stored(handled);
    return {};
}

bool Intake::of_another_epoch() const {
    return !request_.epoch().empty() && request_.epoch() != base::to_bytes(epoch_);
}

Result<void> Intake::refuse_rest(const v1::RecordPush& push, const Error& reason,
                                 v1::PushReply& reply) {
    for (const auto& access : push.access()) {
        KARI_LET(const bool kept, keep(access.entry(), reason));
        v1::ChangeReply& answer = *reply.add_access();
        answer.set_id(base::to_bytes(base::sha256(access.entry())));
        v1::AccessEntry entry;
        if (access.entry().size() <= sync::k_access_entry_bytes &&
            entry.ParseFromString(access.entry())) {
            answer.set_incarnation(entry.incarnation());
            answer.set_seq(entry.seq());
        }
        answer.set_fate(kept ? v1::CHANGE_FATE_QUARANTINED : v1::CHANGE_FATE_UNSPECIFIED);
        answer.set_error(
            static_cast<std::uint32_t>(kept ? reason.code : ErrorCode::quota_exceeded));
    }
    // Answered too, or the tablet would bring them for ever. What there is no room for stays there.
    std::uint32_t handled = 0;
    for (const auto& seal : push.seal()) {
        KARI_LET(const bool kept, keep(seal.SerializeAsString(), reason));
        if (!kept) break;
        ++handled;
    }
    reply.set_seals_stored(handled);
    return {};
}

Result<v1::PushReply> Intake::refuse(const v1::RecordPush& push, const Error& reason) {
    v1::PushReply reply;
    reply.set_record(push.record());
    for (const auto& wire : push.change()) {
        KARI_LET(*reply.add_change(), quarantine(wire, reason));
    }
    KARI_TRY(refuse_rest(push, reason, reply));
    return reply;
}

Result<v1::PushReply> Intake::take(const v1::RecordPush& push) {
    v1::PushReply reply;
    reply.set_record(push.record());
    placed_.clear();
    fresh_.clear();
    const auto id = base::from_bytes<RecordId>(push.record());
    const Error no_record{ErrorCode::malformed, "record"};
    if (!id || id->is_zero()) {
        for (const auto& wire : push.change()) {
            KARI_LET(*reply.add_change(), quarantine(wire, no_record));
        }
        KARI_TRY(refuse_rest(push, no_record, reply));
        return reply;
    }
    KARI_LET(const auto known, parts_.storage.state(*id));
    if (!known) {
        // Only a change that can be read begins a record.
        const bool any =
            std::any_of(push.change().begin(), push.change().end(),
                        [&](const auto& wire) { return decode(*id, wire).has_value(); });
        // The restored server lost it: the tablet brings all of it once it knows of that.
        if (!any && push.change().empty() && of_another_epoch()) return not_now(push);
        if (!any) {
            for (const auto& wire : push.change()) {
                const auto change = decode(*id, wire);
                KARI_LET(*reply.add_change(), quarantine(wire, change.error()));
            }
            KARI_TRY(refuse_rest(push, {ErrorCode::not_found, "record"}, reply));
            return reply;
        }
        KARI_LET(const auto caseload, parts_.storage.caseload(who_.unit));
        if (caseload.size() >= storage::k_caseload_max) {
            return refuse(push, {ErrorCode::quota_exceeded, "records in the unit's caseload"});
        }
    } else {
        KARI_LET(const bool may, may_write(parts_, who_, *id));
        if (!may) {
            return refuse(push, {ErrorCode::not_permitted, "a record of another unit"});
        }
    }
    KARI_LET(auto record, parts_.storage.begin_or_create(*id, true));
    if (!known) KARI_TRY(parts_.storage.grant(who_.unit, *id));
    KARI_TRY(take_changes(*record, push, reply));
    KARI_TRY(take_access(*record, push, reply));
    KARI_TRY(take_seals(*record, push, reply));
    KARI_TRY(parts_.stream.commit(*record));
    std::sort(placed_.begin(), placed_.end());
    placed_.erase(std::unique(placed_.begin(), placed_.end()), placed_.end());
    if (!placed_.empty()) *reply.mutable_receipt() = parts_.receipts.pairs(epoch_, *id, placed_);
    return reply;
}

}  // namespace kari::server::exchange
