// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

constexpr unsigned k_warm = 5;

struct Charting {
    explicit Charting(unsigned changes) : server(folder.path() / "server") {
        record = server.import_journal(changes);
        tablet = enrol(server, folder.path() / "tablet", false);
        must((*tablet)->sync({}), "sync");
    }
    void open() { must((*tablet)->open_chart(record, {}), "chart"); }

    Folder folder;
    Server server;
    RecordId record;
    std::unique_ptr<Tablet> tablet;
};

}  // namespace

std::vector<Operation> chart_operations(const Scale& scale) {
    std::vector<Operation> operations;
    for (const unsigned changes : scale.journals) {
        const auto made = std::make_shared<std::unique_ptr<Charting>>();
        const auto stage = [made, changes]() -> Charting& {
            if (!*made) *made = std::make_unique<Charting>(changes);
            return **made;
        };
        const auto least = std::to_string(scale.journals.front());
        const bool first = changes == scale.journals.front();
        const std::string size = "/" + std::to_string(changes);
        Operation cold;
        cold.name = "chart/cold" + size;
        cold.what =
            "Device::open_chart, the first after unlocking, its access entry on disk: a "
            "journal of " +
            std::to_string(changes) + " changes";
        cold.against = first ? "" : "chart/cold/" + least;
        cold.limits.cpu = 1.5;
        cold.turns = scale.turns;
        cold.prepare = [stage] {
            stage().tablet->reopen();
        };
        cold.run = [stage] {
            stage().open();
            return 0.0;
        };
        Operation warm;
        warm.name = "chart/warm" + size;
        warm.what = "the same chart opened again in the same sign-in";
        warm.against = first ? "" : "chart/warm/" + least;
        warm.limits.cpu = 1.5;
        warm.turns = scale.turns;
        warm.times = k_warm;
        warm.prepare = [stage] {
            stage().open();
        };
        warm.run = [stage] {
            for (unsigned i = 0; i < k_warm; ++i)
                stage().open();
            return 0.0;
        };
        operations.push_back(std::move(cold));
        operations.push_back(std::move(warm));
    }
    return operations;
}

}  // namespace kari::bench
