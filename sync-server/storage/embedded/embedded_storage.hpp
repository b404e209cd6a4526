// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/attempt.hpp"
#include "sync-server/storage/embedded/feed_bell.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::storage {

class EmbeddedBatch;

// One SQLCipher database. Several processes may have it open (serve and an operator's command);
// writers take turns by BEGIN IMMEDIATE, which is wider than the record's lock that the port asks
// for. Threads: one connection, one call at a time.
//
// Every transaction of the port is a savepoint (Part) within a transaction of the database that
// batches share: see shared_commit.cpp.
class EmbeddedStorage final : public Storage {
public:
    using Lock = std::unique_lock<std::recursive_mutex>;
    static constexpr std::uint32_t k_cache_kib = 32 * 1024;

    struct Opening {
        std::uint32_t cache_kib = k_cache_kib;  // of pages; a command that must stay small: few
        bool read_only = false;                 // every write is refused: storage_failed
    };

    // The version of this program, and of the schema that it reads and writes.
    static std::string_view program();
    static std::int64_t schema();

    // Errors: already_exists, storage_*.
    static Result<std::unique_ptr<EmbeddedStorage>> create(const std::string& path,
                                                           std::string_view key,
                                                           const EpochId& epoch, Instant now = {});
    // Errors: not_found, wrong_key, storage_*; schema_too_new (says which program is needed);
    // not_permitted: the schema is older than this program's, and only `upgrade` alters it.
    static Result<std::unique_ptr<EmbeddedStorage>> open(const std::string& path,
                                                         std::string_view key,
                                                         const Opening& opening);
    static Result<std::unique_ptr<EmbeddedStorage>> open(const std::string& path,
                                                         std::string_view key) {
        return open(path, key, Opening{});
    }
    // The schema of a database, whatever it is. Errors: as open, without the last two.
    static Result<std::int64_t> schema_of(const std::string& path, std::string_view key);
    // Brings an older database to this schema in one transaction: it is done, or nothing is. True:
    // it was older. Afterwards every record is owed a review. Errors: as open, without the last.
    static Result<bool> upgrade(const std::string& path, std::string_view key, Instant now);
    // A consistent copy of a database of any schema, and every page of it checked.
    static Result<void> copy(const std::string& path, const std::string& to, std::string_view key);

    Result<std::unique_ptr<RecordTransaction>> begin(const RecordId& record) override;
    Result<std::unique_ptr<RecordTransaction>> begin_or_create(const RecordId& record,
                                                               bool made_on_tablet) override;
    Result<std::optional<RecordState>> state(const RecordId& record) override;
    Result<std::vector<RecordId>> records() override;
    Result<void> owe_reviews() override;
    Result<std::vector<RecordId>> unreviewed() override;
    Result<std::optional<Digest>> chain_at(const RecordId& record, std::uint64_t position) override;
    Result<void> changes(const RecordId& record, std::uint64_t after, const Visit& visit) override;
    Result<std::optional<StoredChange>> change(const RecordId& record, const ChangeId& id) override;
    Result<std::vector<StoredChange>> at_address(const RecordId& record,
                                                 const IncarnationId& incarnation,
                                                 std::uint64_t seq) override;
    Result<void> changes_of(const RecordId& record, const ResourceId& resource,
                            const Visit& visit) override;
    Result<Census> census(const RecordId& record,
                          const std::vector<std::uint32_t>& lone_kinds) override;
    Result<std::vector<Gap>> gaps(const RecordId& record) override;
    Result<void> access(const RecordId& record, std::uint64_t after,
                        const std::function<bool(const StoredAccess&)>& visit) override;
    Result<std::vector<StoredAccess>> access_at(const RecordId& record,
                                                const IncarnationId& incarnation,
                                                std::uint64_t seq) override;
    Result<std::vector<StoredSeal>> seals(const RecordId& record, std::uint64_t after) override;
    Result<std::vector<StoredSeal>> all_seals(const RecordId& record) override;
    Result<std::vector<Digest>> seal_statements(const IncarnationId& incarnation,
                                                std::uint64_t number) override;
    Result<std::vector<RecordId>> group(const RecordId& record) override;

