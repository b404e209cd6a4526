// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sdk/merge/change.hpp"
#include "sync-server/storage/types.hpp"

// The storage port. Every implementation passes tests/contract/storage.
//
// Durability: what a call or a commit returned for survives loss of power. On a thread that has a
// Batch it does once that has settled.
// Threads: every call from any thread. A RecordTransaction belongs to the thread that began it.
// Errors of every call: storage_full, storage_failed, storage_corrupt, in_use (another process
// held a lock for too long); others are named at the call.
namespace kari::server::storage {

// What one thread commits while it lives may reach the disk together with what others commit, in
// one flush. The thread sees at once what it and other batches have committed; nobody else does,
// and nothing of it may be told to anybody before settle() has returned.
class Batch {
public:
    virtual ~Batch() = default;  // settles what was not; nobody learns whether it could

    // Once, on the thread that gathered. Returns when everything that this thread has committed, or
    // has read from other batches, is on the disk. Errors: why the flush failed. Then all that
    // shared it has come to nothing, for every batch that wrote or read there and for no other.
    virtual Result<void> settle() = 0;
};

// One record under its lock. Nothing is written until commit; it rolls back when it ends before.
class RecordTransaction {
public:
    virtual ~RecordTransaction() = default;

    virtual const RecordState& state() const = 0;  // with what this transaction did
    // The newest of a stream in this record; seq 0 when it has none.
    virtual Result<StreamEnd> stream_end(const IncarnationId& incarnation) = 0;
    virtual Result<StreamEnd> access_end(const IncarnationId& incarnation) = 0;

    // Gives the change the next position. The same id again changes nothing. Two ids at one
    // (stream, seq) are both kept. A named predecessor that is not here becomes a gap.
    virtual Result<Appended> append(const merge::Change& change) = 0;
    virtual Result<Appended> append_access(const StoredAccess& entry) = 0;  // position, chain: set
    // The same statement again for the same leaf changes nothing (false).
    virtual Result<bool> add_seal(const StoredSeal& seal) = 0;
    virtual Result<void> set_reviewed(std::uint64_t position) = 0;
    virtual Result<void> set_linked(const RecordId& other, bool linked) = 0;
    // What stands open in this record, ascending: of the issues named, which are all when none
    // are named; the others stay. False: the same stood there.
    virtual Result<bool> set_open_findings(const std::vector<OpenFinding>& open,
                                           const std::optional<std::set<ResourceId>>& among) = 0;

    virtual Result<void> commit() = 0;
};

class Records {
public:
    virtual ~Records() = default;

    // Errors: not_found unless `create`.
    virtual Result<std::unique_ptr<RecordTransaction>> begin(const RecordId& record) = 0;
    // Begins a record that may be new.
    virtual Result<std::unique_ptr<RecordTransaction>> begin_or_create(const RecordId& record,
                                                                       bool made_on_tablet) = 0;

    virtual Result<std::optional<RecordState>> state(const RecordId& record) = 0;
    virtual Result<std::vector<RecordId>> records() = 0;
    // The rules owe all records a look: they know something else than before.
    virtual Result<void> owe_reviews() = 0;
    // Records that the rules owe a look.
    virtual Result<std::vector<RecordId>> unreviewed() = 0;

    // The running digest at a position; nothing when the log does not reach it.
    virtual Result<std::optional<Digest>> chain_at(const RecordId& record,
                                                   std::uint64_t position) = 0;
    // Ascending from position + 1, until `visit` says false.
    using Visit = std::function<bool(const StoredChange&)>;
    virtual Result<void> changes(const RecordId& record, std::uint64_t after,
                                 const Visit& visit) = 0;
    virtual Result<std::optional<StoredChange>> change(const RecordId& record,
                                                       const ChangeId& id) = 0;
    virtual Result<std::vector<StoredChange>> at_address(const RecordId& record,
                                                         const IncarnationId& incarnation,
                                                         std::uint64_t seq) = 0;
    // Of one resource, ascending by position.
    virtual Result<void> changes_of(const RecordId& record, const ResourceId& resource,
                                    const Visit& visit) = 0;
    // The resources of a record without those that `lone_kinds` lets be left out.
    virtual Result<Census> census(const RecordId& record,
                                  const std::vector<std::uint32_t>& lone_kinds) = 0;
    virtual Result<std::vector<Gap>> gaps(const RecordId& record) = 0;

    virtual Result<void> access(const RecordId& record, std::uint64_t after,
                                const std::function<bool(const StoredAccess&)>& visit) = 0;
    virtual Result<std::vector<StoredAccess>> access_at(const RecordId& record,
                                                        const IncarnationId& incarnation,
                                                        std::uint64_t seq) = 0;
    // Seals over changes that arrived after the one of this number, in the order of arrival: a seal
    // may come long after what it seals.
    virtual Result<std::vector<StoredSeal>> seals(const RecordId& record, std::uint64_t after) = 0;
    virtual Result<std::vector<StoredSeal>> all_seals(const RecordId& record) = 0;
    // Digests of the statements of this number: more than one is a fork of the device.
    virtual Result<std::vector<Digest>> seal_statements(const IncarnationId& incarnation,
                                                        std::uint64_t number) = 0;

