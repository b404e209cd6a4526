// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <kari/device.hpp>

#include "examples/demo/programs.hpp"
#include "examples/demo/relay.hpp"

namespace kari::test {

using Steady = std::chrono::steady_clock;

// Far beyond what anything here takes: a test that gets there has failed.
inline constexpr std::chrono::seconds k_patience{40};

double ms_between(Steady::time_point from, Steady::time_point to);

// What a tablet was told and when, for a test to wait on.
class Heard {
public:
    void note(const std::string& what);
    // The first of `what` after `since`; nothing when it does not come.
    std::optional<Steady::time_point> wait_for(const std::string& what, Steady::time_point since,
                                               std::chrono::seconds patience = k_patience);
    std::size_t count(const std::string& what) const;

private:
    mutable std::mutex mutex_;
    std::condition_variable more_;
    std::vector<std::pair<Steady::time_point, std::string>> all_;
};

// A tablet in this process. What it hears: "syncing", "waiting", "trouble", "synced", and
// "changed" for a change of any record.
class FollowingTablet {
public:
    FollowingTablet(Device device, Platform platform);
    ~FollowingTablet();
    FollowingTablet(const FollowingTablet&) = delete;
    FollowingTablet& operator=(const FollowingTablet&) = delete;

    void follow();
    // How follow ended.
    Result<void> stop();
    Result<void> ended();

    Device device;
    Heard heard;

private:
    Platform platform_;
    Device::Subscription observing_;
    Cancel cancel_;
    Result<void> result_;
    std::thread thread_;
};

// A real server with one unit, one nurse and one citizen, behind a relay.
class FollowScene {
public:
    FollowScene();
    ~FollowScene();
    FollowScene(const FollowScene&) = delete;
    FollowScene& operator=(const FollowScene&) = delete;

    // Enrolled, signed in and synced once.
    std::unique_ptr<FollowingTablet> tablet(const std::string& name);
    // Of the citizen, with the chart open.
    RecordId opened(FollowingTablet& tablet) const;

    demo::Server server;
    demo::Relay relay;

private:
    std::filesystem::path folder_;
    std::string unit_;
    PersonId nurse_;
};

ObservationEntry pulse(int value);
bool shows(FollowingTablet& tablet, const RecordId& record, int value);

}  // namespace kari::test
