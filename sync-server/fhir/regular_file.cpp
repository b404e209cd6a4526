// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace kari::server::fhir {

namespace {

constexpr std::size_t k_buffer = 64 * 1024;

const char* other_kind(mode_t mode) {
    if (S_ISDIR(mode)) return "is a folder";
    if (S_ISFIFO(mode)) return "is a pipe, and an import reads its input several times: save it";
    if (S_ISSOCK(mode)) return "is a socket";
    return "is a device";
}

Error not_opened(int error) {
    if (error == ENOENT) return {ErrorCode::not_found, "is not there, or is a link to nothing"};
    if (error == ENXIO) return {ErrorCode::invalid_argument, "is a socket or a device"};
    return {ErrorCode::storage_failed, "cannot be read: " + std::generic_category().message(error)};
}

}  // namespace

struct RegularFile::Facts {
    struct stat said{};
};

RegularFile::RegularFile(int file, std::unique_ptr<Facts> facts)
    : file_(file), facts_(std::move(facts)), buffer_(k_buffer) {}

RegularFile::~RegularFile() {
    ::close(file_);
}

Result<std::unique_ptr<RegularFile>> RegularFile::take(int file) {
    auto facts = std::make_unique<Facts>();
    const bool told = ::fstat(file, &facts->said) == 0;
    const mode_t mode = facts->said.st_mode;
    if (told && S_ISREG(mode)) {
        return std::unique_ptr<RegularFile>(new RegularFile(file, std::move(facts)));
    }
    ::close(file);
    return fail(ErrorCode::invalid_argument, other_kind(mode));
}

Result<std::unique_ptr<RegularFile>> RegularFile::open(const std::filesystem::path& path) {
    // Not to wait for the other end of a FIFO, and not to become the master of a terminal.
    const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) return tl::unexpected(not_opened(errno));
    return take(file);
}

Result<std::unique_ptr<RegularFile>> RegularFile::standard_input() {
    const int file = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (file < 0) return tl::unexpected(not_opened(errno));
    return take(file);
}

bool RegularFile::changed() const {
    struct stat now{};
    const struct stat& then = facts_->said;
    return ::fstat(file_, &now) != 0 || now.st_size != then.st_size ||
           now.st_mtim.tv_sec != then.st_mtim.tv_sec || now.st_mtim.tv_nsec != then.st_mtim.tv_nsec;
}

RegularFile::int_type RegularFile::underflow() {
    const auto left =
        static_cast<std::size_t>(std::max<std::int64_t>(facts_->said.st_size - at_, 0));
    ssize_t got = 0;
    do {
        got = ::pread(file_, buffer_.data(), std::min(left, buffer_.size()), at_);
    } while (got < 0 && errno == EINTR);
    // The stream that reads catches this and is bad from then on.
    if (got < 0) throw std::system_error(errno, std::generic_category());
    if (got == 0) return traits_type::eof();
    at_ += got;
    setg(buffer_.data(), buffer_.data(), buffer_.data() + got);
    return traits_type::to_int_type(buffer_.front());
}

RegularFile::pos_type RegularFile::seekpos(pos_type position, std::ios_base::openmode which) {
    if ((which & std::ios_base::in) == 0) return pos_type(off_type(-1));
    at_ = static_cast<std::int64_t>(off_type(position));
    setg(nullptr, nullptr, nullptr);
    return position;
}

}  // namespace kari::server::fhir
