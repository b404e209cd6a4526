// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/id.hpp"
#include "sdk/chart/traces.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/merge/fold.hpp"
#include "sdk/store/query.hpp"
#include "sdk/store/schema.hpp"
#include "sdk/store/state_codec.hpp"
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

// The rows of one change as a device keeps them.
struct Rows {
    merge::Change change;
    std::string state;
    std::string addresses;
    Instant moment;
    std::vector<chart::Trace> traces;
};

// A database of the same tables under the same pragmas, to which the same bytes are written with
// nothing around it: what a durable write cannot be cheaper than.
class BareDatabase {
public:
    explicit BareDatabase(const std::filesystem::path& file)
        : db_(must(store::sqlcipher::Database::create(file.string(), std::string(32, 'k')),
                   "database")) {
        must(store::sqlcipher::migrate(db_, store::migrations()), "tables");
    }

    void begin_record(const RecordId& record) {
        must(store::run(db_, "INSERT INTO record(record) VALUES(?1)", record), "record");
    }
    store::sqlcipher::Transaction begin() { return must(db_.begin(), "begin"); }
    void insert(const Rows& rows) {
        const merge::Change& change = rows.change;
        const auto& header = change.header;
        must(store::run(db_,
                        "INSERT INTO change(record, incarnation, seq, id, fate, position, header,"
                        " body) VALUES(?1, ?2, ?3, ?4, 0, 0, ?5, ?6)",
                        change.record, change.incarnation, header.seq(), change.id,
                        change.header_bytes, change.body_bytes.value_or("")),
             "change");
        must(store::run(db_,
                        "INSERT INTO stream(log, record, incarnation, seq, head)"
                        " VALUES(1, ?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
                        " seq = excluded.seq, head = excluded.head",
                        change.record, change.incarnation, header.seq(), change.id),
             "stream");
        must(store::run(db_, "UPDATE record SET tick = ?2 WHERE record = ?1", change.record,
                        header.tick()),
             "tick");
        must(store::run(db_,
                        "INSERT INTO resource(record, kind, moment, resource, state, addresses,"
                        " traces) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                        " ON CONFLICT(record, resource) DO UPDATE SET moment = excluded.moment,"
                        " state = excluded.state, addresses = excluded.addresses",
                        change.record, header.kind(), rows.moment.ms, change.resource, rows.state,
                        rows.addresses, store::encode_traces(rows.traces)),
             "resource");
        for (const chart::Trace& trace : rows.traces) {
            must(store::run(db_,
                            "INSERT INTO trace(record, key, at, resource) VALUES(?1, ?2, ?3, ?4)"
                            " ON CONFLICT DO NOTHING",
                            change.record, std::string_view(trace.key), trace.at.ms,
                            change.resource),
                 "trace");
        }
    }

private:
    store::sqlcipher::Database db_;
};

struct Writing {
    Writing(const Scale& scale, unsigned changes)
        : server(folder.path() / "server"), bare(folder.path() / "bare.db") {
        record = server.import_journal(changes);
        tablet = enrol(server, folder.path() / "tablet", false);
        must((*tablet)->sync({}), "sync");
        must((*tablet)->my_patients({}), "list");
        must((*tablet)->open_chart(record, {}), "chart");
        bare.begin_record(record);
        auto all = bare.begin();
        for (const Rows& rows : rows_of_log())
            bare.insert(rows);
        must(all.commit(), "commit");
        waiting.reserve(scale.writes);
    }

    std::vector<Rows> rows_of_log() {
        std::vector<Rows> found;
        for (const LogLine& line : must((*tablet)->export_log(record), "log")) {
            if (!seen.insert(line.id).second) continue;
            auto body = line.body_hex ? base::from_hex(*line.body_hex) : std::nullopt;
            auto change = must(
                merge::decode_change(base::from_hex(line.header_hex).value_or(""), body), "change");
            Rows rows;
            chart::GroupResource resource;
            static_cast<merge::Resource&>(resource) = merge::fold({&change});
            resource.history.push_back(std::make_shared<const merge::Change>(change));
            const chart::ClockNotes no_clocks{chart::Group{}};
            rows.moment = chart::moment_of(resource, no_clocks);
            rows.traces = chart::traces_of(resource, no_clocks);
            rows.state = store::encode_resource(resource);
            rows.addresses =
                store::encode_addresses({{change.incarnation, change.header.seq(), change.id}});
            rows.change = std::move(change);
            found.push_back(std::move(rows));
        }
        return found;
    }

    void write_some(unsigned count) {
        for (unsigned i = 0; i < count; ++i)
            must((*tablet)->record_observation(record, pulse(60 + i % 30)), "write");
    }
    void bare_some() {
        for (const Rows& rows : waiting) {
            auto one = bare.begin();
            bare.insert(rows);
            must(one.commit(), "commit");
        }
    }

    Folder folder;
    Server server;
    BareDatabase bare;
    RecordId record;
    std::unique_ptr<Tablet> tablet;
    std::set<ChangeId> seen;
    std::vector<Rows> waiting;
};

}  // namespace

std::vector<Operation> write_operations(const Scale& scale) {
    std::vector<Operation> operations;
    for (const unsigned changes : scale.journals) {
        const auto made = std::make_shared<std::unique_ptr<Writing>>();
        const auto stage = [made, scale, changes]() -> Writing& {
            if (!*made) *made = std::make_unique<Writing>(scale, changes);
            return **made;
        };
        const std::string size = "/" + std::to_string(changes);
        Operation durable;
        durable.name = "write/durable" + size;
        durable.what = "Device::record_observation into an open chart of " +
                       std::to_string(changes) + " changes, on disk when it returns";
        durable.against = "write/bare" + size;
        durable.limits = {2.0, 1.1, 1.5, {}};
        durable.turns = scale.turns;
        durable.times = scale.writes;
        durable.prepare = [stage] {
            stage();
        };
        durable.run = [stage, scale] {
            stage().write_some(scale.writes);
            return 0.0;
        };
        Operation bare;
        bare.name = "write/bare" + size;
        bare.what =
            "one SQLCipher transaction for each change that writes the same rows into the "
            "same tables under the same pragmas, with nothing around it";
        bare.turns = scale.turns;
        bare.times = scale.writes;
        // What the tablet wrote in its turn before this one.
        bare.prepare = [stage] {
            stage().waiting = stage().rows_of_log();
        };
        bare.run = [stage] {
            stage().bare_some();
            return 0.0;
        };
        operations.push_back(std::move(durable));
        operations.push_back(std::move(bare));
    }
    return operations;
}

}  // namespace kari::bench
