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
    std::string traces;  // as encoded
};

// What is kept beside a folded resource so that it need not be read to be found.
struct Place {
    Instant moment;
    std::vector<chart::Trace> traces;
};

// A group that was asked for lately, and the window that it was read by.
struct KeptGroup {
    Window window;
    std::shared_ptr<chart::Group> group;
};

// What stands behind DeviceStore. Its parts, by file: state (rows of records and streams), placing
// (folded state), reading, loading and recent (groups), writing, reviewing, delta, outbox, epoch,
// attachments, leaving, upkeep.
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
    // Moves sent_seq and done_seq as far as the fates of the stream allow, held_seq to its end.
    Result<void> advance(Log log, const RecordId& record, const IncarnationId& incarnation);
    Result<std::optional<ResourceRow>> resource_row(const RecordId& record, const ResourceId& id);
    Result<std::vector<merge::Change>> changes_of(const RecordId& record,
                                                  const std::vector<Address>& addresses);
    Result<void> insert_change(const merge::Change& change, Fate fate, std::uint64_t position);
    // It could not be read before, and now it can: what is owed of it is found by its address.
    Result<void> leaves_quarantine(const merge::Change& change);

    // How far a stream is held from seq 1 without a gap.
    Result<std::uint64_t> held_from_first(const RecordId& record, const IncarnationId& incarnation);
    // Notes that a change is held above the cursor; nothing when it is not here or not above.
    Result<void> note_beside(const RecordId& record, const Address& at);
    Result<void> note_all_beside(const RecordId& record);

    // --- folded state (placing) -----------------------------------------------------------------
    // Folds one resource from its changes with `added` among them and stores the row.
    Result<chart::GroupResource> refold(const RecordId& record, const ResourceId& id,
                                        const std::vector<Address>& added);
    // `traces`: those that the row has until now, as encoded.
    Result<void> store_resource(const chart::GroupResource& resource,
                                const std::vector<Address>& addresses, std::string_view traces);
    // By what is known of the clocks in this record.
    Result<Place> place_of(const chart::GroupResource& resource);
    // The resources that one boot of an incarnation wrote to.
    Result<std::vector<ResourceId>> written_by_clock(const RecordId& record,
                                                     const IncarnationId& incarnation,
                                                     std::string_view boot);
    // All that the clocks wrote which a time note is or was about.
    Result<std::vector<ResourceId>> written_by_clocks_of(const RecordId& record,
                                                         const chart::GroupResource& note);
    // Writes the links that the record's link resources state now.
    Result<void> project_links(const RecordId& record);

    // --- groups ---------------------------------------------------------------------------------
    // Everything; not kept.
    Result<chart::Group> whole_group(const RecordId& record);
    Result<std::shared_ptr<const chart::Group>> recent(const RecordId& record,
                                                       const Window& window);
    Result<chart::Closure> closure(const RecordId& record);
    Result<void> load_record(const RecordId& record, chart::Group& group);
    // Puts a resource that a local write altered into the kept groups.
    void renew(const chart::GroupResource& resource);
    void forget(const RecordId& record);
    void forget_all() { groups.clear(); }

    // --- what is elsewhere ----------------------------------------------------------------------
    Result<std::optional<v1::WindowPart>> window(const RecordId& record);
    Result<void> set_window(const RecordId& record, const v1::WindowPart& part);
    Result<std::map<std::uint32_t, Instant>> elsewhere(const std::vector<RecordId>& records);
    // Nothing of the record is here but safety kinds: what went ahead of all the rest.
    Result<bool> only_went_ahead(const RecordId& record);
    Result<bool> is_on_its_way(const RecordId& record);
    // Puts it into what a group says of its reach.
    Result<void> bound_by_elsewhere(chart::Group& group);

    // --- review ---------------------------------------------------------------------------------
    Result<void> owe(const RecordId& record, const ResourceId& resource);
    Result<void> owe_group(const RecordId& record);
    Result<std::vector<FindingId>> review_now(const RecordId& record, const ResourceId& resource);
    Result<void> review_group(const RecordId& record);
    // Reviews some resources and all that rules look at from there. Returns the ids whose rows
    // changed.
    Result<std::vector<FindingId>> review_some(const RecordId& record,
                                               const chart::Closure& members,
                                               const std::vector<RecordId>& written,
                                               const std::vector<ResourceId>& touched);
    Result<void> review_all(const RecordId& record, const std::vector<RecordId>& written);
    // Whose findings a review of this record may set. A record that has left is reviewed with its
    // group, but what it shows must not come into the findings of those that are still shown.
    Result<std::vector<RecordId>> written_by_review(const RecordId& record,
                                                    const chart::Closure& members);
    // Those of a moment not before `since`.
    Result<std::vector<chart::Finding>> stored_findings(const std::vector<RecordId>& records,
                                                        Instant since = Instant{INT64_MIN});
    Result<std::vector<chart::Finding>> findings_about(const std::vector<RecordId>& records,
                                                       const std::vector<ResourceId>& resources);
    // Those that issue resources carry.
    Result<std::vector<chart::Finding>> findings_answered_in(const std::vector<RecordId>& records,
                                                             const std::vector<ResourceId>& issues);
    // Returns the ids whose rows changed.
    Result<std::vector<FindingId>> replace_findings(const std::vector<RecordId>& members,
                                                    const std::vector<RecordId>& written,
                                                    const std::vector<chart::Finding>& before,
                                                    const std::vector<chart::Finding>& after);
    // Writes when each last mattered; k_stands until it is resolved. `group` holds their issues.
    Result<void> date_findings(const chart::Group& group, const std::vector<RecordId>& written,
                               const std::vector<chart::Finding>& findings);

    // --- writing --------------------------------------------------------------------------------
    Result<Written> append_own(const WriteRequest& request);

    Result<void> unacknowledge(const RecordId& record);
    Result<void> redo_returns(const RecordId& record, std::uint64_t shared, std::uint64_t from);
    Result<void> owe_return(const RecordId& record, const EpochId& epoch, std::uint64_t after,
                            std::uint64_t through);
    Result<EpochId> epoch_of_prefix(const RecordMeta& meta);
    Result<void> forget_given_back(const RecordId& record);

    // --- attachments ----------------------------------------------------------------------------
    // A row for each that the change names, so that it can be kept, fetched and told of.
    Result<void> name_attachments(const merge::Change& change);
    // Deletes what no change names: it was cut off before its change was written.
    Result<void> sweep_attachments();

    // --- the knowledge pack ---------------------------------------------------------------------
    // What was kept, or the compiled-in one; owes every review when it is another than the last.
    Result<void> load_pack();
    // Within a transaction: notes which pack is in use. Another than the last owes every review.
    Result<void> note_pack(const clinical::KnowledgePack& in_use);

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
    std::optional<clinical::KnowledgePack> kept_pack;
    std::optional<Error> pack_trouble;
    chart::Lift lift = nullptr;
    std::list<KeptGroup> groups;  // the last used first
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
