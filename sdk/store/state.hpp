// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <list>
#include <set>

#include "sdk/store/device_store.hpp"
#include "sdk/store/query.hpp"
#include "sdk/store/sqlcipher/database.hpp"
#include "sdk/store/state_codec.hpp"

namespace kari::store {

enum class Log : std::uint8_t { change = 1, access = 2 };

// The resource of zeros in `owed`: all of the record.
inline constexpr ResourceId k_whole_record{};

struct OwnStream {
    std::uint64_t seq = 0;
    Digest head{};
};

struct ResourceRow {
    merge::Resource state;
    std::vector<Address> addresses;
};

// What stands behind DeviceStore. Its parts, by file: state (rows of records, streams and
// resources), reading (groups), writing, reviewing, delta, outbox, epoch, leaving, upkeep.
//
// A method that alters rows is called within a transaction of its caller.
struct DeviceStore::State {
    State(sqlcipher::Database database, Identity who)
        : db(std::move(database)), identity(std::move(who)) {}

    // --- rows -----------------------------------------------------------------------------------
    Result<std::optional<RecordMeta>> meta(const RecordId& record);
    Result<void> require(const RecordId& record);
    Result<void> add_record(const RecordId& record, bool made_here);
    Result<std::optional<OwnStream>> own_stream(Log log, const RecordId& record,
                                                const IncarnationId& incarnation);
    Result<void> set_own_stream(Log log, const RecordId& record, const IncarnationId& incarnation,
                                const OwnStream& stream);
    // Moves sent_seq and done_seq as far as the fates of the stream allow.
    Result<void> advance(Log log, const RecordId& record, const IncarnationId& incarnation);
    Result<std::optional<ResourceRow>> resource_row(const RecordId& record, std::uint32_t kind,
                                                    const ResourceId& id);
    Result<std::vector<merge::Change>> changes_of(const RecordId& record,
                                                  const std::vector<Address>& addresses);
    Result<void> insert_change(const merge::Change& change, Fate fate, std::uint64_t position);
    // Folds one resource from its changes with `added` among them and stores the row.
    Result<merge::Resource> refold(const RecordId& record, std::uint32_t kind, const ResourceId& id,
                                   const std::vector<Address>& added);
    Result<void> store_resource(const merge::Resource& resource,
                                const std::vector<Address>& addresses,
                                std::optional<std::uint32_t> old_kind);
    // Writes the links that the record's link resources state now.
    Result<void> project_links(const RecordId& record);

    // --- groups ---------------------------------------------------------------------------------
    Result<std::shared_ptr<const chart::Group>> group(const RecordId& record);
    Result<chart::Closure> closure(const RecordId& record);
    Result<void> load_record(const RecordId& record, chart::Group& group);
    // Puts a resource that a local write altered into the kept group.
    Result<void> renew(const RecordId& record, const merge::Resource& resource,
                       chart::ChangePtr change);
    void forget(const RecordId& record);
    void forget_all() { groups.clear(); }

    // --- review ---------------------------------------------------------------------------------
    Result<void> owe(const RecordId& record, const ResourceId& resource);
    Result<void> owe_group(const RecordId& record);
    Result<std::vector<FindingId>> review_now(const RecordId& record, const ResourceId& resource);
    Result<void> review_group(const RecordId& record);
    // Whose findings a review of this record may set. A record that has left is reviewed with its
    // group, but what it shows must not come into the findings of those that are still shown.
    Result<std::vector<RecordId>> written_by_review(const RecordId& record,
                                                    const chart::Group& group);
    Result<std::vector<chart::Finding>> stored_findings(const std::vector<RecordId>& records);
    // Returns the ids whose rows changed.
    Result<std::vector<FindingId>> replace_findings(const chart::Group& group,
                                                    const std::vector<RecordId>& written,
                                                    const std::vector<chart::Finding>& before,
                                                    const std::vector<chart::Finding>& after);

    // --- writing --------------------------------------------------------------------------------
    Result<Written> append_own(const WriteRequest& request);

    Result<void> unacknowledge(const RecordId& record);
    Result<void> redo_returns(const RecordId& record, std::uint64_t shared, std::uint64_t from);
    Result<void> owe_return(const RecordId& record, const EpochId& epoch, std::uint64_t after,
                            std::uint64_t through);
    Result<EpochId> epoch_of_prefix(const RecordMeta& meta);
    Result<void> forget_given_back(const RecordId& record);

    // --- upkeep ---------------------------------------------------------------------------------
    Result<void> refold_record(const RecordId& record);
    Result<void> check_own_streams();
    Result<std::vector<RecordId>> all_records();

    bool is_own(const IncarnationId& incarnation) const { return own.contains(incarnation); }

    sqlcipher::Database db;
    Identity identity;
    std::uint64_t opens = 0;
    std::set<IncarnationId> own;  // every incarnation that this database has written under
    const clinical::KnowledgePack* pack = &clinical::demo_pack();
    std::list<std::shared_ptr<chart::Group>> groups;  // the last used first
};

// Rolls back and forgets what is kept in memory when it ends without commit, so that memory never
// knows more than the disk.
class Work {
public:
    static Result<Work> begin(DeviceStore::State& state);
    Work(Work&& other) noexcept
        : state_(std::exchange(other.state_, nullptr)),
          transaction_(std::move(other.transaction_)) {}
    Work& operator=(Work&&) = delete;
    ~Work() {
        if (state_ != nullptr) state_->forget_all();
    }
    Result<void> commit();

private:
    Work(DeviceStore::State& state, sqlcipher::Transaction transaction)
        : state_(&state), transaction_(std::move(transaction)) {}
    DeviceStore::State* state_;
    sqlcipher::Transaction transaction_;
};

// A point as it came: 32 bytes of chain, or none at position 0. Errors: malformed.
Result<LogPoint> point_from(const v1::LogPoint& point);

// From the first two columns: header and body.
Result<merge::Change> change_from(sqlcipher::Statement& row);

// SQLite gives rows back as errors or values; these shorten handing errors on.
inline tl::unexpected<Error> passed(const Error& error) {
    return tl::unexpected<Error>(error);
}

}  // namespace kari::store
