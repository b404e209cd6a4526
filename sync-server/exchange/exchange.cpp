// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/exchange.hpp"

#include <algorithm>
#include <set>

#include <spdlog/spdlog.h>

#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/intake.hpp"
#include "sync-server/exchange/pull.hpp"
#include "sync-server/exchange/returns.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

template <typename List>
bool above(const List& list, std::size_t most) {
    return static_cast<std::size_t>(list.size()) > most;
}

Result<void> check_returns(const v1::ExchangeRequest& request) {
    std::size_t whole = 0;
    std::size_t named = 0;
    std::size_t receipts = 0;
    std::size_t pairs = 0;
    std::size_t seals = 0;
    for (const auto& one : request.give_back()) {
        for (const auto& change : one.change())
            ++(change.header().empty() ? named : whole);
        receipts += static_cast<std::size_t>(one.range_size() + one.pairs_size());
        for (const auto& receipt : one.pairs())
            pairs += static_cast<std::size_t>(receipt.pairs_size());
        seals += static_cast<std::size_t>(one.seal_size());
    }
    if (seals > sync::k_return_seals) return fail(ErrorCode::too_many, "give_back: seals");
    if (whole > sync::k_return_changes) return fail(ErrorCode::too_many, "give_back: changes");
    if (named > sync::k_return_ids) return fail(ErrorCode::too_many, "give_back: ids");
    if (pairs > sync::k_return_pairs) return fail(ErrorCode::too_many, "give_back: pairs");
    if (receipts > sync::k_return_receipts) return fail(ErrorCode::too_many, "give_back: receipts");
    return {};
}

Result<void> check_limits(const v1::ExchangeRequest& request) {
    if (above(request.holding(), sync::k_holdings)) return fail(ErrorCode::too_many, "holding");
    if (above(request.push(), sync::k_pushed_records)) return fail(ErrorCode::too_many, "push");
    if (above(request.give_back(), sync::k_returned_records)) {
        return fail(ErrorCode::too_many, "give_back");
    }
    std::size_t changes = 0;
    std::size_t seals = 0;
    for (const auto& push : request.push()) {
        changes += static_cast<std::size_t>(push.change_size()) +
                   static_cast<std::size_t>(push.access_size());
        seals += static_cast<std::size_t>(push.seal_size());
    }
    if (changes > sync::k_push_changes) return fail(ErrorCode::too_many, "push: changes");
    if (seals > sync::k_push_seals) return fail(ErrorCode::too_many, "push: seals");
    return check_returns(request);
}

// Commits of the present epoch are missing: the database was put back without `restore`.
Result<void> notice_loss(Parts& parts, const identity::DeviceIdentity& who,
                         const v1::ExchangeRequest& request, storage::Epoch& epoch, Tally& tally) {
    const Returns returns(parts, who, epoch.id, tally);
    for (const auto& one : request.give_back()) {
        KARI_LET(const bool lost, returns.shows_loss(one));
        if (!lost) continue;
        KARI_TRY(parts.storage.begin_epoch(identity::random_id<EpochId>(parts.entropy),
                                           parts.clock.wall()));
        KARI_LET(epoch, parts.storage.epoch());
        tally.new_epoch = true;
        return {};
    }
    return {};
}

void note_record(const v1::PushReply& reply, std::set<RecordId>& touched) {
    const auto id = base::from_bytes<RecordId>(reply.record());
    if (id && reply.change_size() > 0) touched.insert(*id);
}

// Reading goes on while there is no room to write.
void answer_not_now(const v1::ExchangeRequest& request, v1::ExchangeReply& reply, Tally& tally) {
    for (const auto& one : request.give_back())
        *reply.add_returned() = not_now(one);
    for (const auto& push : request.push())
        *reply.add_push() = not_now(push);
    for (const auto& list : {reply.push(), reply.returned()}) {
        for (const auto& one : list)
            tally.not_now += static_cast<std::size_t>(one.change_size() + one.access_size());
    }
}

Result<void> take_all(Parts& parts, const identity::DeviceIdentity& who,
                      const v1::ExchangeRequest& request, const storage::Epoch& epoch,
                      v1::ExchangeReply& reply, Tally& tally) {
    if (request.give_back().empty() && request.push().empty()) return {};
    KARI_LET(const bool room, parts.room.here(parts.storage, parts.clock.wall()));
    if (!room) {
        answer_not_now(request, reply, tally);
        return {};
    }
    std::set<RecordId> touched;
    Returns returns(parts, who, epoch.id, tally);
    for (const auto& one : request.give_back()) {
        KARI_LET(*reply.add_returned(), returns.take(one));
        note_record(reply.returned(reply.returned_size() - 1), touched);
    }
    Intake intake(parts, who, request, epoch.id, tally);
    for (const auto& push : request.push()) {
        KARI_LET(*reply.add_push(), intake.take(push));
        note_record(reply.push(reply.push_size() - 1), touched);
    }
    for (const RecordId& record : touched) {
        KARI_LET(const auto state, parts.storage.state(record));
        if (!state || state->reviewed == state->head.position) continue;
        const auto reviewed = review(parts, record);
        // A busy log stays owed its review; what was pushed is stored all the same.
        if (!reviewed && reviewed.error().code != ErrorCode::in_use) {
            return tl::unexpected(reviewed.error());
        }
    }
    return {};
}

