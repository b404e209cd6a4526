// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmark/meter.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

namespace {

std::atomic<std::uint64_t> flushes{0};
std::atomic<std::uint64_t> written{0};

double process_cpu_us() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

ssize_t counted_pwrite(int file, const void* bytes, std::size_t count, off_t offset) {
    const auto done = ::syscall(SYS_pwrite64, file, bytes, count, offset);
    if (done > 0) written += static_cast<std::uint64_t>(done);
    return done;
}

}  // namespace

extern "C" {

int fsync(int file) {
    ++flushes;
    return static_cast<int>(::syscall(SYS_fsync, file));
}

int fdatasync(int file) {
    ++flushes;
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

ssize_t pwrite(int file, const void* bytes, std::size_t count, off_t offset) {
    return counted_pwrite(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, std::size_t count, off64_t offset) {
    return counted_pwrite(file, bytes, count, offset);
}
}

namespace kari::bench {

Cost& Cost::operator+=(const Cost& other) {
    wall_us += other.wall_us;
    cpu_us += other.cpu_us;
    flushes += other.flushes;
    written_bytes += other.written_bytes;
    return *this;
}

Cost Cost::per(double times) const {
    return {wall_us / times, cpu_us / times, flushes / times, written_bytes / times};
}

Meter::Meter()
    : wall_(std::chrono::steady_clock::now()),
      cpu_us_(process_cpu_us()),
      flushes_(flushes),
      written_(written) {}

Cost Meter::cost() const {
    Cost cost;
    cost.cpu_us = process_cpu_us() - cpu_us_;
    cost.wall_us =
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - wall_).count();
    cost.flushes = static_cast<double>(flushes - flushes_);
    cost.written_bytes = static_cast<double>(written - written_);
    return cost;
}

}  // namespace kari::bench
