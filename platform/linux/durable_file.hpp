// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::platform_linux {

// A directory of small files that only their owner may read. All names are relative to it and
// made of a-z, 0-9, '.', '_' and '-'.
// Threads: any. Processes: a reader sees a file whole, as before a write or as after it.
class PrivateDirectory {
public:
    // Makes it with mode 0700 when it is missing.
    // Errors: key_store_failed when it is not ours alone.
    static Result<std::unique_ptr<PrivateDirectory>> open(const std::string& path);
    ~PrivateDirectory();
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;

    // Errors: not_found; key_store_failed when others may read it, or it is beyond 64 KiB.
    Result<std::string> read(const std::string& name) const;
    // On the disk when it returns, whole or not at all; on an error the old file stands.
    // Errors: storage_full, key_store_failed.
    Result<void> replace(const std::string& name, std::string_view bytes) const;
    // The same, and never over a file that is there. Errors: already_exists, storage_full,
    // key_store_failed.
    Result<void> create(const std::string& name, std::string_view bytes) const;
    // No error when there is none.
    Result<void> remove(const std::string& name) const;

private:
    explicit PrivateDirectory(int descriptor) : descriptor_(descriptor) {}
    Result<std::string> write_temporary(const std::string& name, std::string_view bytes) const;
    Result<void> sync() const;

    int descriptor_;
};

}  // namespace kari::platform_linux
