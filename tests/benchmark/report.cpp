// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmark/report.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace kari::bench {

namespace json = boost::json;

namespace {

// Names are stable; the unit is the last word of each, flushes are a count.
constexpr double Cost::* k_costs[] = {&Cost::wall_us, &Cost::cpu_us, &Cost::flushes,
                                      &Cost::written_bytes};
constexpr const char* k_names[] = {"wall_us", "cpu_us", "flushes", "written_bytes"};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::map<std::string, double> limits_of(const Operation& operation) {
    std::map<std::string, double> limits;
    const auto put = [&](const char* name, const std::optional<double>& limit) {
        if (limit && !operation.against.empty()) limits[name] = *limit;
    };
    put("cpu_us", operation.limits.cpu);
    put("flushes", operation.limits.flushes);
    put("written_bytes", operation.limits.written_bytes);
    put("wire_bytes", operation.limits.wire_bytes);
    return limits;
}

std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

double rounded(double value) {
    return std::round(value * 1000) / 1000;
}

}  // namespace

void Report::know(const std::vector<Operation>& operations) {
    for (Operation operation : operations) {
        operation.prepare = nullptr;
        operation.run = nullptr;
        operations_.push_back(std::move(operation));
    }
}

std::map<std::string, double> Report::medians(const std::string& name) const {
    const auto found = turns_.find(name);
    if (found == turns_.end()) return {};
    std::map<std::string, double> out;
    std::vector<double> values;
    for (std::size_t i = 0; i < std::size(k_costs); ++i) {
        values.clear();
        for (const Turn& turn : found->second)
            values.push_back(turn.cost.*k_costs[i]);
        out[k_names[i]] = median(values);
    }
    values.clear();
    for (const Turn& turn : found->second)
        values.push_back(turn.wire_bytes);
    out["wire_bytes"] = median(values);
    return out;
}

std::string Report::json(const Place& place) const {
    json::array figures;
    for (const Operation& operation : operations_) {
        const auto values = medians(operation.name);
        if (values.empty()) continue;
        json::object figure{{"name", operation.name},
                            {"what", operation.what},
                            {"turns", turns_.at(operation.name).size()}};
        json::object one;
        for (const auto& [name, value] : values)
            one[name] = rounded(value);
        figure["figures"] = std::move(one);
        if (!operation.against.empty()) {
            figure["against"] = operation.against;
            json::object ratio;
            const auto peer = medians(operation.against);
            for (const auto& [name, value] : peer) {
                if (value > 0) ratio[name] = rounded(values.at(name) / value);
            }
            figure["ratio"] = std::move(ratio);
            json::object limits;
            for (const auto& [name, limit] : limits_of(operation))
                limits[name] = limit;
            figure["limits"] = std::move(limits);
        }
        figures.push_back(std::move(figure));
    }
    const json::object all{
        {"format", "kari benchmarks 1"},
        {"commit", place.commit},
        {"quick", quick_},
        {"machine",
         json::object{{"processor", processor()}, {"cores", std::thread::hardware_concurrency()}}},
        {"figures", std::move(figures)}};
    return json::serialize(all) + "\n";
}

void Report::write(const std::string& file, const Place& place) const {
    const std::string text = json(place);
    if (file == "-") {
        std::cout << text;
        return;
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file);
}

void Report::tell_limits() const {
    for (const Operation& operation : operations_) {
        const auto values = medians(operation.name);
        const auto peer = medians(operation.against);
        if (values.empty() || peer.empty()) continue;
        for (const auto& [name, limit] : limits_of(operation)) {
            if (peer.at(name) <= 0) continue;
            const double ratio = values.at(name) / peer.at(name);
            if (ratio <= limit) continue;
            fmt::print(stderr, "beyond its limit: {} {}: {:.2f} of {}, at most {:.2f}\n",
                       operation.name, name, ratio, operation.against, limit);
        }
    }
}

}  // namespace kari::bench
