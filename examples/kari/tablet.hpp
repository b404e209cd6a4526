// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <boost/json.hpp>
#include <kari/device.hpp>
#include <kari/platform.hpp>

#include "examples/kari/labels.hpp"

namespace kari::app {

struct TabletOptions {
    std::filesystem::path directory;
    std::filesystem::path keys;     // of the key store; empty: "<directory>.keys"
    std::filesystem::path witness;  // empty: none
    Language language = Language::nb;
    // Told while something takes long: a line that the next one replaces. Empty: nobody looks.
    std::function<void(const std::string&)> progress;
    // Told what a command says before it ends, line by line (`follow`). Empty: nobody listens.
    std::function<void(const boost::json::object&)> line;
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
    // Opens when it is not open. Times are then typed and shown in the device's zone. Errors: as
    // Device::open; not_found when this machine does not know the zone.
    Result<Device*> device();
    // Appends the id of a change that a call returned to the witness file, and has it on the disk
    // before this returns. Errors: storage_failed.
    Result<void> note(const Written& written) const;

    // "Sent 3, received 40, ...": see TabletOptions::progress.
    template <typename... Args>
    void progress(Label said, const Args&... args) const {
        if (!options_.progress) return;
        options_.progress(fmt::format(fmt::runtime(label(said, options_.language)), args...));
    }
    void line(const boost::json::object& said) const {
        if (options_.line) options_.line(said);
    }

private:
    Tablet(TabletOptions options, Platform platform);
    TabletOptions options_;
    Platform platform_;
    std::optional<Device> device_;
};

}  // namespace kari::app
