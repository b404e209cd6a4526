// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <kari/device.hpp>
#include <kari/http.hpp>

#include "platform/simulated/drive.hpp"
#include "platform/simulated/simulated_platform.hpp"

namespace kari::sim {

// Of every nurse.
inline constexpr const char* k_pin = "2580";

// Of a record, by its headers alone: what stands last of each resource, and the newest tick.
struct Heads {
    std::map<ResourceId, std::set<ChangeId>> of;
    std::uint64_t tick = 0;
};

// What a nurse saw of a record. The heads: now and then, as an export said at the same moment.
struct Sight {
    ChartView chart;
    std::optional<Heads> heads;
};

// A tablet and the nurses who share it, through the public API alone.
struct Tablet {
    Tablet(unsigned number, std::filesystem::path folder, platform_simulated::Drive& drive,
           std::uint64_t seed, Instant start, std::shared_ptr<HttpClient> line);

    // The first of `nurses` makes it the unit's; all can unlock it afterwards.
    Result<void> enrol(const std::string& server, const std::string& code,
                       std::vector<PersonId> nurses);
    // Closes it, if it is open, as a process that ends; opens and unlocks it again.
    Result<void> reopen();
    Result<void> unlock(std::size_t nurse);

    // Where it lives: an enrolment in a folder of its own, the former ones beside it, unless what
    // stood there was set aside.
    std::filesystem::path home() const;
    const PersonId& in_hand() const { return nurses[nurse]; }
    std::string name() const { return "tablet " + std::to_string(number); }
    Device* operator->() { return &*device; }

    unsigned number;
    std::filesystem::path folder;
    platform_simulated::Drive& drive;
    platform_simulated::Machine machine;
    platform_simulated::KeyStoreContent keys_of_image;  // as they were when it was kept
    std::shared_ptr<HttpClient> line;
    std::vector<PersonId> nurses;
    std::size_t nurse = 0;  // who has it in hand
    std::optional<Device> device;
    DeviceId device_id;                 // as the server knows it
    unsigned homes = 0;                 // folders in which it lived
    bool shut_out = false;              // revoked, and not enrolled anew
    std::uint64_t failures_before = 0;  // of its disk, before the op under way
    bool busy = false;                  // within a sync further up the stack
    bool rotten = false;                // bits of its database turned over
    bool damage_told = false;           // it said so
    std::set<RecordId> drafted;         // with a draft here, which keeps the record
    // What the nurse last saw of each record: edits are made from these, however old they are.
    std::map<RecordId, Sight> views;
};

}  // namespace kari::sim
