// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/crypto/secret.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"
#include "sdk/store/store_types.hpp"

namespace kari::store {

// Everything a device holds, in one encrypted database: the log of every record, what folds from
// it, findings, drafts, the access log, seals and how far the server has it all.
//
// Requires: identities, times and random bytes come as arguments: the store reads no clock.
// Returns and errors: beside each call. Any call may give storage_full (nothing was written; the
//   log is whole; works again once there is room), storage_failed, storage_corrupt. A record that
//   is not here: not_found.
// Durability: what a call wrote is durable when it returns, or not there at all.
// Threads: one call at a time; its owner guards it with one mutex. Any thread may hold that mutex.
//   What a call returned is a copy or immutable and needs no guard.
// Ownership: holds the only connection; a second open of the file gives in_use.
class DeviceStore {
public:
    // Errors: already_exists, not_encrypted, storage_*.
    static Result<DeviceStore> create(const std::string& path, const crypto::Secret& key,
                                      const Identity& identity, chart::Lift lift = nullptr);
    // Counts one more open (see opens). Errors: not_found; wrong_key; storage_truncated;
    // storage_corrupt; schema_too_new; not_encrypted; in_use. Alters and deletes nothing when it
    // fails.
    // `lift`: how resources that earlier builds kept whole are read and placed; not at all if null.
    static Result<DeviceStore> open(const std::string& path, const crypto::Secret& key,
                                    chart::Lift lift = nullptr);
    // Renames a database that fails its checks, with its log; returns the new path.
    static Result<std::string> set_aside(const std::string& path);

    DeviceStore(DeviceStore&&) noexcept;
    DeviceStore& operator=(DeviceStore&&) noexcept;
    ~DeviceStore();

    // --- identity ---------------------------------------------------------------------------
    const Identity& identity() const;
    // Raised by every open (save when the disk is full) and by nothing else. The owner keeps
    // (incarnation, opens) in the key store after each open: a database that knows fewer opens than
    // the key store is a restored one, and must go on as a new incarnation.
    std::uint64_t opens() const;
    // Later writes stand in new streams; own changes of earlier incarnations stay in the outbox.
    Result<void> adopt_incarnation(const IncarnationId& incarnation);
    // Small values of the owner: pins, certificates, directory, feed position, epoch.
    Result<void> save_setting(std::string_view name, std::string_view value);
    Result<void> save_settings(const std::map<std::string, std::string>& values);
    Result<std::optional<std::string>> setting(std::string_view name);
    // What the rules know: the pack that was kept last, else the one that is compiled in. Another
    // one than the last that was used owes every review.
    const clinical::KnowledgePack& pack() const;
    // One that came from outside, read from `envelope`, whose signature the caller has checked: it
    // is in use from here on, and every review is owed, in one transaction.
    Result<void> keep_pack(std::string_view envelope, clinical::KnowledgePack pack);
    // Nothing: the pack in use is the compiled-in one.
    std::optional<LocalDate> kept_pack_date() const;
    // Why the pack that was kept is not in use: this program cannot read it.
    const std::optional<Error>& pack_trouble() const;

    // --- writing ----------------------------------------------------------------------------
    // One transaction: address, tick, bytes, append, fold, review of the resource.
    // Errors: not_found (record neither here nor new); invalid_argument (no atom, a parent that is
    // not a change of this resource here, kind differs from the resource's); resource_incomplete
    // (no facts); resource_unreadable (of facts: only where a parent cannot be read); too_large.
    Result<Written> write(const WriteRequest& request);
    // All or none.
    Result<std::vector<Written>> write_many(const std::vector<WriteRequest>& requests);

