// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::device {

// Replaces a small file so that after a power cut either the old or the new bytes are there.
// Only the owner may read it. Errors: storage_full, storage_failed.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

// At most 1 MiB. Errors: not_found, too_large, storage_failed.
Result<std::string> read_file(const std::filesystem::path& path);

// Held while a Device object has the directory; the system lets go of it when the process ends.
class DirectoryLock {
public:
    DirectoryLock() = default;
    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&& other) noexcept;
    ~DirectoryLock();
    // Errors: in_use, storage_failed.
    static Result<DirectoryLock> take(const std::filesystem::path& directory);

private:
    int file_ = -1;
};

}  // namespace kari::device
