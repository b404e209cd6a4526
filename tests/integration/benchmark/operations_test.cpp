// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include <boost/json.hpp>

#include "tests/benchmark/meter.hpp"
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/report.hpp"

namespace kari::bench {
namespace {

// Everything that `./dev bench` measures, as small as it can be. Nothing here looks at a clock.
Scale least_scale() {
    return {{115, 130}, 2, 2, 1, 2, {2, 4}};
}

// What each operation cost, run once, as the JSON tells it.
class Figures {
public:
    explicit Figures(const std::vector<Operation>& operations) {
        Report report(true);
        report.know(operations);
        for (const Operation& operation : operations) {
            INFO(operation.name);
            operation.prepare();
            const Meter meter;
            const double wire = operation.run();
            report.add(operation.name, {meter.cost().per(operation.times), wire / operation.times});
        }
        all_ = boost::json::parse(report.json({"0123abc"}));
    }
    double operator()(std::string_view name, std::string_view figure) const {
        for (const auto& one : all_.at("figures").as_array()) {
            if (one.at("name").as_string() != name) continue;
            return one.at("figures").at(figure).to_number<double>();
        }
        throw std::runtime_error("no figure of that name");
    }

private:
    boost::json::value all_;
};

}  // namespace

TEST_CASE("a durable write and its bare peer both reach the disk once a write") {
    const Figures figures(write_operations(least_scale()));
    for (const char* name : {"write/durable/115", "write/bare/115", "write/durable/130"}) {
        INFO(name);
        REQUIRE(figures(name, "flushes") >= 1);
        REQUIRE(figures(name, "written_bytes") > 0);
    }
}

TEST_CASE("a drug is held beside others without a disk, whatever the size of the pack") {
    const Figures figures(check_operations(least_scale()));
    for (const char* name : {"check/drug/500", "check/drug/5000", "check/drug/10000"})
        REQUIRE(figures(name, "flushes") == 0);
}

TEST_CASE("a chart is opened cold with an access entry on disk and warm without") {
    const Figures figures(chart_operations(least_scale()));
    REQUIRE(figures("chart/cold/130", "flushes") >= 1);
    REQUIRE(figures("chart/warm/130", "flushes") == 0);
}

TEST_CASE("a round is walked from cold, and the doses of a day are those of the order") {
    const Figures figures(round_operations(least_scale()));
    // One access entry for each chart that is opened.
    REQUIRE(figures("round/2/2", "flushes") >= 2);
    REQUIRE(figures("round/1/4", "flushes") >= 1);
    REQUIRE(figures("slots/4", "cpu_us") > 0);
}

TEST_CASE("syncs over TLS carry bytes, fewest when there is nothing new") {
    const Figures figures(sync_operations(least_scale()));
    REQUIRE(figures("sync/nothing-new/130", "wire_bytes") > 0);
    REQUIRE(figures("sync/delta/130", "wire_bytes") >
            figures("sync/nothing-new/130", "wire_bytes"));
    REQUIRE(figures("sync/first/130", "wire_bytes") > figures("sync/delta/130", "wire_bytes"));
}

TEST_CASE("pushes are answered one by one, at once and after a restart") {
    const Figures figures(ingest_operations(least_scale()));
    for (const char* name : {"ingest/push-100/115", "ingest/push-1/130", "ingest/push-1-cold/130",
                             "ingest/at-once-2"}) {
        INFO(name);
        REQUIRE(figures(name, "flushes") > 0);
    }
}

}  // namespace kari::bench
