// SPDX-License-Identifier: Apache-2.0
#include "pack/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace kari::pack {
namespace {

tl::unexpected<Error> failed(const std::filesystem::path& path, int error) {
    return fail(ErrorCode::storage_failed,
                path.string() + ": " + std::generic_category().message(error));
}

// All of the bytes on the disk, and the file shut.
bool written(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    const bool synced = bytes.empty() && ::fsync(file) == 0;
    return ::close(file) == 0 && synced;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorCode::not_found, path.string() + " cannot be read");
    std::string bytes(most + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (file.bad()) return fail(ErrorCode::storage_failed, path.string() + " cannot be read");
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > most) {
        return fail(ErrorCode::too_large,
                    path.string() + " has more than " + std::to_string(most) + " bytes");
    }
    return bytes;
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
    auto beside = path;
    beside += ".new";
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return failed(beside, errno);
    if (!written(file, bytes) || ::rename(beside.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(beside.c_str());
        return failed(path, error);
    }
    return {};
}

Result<void> create_private_file(const std::filesystem::path& path, std::string_view bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) {
        return fail(ErrorCode::already_exists, path.string() + " is there already");
    }
    if (file < 0) return failed(path, errno);
    if (!written(file, bytes)) {
        const int error = errno;
        ::unlink(path.c_str());
        return failed(path, error);
    }
    return {};
}

}  // namespace kari::pack