    Result<void> add_unit(const Unit& unit) override;
    Result<std::optional<Unit>> unit(const UnitId& id) override;
    Result<std::vector<Unit>> units() override;
    Result<void> add_person(const Person& person) override;
    Result<void> set_active(const UnitId& unit, const PersonId& person, bool active) override;
    Result<std::vector<Person>> persons(const UnitId& unit) override;
    Result<std::uint64_t> directory_version() override;
    Result<void> add_invitation(const Invitation& invitation) override;
    Result<UnitId> invited_to(const Digest& code, Instant now) override;
    Result<void> spend(const Digest& code, Instant now) override;
    Result<Unit> redeem(const Digest& code, Instant now, Device device,
                        const std::vector<Certificate>& certificates) override;
    Result<void> readmit(const Device& device,
                         const std::vector<Certificate>& certificates) override;
    Result<void> add_certificates(const std::vector<Certificate>& certificates) override;
    Result<void> add_server_certificate(const Certificate& certificate) override;
    Result<std::optional<Certificate>> certificate(const Digest& spki) override;
    Result<std::optional<Certificate>> signing_certificate(
        const IncarnationId& incarnation) override;
    Result<std::optional<Device>> device(const DeviceId& id) override;
    Result<std::vector<Device>> devices() override;
    Result<std::vector<IncarnationId>> incarnations(const DeviceId& device) override;
    Result<void> revoke(const DeviceId& device) override;
    Result<void> set_sighting(const Sighting& sighting) override;
    Result<std::vector<Sighting>> sightings() override;
    Result<std::optional<Instant>> certificate_end(const DeviceId& device) override;
    Result<void> grant(const UnitId& unit, const RecordId& record) override;
    Result<void> remove(const UnitId& unit, const RecordId& record) override;
    Result<std::vector<CaseloadRow>> caseload(const UnitId& unit) override;
    Result<std::optional<CaseloadState>> caseload_state(const UnitId& unit,
                                                        const RecordId& record) override;
    Result<std::uint64_t> feed_position(const UnitId& unit) override;
    void watch_feeds(FeedWatch moved) override;

    std::unique_ptr<Batch> gather() override;
    std::uint64_t losses() const override { return losses_; }
    Result<Epoch> epoch() override;
    Result<void> begin_epoch(const EpochId& id, Instant now) override;
    Result<void> close_recovery() override;
    Result<void> mark_secured(const std::map<RecordId, Reach>& positions) override;
    Result<void> copy_to(const std::string& path, std::string_view key) override;
    Result<void> check_start() override;
    Result<void> check_medium() override;
    Result<Totals> totals() override;
    Result<std::vector<FindingCount>> open_findings() override;
    Result<void> standing_findings(
        const std::function<void(const StandingFinding&)>& visit) override;
    Result<DiskSpace> disk_space() override;
    Result<void> set_disk_day(const DiskDay& day) override;
    Result<std::vector<DiskDay>> disk_days() override;
    Result<void> set_backup(const Backup& backup) override;
    Result<std::optional<Backup>> last_backup() override;
    Result<std::vector<Upgrade>> upgrades() override;
    Result<Instant> latest_time() override;
    // Of SQLCipher: "4.6.1 community".
    Result<std::string> cipher_version();
    Result<std::vector<QuarantineCount>> quarantine_counts() override;
    Result<void> quarantine(const Quarantined& entry) override;
    Result<std::vector<Quarantined>> quarantined() override;
    Result<std::optional<RecordId>> imported(const ImportKey& key) override;
    Result<void> set_imported(const ImportKey& key, const RecordId& record) override;
    Result<bool> put_directory_resource(const std::string& system, const std::string& type,
                                        const std::string& logical_id,
                                        const std::string& bytes) override;
    Result<std::uint64_t> directory_resources() override;
    Result<std::optional<ImportedResource>> imported_resource(const ResourceId& resource) override;
    Result<void> set_imported_resource(const ResourceId& resource,
                                       const ImportedResource& where) override;
    Result<std::vector<ResourceId>> leaving() override;
    Result<void> fill(const RecordId& record, const ImportRun& run) override;
    Result<bool> being_filled(const RecordId& record) override;
    Result<std::uint64_t> records_being_filled() override;
    Result<void> end_filling(const ImportRun& run) override;
    Result<std::optional<Attachment>> attachment(const RecordId& record, const Digest& id) override;
    Result<std::vector<Attachment>> attachments(const RecordId& record) override;
    Result<Attachment> offer_attachment(const Attachment& offered) override;
    Result<Attachment> put_attachment_chunk(const RecordId& record, const Digest& id,
                                            std::uint32_t number, std::string_view sealed) override;
    Result<std::optional<std::string>> attachment_chunk(const RecordId& record, const Digest& id,
                                                        std::uint32_t number) override;
    Result<Attachment> complete_attachment(const RecordId& record, const Digest& id) override;
    Result<void> discard_attachment(const RecordId& record, const Digest& id) override;

