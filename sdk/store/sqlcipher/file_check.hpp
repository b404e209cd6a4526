// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace kari::store::sqlcipher {

inline constexpr std::uint64_t k_page_bytes = 4096;

// What can be seen of a database file without its key and without opening it: closing any
// descriptor of a file drops the locks that SQLite holds on it for the whole process.
struct FileFacts {
    bool exists = false;
    bool readable = false;
    std::uint64_t bytes = 0;
};
FileFacts file_facts(const std::string& path);

// The first 16 bytes: the salt. Opens the file: only for one that could not be opened as it should.
std::string file_head(const std::string& path);

// True when a database of `pages` pages has some that stand neither in its file nor in its
// write-ahead log: the file was cut.
bool pages_missing(const std::string& path, std::uint64_t pages);

}  // namespace kari::store::sqlcipher
