// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/simulated/dice.hpp"

namespace kari::platform_simulated {

// What was done to one file since its last sync, and what stood there before.
struct Unsynced {
    std::uint64_t offset = 0;
    std::string fresh;   // empty: the file was cut to `offset`
    std::string before;  // what it took the place of, as far as the file reached
    std::uint64_t size_before = 0;
};

// A file as the databases of a machine see it.
struct DriveFile {
    std::uint64_t inode = 0;  // another one: the file was replaced by what is no database
    std::vector<Unsynced> unsynced;
};

// What a machine's databases asked of its disk.
struct DriveCounts {
    std::uint64_t calls = 0;  // writes, truncations, syncs, creations and deletions
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t written_bytes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t failures = 0;  // of calls while the machine had power, and cuts of it
};

// One machine's part of the disk: everything below a folder. Files are real ones; what no sync call
// has made durable is remembered beside them, so that a power cut can lose it.
//
// Threads: any; SimulatedDisk's lock guards the rest.
class Drive {
public:
    Drive(std::filesystem::path folder, std::uint64_t seed);

    // The power fails now: every call fails until it is back. Close what is open, then power_up.
    void cut_power();
    // The power fails at a call that changes the disk: 1 is the next. Whether that call still
    // reached the disk, chance decides. 0 takes it back.
    void cut_power_at(std::uint64_t call) { cut_at_ = call == 0 ? 0 : counts_.calls + call; }
    // The files become what a disk could hold after that: of what was not synced all, nothing, the
    // older part or any sectors of 512 bytes; creations and deletions that no folder sync covered
    // from the newest on. Files that databases did not write are as at the cut.
    void power_up();
    bool powered() const { return powered_; }

    // That one call fails with an I/O error, and does nothing: 1 is the next.
    void fail_at(std::uint64_t call) { fail_at_ = call == 0 ? 0 : counts_.calls + call; }
    // The same of a call that makes durable what was written, or of so many one after the other.
    void fail_sync_at(std::uint64_t call, std::uint64_t calls = 1) {
        fail_sync_at_ = call == 0 ? 0 : counts_.syncs + call;
        syncs_to_fail_ = calls;
    }
    // The same of a call that reads.
    void fail_read_at(std::uint64_t call) { fail_read_at_ = call == 0 ? 0 : counts_.reads + call; }
    // While set, what would make a file longer finds no room.
    void set_full(bool full) { full_ = full; }
    // One bit of the file's page of 4,096 bytes turns over. Requires: the file is closed.
    void rot(const std::filesystem::path& file, std::uint64_t page);

    const DriveCounts& counts() const { return counts_; }
    const std::filesystem::path& folder() const { return folder_; }
    bool holds(std::string_view path) const;

private:
    friend class DiskCalls;
    enum class Fate { goes, fails, lost, done_and_lost };

    // Counts one call and says what becomes of it.
    Fate step(bool sync = false);
    // Counts one read and says whether it may go.
    bool step_of_a_read();
    std::shared_ptr<DriveFile> opened(const std::string& path, bool created);
    void deleted(const std::string& path, bool folder_synced);
    void folder_synced() { entries_.clear(); }

    struct Entry {  // of a folder, not durable yet
        std::string path;
        std::optional<std::string> content;  // of a file that was deleted; nothing: created
        std::shared_ptr<DriveFile> file;
    };
    void settle_entries();
    void settle(const std::string& path, DriveFile& file);

    std::filesystem::path folder_;
    Dice dice_;
    bool powered_ = true;
    bool full_ = false;
    std::uint64_t cut_at_ = 0;
    std::uint64_t fail_at_ = 0;
    std::uint64_t fail_read_at_ = 0;
    std::uint64_t fail_sync_at_ = 0;  // counts those that went
    std::uint64_t syncs_to_fail_ = 0;
    std::uint64_t life_ = 1;  // files opened before a cut stay dead after it
    DriveCounts counts_;
    std::map<std::string, std::shared_ptr<DriveFile>> files_;
    std::vector<Entry> entries_;
    std::map<std::string, std::string> plain_;  // what databases did not write, at the cut
};

}  // namespace kari::platform_simulated
