// SPDX-License-Identifier: Apache-2.0
#include "platform/simulated/drive.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace kari::platform_simulated {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t k_sector = 512;
constexpr std::uint64_t k_page = 4096;

std::string bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void replace(const fs::path& path, std::string_view bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("simulated disk: cannot write a file");
}

// 0: there is no such file.
std::uint64_t inode_of(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 ? std::uint64_t{facts.st_ino} : 0;
}

void put(std::string& content, std::uint64_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(),
              content.begin() + static_cast<std::string::difference_type>(offset));
}

// What stood there at the last sync.
std::string durable(std::string content, const std::vector<Unsynced>& unsynced) {
    for (auto one = unsynced.rbegin(); one != unsynced.rend(); ++one) {
        if (!one->before.empty()) put(content, one->offset, one->before);
        content.resize(one->size_before);
    }
    return content;
}

// The sectors that a write touches; each is on the disk or is not.
template <typename Kept>
void put_sectors(std::string& content, const Unsynced& write, Kept kept) {
    std::uint64_t at = 0;
    while (at < write.fresh.size()) {
        const std::uint64_t sector_end = ((write.offset + at) / k_sector + 1) * k_sector;
        const std::uint64_t end =
            std::min<std::uint64_t>(write.fresh.size(), sector_end - write.offset);
        if (kept()) {
            put(content, write.offset + at, std::string_view(write.fresh).substr(at, end - at));
        }
        at = end;
    }
}

void put_whole(std::string& content, const Unsynced& one) {
    if (one.fresh.empty()) content.resize(one.offset);
    put(content, one.offset, one.fresh);
}

bool is_of_sqlite(const fs::path& path) {
    return path.native().ends_with("-shm");  // made anew from the log
}

}  // namespace

Drive::Drive(fs::path folder, std::uint64_t seed) : folder_(std::move(folder)), dice_(seed) {}

bool Drive::holds(std::string_view path) const {
    const std::string& own = folder_.native();
    return path.size() > own.size() && path.starts_with(own) && path[own.size()] == '/';
}

Drive::Fate Drive::step(bool sync) {
    if (!powered_) return Fate::lost;
    ++counts_.calls;
    if (counts_.calls == cut_at_) {
        cut_at_ = 0;
        return dice_.coin() ? Fate::done_and_lost : Fate::lost;
    }
    const bool sync_fails = sync && counts_.syncs + 1 == fail_sync_at_;
    if (counts_.calls == fail_at_ || sync_fails) {
        if (!sync_fails) {
            fail_at_ = 0;
        } else if (--syncs_to_fail_ == 0) {
            fail_sync_at_ = 0;
        }
        ++counts_.failures;
        return Fate::fails;
    }
    return Fate::goes;
}

bool Drive::step_of_a_read() {
    if (++counts_.reads != fail_read_at_) return true;
    fail_read_at_ = 0;
    ++counts_.failures;
    return false;
}

std::shared_ptr<DriveFile> Drive::opened(const std::string& path, bool created) {
    auto& known = files_[path];
    const std::uint64_t inode = inode_of(path);
    if (!known || known->inode != inode) {
        known = std::make_shared<DriveFile>();
        known->inode = inode;
    }
    if (created) entries_.push_back({path, std::nullopt, known});
    return known;
}

void Drive::deleted(const std::string& path, bool folder_synced_too) {
    const auto known = files_.find(path);
    auto file = known == files_.end() ? std::make_shared<DriveFile>() : known->second;
    entries_.push_back({path, bytes_of(path), std::move(file)});
    files_.erase(path);
    if (folder_synced_too) folder_synced();
}

void Drive::cut_power() {
    if (!powered_) return;
    powered_ = false;
    ++counts_.failures;
    cut_at_ = fail_at_ = fail_read_at_ = fail_sync_at_ = 0;
    plain_.clear();
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
        if (!entry.is_regular_file() || files_.contains(entry.path())) continue;
        if (!is_of_sqlite(entry.path())) plain_[entry.path()] = bytes_of(entry.path());
    }
}

void Drive::settle(const std::string& path, DriveFile& file) {
    if (file.unsynced.empty() || inode_of(path) != file.inode) return;
    const std::string now = bytes_of(path);
    std::string content = durable(now, file.unsynced);
    const std::uint64_t how = dice_.below(4);
    if (how == 0) {
        content = now;
    } else if (how == 1) {  // the older part, and the next write torn
        const std::size_t whole = dice_.below(file.unsynced.size() + 1);
        for (std::size_t i = 0; i < whole; ++i)
            put_whole(content, file.unsynced[i]);
        if (whole < file.unsynced.size()) {
            put_sectors(content, file.unsynced[whole], [this] { return dice_.coin(); });
        }
    } else if (how == 2) {  // any part, in any order
        for (const Unsynced& one : file.unsynced) {
            if (!one.fresh.empty()) {
                put_sectors(content, one, [this] { return dice_.coin(); });
            } else if (dice_.coin()) {
                put_whole(content, one);
            }
        }
    }
    file.unsynced.clear();
    replace(path, content);
}

void Drive::settle_entries() {
    const std::size_t kept = dice_.below(entries_.size() + 1);
    while (entries_.size() > kept) {
        const Entry entry = std::move(entries_.back());
        entries_.pop_back();
        if (!entry.content) {
            fs::remove(entry.path);
            files_.erase(entry.path);
        } else if (!fs::exists(entry.path)) {
            replace(entry.path, *entry.content);
            entry.file->inode = inode_of(entry.path);
            files_[entry.path] = entry.file;
        }
    }
    entries_.clear();
}

void Drive::power_up() {
    if (powered_) throw std::logic_error("simulated disk: the power is on");
    settle_entries();
    for (const auto& [path, file] : files_)
        settle(path, *file);
    std::vector<fs::path> later;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
        if (!entry.is_regular_file() || files_.contains(entry.path())) continue;
        if (!plain_.contains(entry.path())) later.push_back(entry.path());
    }
    for (const fs::path& path : later)
        fs::remove(path);
    for (const auto& [path, content] : plain_) {
        fs::create_directories(fs::path(path).parent_path());
        if (!fs::exists(path) || bytes_of(path) != content) replace(path, content);
    }
    plain_.clear();
    powered_ = true;
    ++life_;
}

void Drive::rot(const fs::path& file, std::uint64_t page) {
    std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
    const auto at = static_cast<std::streamoff>(page * k_page + dice_.below(k_page));
    bytes.seekg(at);
    char byte = 0;
    if (!bytes.get(byte)) throw std::logic_error("simulated disk: no such page");
    byte = static_cast<char>(byte ^ (1 << dice_.below(8)));
    bytes.seekp(at);
    bytes.put(byte);
}

}  // namespace kari::platform_simulated
