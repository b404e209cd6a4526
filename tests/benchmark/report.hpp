// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/benchmark/meter.hpp"
#include "tests/benchmark/operation.hpp"

namespace kari::bench {

struct Turn {
    Cost cost;
    double wire_bytes = 0;
};

// Where it was measured.
struct Place {
    std::string commit = "unknown";
};

// Turns become figures: the median of each, beside the median of what it is set against. The JSON
// is described in docs/benchmarks.md.
class Report {
public:
    explicit Report(bool quick) : quick_(quick) {}

    // Before the first turn of one of them.
    void know(const std::vector<Operation>& operations);
    void add(const std::string& name, const Turn& turn) { turns_[name].push_back(turn); }
    std::string json(const Place& place) const;
    // Throws when the file cannot be written.
    void write(const std::string& file, const Place& place) const;
    // On standard error: each figure that is beyond its limit.
    void tell_limits() const;

private:
    std::map<std::string, double> medians(const std::string& name) const;

    bool quick_;
    std::vector<Operation> operations_;  // what they are; nothing that they hold
    std::map<std::string, std::vector<Turn>> turns_;
};

}  // namespace kari::bench
