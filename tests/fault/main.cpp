// SPDX-License-Identifier: Apache-2.0
//
// kari-faults: what a disk and a loss of power do to tablets and servers, in one process. What is
// done to whole processes stands in campaign.py, which runs this too.
#include <chrono>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "tests/fault/campaign.hpp"

using namespace kari;

namespace {

boost::json::object report(const char* name, const faults::Told& told, double seconds) {
    fmt::print("{}: {} faults, {} violations, {:.0f} s\n", name, told.faults,
               told.violations.size(), seconds);
    for (const auto& [what, count] : told.counts)
        fmt::print("{:>9} {}\n", count, what);
    boost::json::object counts;
    for (const auto& [what, count] : told.counts)
        counts[what] = count;
    boost::json::array violations;
    for (const std::string& one : told.violations) {
        fmt::print("    {}\n", one);
        violations.push_back(boost::json::value(one));
    }
    std::fflush(stdout);
    return {{"faults", told.faults},
            {"seconds", seconds},
            {"counts", std::move(counts)},
            {"violations", std::move(violations)}};
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 1;
    unsigned images = 0;
    unsigned row_images = 0;
    unsigned call_stride = 0;
    unsigned page_stride = 0;
    std::string pragma;
    std::string only;
    std::string json;
    CLI::App app{"breaks the disk and the power of tablets and a server, and looks what is left"};
    app.add_option("--seed", seed, "of all chance");
    app.add_option("--images", images, "so many power-loss images of real use");
    app.add_option("--row-images", row_images, "so many of a bare database");
    app.add_option("--pragma", pragma, "run first on the bare database: PRAGMA synchronous=NORMAL");
    app.add_option("--calls", call_stride, "every so-manieth call to the disk fails; 1: each");
    app.add_option("--only", only, "use cases whose names begin so");
    app.add_option("--pages", page_stride, "every so-manieth page is damaged; 1: each");
    app.add_option("--json", json, "where figures and violations are written");
    CLI11_PARSE(app, argc, argv);
    boost::json::object all;
    bool good = true;
    const auto campaign = [&](const char* name, bool asked, auto run) {
        if (!asked) return;
        const auto began = std::chrono::steady_clock::now();
        const faults::Told told = run();
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
        all[name] = report(name, told, spent.count());
        good = good && told.violations.empty();
    };
    const faults::Watch watch = [](const std::string& line) {
        fmt::print("    {}\n", line);
        std::fflush(stdout);
    };
    campaign("images", images > 0, [&] { return faults::cut_power(seed, images, watch); });
    campaign("row_images", row_images > 0,
             [&] { return faults::cut_power_on_rows(seed, row_images, pragma); });
    campaign("calls", call_stride > 0,
             [&] { return faults::fail_calls(seed, call_stride, only, watch); });
    campaign("pages", page_stride > 0, [&] { return faults::damage_pages(seed, page_stride); });
    if (!json.empty()) std::ofstream(json) << boost::json::serialize(all) << "\n";
    return good ? 0 : 1;
}
