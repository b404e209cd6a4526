// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/tablet.hpp"

#include "sdk/device/core.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::sim {
namespace {

std::filesystem::path home_of(const std::filesystem::path& folder, unsigned number) {
    return folder / (number == 1 ? "tablet" : "tablet-" + std::to_string(number));
}

}  // namespace

Tablet::Tablet(unsigned number_in, std::filesystem::path folder_in,
               platform_simulated::Drive& drive_in, std::uint64_t seed, Instant start,
               std::shared_ptr<HttpClient> line_in)
    : number(number_in),
      folder(std::move(folder_in)),
      drive(drive_in),
      machine(seed, start),
      line(std::move(line_in)) {}

std::filesystem::path Tablet::home() const {
    return home_of(folder, homes);
}

Result<void> Tablet::enrol(const std::string& server, const std::string& code,
                           std::vector<PersonId> who) {
    // Where it was set aside there is room again.
    const bool anew = homes == 0 || std::filesystem::exists(home() / device::k_keys_file);
    EnrolOptions options;
    options.directory = home_of(folder, anew ? homes + 1 : homes);
    options.server = server;
    options.code = code;
    options.device_name = name();
    options.person = who.front();
    options.pin = k_pin;
    options.pin_memory_kib = 8;  // the least that Argon2 takes: nobody attacks it
    options.pin_iterations = 1;
    KARI_LET(auto made, Device::enrol(options, machine.platform(), line));
    device.reset();
    device.emplace(std::move(made));
    if (anew) ++homes;
    device_id = device->device_id();
    shut_out = rotten = damage_told = false;
    nurses = std::move(who);
    nurse = 0;
    views.clear();
    drafted.clear();
    for (std::size_t i = 1; i < nurses.size(); ++i)
        KARI_TRY(device->add_nurse(nurses[i], k_pin));
    return {};
}

Result<void> Tablet::reopen() {
    device.reset();
    views.clear();
    KARI_LET(auto opened, Device::open(home(), machine.platform(), line));
    device.emplace(std::move(opened));
    return unlock(nurse);
}

Result<void> Tablet::unlock(std::size_t who) {
    KARI_TRY(device->unlock(nurses[who], k_pin));
    nurse = who;
    views.clear();
    return {};
}

}  // namespace kari::sim
