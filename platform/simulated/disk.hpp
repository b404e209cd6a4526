// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <kari/time.hpp>

#include "platform/simulated/dice.hpp"
#include "platform/simulated/drive.hpp"

struct sqlite3_vfs;

namespace kari::platform_simulated {

// The disk of all simulated machines of this process: while it lives, every database of the process
// is opened through it. A machine has what lies below its folder, the rest goes to the real disk.
// SQLite's own chance comes from the seed too, and its idea of the time from `now`.
//
// Limits: it sees what databases do. A file that is written otherwise (the device's key files, the
// server's journal) counts as written whole and durable at once.
// Threads: any. One disk at a time in a process; no database is open when it begins or ends.
class SimulatedDisk {
public:
    SimulatedDisk(std::uint64_t seed, std::function<Instant()> now);
    ~SimulatedDisk();
    SimulatedDisk(const SimulatedDisk&) = delete;
    SimulatedDisk& operator=(const SimulatedDisk&) = delete;

    // Makes the folder. It lives as long as the disk. Requires: no other machine has it.
    Drive& add(const std::filesystem::path& folder);

private:
    friend class DiskCalls;
    Drive* of(const char* path);

    std::mutex mutex_;
    Dice dice_;
    std::function<Instant()> now_;
    std::vector<std::unique_ptr<Drive>> drives_;
    sqlite3_vfs* real_;
    std::unique_ptr<sqlite3_vfs> own_;
};

}  // namespace kari::platform_simulated
