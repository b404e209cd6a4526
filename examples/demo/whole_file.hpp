// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace kari::demo {

// Empty when there is no such file.
std::string read_whole(const std::filesystem::path& file, std::uintmax_t from = 0);
// Trouble when it cannot be written.
void write_whole(const std::filesystem::path& file, std::string_view text);

}  // namespace kari::demo
