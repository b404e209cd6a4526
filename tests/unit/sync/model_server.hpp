// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kari/v1/exchange.pb.h"
#include "sdk/sync/chain.hpp"
#include "tests/unit/sync/written.hpp"

namespace kari::sync::test {

// A server as docs/formats/exchange.md words it, in memory, for one unit. What is copied is the
// backup; what stands outside `now` survives a restore.
class ModelServer {
public:
    struct Log {
        std::vector<ChangeId> ids;
        std::vector<Point> points{Point{}};
    };
    struct Database {
        std::map<RecordId, Log> logs;
        std::map<ChangeId, StoredChange> changes;
        std::map<ChangeId, std::uint64_t> positions;
        std::map<RecordId, bool> caseload;  // false: removed
        std::vector<RecordId> feed;
        std::set<ChangeId> access;
    };

    ModelServer() { new_epoch(); }

    v1::ExchangeReply answer(const v1::ExchangeRequest& request);

    void append(const RecordId& record, const StoredChange& change);
    void assign(const RecordId& record);
    void unassign(const RecordId& record);
    void restore(const Database& backup);
    void new_epoch();
    bool has(const ChangeId& id) const { return now.changes.count(id) > 0; }
    Point end(const RecordId& record) const;

    Database now;
    EpochId epoch;
    std::string key = "receipt key";
    bool recovering = false;
    bool secures = true;
    bool feeds_safety = true;          // the safety lane of what is in the feed comes unasked
    bool names_all_starts = true;      // else the latest, and what the cursor shows
    bool doubts_receipts = false;      // what is given back is set aside: nothing proves it
    bool answers_named = false;        // a give_back of an id alone, without its address
    std::size_t delta_changes = 1000;  // in one part
    std::size_t reply_changes = 100'000;
    std::set<ChangeId> quarantine;  // refused with malformed
    std::set<ChangeId> fatal;       // the whole request is refused for these
    std::map<IncarnationId, std::string> certificates;
    bool tells_all_certificates = false;  // asked for or not
    std::size_t receipts_refused = 0;
    std::vector<v1::ExchangeRequest> requests;

private:
    struct Start {
        EpochId epoch;
        std::map<RecordId, Point> points;
    };
    bool take(const RecordId& record, const v1::WireChange& wire, v1::PushReply& reply,
              bool set_aside = false);
    void take_return(const v1::RecordReturn& given, v1::ExchangeReply& reply);
    bool proven(const RecordId& record, const v1::RecordReturn& given);
    void close(const RecordId& record, v1::PushReply& reply);
    void add_starts(const v1::Holding& holding, v1::ExchangeReply& reply) const;
    void add_caseload(const v1::ExchangeRequest& request, std::uint64_t feed,
                      v1::ExchangeReply& reply) const;
    void add_delta(const v1::Holding& holding, v1::ExchangeReply& reply, std::size_t& room) const;
    static std::uint64_t safe_after(const v1::Holding& holding, const v1::ExchangeReply& reply);
    void add_safety(const RecordId& record, std::uint64_t after, v1::ExchangeReply& reply) const;
    std::string mac(const std::string& input) const {
        return base::to_bytes(base::sha256(key + input));
    }

    std::vector<Start> starts_;
    int epochs_ = 0;
};

}  // namespace kari::sync::test
