// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sdk/store/query.hpp"
#include "sync-server/storage/embedded/schema.hpp"
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

constexpr unsigned k_batch = 100;

// The server's tables under the same pragmas, with nothing around them.
class BareTables {
public:
    explicit BareTables(const std::filesystem::path& file)
        : db_(must(
              store::sqlcipher::Database::create(
                  file.string(), std::string(32, 'k'),
                  {.exclusive = false, .cache_kib = server::storage::EmbeddedStorage::k_cache_kib}),
              "database")) {
        must(store::sqlcipher::migrate(db_, server::storage::embedded::migrations()), "tables");
    }
    void begin_record(const RecordId& record) {
        must(store::run(db_, "INSERT INTO record VALUES(?1,0,0,?2,0,?2,0,0,0,0,0,?2)", record,
                        Digest{}),
             "record");
    }
    void insert(const RecordId& record, const std::vector<server::storage::StoredChange>& changes) {
        auto all = must(db_.begin(), "begin");
        for (const auto& one : changes) {
            ResourceId resource;  // any of its own: the index has one row for each change
            std::copy_n(one.id.bytes.begin(), resource.bytes.size(), resource.bytes.begin());
            must(store::run(db_, "INSERT INTO change VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", record,
                            one.position, one.id, one.chain, one.kind, one.incarnation, one.seq,
                            one.header_bytes, one.body_bytes.value_or("")),
                 "change");
            must(store::run(db_, "INSERT INTO resource_change VALUES(?1,?2,?3,?4)", record,
                            resource, one.position, one.kind),
                 "resource_change");
        }
        must(store::run(db_, "UPDATE record SET head = ?2, reviewed = ?2 WHERE id = ?1", record,
                        changes.back().position),
             "record");
        must(all.commit(), "commit");
    }

private:
    store::sqlcipher::Database db_;
};

struct Pushing {
    Pushing(unsigned changes, unsigned tablets_wanted)
        : server(folder.path() / "server"), bare(folder.path() / "bare.db") {
        record = server.import_journal(changes);
        for (unsigned i = 0; i < tablets_wanted; ++i) {
            tablets.push_back(enrol(server, folder.path() / fmt::format("tablet-{}", i), false));
            must(tablets.back()->device->sync({}), "sync");
        }
        bare.begin_record(record);
        take_news();
        bare.insert(record, news);
    }
    // What has come into the log since it was last asked.
    void take_news() {
        news.clear();
        const auto visit = [&](const server::storage::StoredChange& change) {
            news.push_back(change);
            told = change.position;
            return true;
        };
        must(server.runtime().storage->changes(record, told, visit), "log");
    }
    // Each tablet writes so many changes and has a request ready that pushes them.
    void write(unsigned count) {
        requests.clear();
        for (auto& tablet : tablets)
            must((*tablet)->sync({}), "sync");
        for (auto& tablet : tablets) {
            for (unsigned i = 0; i < count; ++i)
                must((*tablet)->record_observation(record, pulse(60 + i % 30)), "write");
            tablet->courier->hold_back();
            static_cast<void>((*tablet)->sync({}));  // ends where it was held back
            auto held = tablet->courier->held();
            if (!held) throw std::runtime_error("no push was held back");
            requests.push_back(std::move(*held));
        }
    }
    static void answer(server::http::Service& service, const server::http::Request& request) {
        const auto response = service.answer(request);
        if (response.status != 200) {
            throw std::runtime_error(fmt::format("push: status {}", response.status));
        }
    }
    double push_one_by_one() {
        double bytes = 0;
        for (const auto& request : requests) {
            answer(server.service(), request);
            bytes += static_cast<double>(request.body.size());
        }
        return bytes;
    }
    double push_at_once() {
        std::vector<std::thread> threads;
        std::vector<std::exception_ptr> failed(requests.size());
        for (std::size_t i = 0; i < requests.size(); ++i) {
            threads.emplace_back([&, i] {
                try {
                    answer(server.service(), requests[i]);
                } catch (...) {
                    failed[i] = std::current_exception();
                }
            });
        }
        for (auto& thread : threads)
            thread.join();
        for (const auto& one : failed) {
            if (one) std::rethrow_exception(one);
        }
        return 0;
    }

