// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>

#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/report.hpp"

namespace {

using kari::bench::Operation;

void measure(benchmark::State& state, const Operation& operation) {
    try {
        double wire = 0;
        kari::bench::Cost cost;
        for (auto _ : state) {
            operation.prepare();
            const kari::bench::Meter meter;
            wire += operation.run();
            cost += meter.cost();
            state.SetIterationTime(cost.wall_us / 1e6);
        }
        const kari::bench::Cost one =
            cost.per(static_cast<double>(state.iterations()) * operation.times);
        state.counters["wall_us"] = one.wall_us;
        state.counters["cpu_us"] = one.cpu_us;
        state.counters["flushes"] = one.flushes;
        state.counters["written_bytes"] = one.written_bytes;
        state.counters["wire_bytes"] =
            wire / (static_cast<double>(state.iterations()) * operation.times);
    } catch (const std::exception& error) {
        state.SkipWithError(error.what());
    }
}

// Collects each turn; prints one line a turn, so that a long run is seen to move.
class Collector final : public benchmark::BenchmarkReporter {
public:
    explicit Collector(kari::bench::Report& report) : report_(report) {}
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.run_type != Run::RT_Iteration) continue;
            const std::string name = run.run_name.function_name;
            if (run.error_occurred) {
                std::fprintf(stderr, "%s: %s\n", name.c_str(), run.error_message.c_str());
                failed = true;
                continue;
            }
            kari::bench::Turn turn;
            const auto value = [&](const char* counter) {
                return static_cast<double>(run.counters.at(counter));
            };
            turn.cost = {value("wall_us"), value("cpu_us"), value("flushes"),
                         value("written_bytes")};
            turn.wire_bytes = value("wire_bytes");
            report_.add(name, turn);
            std::fprintf(stderr, "%-28s %10.0f us  %10.0f us of CPU  %6.2f flushes\n", name.c_str(),
                         turn.cost.wall_us, turn.cost.cpu_us, turn.cost.flushes);
        }
    }
    bool failed = false;

private:
    kari::bench::Report& report_;
};

// Turn by turn, so that what is set side by side is measured side by side: whatever else the
// machine does then bears on both.
void register_turns(const std::vector<Operation>& operations) {
    unsigned turns = 0;
    for (const Operation& operation : operations)
        turns = std::max(turns, operation.turns);
    for (unsigned turn = 0; turn < turns; ++turn) {
        for (const Operation& operation : operations) {
            if (turn >= operation.turns) continue;
            benchmark::RegisterBenchmark(
                operation.name.c_str(),
                [&operation](benchmark::State& state) { measure(state, operation); })
                ->Iterations(1)
                ->UseManualTime();
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Measures a durable write, a chart, a sync and the server's ingest, each beside what it "
        "cannot be cheaper than, or beside itself over a shorter journal.",
        "kari-bench");
    bool quick = false;
    std::string json;
    std::string only = ".";
    kari::bench::Place place;
    app.add_flag("--quick", quick, "journals of 200 and 2,000 changes, three turns");
    app.add_option("--json", json, "where the figures go; - is standard output");
    app.add_option("--only", only, "a regular expression of names");
    app.add_option("--commit", place.commit, "of the tree that is measured");
    CLI11_PARSE(app, argc, argv);

    const auto scale = quick ? kari::bench::quick_scale() : kari::bench::whole_scale();
    const std::string filter = "--benchmark_filter=" + only;
    std::vector<char*> words{argv[0], const_cast<char*>(filter.c_str())};
    int count = static_cast<int>(words.size());
    benchmark::Initialize(&count, words.data());
    kari::bench::Report report(quick);
    Collector collector(report);
    for (const auto part : {kari::bench::write_operations, kari::bench::chart_operations,
                            kari::bench::round_operations, kari::bench::sync_operations,
                            kari::bench::ingest_operations, kari::bench::check_operations}) {
        const auto operations = part(scale);
        report.know(operations);
        register_turns(operations);
        benchmark::RunSpecifiedBenchmarks(&collector);
        benchmark::ClearRegisteredBenchmarks();
    }
    if (collector.failed) return 1;
    if (!json.empty()) report.write(json, place);
    report.tell_limits();
    return 0;
}
