// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/salvage.hpp"

#include <set>
#include <tuple>

#include "sdk/base/id.hpp"
#include "sdk/store/loose_pages.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {

namespace {

// One row beyond what any tablet writes; a damaged number must not keep us for ever.
constexpr std::uint64_t k_stream_max = 1'000'000;

struct Stream {
    RecordId record;
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    std::uint64_t sent = 0;
};

class Reader {
public:
    explicit Reader(std::size_t list_max) : list_max_(list_max) {}

    void run(sqlcipher::Database& db) {
        std::vector<Stream> streams;
        const auto listed = each_row(
            db, "SELECT record, incarnation, seq, sent_seq FROM stream WHERE log = 1",
            [&](sqlcipher::Statement& row) -> Result<void> {
                streams.push_back({row.column_id<RecordId>(0), row.column_id<IncarnationId>(1),
                                   row.column_u64(2), row.column_u64(3)});
                return {};
            });
        if (listed) {
            for (const Stream& stream : streams)
                read(db, stream);
            out_.lost = 0;
        } else {
            read_in_order(db);
        }
    }

    // What stands on pages that no other leads to any more.
    void add(std::vector<merge::Change> loose) {
        for (merge::Change& change : loose) {
            missing_.erase({change.record, change.incarnation, change.header.seq()});
            ++out_.changes;
            note_unsent(std::move(change));
        }
    }
    bool lacks_some() const { return !out_.lost || !missing_.empty(); }
    const std::set<ChangeId>& unsent() const { return unsent_; }
    Salvaged out() {
        if (out_.lost) out_.lost = missing_.size();
        return std::move(out_);
    }

private:
    void take(sqlcipher::Statement& row) {
        auto change = change_from(row);
        if (!change || !change->body_bytes) return;
        ++out_.changes;
        if (static_cast<Fate>(row.column_int(2)) != Fate::unsent) return;
        note_unsent(std::move(*change));
    }

    void note_unsent(merge::Change change) {
        if (!unsent_.insert(change.id).second) return;
        ++out_.unsent;
        if (out_.listed.size() < list_max_) out_.listed.push_back(std::move(change));
    }

    void read(sqlcipher::Database& db, const Stream& stream) {
        const std::uint64_t end = std::min(stream.seq, k_stream_max);
        for (std::uint64_t seq = 1; seq <= end; ++seq) {
            const std::uint64_t before = out_.changes;
            // An error is of this row's pages; the next stands elsewhere.
            static_cast<void>(each_row(
                db,
                "SELECT header, body, fate FROM change"
                " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3",
                [&](sqlcipher::Statement& row) -> Result<void> {
                    take(row);
                    return {};
                },
                stream.record, stream.incarnation, seq));
            if (out_.changes == before && seq > stream.sent) {
                missing_.insert({stream.record, stream.incarnation, seq});
            }
        }
    }

    // Without the streams nobody can say which are ours; those not sent are.
    void read_in_order(sqlcipher::Database& db) {
        static_cast<void>(each_row(db, "SELECT header, body, fate FROM change WHERE fate = 0",
                                   [&](sqlcipher::Statement& row) -> Result<void> {
                                       take(row);
                                       return {};
                                   }));
    }

    std::size_t list_max_;
    Salvaged out_;
    std::set<ChangeId> unsent_;
    std::set<std::tuple<RecordId, IncarnationId, std::uint64_t>> missing_;
};

}  // namespace

Result<Salvaged> read_damaged(const std::string& path, const crypto::Secret& key,
                              std::size_t list_max) {
    sqlcipher::Options options;
    options.damaged_too = true;
    auto db = sqlcipher::Database::open(path, key.view(), options);
    Reader reader(list_max);
    if (db) reader.run(*db);
    if (reader.lacks_some()) {
        auto loose = read_loose_pages(path, key, reader.unsent());
        if (!db && (!loose || loose->empty())) return passed(db.error());
        if (loose) reader.add(std::move(*loose));
    }
    return reader.out();
}

}  // namespace kari::store
