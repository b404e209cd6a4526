// SPDX-License-Identifier: Apache-2.0
#include <kari/linux_platform.hpp>

#include "platform/linux/file_key_store.hpp"
#include "platform/linux/json_log.hpp"
#include "platform/linux/machine.hpp"

namespace kari::platform_linux {
namespace {

// There is no cheap way to be sure that there is none, and an attempt costs little.
class AlwaysMaybe : public Connectivity {
public:
    bool maybe_online() override { return true; }
};

}  // namespace

Result<Platform> make_platform(const std::string& directory, const Options& options) {
    Platform platform;
    platform.entropy = std::make_shared<SystemEntropy>();
    platform.connectivity = std::make_shared<AlwaysMaybe>();
    auto clock = SystemClock::make(options.zone, options.wall_offset);
    if (!clock) return tl::unexpected<Error>(clock.error());
    platform.clock = *std::move(clock);
    auto log = JsonLog::open(options.log_file, options.log_from, platform.clock);
    if (!log) return tl::unexpected<Error>(log.error());
    platform.log = *std::move(log);
    platform.key_store = options.key_store;
    if (platform.key_store) return platform;
    auto key_store = FileKeyStore::open(directory, platform.entropy, options.may_make_key_store);
    if (!key_store) return tl::unexpected<Error>(key_store.error());
    platform.key_store = *std::move(key_store);
    return platform;
}

}  // namespace kari::platform_linux