// What a device that is shut out may still leave here.
Result<v1::ExchangeReply> refuse(Parts& parts, const identity::DeviceIdentity& who,
                                 const v1::ExchangeRequest& request, storage::Epoch epoch,
                                 Tally& tally) {
    const ErrorCode reason = who.revoked ? ErrorCode::device_revoked : ErrorCode::device_expired;
    KARI_LET(const bool room, parts.room.here(parts.storage, parts.clock.wall()));
    const bool leaves_something = !request.push().empty() || !request.give_back().empty();
    if (!room && leaves_something) {
        return fail(ErrorCode::storage_full, "the disk is nearly full; nothing was kept");
    }
    KARI_TRY(notice_loss(parts, who, request, epoch, tally));
    Returns returns(parts, who, epoch.id, tally);
    for (const auto& one : request.give_back()) {
        KARI_LET(const auto taken, returns.take(one));
        const auto id = base::from_bytes<RecordId>(taken.record());
        if (tally.returned > 0 && id) {
            const auto reviewed = review(parts, *id);
            if (!reviewed && reviewed.error().code != ErrorCode::in_use &&
                reviewed.error().code != ErrorCode::not_found) {
                return tl::unexpected(reviewed.error());
            }
        }
    }
    Intake intake(parts, who, request, epoch.id, tally);
    for (const auto& push : request.push())
        KARI_TRY(intake.quarantine_all(push, reason));
    return fail(reason, "what was sent is kept for an operator; nothing is handed out");
}

Result<void> fill_unit(Parts& parts, const identity::DeviceIdentity& who,
                       v1::ExchangeReply& reply) {
    KARI_LET(const auto unit, parts.storage.unit(who.unit));
    if (!unit) return fail(ErrorCode::device_unknown, "unit of the device");
    KARI_LET(const auto version, parts.storage.directory_version());
    reply.set_directory_version(version);
    return identity::fill_directory(parts.storage, *unit, *reply.mutable_unit(),
                                    *reply.mutable_person());
}

Result<v1::ExchangeReply> answer(Parts& parts, const identity::DeviceIdentity& who,
                                 const v1::ExchangeRequest& request, Tally& tally) {
    if (request.protocol() != sync::k_protocol) {
        return fail(ErrorCode::protocol_unsupported, "protocol");
    }
    const auto incarnation = base::from_bytes<IncarnationId>(request.incarnation());
    if (!incarnation) return fail(ErrorCode::malformed, "incarnation");
    KARI_TRY(check_limits(request));
    KARI_LET(auto epoch, parts.storage.epoch());
    if (who.revoked || who.expired) return refuse(parts, who, request, epoch, tally);
    if (!who.owns(*incarnation)) {
        return fail(ErrorCode::not_permitted, "incarnation is not this device's: renew first");
    }
    if (request.lane() != v1::LANE_SAFETY && request.lane() != v1::LANE_FULL) {
        return fail(ErrorCode::malformed, "lane");
    }
    v1::ExchangeReply reply;
    if (request.lane() == v1::LANE_FULL) {
        KARI_TRY(notice_loss(parts, who, request, epoch, tally));
        KARI_TRY(take_all(parts, who, request, epoch, reply, tally));
    }
    reply.set_epoch(base::to_bytes(epoch.id));
    reply.set_recovering(epoch.recovering);
    // Read before what it speaks of: what comes meanwhile is told twice rather than never.
    KARI_LET(const auto feed, parts.storage.feed_position(who.unit));
    reply.set_feed_position(feed);
    // The whole directory, when it may have changed; with nothing new it is not sent again.
    if (request.holdings_complete() || request.epoch() != base::to_bytes(epoch.id) ||
        request.feed_position() != feed) {
        KARI_TRY(fill_unit(parts, who, reply));
    }
    Pull pull(parts, who, request, epoch, reply, tally);
    KARI_TRY(pull.fill());
    reply.set_server_ms(parts.clock.wall().ms);
    return reply;
}

}  // namespace

Result<v1::ExchangeReply> handle(Parts& parts, const identity::DeviceIdentity& who,
                                 const v1::ExchangeRequest& request, Tally& tally) {
    auto reply = answer(parts, who, request, tally);
    // A tablet whose full exchange fails has brought nothing: to count it as heard would close a
    // recovery over its work; and neither has one that is told only now where a record falls back
    // to, or that is giving back still: what comes with this request may not be all of it. One that
    // was revoked gets no further than this.
    const bool full = reply && request.lane() == v1::LANE_FULL && request.give_back().empty() &&
                      std::none_of(request.holding().begin(), request.holding().end(),
                                   [&](const v1::Holding& one) {
                                       return !one.epoch().empty() && one.epoch() != reply->epoch();
                                   });
    if (!full && !who.revoked) return reply;
    const auto noted = parts.sightings.note(parts.storage, who, request,
                                            tally.stored + tally.repeated, parts.clock.wall());
    // Worth no tablet's exchange: the next one notes it again.
    if (!noted) {
        spdlog::warn(R"({{"event":"sighting.not_noted","error":"{}"}})", name(noted.error().code));
    }
    return reply;
}

Result<void> quarantine_body(Parts& parts, const identity::DeviceIdentity& who,
                             const std::string& body, const Error& reason) {
    storage::Quarantined entry;
    entry.device = who.device;
    entry.received = parts.clock.wall();
    entry.error = static_cast<std::uint32_t>(reason.code);
    entry.what = reason.what;
    entry.bytes = body;
    const auto kept = parts.storage.quarantine(entry);
    if (!kept && kept.error().code != ErrorCode::quota_exceeded) {
        return tl::unexpected(kept.error());
    }
    return {};
}

}  // namespace kari::server::exchange