    Folder folder;
    Server server;
    BareTables bare;
    RecordId record;
    std::vector<std::unique_ptr<Tablet>> tablets;
    std::vector<server::http::Request> requests;
    std::vector<server::storage::StoredChange> news;
    std::uint64_t told = 0;
};

using Stage = std::function<Pushing&()>;

Stage staged(unsigned changes, unsigned tablets) {
    const auto made = std::make_shared<std::unique_ptr<Pushing>>();
    return [made, changes, tablets]() -> Pushing& {
        if (!*made) *made = std::make_unique<Pushing>(changes, tablets);
        return **made;
    };
}

Operation pushing(const Stage& stage, const std::string& name, const std::string& what,
                  unsigned changes) {
    Operation push;
    push.name = name;
    push.what = what;
    push.prepare = [stage, changes] {
        stage().write(changes);
    };
    push.run = [stage] {
        return stage().push_one_by_one();
    };
    return push;
}

void add_of_size(std::vector<Operation>& operations, const Scale& scale, unsigned changes) {
    const Stage stage = staged(changes, 1);
    const std::string size = "/" + std::to_string(changes);
    const std::string least = "/" + std::to_string(scale.journals.front());
    const bool smallest = changes == scale.journals.front();
    Operation batch = pushing(
        stage, "ingest/push-100" + size,
        fmt::format("one request that pushes {} changes to a journal of {}: read, checked, stored, "
                    "reviewed, answered; without the socket",
                    k_batch, changes),
        k_batch);
    batch.against = "ingest/bare-100" + size;
    Operation bare;
    bare.name = "ingest/bare-100" + size;
    bare.what =
        "the same rows inserted into the server's tables in one transaction, with nothing "
        "around it";
    bare.prepare = [stage] {
        stage().take_news();
    };
    bare.run = [stage] {
        stage().bare.insert(stage().record, stage().news);
        return 0.0;
    };
    Operation one = pushing(stage, "ingest/push-1" + size, "one request that pushes one change", 1);
    one.against = smallest ? "" : "ingest/push-1" + least;
    one.limits.cpu = 1.5;
    Operation cold = pushing(stage, "ingest/push-1-cold" + size,
                             "the same, the first of its journal after the server was started", 1);
    cold.prepare = [stage] {
        stage().write(1);
        stage().server.restart();
    };
    cold.against = smallest ? "" : "ingest/push-1-cold" + least;
    for (Operation* each : {&batch, &bare, &one, &cold}) {
        each->turns = scale.turns;
        operations.push_back(std::move(*each));
    }
}

}  // namespace

std::vector<Operation> ingest_operations(const Scale& scale) {
    std::vector<Operation> operations;
    for (const unsigned changes : scale.journals)
        add_of_size(operations, scale, changes);
    const Stage many = staged(scale.journals.front(), scale.tablets);
    Operation at_once =
        pushing(many, fmt::format("ingest/at-once-{}", scale.tablets),
                fmt::format("{} tablets that push one change each at the same moment, of one",
                            scale.tablets),
                1);
    at_once.run = [many] {
        return many().push_at_once();
    };
    at_once.against = fmt::format("ingest/one-by-one-{}", scale.tablets);
    at_once.limits.flushes = 0.5;
    Operation one_by_one =
        pushing(many, at_once.against, "the same pushes one after the other, of one", 1);
    for (Operation* each : {&at_once, &one_by_one}) {
        each->turns = scale.turns;
        each->times = scale.tablets;
        operations.push_back(std::move(*each));
    }
    return operations;
}

}  // namespace kari::bench
