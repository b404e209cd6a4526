// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/store/query.hpp"
#include "sdk/store/schema.hpp"
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

constexpr unsigned k_delta = 5;

// Two tablets and a server behind real TLS on this machine.
struct Syncing {
    explicit Syncing(unsigned changes) : server(folder.path() / "server") {
        record = server.import_journal(changes);
        server.listen();
        reader = enrol(server, folder.path() / "reader", true);
        writer = enrol(server, folder.path() / "writer", true);
        settle();
    }
    ~Syncing() {
        // A thread of this process drains the connections that these hold open.
        fresh.reset();
        reader.reset();
        writer.reset();
    }
    double sync(Tablet& tablet) {
        const auto report = must(tablet->sync({}), "sync");
        if (!report.complete) throw std::runtime_error("sync: not complete");
        return static_cast<double>(report.bytes_up + report.bytes_down);
    }
    void settle() {
        sync(*writer);
        sync(*reader);
        sync(*writer);
        sync(*reader);
    }
    void write_some() {
        settle();
        for (unsigned i = 0; i < k_delta; ++i)
            must((*writer)->record_observation(record, pulse(60 + i)), "write");
        sync(*writer);
    }
    void enrol_fresh() {
        fresh.reset();
        fresh = enrol(server, folder.path() / fmt::format("fresh-{}", ++enrolled), true);
    }

    // The bytes of the log and nothing else, into the same tables in one transaction.
    double bulk_insert() {
        double bytes = 0;
        auto db = must(store::sqlcipher::Database::create(
                           (folder.path() / fmt::format("bulk-{}.db", ++enrolled)).string(),
                           std::string(32, 'k')),
                       "database");
        must(store::sqlcipher::migrate(db, store::migrations()), "tables");
        auto all = must(db.begin(), "begin");
        must(store::run(db, "INSERT INTO record(record) VALUES(?1)", record), "record");
        for (const auto& [change, header, body] : log) {
            must(store::run(db,
                            "INSERT INTO change(record, incarnation, seq, id, fate, position,"
                            " header, body) VALUES(?1, ?2, ?3, ?4, 0, 0, ?5, ?6)",
                            record, IncarnationId{}, ++rows, change, header, body),
                 "change");
            bytes += static_cast<double>(header.size() + body.size());
        }
        must(all.commit(), "commit");
        return bytes;
    }
    // All that there is, however old: the next sync brings it.
    void want_all(Tablet& tablet) const {
        must(tablet->open_chart(record, {}), "chart");
        must(tablet->want_history(record, Instant{INT64_MIN}), "history");
    }
    void read_log() {
        if (!log.empty()) return;
        want_all(*reader);
        sync(*reader);
        for (const LogLine& line : must((*reader)->export_log(record), "log")) {
            log.emplace_back(line.id, base::from_hex(line.header_hex).value_or(""),
                             base::from_hex(line.body_hex.value_or("")).value_or(""));
        }
    }

    Folder folder;
    Server server;
    RecordId record;
    std::unique_ptr<Tablet> reader;
    std::unique_ptr<Tablet> writer;
    std::unique_ptr<Tablet> fresh;
    unsigned enrolled = 0;
    std::uint64_t rows = 0;
    std::vector<std::tuple<ChangeId, std::string, std::string>> log;
};

using Stage = std::function<Syncing&()>;

void add_first(std::vector<Operation>& operations, const Scale& scale, unsigned changes,
               const Stage& stage) {
    const std::string size = "/" + std::to_string(changes);
    Operation first;
    first.name = "sync/first" + size;
    first.what = fmt::format(
        "the first Device::sync of a tablet, over TLS, with a caseload of one journal of {} "
        "changes; tablet and server together. Of a long journal what stands and what is recent",
        changes);
    first.against = "sync/bare-bulk" + size;
    first.limits.wire_bytes = 1.0;
    first.turns = std::min(scale.turns, 3U);
    first.prepare = [stage] {
        stage().enrol_fresh();
    };
    first.run = [stage] {
        return stage().sync(*stage().fresh);
    };
    Operation rest;
    rest.name = "sync/rest" + size;
    rest.what = "what that sync left at the server, all of it, when it is asked for";
    rest.turns = first.turns;
    rest.prepare = [stage] {
        stage().enrol_fresh();
        stage().sync(*stage().fresh);
        stage().want_all(*stage().fresh);
    };
    rest.run = [stage] {
        return stage().sync(*stage().fresh);
    };
    Operation bulk;
    bulk.name = "sync/bare-bulk" + size;
    bulk.what =
        "a new SQLCipher database into which the same changes are inserted in one "
        "transaction; its bytes on the wire are those of the log, unpacked";
    bulk.turns = first.turns;
    bulk.prepare = [stage] {
        stage().read_log();
    };
    bulk.run = [stage] {
        return stage().bulk_insert();
    };
    operations.push_back(std::move(first));
    operations.push_back(std::move(rest));
    operations.push_back(std::move(bulk));
}

}  // namespace

std::vector<Operation> sync_operations(const Scale& scale) {
    std::vector<Operation> operations;
    const std::string least = "/" + std::to_string(scale.journals.front());
    for (const unsigned changes : scale.journals) {
        const auto made = std::make_shared<std::unique_ptr<Syncing>>();
        const Stage stage = [made, changes]() -> Syncing& {
            if (!*made) *made = std::make_unique<Syncing>(changes);
            return **made;
        };
        add_first(operations, scale, changes, stage);
        const std::string size = "/" + std::to_string(changes);
        const bool smallest = changes == scale.journals.front();
        Operation delta;
        delta.name = "sync/delta" + size;
        delta.what = fmt::format("Device::sync when another tablet has sent {} changes", k_delta);
        delta.against = smallest ? "" : "sync/delta" + least;
        delta.limits.cpu = 1.5;
        delta.limits.wire_bytes = 1.2;
        delta.turns = scale.turns;
        delta.prepare = [stage] {
            stage().write_some();
        };
        delta.run = [stage] {
            return stage().sync(*stage().reader);
        };
        Operation nothing;
        nothing.name = "sync/nothing-new" + size;
        nothing.what = "Device::sync when there is nothing to send and nothing to fetch";
        nothing.against = smallest ? "" : "sync/nothing-new" + least;
        nothing.limits.cpu = 1.5;
        nothing.limits.wire_bytes = 1.1;
        nothing.turns = scale.turns;
        nothing.prepare = [stage] {
            stage().settle();
        };
        nothing.run = [stage] {
            return stage().sync(*stage().reader);
        };
        operations.push_back(std::move(delta));
        operations.push_back(std::move(nothing));
    }
    return operations;
}

}  // namespace kari::bench
