// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace kari::device {

namespace {

constexpr std::size_t k_file_bytes_max = 1024 * 1024;

ErrorCode storage_error(int error) {
    return error == ENOSPC || error == EDQUOT ? ErrorCode::storage_full : ErrorCode::storage_failed;
}

// A file descriptor that is closed when it goes.
struct Descriptor {
    int number = -1;
    explicit Descriptor(int opened) : number(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(file, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
    const std::string name = path.filename().string();
    std::filesystem::path fresh = path;
    fresh += ".new";
    {
        const Descriptor file(
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.number < 0) return fail(storage_error(errno), "cannot make " + name);
        if (!write_all(file.number, bytes) || ::fsync(file.number) != 0) {
            const int error = errno;
            ::unlink(fresh.c_str());
            return fail(storage_error(error), "cannot write " + name);
        }
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        return fail(storage_error(errno), "cannot put " + name + " in its place");
    }
    const Descriptor folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number < 0 || ::fsync(folder.number) != 0) {
        return fail(storage_error(errno), "cannot secure the folder of " + name);
    }
    return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number < 0) {
        return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::storage_failed,
                    "cannot open " + name);
    }
    std::string bytes;
    char part[4096];
    while (true) {
        const ssize_t n = ::read(file.number, part, sizeof part);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail(ErrorCode::storage_failed, "cannot read " + name);
        if (n == 0) return bytes;
        bytes.append(part, static_cast<std::size_t>(n));
        if (bytes.size() > k_file_bytes_max) return fail(ErrorCode::too_large, name);
    }
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

DirectoryLock::~DirectoryLock() {
    if (file_ >= 0) ::close(file_);
}

Result<DirectoryLock> DirectoryLock::take(const std::filesystem::path& directory) {
    DirectoryLock lock;
    lock.file_ = ::open((directory / "in-use").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock.file_ < 0) return fail(storage_error(errno), "cannot make the file in-use");
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
        return fail(errno == EWOULDBLOCK ? ErrorCode::in_use : ErrorCode::storage_failed,
                    "another program has this device open");
    }
    return lock;
}

}  // namespace kari::device
