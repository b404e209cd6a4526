// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/durable_file.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kari::platform_linux {
namespace {

constexpr std::size_t k_file_bytes_max = 64 * 1024;

tl::unexpected<Error> failed(std::string_view step) {
    const int reason = errno;
    const bool full = reason == ENOSPC || reason == EDQUOT;
    return fail(full ? ErrorCode::storage_full : ErrorCode::key_store_failed,
                fmt::format("key store: {}: {}", step, std::generic_category().message(reason)));
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

bool ours_alone(const struct stat& status) {
    return status.st_uid == geteuid() && (status.st_mode & 077U) == 0;
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = write(descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<std::unique_ptr<PrivateDirectory>> PrivateDirectory::open(const std::string& path) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed("make directory");
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failed("open directory");
    auto directory = std::unique_ptr<PrivateDirectory>(new PrivateDirectory(descriptor));
    struct stat status{};
    if (fstat(descriptor, &status) != 0) return failed("read directory");
    if (!ours_alone(status)) {
        return fail(ErrorCode::key_store_failed, "key store: the directory is open to others");
    }
    return directory;
}

PrivateDirectory::~PrivateDirectory() {
    close(descriptor_);
}

Result<std::string> PrivateDirectory::read(const std::string& name) const {
    const Descriptor file(openat(descriptor_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.number() < 0) {
        if (errno == ENOENT) return fail(ErrorCode::not_found, "key store: no such entry");
        return failed("open");
    }
    struct stat status{};
    if (fstat(file.number(), &status) != 0) return failed("read");
    if (!ours_alone(status)) {
        return fail(ErrorCode::key_store_failed, "key store: a file is open to others");
    }
    if (status.st_size > static_cast<off_t>(k_file_bytes_max)) {
        return fail(ErrorCode::key_store_failed, "key store: a file is too long");
    }
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t given = ::read(file.number(), bytes.data() + at, bytes.size() - at);
        if (given < 0 && errno == EINTR) continue;
        if (given <= 0) return failed("read");
        at += static_cast<std::size_t>(given);
    }
    return bytes;
}

// Writes beside the file; the name is of this process alone and is returned.
Result<std::string> PrivateDirectory::write_temporary(const std::string& name,
                                                      std::string_view bytes) const {
    static std::atomic<unsigned> counter = 0;
    std::string temporary = fmt::format("new-{}-{}.{}", getpid(), ++counter, name);
    unlinkat(descriptor_, temporary.c_str(), 0);  // of an earlier process with this number
    const Descriptor file(openat(descriptor_, temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.number() < 0) return failed("make");
    if (!write_all(file.number(), bytes) || fsync(file.number()) != 0) {
        const auto error = failed("write");
        unlinkat(descriptor_, temporary.c_str(), 0);
        return error;
    }
    return temporary;
}

Result<void> PrivateDirectory::sync() const {
    if (fsync(descriptor_) != 0) return failed("write directory");
    return {};
}

Result<void> PrivateDirectory::replace(const std::string& name, std::string_view bytes) const {
    const auto temporary = write_temporary(name, bytes);
    if (!temporary) return tl::unexpected<Error>(temporary.error());
    if (renameat(descriptor_, temporary->c_str(), descriptor_, name.c_str()) != 0) {
        const auto error = failed("rename");
        unlinkat(descriptor_, temporary->c_str(), 0);
        return error;
    }
    return sync();
}

Result<void> PrivateDirectory::create(const std::string& name, std::string_view bytes) const {
    const auto temporary = write_temporary(name, bytes);
    if (!temporary) return tl::unexpected<Error>(temporary.error());
    // A link, unlike a rename, does not replace.
    const int linked = linkat(descriptor_, temporary->c_str(), descriptor_, name.c_str(), 0);
    const int reason = errno;
    unlinkat(descriptor_, temporary->c_str(), 0);
    if (linked != 0) {
        if (reason == EEXIST) return fail(ErrorCode::already_exists, "key store: entry exists");
        errno = reason;
        return failed("make");
    }
    return sync();
}

Result<void> PrivateDirectory::remove(const std::string& name) const {
    if (unlinkat(descriptor_, name.c_str(), 0) != 0) {
        if (errno == ENOENT) return {};
        return failed("remove");
    }
    return sync();
}

}  // namespace kari::platform_linux