    // --- reading ----------------------------------------------------------------------------
    Result<std::vector<RecordId>> records(bool with_hidden = false);
    // Nothing when the record is not here.
    Result<std::optional<RecordMeta>> record_meta(const RecordId& record);
    // The records that are one citizen with it, as far as they are here; itself among them.
    Result<std::vector<RecordId>> members(const RecordId& record);
    // The record with all that is linked with it. One half of a link is enough. Immutable.
    // Everything: as long as the record is.
    Result<std::shared_ptr<const chart::Group>> group(const RecordId& record);
    // What stands and what is recent, with what open findings name: as long as those are, however
    // old the record. `complete_since` says what is left out. Kept in memory for those last asked
    // for.
    Result<std::shared_ptr<const chart::Group>> recent(const RecordId& record,
                                                       const Window& window);
    // The citizen, orders and slotless doses of a group, with all that was ever said of some slots.
    Result<chart::Group> doses_of(const chart::Group& group, std::vector<SlotId> slots);
    // Every event of the ledger of controlled drugs, however old, the doses that they are of, and
    // what says that they were witnessed.
    Result<chart::Group> ledger(const RecordId& record);
    // What is older of one kind, with its findings, their issues and the time notes it needs: at
    // most `limit`, one more where two linked records hold the last. Without a mark from the
    // newest on.
    Result<OlderPart> history(const RecordId& record, std::uint32_t kind,
                              const std::optional<HistoryMark>& before, std::size_t limit);
    // Of a record that did not go whole: how far back it is held, and is to be.
    Result<std::optional<v1::WindowPart>> window(const RecordId& record);
    // Whether nothing of it is held but what goes ahead of everything (the safety kinds).
    Result<bool> takes_window(const RecordId& record);
    // Of what records these kinds are held since then, and what is older is not here: the later
    // where records differ. A kind that is not named is here from the beginning.
    Result<std::map<std::uint32_t, Instant>> elsewhere(const std::vector<RecordId>& records);
    // Records that are shown and not yet as far back here as they are to be.
    Result<std::vector<RecordId>> unreached();
    // From the next exchange on the record is to reach back so far. False: it does already.
    Result<bool> reach_back(const RecordId& record, Instant back_to);
    // Folded states without histories, ascending by kind and id: cheap for lists. Kind 0: all.
    Result<std::vector<merge::Resource>> resources(const RecordId& record, std::uint32_t kind = 0);
    // Errors: not_found.
    Result<merge::Resource> resource(const RecordId& record, const ResourceId& id);
    // As the log has them; ascending by (tick, id).
    Result<std::vector<merge::Change>> changes(const RecordId& record, const ResourceId& resource);
    // One; two or more where the stream is forked; none.
    Result<std::vector<merge::Change>> changes_at(const RecordId& record,
                                                  const IncarnationId& incarnation,
                                                  std::uint64_t seq);
    // Held changes with a known position above `after`, ascending by it.
    Result<std::vector<StoredChange>> changes_after(const RecordId& record, std::uint64_t after,
                                                    std::size_t limit);
    // Every change of the record, by stream and seq.
    Result<std::vector<StoredChange>> log(const RecordId& record);
    // How many changes this incarnation has written in the record, also those of before a purge.
    Result<std::uint64_t> own_end(const RecordId& record);
    // How far a stream is held from seq 1 without a gap, the server having answered for all of it.
    Result<std::uint64_t> held_from_first(const RecordId& record, const IncarnationId& incarnation);
    // The highest position held above the cursor of the prefix; 0 when nothing is.
    Result<std::uint64_t> highest_beside(const RecordId& record);
    // Whether anything of it is held that somebody wrote: a change in whatever place, also one that
    // this build cannot read, a draft, an attachment.
    Result<bool> holds_anything(const RecordId& record);
    // The last change of each stream held.
    Result<std::vector<Head>> stream_heads(const RecordId& record);

    // --- findings ---------------------------------------------------------------------------
    // What this device's rules find in the record's group, as of the last review; ascending by id.
    // Those that nobody has resolved, and of the resolved those that were since an instant.
    Result<std::vector<chart::Finding>> findings(const RecordId& record,
                                                 Instant since = Instant{INT64_MIN});
    Result<std::optional<chart::Finding>> finding(const RecordId& record, const FindingId& id);
    // Beside what the server states and people did with them: those not resolved, what the server
    // alone states among them.
    Result<std::vector<chart::TrackedFinding>> unresolved(const RecordId& record);
    // All that name a resource, whether or not they are resolved.
    Result<std::vector<chart::TrackedFinding>> tracked_about(const RecordId& record,
                                                             const ResourceId& resource);
    // Resources whose review is owed; do it before the next screen.
    Result<std::uint64_t> owed_reviews();
    // Reviews up to `limit` records; returns how many remain.
    Result<std::uint64_t> review_owed(std::size_t limit);

    // --- drafts -----------------------------------------------------------------------------
    Result<void> save_draft(const StoredDraft& draft);
    Result<std::vector<StoredDraft>> drafts(const RecordId& record);
    Result<std::optional<StoredDraft>> draft(const RecordId& record, const ResourceId& id);
    Result<void> remove_draft(const RecordId& record, const ResourceId& id);

    // --- access log -------------------------------------------------------------------------
    // Gives the entry its incarnation, seq and prev; durable when it returns.
    Result<StoredAccess> append_access(v1::AccessEntry entry);
    // Entries that the server has not stored, by stream, at most `limit`.
    Result<std::vector<StoredAccess>> unsent_access(std::size_t limit);
    // Entries of a record that the server has stored and not secured, by stream.
    Result<std::vector<StoredAccess>> unsecured_access(const RecordId& record, std::size_t limit);
    // What is still kept of a record's access log, by stream.
    Result<std::vector<StoredAccess>> access_log(const RecordId& record);

