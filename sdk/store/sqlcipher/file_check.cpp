// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/sqlcipher/file_check.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "sdk/store/sqlcipher/database.hpp"

namespace kari::store::sqlcipher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_log_header_bytes = 32;
constexpr std::size_t k_frame_header_bytes = 24;

std::uint32_t big_endian(const char* at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(at[i]);
    return value;
}

// Numbers of the pages that stand in the log. Frame headers are not encrypted; frames of an older
// turn of the log carry other salts.
std::vector<std::uint32_t> pages_in_log(const std::string& path) {
    std::vector<std::uint32_t> pages;
    std::ifstream file(path + "-wal", std::ios::binary);
    std::array<char, k_log_header_bytes> head{};
    if (!file.read(head.data(), head.size())) return pages;
    const std::string_view salts(head.data() + 16, 8);
    std::array<char, k_frame_header_bytes> frame{};
    while (file.read(frame.data(), frame.size())) {
        if (std::string_view(frame.data() + 8, 8) != salts) break;
        pages.push_back(big_endian(frame.data()));
        file.seekg(static_cast<std::streamoff>(k_page_bytes), std::ios::cur);
    }
    std::sort(pages.begin(), pages.end());
    return pages;
}

}  // namespace

FileFacts file_facts(const std::string& path) {
    FileFacts facts;
    std::error_code code;
    facts.exists = fs::exists(path, code);
    if (!facts.exists) return facts;
    const auto size = fs::file_size(path, code);
    if (code) return facts;
    facts.bytes = size;
    facts.readable = ::access(path.c_str(), R_OK) == 0;
    return facts;
}

std::string file_head(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 16> head{};
    file.read(head.data(), head.size());
    return std::string(head.data(), static_cast<std::size_t>(file.gcount()));
}

bool pages_missing(const std::string& path, std::uint64_t pages) {
    const std::uint64_t in_file = file_facts(path).bytes / k_page_bytes;
    if (in_file >= pages) return false;
    const auto logged = pages_in_log(path);
    for (std::uint64_t page = in_file + 1; page <= pages; ++page) {
        if (!std::binary_search(logged.begin(), logged.end(), static_cast<std::uint32_t>(page))) {
            return true;
        }
    }
    return false;
}

Result<std::string> set_aside(const std::string& path) {
    std::error_code code;
    if (!fs::exists(path, code)) return fail(ErrorCode::not_found, "database: no file");
    std::string aside;
    for (int n = 1; aside.empty(); ++n) {
        std::string name = path + ".aside-" + std::to_string(n);
        if (!fs::exists(name, code) && !fs::exists(name + "-wal", code)) aside = std::move(name);
    }
    // The database first: should a later rename fail, what stays behind is a log that nothing
    // opens, not a database that has silently lost its last writes.
    for (const std::string_view suffix : {"", "-wal", "-shm"}) {
        const std::string from = path + std::string(suffix);
        if (!fs::exists(from, code)) continue;
        fs::rename(from, aside + std::string(suffix), code);
        if (code) return fail(ErrorCode::storage_failed, "database: cannot be renamed");
    }
    return aside;
}

}  // namespace kari::store::sqlcipher