    // The records that are one citizen with this one, itself included, ascending.
    virtual Result<std::vector<RecordId>> group(const RecordId& record) = 0;
};

using FeedWatch = std::function<void(const std::vector<FeedMove>&)>;

class Directory {
public:
    virtual ~Directory() = default;

    virtual Result<void> add_unit(const Unit& unit) = 0;
    virtual Result<std::optional<Unit>> unit(const UnitId& id) = 0;
    virtual Result<std::vector<Unit>> units() = 0;
    // Errors: not_found (the unit).
    virtual Result<void> add_person(const Person& person) = 0;
    // Errors: not_found (nobody of this unit).
    virtual Result<void> set_active(const UnitId& unit, const PersonId& person, bool active) = 0;
    virtual Result<std::vector<Person>> persons(const UnitId& unit) = 0;
    virtual Result<std::uint64_t> directory_version() = 0;

    // Errors: not_found (the unit).
    virtual Result<void> add_invitation(const Invitation& invitation) = 0;
    // The unit of a code that may be used now. Errors: code_refused, as redeem.
    virtual Result<UnitId> invited_to(const Digest& code, Instant now) = 0;
    // Uses the code up and enters the device and its certificates, all or nothing.
    // Errors: code_refused (unknown, used or expired: not told apart); already_exists.
    virtual Result<Unit> redeem(const Digest& code, Instant now, Device device,
                                const std::vector<Certificate>& certificates) = 0;
    // Uses up a code that is no tablet's. Errors: code_refused, as redeem.
    virtual Result<void> spend(const Digest& code, Instant now) = 0;
    // Enters a device without a code: from the journal, after a restore.
    virtual Result<void> readmit(const Device& device,
                                 const std::vector<Certificate>& certificates) = 0;
    virtual Result<void> add_certificates(const std::vector<Certificate>& certificates) = 0;
    // Of an incarnation of the server itself: of no device, and its key may be that of others.
    virtual Result<void> add_server_certificate(const Certificate& certificate) = 0;
    virtual Result<std::optional<Certificate>> certificate(const Digest& spki) = 0;
    // Of a device's incarnation or of the server's own.
    virtual Result<std::optional<Certificate>> signing_certificate(
        const IncarnationId& incarnation) = 0;
    virtual Result<std::optional<Device>> device(const DeviceId& id) = 0;
    virtual Result<std::vector<Device>> devices() = 0;
    virtual Result<std::vector<IncarnationId>> incarnations(const DeviceId& device) = 0;
    // Moves the unit's feed: a tablet that waits for news learns it at once. Errors: not_found.
    virtual Result<void> revoke(const DeviceId& device) = 0;
    virtual Result<void> set_sighting(const Sighting& sighting) = 0;
    virtual Result<std::vector<Sighting>> sightings() = 0;
    // Of the certificates of a device for TLS: the end of the one that lasts longest.
    virtual Result<std::optional<Instant>> certificate_end(const DeviceId& device) = 0;

    // Errors: not_found (the unit or the record).
    virtual Result<void> grant(const UnitId& unit, const RecordId& record) = 0;
    virtual Result<void> remove(const UnitId& unit, const RecordId& record) = 0;
    virtual Result<std::vector<CaseloadRow>> caseload(const UnitId& unit) = 0;
    virtual Result<std::optional<CaseloadState>> caseload_state(const UnitId& unit,
                                                                const RecordId& record) = 0;
    // Grows whenever anything that a device of the unit would be sent has changed.
    virtual Result<std::uint64_t> feed_position(const UnitId& unit) = 0;
    // From now on `moved` is told of every feed that a commit has moved: at once when the commit
    // was this process's, within k_elsewhere_ms when it was another's. It is told after the commit
    // is durable, on any thread, and must neither block nor ask the storage; a feed that did not
    // move may be told too. One at a time; an empty one ends it, and is not told any more when
    // this returns.
    virtual void watch_feeds(FeedWatch moved) = 0;
};

class Operations {
public:
    virtual ~Operations() = default;

    // At most one on a thread at a time.
    virtual std::unique_ptr<Batch> gather() = 0;
    // How often commits that had returned came to nothing when they were to be settled: whoever
    // keeps in memory what they said forgets it when this has grown. Grows under no record's lock.
    virtual std::uint64_t losses() const = 0;

