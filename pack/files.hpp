// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::pack {

// Errors: not_found, storage_failed, too_large; `what` names the file.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);

// Whole or not at all, in the place of what was there. Errors: storage_failed.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

// For its owner alone (0600), and never over a file that is there.
// Errors: already_exists, storage_failed.
Result<void> create_private_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace kari::pack