    // A part of the shared transaction, and the lock over all. What is not committed when it ends
    // is rolled back, and nothing else.
    class Part {
    public:
        static Result<Part> begin(EmbeddedStorage& storage);
        Part(Part&& other) noexcept
            : storage_(std::exchange(other.storage_, nullptr)), lock_(std::move(other.lock_)) {}
        Part& operator=(Part&&) = delete;
        ~Part();
        // Durable, unless this thread has a batch.
        Result<void> commit();

    private:
        Part(EmbeddedStorage& storage, Lock lock) : storage_(&storage), lock_(std::move(lock)) {}
        EmbeddedStorage* storage_;  // null: it has ended
        Lock lock_;
    };

private:
    friend class EmbeddedRecordTransaction;
    friend class EmbeddedBatch;
    friend class FeedBell;
    explicit EmbeddedStorage(store::sqlcipher::Database db) : db_(std::move(db)), feeds_(*this) {}

    // Runs `body` in a part, or in the one that is open on this thread already.
    template <typename Body>
    Result<void> atomically(const Body& body) {
        if (part_open_) return body();
        KARI_LET(Part part, Part::begin(*this));
        KARI_TRY(body());
        return part.commit();
    }
    // The lock, and what is to be done before anybody reads.
    Lock enter();
    Result<void> say(std::string_view sql);
    EmbeddedBatch* batch_here();
    // Commits what is shared: the one flush.
    Result<void> close_shared();
    void lose_shared(const Error& why);
    Result<std::vector<StoredSeal>> read_seals(store::sqlcipher::Statement& statement);
    Result<void> insert_device(const Device& device, const std::vector<Certificate>& certificates);
    Result<void> insert_certificates(const std::vector<Certificate>& certificates);
    Result<void> set_caseload(const UnitId& unit, const RecordId& record, CaseloadState state);
    Result<void> sweep_attachments(const Instant& now);
    Result<void> check_attachment_quota(const Attachment& offered);
    Result<void> renew_digests(const Attachment& known, const std::string& digests);
    Result<Attachment> existing_attachment(const RecordId& record, const Digest& id);
    Result<void> touch_unit(const UnitId& unit);
    Result<void> touch_all_units();

    std::recursive_mutex mutex_;
    store::sqlcipher::Database db_;

    std::optional<store::sqlcipher::Transaction> shared_;
    std::uint64_t number_ = 0;  // of the shared transaction that is open, or of the next
    bool part_open_ = false;    // by the thread that holds the mutex
    std::map<std::thread::id, EmbeddedBatch*> batches_;
    unsigned at_work_ = 0;  // batches that are not waiting to be settled
    std::condition_variable_any arrived_;
    std::atomic<std::uint64_t> losses_{0};
    FeedBell feeds_;
};

}  // namespace kari::server::storage
