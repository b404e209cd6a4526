// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace kari::bench {

// What a stretch of work cost. Of the whole process: a server that answers in a thread of its own
// is in it.
struct Cost {
    double wall_us = 0;
    double cpu_us = 0;
    double flushes = 0;        // calls of fsync and fdatasync
    double written_bytes = 0;  // handed to pwrite: what SQLite writes to its files and logs

    Cost& operator+=(const Cost& other);
    Cost per(double times) const;
};

// Counts from when it was made. fsync, fdatasync and pwrite are counted by functions of those names
// in the program itself, which the dynamic linker finds before the C library's: nothing is
// preloaded, no file system is wrapped, and what a test of this tree links is counted as well.
class Meter {
public:
    Meter();
    Cost cost() const;

private:
    std::chrono::steady_clock::time_point wall_;
    double cpu_us_;
    std::uint64_t flushes_;
    std::uint64_t written_;
};

}  // namespace kari::bench