    virtual Result<Epoch> epoch() = 0;
    // A new epoch: every record's log starts it where it stands; recovery is open.
    virtual Result<void> begin_epoch(const EpochId& id, Instant now) = 0;
    virtual Result<void> close_recovery() = 0;

    // Everything up to these positions is in a verified copy.
    virtual Result<void> mark_secured(const std::map<RecordId, Reach>& positions) = 0;
    // A consistent copy at `path` under the key. Errors: already_exists.
    virtual Result<void> copy_to(const std::string& path, std::string_view key) = 0;
    // The same as far as a start may wait for it: every page while the file is at most
    // k_check_whole_bytes, else those of the directory and the heads of all records.
    virtual Result<void> check_start() = 0;
    // The medium itself: every page. Errors: storage_corrupt.
    virtual Result<void> check_medium() = 0;

    virtual Result<Totals> totals() = 0;
    // By severity, ascending; a finding that stands in several records is one.
    virtual Result<std::vector<FindingCount>> open_findings() = 0;
    // All that stand open, whichever is due first, those that are never due last.
    virtual Result<void> standing_findings(
        const std::function<void(const StandingFinding&)>& visit) = 0;
    virtual Result<DiskSpace> disk_space() = 0;
    // The last word of a day stays.
    virtual Result<void> set_disk_day(const DiskDay& day) = 0;
    virtual Result<std::vector<DiskDay>> disk_days() = 0;
    virtual Result<void> set_backup(const Backup& backup) = 0;
    virtual Result<std::optional<Backup>> last_backup() = 0;
    virtual Result<std::vector<Upgrade>> upgrades() = 0;
    // The latest time of this server's clock that something stored tells of.
    virtual Result<Instant> latest_time() = 0;
    virtual Result<std::vector<QuarantineCount>> quarantine_counts() = 0;

    // Errors: quota_exceeded: not kept.
    virtual Result<void> quarantine(const Quarantined& entry) = 0;
    virtual Result<std::vector<Quarantined>> quarantined() = 0;
};

// What makes an import safe to repeat, and to end half-way.
class Imports {
public:
    virtual ~Imports() = default;

    virtual Result<std::optional<RecordId>> imported(const ImportKey& key) = 0;
    virtual Result<void> set_imported(const ImportKey& key, const RecordId& record) = 0;
    // Resources without a patient. False: the same body stood there.
    virtual Result<bool> put_directory_resource(const std::string& system, const std::string& type,
                                                const std::string& logical_id,
                                                const std::string& bytes) = 0;
    virtual Result<std::uint64_t> directory_resources() = 0;

    virtual Result<std::optional<ImportedResource>> imported_resource(
        const ResourceId& resource) = 0;
    virtual Result<void> set_imported_resource(const ResourceId& resource,
                                               const ImportedResource& where) = 0;
    // Those that still stand in a record that they have left.
    virtual Result<std::vector<ResourceId>> leaving() = 0;

    // A new record that a run of an import is filling: `assign` gives it to nobody until that run
    // has ended, or a later one that took it up. The same again changes nothing.
    virtual Result<void> fill(const RecordId& record, const ImportRun& run) = 0;
    virtual Result<bool> being_filled(const RecordId& record) = 0;
    virtual Result<std::uint64_t> records_being_filled() = 0;
    virtual Result<void> end_filling(const ImportRun& run) = 0;
};

// The sealed chunks of attachments, each a row of its own: no call has more than one in memory.
class Attachments {
public:
    virtual ~Attachments() = default;

    virtual Result<std::optional<Attachment>> attachment(const RecordId& record,
                                                         const Digest& id) = 0;
    virtual Result<std::vector<Attachment>> attachments(const RecordId& record) = 0;
    // Begins to take one in; sweeps first what no change has named for k_unnamed_attachment_ms
    // before `offered`. One that is here already stays, and so does each chunk that agrees with the
    // digests; those of one that is whole are not replaced. Errors: not_found (the record),
    // quota_exceeded.
    virtual Result<Attachment> offer_attachment(const Attachment& offered) = 0;
    // Errors: not_found (no such offer).
    virtual Result<Attachment> put_attachment_chunk(const RecordId& record, const Digest& id,
                                                    std::uint32_t number,
                                                    std::string_view sealed) = 0;
    virtual Result<std::optional<std::string>> attachment_chunk(const RecordId& record,
                                                                const Digest& id,
                                                                std::uint32_t number) = 0;
    // All of it is here and was checked: from now on it is given out. The same again changes
    // nothing. Errors: not_found.
    virtual Result<Attachment> complete_attachment(const RecordId& record, const Digest& id) = 0;
    // One that is not whole.
    virtual Result<void> discard_attachment(const RecordId& record, const Digest& id) = 0;
};

class Storage : public Records,
                public Directory,
                public Operations,
                public Imports,
                public Attachments {};

}  // namespace kari::server::storage
