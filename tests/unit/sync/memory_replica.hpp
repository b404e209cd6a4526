// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sdk/sync/replica.hpp"
#include "tests/unit/sync/written.hpp"

namespace kari::sync::test {

// The port as its contract words it, in memory, with whole records (base 0).
class MemoryReplica : public Replica {
public:
    enum class State { durable, stored, secured, quarantined };
    struct Row {
        StoredChange change;
        IncarnationId incarnation;
        std::uint64_t seq = 0;
        bool own = false;
        State state = State::durable;
        EpochId epoch;  // of the position
        bool refused = false;
    };
    struct Entry {
        AccessItem item;
        State state = State::durable;
    };
    // A stretch of the prefix of an older epoch, with its receipt.
    struct OldRun {
        EpochId epoch;
        Point shared;
        std::vector<ChangeId> ids;  // from shared + 1
        v1::RangeReceipt receipt;
    };
    struct Record {
        Point cursor;
        std::vector<ChangeId> prefix;
        std::vector<Point> points{Point{}};
        EpochId epoch;
        std::uint64_t safety_position = 0;
        bool hidden = false;
        bool not_here = false;
        std::map<ChangeId, Row> rows;
        std::vector<Entry> access;
        std::optional<v1::RangeReceipt> receipt;
        std::vector<v1::PairsReceipt> pairs;
        std::vector<OldRun> old_runs;
        std::size_t drafts = 0;
    };

    explicit MemoryReplica(const std::string& name) : writer(name) {
        standing_.incarnation = writer.incarnation;
    }

    ChangeId write(const RecordId& record, std::uint32_t kind = k_ordinary_kind,
                   std::size_t body_bytes = 40);
    void open_chart(const RecordId& record);
    // Every own change of the record that the device knows to be at least stored.
    std::size_t acknowledged(const RecordId& record) const;
    bool has(const RecordId& record, const ChangeId& id) const;
    // What must hold whatever the server said.
    void check() const;

    Result<Standing> standing() override { return standing_; }
    Result<std::vector<Held>> holdings() override;
    Result<std::optional<Held>> holding(const RecordId& record) override;
    Result<std::vector<RecordId>> unreached() override { return std::vector<RecordId>{}; }
    Result<std::optional<Digest>> chain_at(const RecordId& record, std::uint64_t position) override;
    Result<std::vector<ChangeId>> ids_at(const RecordId& record, const IncarnationId& incarnation,
                                         std::uint64_t seq) override;
    Result<std::optional<v1::RangeReceipt>> newest_receipt(const RecordId& record) override;
    Result<std::vector<Outgoing>> next_push(const PushQuery& query) override;
    Result<std::vector<Return>> next_return(const PushQuery& query) override;
    Result<std::vector<IncarnationId>> missing_certificates() override {
        return std::vector<IncarnationId>(lacking.begin(), lacking.end());
    }
    Result<void> keep_certificate(const IncarnationId& incarnation,
                                  const std::string& der) override {
        lacking.erase(incarnation);
        certificates[incarnation] = der;
        return {};
    }
    Result<void> apply_push(const Answers& answers) override;
    Result<void> apply_return(const Answers& answers) override;
    Result<void> apply_delta(const Delta& delta) override;
    Result<void> fall_back(const Fallback& fallback) override;
    Result<void> grant(const RecordId& record, const Point& server) override;
    Result<void> hide(const RecordId& record) override;
    Result<void> not_here(const RecordId& record) override;
    Result<Obligations> obligations(const RecordId& record) override;
    Result<void> purge(const RecordId& record, const Point& server) override;
    Result<void> set_epoch(const EpochId& epoch) override;
    Result<void> set_directory(const v1::DirectoryUnit& unit,
                               const std::vector<v1::DirectoryPerson>& people,
                               std::uint64_t version) override;
    Result<void> note_server_time(const TimeSample& sample) override;
    Result<void> finish(const Freshness& freshness) override;

    Writer writer;
    Standing standing_;
    std::map<RecordId, Record> records;
    std::set<IncarnationId> lacking;  // a seal of theirs came without its certificate
    std::map<IncarnationId, std::string> certificates;
    std::set<RecordId> storage_fails;  // apply_delta and apply_push of these
    std::vector<Fallback> fallbacks;
    std::vector<TimeSample> samples;
    std::vector<Freshness> finished;
    std::vector<v1::DirectoryPerson> people;
    std::set<RecordId> purged;
    std::size_t largest_piece = 0;

private:
    void place(Record& record, Row& row, std::uint64_t position, const EpochId& epoch);
    bool owed(const Record& record, const ChangeId& id) const;
};

}  // namespace kari::sync::test
