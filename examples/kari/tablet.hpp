// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <kari/device.hpp>
#include <kari/platform.hpp>

namespace kari::app {

struct TabletOptions {
    std::filesystem::path directory;
    std::filesystem::path keys;     // of the key store; empty: "<directory>.keys"
    std::filesystem::path witness;  // empty: none
    std::string zone = "Europe/Oslo";
    Language language = Language::nb;
};

// The device of one directory, opened when it is first needed.
class Tablet {
public:
    // Errors: key_store_failed, storage_failed.
    static Result<Tablet> make(TabletOptions options);

    const TabletOptions& options() const { return options_; }
    // Errors: as Device::enrol.
    Result<void> enrol(EnrolOptions options);
    // Errors: as Device::salvage; in_use when it is open here.
    Result<SalvageReport> salvage(const std::optional<PersonId>& person, const std::string& pin);
    // Opens when it is not open. Errors: as Device::open.
    Result<Device*> device();
    // Appends the id of a change that a call returned to the witness file, and has it on the disk
    // before this returns. Errors: storage_failed.
    Result<void> note(const Written& written) const;

private:
    Tablet(TabletOptions options, Platform platform);
    TabletOptions options_;
    Platform platform_;
    std::optional<Device> device_;
};

}  // namespace kari::app
