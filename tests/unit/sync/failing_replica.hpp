// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sdk/sync/replica.hpp"

namespace kari::sync::test {

// What stands behind it, of which one call fails, as a disk may.
class FailingReplica : public Replica {
public:
    // at: the call that fails, counted from 1.
    FailingReplica(Replica& behind, std::size_t at) : behind_(behind), at_(at) {}

    // The name of the call that failed; empty while there was none.
    const std::string& failed() const { return failed_; }

    Result<Standing> standing() override {
        return call("standing", [&] { return behind_.standing(); });
    }
    Result<std::vector<Held>> holdings() override {
        return call("holdings", [&] { return behind_.holdings(); });
    }
    Result<std::optional<Held>> holding(const RecordId& record) override {
        return call("holding", [&] { return behind_.holding(record); });
    }
    Result<std::vector<RecordId>> unreached() override {
        return call("unreached", [&] { return behind_.unreached(); });
    }
    Result<std::optional<Digest>> chain_at(const RecordId& record,
                                           std::uint64_t position) override {
        return call("chain_at", [&] { return behind_.chain_at(record, position); });
    }
    Result<std::vector<ChangeId>> ids_at(const RecordId& record, const IncarnationId& incarnation,
                                         std::uint64_t seq) override {
        return call("ids_at", [&] { return behind_.ids_at(record, incarnation, seq); });
    }
    Result<std::optional<v1::RangeReceipt>> newest_receipt(const RecordId& record) override {
        return call("newest_receipt", [&] { return behind_.newest_receipt(record); });
    }
    Result<std::vector<Outgoing>> next_push(const PushQuery& query) override {
        return call("next_push", [&] { return behind_.next_push(query); });
    }
    Result<std::vector<Return>> next_return(const PushQuery& query) override {
        return call("next_return", [&] { return behind_.next_return(query); });
    }
    Result<std::vector<IncarnationId>> missing_certificates() override {
        return call("missing_certificates", [&] { return behind_.missing_certificates(); });
    }
    Result<void> keep_certificate(const IncarnationId& incarnation,
                                  const std::string& der) override {
        return call("keep_certificate", [&] { return behind_.keep_certificate(incarnation, der); });
    }
    Result<void> apply_push(const Answers& answers) override {
        return call("apply_push", [&] { return behind_.apply_push(answers); });
    }
    Result<void> apply_return(const Answers& answers) override {
        return call("apply_return", [&] { return behind_.apply_return(answers); });
    }
    Result<void> apply_delta(const Delta& delta) override {
        return call("apply_delta", [&] { return behind_.apply_delta(delta); });
    }
    Result<void> fall_back(const Fallback& fallback) override {
        return call("fall_back", [&] { return behind_.fall_back(fallback); });
    }
    Result<void> grant(const RecordId& record, const Point& server) override {
        return call("grant", [&] { return behind_.grant(record, server); });
    }
    Result<void> hide(const RecordId& record) override {
        return call("hide", [&] { return behind_.hide(record); });
    }
    Result<void> not_here(const RecordId& record) override {
        return call("not_here", [&] { return behind_.not_here(record); });
    }
    Result<Obligations> obligations(const RecordId& record) override {
        return call("obligations", [&] { return behind_.obligations(record); });
    }
    Result<void> purge(const RecordId& record, const Point& server) override {
        return call("purge", [&] { return behind_.purge(record, server); });
    }
    Result<void> set_epoch(const EpochId& epoch) override {
        return call("set_epoch", [&] { return behind_.set_epoch(epoch); });
    }
    Result<void> set_directory(const v1::DirectoryUnit& unit,
                               const std::vector<v1::DirectoryPerson>& people,
                               std::uint64_t version) override {
        return call("set_directory", [&] { return behind_.set_directory(unit, people, version); });
    }
    Result<void> note_server_time(const TimeSample& sample) override {
        return call("note_server_time", [&] { return behind_.note_server_time(sample); });
    }
    Result<void> finish(const Freshness& freshness) override {
        return call("finish", [&] { return behind_.finish(freshness); });
    }

private:
    template <typename Do>
    auto call(const char* name, Do done) -> decltype(done()) {
        if (++calls_ != at_) return done();
        failed_ = name;
        return fail(ErrorCode::storage_failed, name);
    }

    Replica& behind_;
    std::size_t at_;
    std::size_t calls_ = 0;
    std::string failed_;
};

}  // namespace kari::sync::test
