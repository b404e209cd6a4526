// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/tablet.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <system_error>
#include <utility>

#include <kari/linux_platform.hpp>

namespace kari::app {

namespace {

// Whoever is signed in types and reads times as the unit's clock on the wall has them. The C
// library would read them as UTC, and say nothing, where it does not know the zone: the SDK is
// asked first.
Result<void> use_zone(const Device& device) {
    if (device.locked()) return {};
    if (const auto today = device.today(); !today) {
        return fail(today.error().code, "zone/unknown");
    }
    const std::string zone = device.zone();
    const char* now = std::getenv("TZ");
    if (now != nullptr && zone == now) return {};
    ::setenv("TZ", zone.c_str(), 1);
    ::tzset();
    return {};
}

}  // namespace

Tablet::Tablet(TabletOptions options, Platform platform)
    : options_(std::move(options)), platform_(std::move(platform)) {}

Result<Tablet> Tablet::make(TabletOptions options) {
    std::error_code error;
    options.directory = std::filesystem::absolute(options.directory, error).lexically_normal();
    if (!options.directory.has_filename()) options.directory = options.directory.parent_path();
    if (options.keys.empty()) {
        options.keys = options.directory;
        options.keys += ".keys";
    }
    std::filesystem::create_directories(options.keys.parent_path(), error);
    if (error) return fail(ErrorCode::storage_failed, "cannot make the directory of the key store");
    platform_linux::Options ports;
    ports.log_from = LogLevel::warning;
    ports.may_make_key_store = !std::filesystem::exists(options.directory / "kari.db", error) &&
                               !std::filesystem::exists(options.directory / "keys", error);
    auto platform = platform_linux::make_platform(options.keys.string(), ports);
    if (!platform) return tl::unexpected(platform.error());
    return Tablet(std::move(options), std::move(*platform));
}

Result<void> Tablet::enrol(EnrolOptions options) {
    if (device_) return fail(ErrorCode::already_exists, "the directory holds a device already");
    options.directory = options_.directory;
    auto device = Device::enrol(options, platform_);
    if (!device) return tl::unexpected(device.error());
    device_.emplace(std::move(*device));
    device_->set_language(options_.language);
    return {};
}

Result<SalvageReport> Tablet::salvage(const std::optional<PersonId>& person,
                                      const std::string& pin) {
    if (device_ && !device_->locked()) {
        return fail(ErrorCode::in_use, "it is unlocked here: lock it first");
    }
    device_.reset();
    return Device::salvage(options_.directory, platform_, person, pin);
}

Result<Device*> Tablet::device() {
    if (!device_) {
        auto device = Device::open(options_.directory, platform_);
        if (!device) return tl::unexpected(device.error());
        device_.emplace(std::move(*device));
        device_->set_language(options_.language);
    }
    if (auto same = use_zone(*device_); !same) return tl::unexpected(same.error());
    return &*device_;
}

Result<void> Tablet::note(const Written& written) const {
    if (options_.witness.empty()) return {};
    std::string line = written.change.text() + " " + written.record.text() + "\n";
    for (const ChangeId& change : written.also)
        line += change.text() + " " + written.record.text() + "\n";
    const int file =
        ::open(options_.witness.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const bool written_whole =
        file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!written_whole) return fail(ErrorCode::storage_failed, "cannot write the witness file");
    return {};
}

}  // namespace kari::app
