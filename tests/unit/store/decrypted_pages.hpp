// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace kari::test {

// What the raw key opens of a database file and its write-ahead log, page by page, without SQLite:
// AES-256-CBC, the last 80 bytes of a page are the vector and the MAC, and the first 16 of page one
// the salt.
std::vector<std::string> decrypted_pages(const std::string& path, const std::string& key);

}  // namespace kari::test