    // --- what the server lacks --------------------------------------------------------------
    // Own changes that it has not stored, by record and stream, seq ascending: at most
    // limits.changes, and limits.bytes unless the first alone is larger.
    Result<std::vector<StoredChange>> outbox(const OutboxLimits& limits = {});
    Result<OutboxState> outbox_state();
    // Notes a server's answers about own changes and access entries of one record, and keeps its
    // receipt until a range covers it. Answers about what is not here are passed over.
    Result<void> acknowledge(const v1::PushReply& reply);
    // Streams of both logs, of the present incarnation, that grew since the last seal. Empty
    // leaves: nothing to seal.
    Result<SealInput> seal_input();
    Result<void> store_seal(const StoredSeal& seal);
    Result<std::vector<StoredSeal>> unsent_seals(std::size_t limit);
    // They stay here for a server that is restored, the last thousand of each incarnation.
    Result<void> seals_sent(const IncarnationId& incarnation, std::uint64_t through_number);

    // --- what the server sends --------------------------------------------------------------
    // One part of one record's log, in one transaction. Changes already held are recognised by id;
    // two at one address both stay; one that cannot be read is quarantined and the others go on.
    // Errors: chain_broken (digests disagree, a gap before the base, a predecessor that is not
    // here): nothing of the delta was applied.
    Result<Applied> apply_delta(const v1::RecordDelta& delta, const EpochId& epoch);
    // Caseload as the server states it. A record that is not here yet is made, empty.
    // With `hidden`, in one transaction with it: whether the record is shown.
    Result<void> set_caseload(const v1::CaseloadEntry& entry,
                              std::optional<bool> hidden = std::nullopt);
    // Seals of other devices that came with the record.
    Result<std::vector<v1::RecordSeal>> received_seals(const RecordId& record);
    // Those that one incarnation made, with the records that they are over.
    Result<std::vector<std::pair<RecordId, v1::RecordSeal>>> seals_by(
        const IncarnationId& incarnation);
    // Lets go of them, and asks for the record's seals from the first one on again.
    Result<void> forget_seals(const RecordId& record, const IncarnationId& incarnation);
    // Certificates of whoever made them. The owner has checked what it keeps.
    Result<std::vector<IncarnationId>> missing_certificates(std::size_t limit);
    Result<void> keep_certificate(const IncarnationId& incarnation, std::string_view der);
    Result<std::optional<std::string>> certificate(const IncarnationId& incarnation);
    Result<std::vector<Quarantined>> quarantined(const RecordId& record);
    // Own changes that the server set aside, for good as far as it knows; without their bytes.
    Result<std::vector<Refused>> refused();

    // --- a new epoch ------------------------------------------------------------------------
    // The digest at a position of the held prefix; nothing when it does not reach there.
    Result<std::optional<LogPoint>> chain_at(const RecordId& record, std::uint64_t position);
    // One transaction: the cursor falls back to the shared point, and what stands above it, and
    // above `kept`, loses its position and its acknowledgement and is listed in give_back with the
    // old epoch's receipts. `kept`: up to here the server is known to have everything, beyond the
    // shared point too. A point that the held prefix contradicts counts as 0, and then the base
    // falls as well. Doing it again for the same epoch changes nothing. To be done for every
    // record held, before anything else of the reply: for one that the server lacks, with point 0.
    Result<void> begin_epoch(const RecordId& record, const LogPoint& shared, const EpochId& epoch,
                             std::uint64_t kept = 0);
    // Records that have something to give back.
    Result<std::vector<RecordId>> owing_return();
    Result<GiveBack> give_back(const RecordId& record);
    // The server has answered for these, with positions of the record's present epoch.
    Result<void> given_back(const RecordId& record, const std::vector<GivenBack>& answered);
    // For a new epoch: access entries and seals of records that have no row here, or none of an
    // epoch, count as unsent again. No point can be shared about them.
    Result<void> resend_what_has_no_epoch();

    // --- leaving ----------------------------------------------------------------------------
    Result<void> hide(const RecordId& record, bool hidden = true);
    // Nothing when the record may be purged, else the first reason why not.
    Result<std::optional<PurgeObstacle>> purge_obstacle(const RecordId& record,
                                                        const PurgeProof& proof);
    // Deletes all that is held of the record and empties the write-ahead log: afterwards no file
    // holds it, under the key or not. Of own streams only address and digest of the head remain.
    // Errors: not_permitted (an obstacle).
    Result<void> purge(const RecordId& record, const PurgeProof& proof);

    // --- upkeep -----------------------------------------------------------------------------
    // Folds everything again from the log. Findings are owed afterwards.
    Result<void> rebuild();
    // The resources whose stored state differs from what the log folds to; empty when sound.
    Result<std::vector<Mismatch>> verify();
    // Every page and every chain of own streams. Errors: storage_corrupt.
    Result<void> check();
    // Empties the write-ahead log.
    Result<void> checkpoint();

    struct State;  // state.hpp, for the store's own files
    State& state() { return *state_; }

private:
    explicit DeviceStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace kari::store
