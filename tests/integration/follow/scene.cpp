// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/follow/scene.hpp"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <kari/linux_platform.hpp>

#include "examples/demo/whole_file.hpp"

namespace kari::test {
namespace {

namespace fs = std::filesystem;
using demo::text_at;

constexpr const char* k_citizen =
    R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{)"
    R"("resourceType":"Patient","id":"citizen-1","birthDate":"1931-05-04",)"
    R"("name":[{"family":"Testesen","given":["Kari"]}]}}]})";

fs::path fresh_folder() {
    std::string pattern = (fs::temp_directory_path() / "kari-follow-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw demo::Trouble("no folder");
    return pattern;
}

}  // namespace

double ms_between(Steady::time_point from, Steady::time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}

void Heard::note(const std::string& what) {
    {
        const std::lock_guard lock(mutex_);
        all_.emplace_back(Steady::now(), what);
    }
    more_.notify_all();
}

std::optional<Steady::time_point> Heard::wait_for(const std::string& what, Steady::time_point since,
                                                  std::chrono::seconds patience) {
    std::unique_lock lock(mutex_);
    std::optional<Steady::time_point> found;
    more_.wait_for(lock, patience, [&] {
        const auto is = [&](const auto& one) {
            return one.first >= since && one.second == what;
        };
        const auto at = std::find_if(all_.begin(), all_.end(), is);
        if (at != all_.end()) found = at->first;
        return found.has_value();
    });
    return found;
}

std::size_t Heard::count(const std::string& what) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        all_.begin(), all_.end(), [&](const auto& one) { return one.second == what; }));
}

FollowingTablet::FollowingTablet(Device made, Platform platform)
    : device(std::move(made)), platform_(std::move(platform)) {
    observing_ = device.observe([this](const Event& event) {
        if (event.kind == EventKind::record_changed) heard.note("changed");
    });
}

FollowingTablet::~FollowingTablet() {
    if (thread_.joinable()) static_cast<void>(stop());
}

void FollowingTablet::follow() {
    thread_ = std::thread([this] {
        FollowOptions options;
        options.cancel = &cancel_;
        options.synced = [this](const SyncReport&) {
            heard.note("synced");
        };
        options.status = [this](const FollowStatus& status) {
            heard.note(status.state == FollowState::syncing   ? "syncing"
                       : status.state == FollowState::waiting ? "waiting"
                                                              : "trouble");
        };
        result_ = device.follow(options);
        heard.note("ended");
    });
}

Result<void> FollowingTablet::stop() {
    cancel_.ask();
    return ended();
}

Result<void> FollowingTablet::ended() {
    thread_.join();
    return result_;
}

FollowScene::FollowScene()
    : server(demo::find_programs(KARI_BUILD_DIR).server, fresh_folder() / "server"),
      folder_(server.directory().parent_path()) {
    server.command({"init", "--port", "0"});
    fs::create_directories(folder_ / "input");
    demo::write_whole(folder_ / "input" / "bundle.json", k_citizen);
    server.command(
        {"import", (folder_ / "input" / "bundle.json").string(), "--system", "urn:kari:test"});
    unit_ = text_at(server.command({"add-unit", "--name", "Unit"}), "unit");
    nurse_ = *PersonId::parse(
        text_at(server.command({"add-nurse", "--unit", unit_, "--name", "Nurse", "--role", "SP"}),
                "person"));
    server.command({"assign", "--unit", unit_, "--all"});
    server.start();
    relay.set_server(server.port());
    relay.open();
}

FollowScene::~FollowScene() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::unique_ptr<FollowingTablet> FollowScene::tablet(const std::string& name) {
    fs::create_directories(folder_ / name);
    auto platform = platform_linux::make_platform((folder_ / name / "keys").string());
    REQUIRE(platform);
    EnrolOptions options;
    options.directory = folder_ / name / "tablet";
    options.server = fmt::format("https://127.0.0.1:{}", relay.port());
    options.code = text_at(server.command({"invite", "--unit", unit_}), "code");
    options.device_name = name;
    options.person = nurse_;
    options.pin = "2468";
    options.pin_memory_kib = 64;  // a test need not wait
    options.pin_iterations = 1;
    auto device = Device::enrol(options, *platform);
    REQUIRE(device);
    auto made = std::make_unique<FollowingTablet>(std::move(*device), std::move(*platform));
    REQUIRE(made->device.sync({}));
    return made;
}

RecordId FollowScene::opened(FollowingTablet& tablet) const {
    const auto patients = tablet.device.my_patients({});
    REQUIRE(patients);
    REQUIRE(patients->rows.size() == 1);
    REQUIRE(tablet.device.open_chart(patients->rows[0].record, {}));
    return patients->rows[0].record;
}

ObservationEntry pulse(int value) {
    ObservationEntry entry;
    entry.code = {"http://loinc.org", "8867-4", "Heart rate"};
    entry.value = Quantity{Decimal::of(value), "/min", ""};
    return entry;
}

bool shows(FollowingTablet& tablet, const RecordId& record, int value) {
    const auto chart = tablet.device.open_chart(record, {});
    REQUIRE(chart);
    const auto is_it = [&](const ObservationItem& one) {
        const auto& said = one.statement.value;
        return said && said->value && said->value->value.text() == std::to_string(value);
    };
    return std::any_of(chart->observations.begin(), chart->observations.end(), is_it);
}

}  // namespace kari::test
