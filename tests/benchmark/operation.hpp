// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <kari/error.hpp>

namespace kari::bench {

// The most that a figure may be, as a multiple of the same figure of `against`.
struct Limits {
    std::optional<double> cpu;
    std::optional<double> flushes;
    std::optional<double> written_bytes;
    std::optional<double> wire_bytes;
};

// One thing that is measured. Names and units of figures are stable: a page of next year must be
// able to stand beside one of today.
struct Operation {
    std::string name;  // "write/durable"
    std::string what;  // one sentence for the page
    // The operation that it is set beside, measured in the same run, turn by turn; empty: none.
    std::string against;
    Limits limits;
    unsigned turns = 5;  // how often it is measured; the median counts
    unsigned times = 1;  // how often `run` does it in one turn: figures are of one
    // Not measured; before each turn.
    std::function<void()> prepare;
    // Answers the bytes that went over the wire, both ways; 0 where there is none.
    std::function<double()> run;
};

// How large the journals are and how much is done.
struct Scale {
    std::vector<unsigned> journals;  // changes; ascending
    unsigned writes = 0;             // in one turn
    unsigned tablets = 0;            // that push at once
    unsigned turns = 0;
    unsigned patients = 0;            // of a medication round
    std::vector<unsigned> days_back;  // of their doses; ascending
};
inline Scale whole_scale() {
    return {{200, 2'000, 20'000}, 50, 16, 7, 40, {30, 365, 3'650}};
}
inline Scale quick_scale() {
    return {{200, 2'000}, 50, 16, 3, 10, {30, 365}};
}

// A benchmark has nobody to tell an error to.
template <typename T>
T must(Result<T> result, const char* what) {
    if (!result) {
        throw std::runtime_error(std::string(what) + ": " + std::string(name(result.error().code)) +
                                 ": " + result.error().what);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Each makes what it needs, once, and shares it among its operations.
std::vector<Operation> write_operations(const Scale& scale);
std::vector<Operation> chart_operations(const Scale& scale);
std::vector<Operation> round_operations(const Scale& scale);
std::vector<Operation> sync_operations(const Scale& scale);
std::vector<Operation> ingest_operations(const Scale& scale);
std::vector<Operation> check_operations(const Scale& scale);

}  // namespace kari::bench
