// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/machine.hpp"

#include <cerrno>
#include <ctime>
#include <fstream>
#include <system_error>

#include <sys/random.h>
#include <unistd.h>

namespace kari::platform_linux {
namespace {

std::int64_t milliseconds(clockid_t clock) {
    timespec now{};
    if (clock_gettime(clock, &now) != 0) {
        throw std::system_error(errno, std::generic_category(), "clock_gettime");
    }
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

std::string first_line(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

// What /etc/localtime points at, else what /etc/timezone says. A machine with neither keeps UTC.
std::string machine_zone() {
    constexpr std::string_view k_folder = "/zoneinfo/";
    char target[512];
    const ssize_t length = readlink("/etc/localtime", target, sizeof target);
    if (length > 0) {
        const std::string_view path(target, static_cast<std::size_t>(length));
        const std::size_t at = path.find(k_folder);
        if (at != std::string_view::npos) return std::string(path.substr(at + k_folder.size()));
    }
    const std::string zone = first_line("/etc/timezone");
    return zone.empty() ? "UTC" : zone;
}

}  // namespace

Result<std::shared_ptr<Clock>> SystemClock::make(const std::string& zone, Duration wall_offset) {
    std::string uuid = first_line("/proc/sys/kernel/random/boot_id");
    std::erase(uuid, '-');
    const auto boot = BootId::parse(uuid);
    if (!boot) return fail(ErrorCode::internal, "clock: no boot id");
    return std::shared_ptr<Clock>(
        new SystemClock(*boot, zone.empty() ? machine_zone() : zone, wall_offset));
}

Instant SystemClock::wall() {
    return Instant{milliseconds(CLOCK_REALTIME)} + wall_offset_;
}

std::uint64_t SystemClock::boot_clock_ms() {
    return static_cast<std::uint64_t>(milliseconds(CLOCK_BOOTTIME));
}

void SystemEntropy::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const ssize_t given = getrandom(out.data(), out.size(), 0);
        if (given < 0) {
            if (errno == EINTR) continue;
            throw std::system_error(errno, std::generic_category(), "getrandom");
        }
        out = out.subspan(static_cast<std::size_t>(given));
    }
}

}  // namespace kari::platform_linux
