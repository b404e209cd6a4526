// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/overview.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/id.hpp"
#include "sync-server/admin/output.hpp"
#include "sync-server/admin/status.hpp"

using namespace kari;
using namespace kari::server;
using namespace kari::server::admin;

namespace {

constexpr std::uint64_t k_gib = std::uint64_t{1} << 30;
constexpr Instant k_now{1'800'000'000'000};
constexpr Duration k_minute = Duration::minutes(1);

// A server of which nothing need be said.
Overview well() {
    Overview seen;
    seen.now = k_now;
    seen.serving = true;
    seen.disk = {k_gib, 0, 100 * k_gib, 200 * k_gib};
    seen.reserve_bytes = k_gib;
    seen.backup = storage::Backup{k_now - Duration::hours(3), 1, 1, 1};
    seen.server_certificate_end = k_now + Duration::hours(24 * 400);
    seen.ca_end = k_now + Duration::hours(24 * 4000);
    return seen;
}

TabletOverview tablet(Instant seen, std::optional<Instant> certificate_end) {
    TabletOverview one;
    one.device.id.bytes[0] = 1;
    one.seen = storage::Sighting{one.device.id, seen, 0, std::nullopt};
    one.certificate_end = certificate_end;
    return one;
}

// The one thing that is said.
Concern only(const Overview& seen) {
    const auto all = seen.concerns();
    REQUIRE(all.size() == 1);
    CHECK(to_text(seen).starts_with("state: " + std::string(name(all[0].level))));
    return all[0];
}

}  // namespace

TEST_CASE("Of a server that is well nothing is said") {
    CHECK(well().concerns().empty());
    CHECK(to_text(well()).starts_with("state: ok\n"));
}

TEST_CASE("A tablet is silent beyond a day, to the minute") {
    auto seen = well();
    seen.tablets = {tablet(k_now - k_silent, k_now + k_minute)};
    CHECK(seen.concerns().empty());
    seen.tablets = {tablet(k_now - k_silent - k_minute, k_now + k_minute)};
    const auto said = only(seen);
    CHECK(said.level == Level::attention);
    CHECK(said.device == seen.tablets[0].device.id);
    CHECK(said.text.starts_with("silent for 24 h"));
    seen.tablets[0].device.revoked = true;
    CHECK(seen.concerns().empty());
    // One that was never heard has been silent since it was enrolled.
    seen.tablets[0].device.revoked = false;
    seen.tablets[0].seen.reset();
    seen.tablets[0].device.enrolled = k_now - Duration::hours(72);
    CHECK(only(seen).text.starts_with("silent for 3 days"));
}

TEST_CASE("An ended certificate is told of a tablet, and is broken of the server") {
    auto seen = well();
    seen.tablets = {tablet(k_now, k_now)};
    CHECK(only(seen).level == Level::attention);
    seen = well();
    seen.server_certificate_end = k_now + k_certificate_ends_soon;
    CHECK(seen.concerns().empty());
    seen.server_certificate_end = k_now + k_certificate_ends_soon - k_minute;
    CHECK(only(seen).level == Level::attention);
    seen.server_certificate_end = k_now;
    CHECK(only(seen).level == Level::broken);
}

TEST_CASE("A backup is old after a day and some, unless none is wanted") {
    auto seen = well();
    seen.backup->taken = k_now - k_backup_old - k_minute;
    CHECK(only(seen).about == "backup");
    seen.backup.reset();
    CHECK(only(seen).about == "backup");
    seen.backups_wanted = false;
    CHECK(seen.concerns().empty());
}

TEST_CASE("The disk is told before it is full, and is broken below its reserve") {
    auto seen = well();
    seen.disk.free = 2 * seen.reserve_bytes;
    CHECK(seen.concerns().empty());
    seen.disk.free = 2 * seen.reserve_bytes - 1;
    CHECK(only(seen).level == Level::attention);
    CHECK(seen.takes_pushes());
    seen.disk.free = seen.reserve_bytes - 1;
    CHECK(only(seen).level == Level::broken);
    CHECK_FALSE(seen.takes_pushes());
    seen = well();
    seen.disk_days_left = k_disk_days_few - 1;
    CHECK(only(seen).about == "disk");
}

TEST_CASE("The worst is said first, and the exit code is its own") {
    auto seen = well();
    seen.serving = false;
    seen.epoch.recovering = true;
    seen.quarantine = {{DeviceId{}, 2, 100, k_now}};
    seen.disk.free = 0;
    const auto all = seen.concerns();
    REQUIRE(all.size() == 4);
    CHECK(all[0].about == "disk");
    CHECK(exit_code_of(all[0].level) == 3);
    CHECK(exit_code_of(all[1].level) == 4);
    CHECK(exit_code_of(Level::ok) == 0);
}

TEST_CASE("The disk's end is foretold from the growth of the last 30 days") {
    const storage::DiskSpace space{0, 0, 110, 1000};
    CHECK(disk_days_left({}, space, 10) == std::nullopt);
    CHECK(disk_days_left({{100, 50}}, space, 10) == std::nullopt);
    CHECK(disk_days_left({{100, 50}, {110, 50}}, space, 10) == std::nullopt);
    CHECK(disk_days_left({{100, 50}, {110, 70}}, space, 10) == 50);
    CHECK(disk_days_left({{1, 0}, {100, 50}, {110, 70}}, space, 10) == 50);
    CHECK(disk_days_left({{100, 50}, {110, 70}}, space, 110) == 0);
}

TEST_CASE("Ages and sizes are said in words") {
    CHECK(in_words(Duration::minutes(-3)) == "0 min");
    CHECK(in_words(Duration::minutes(119)) == "119 min");
    CHECK(in_words(Duration::minutes(120)) == "2 h");
    CHECK(in_words(Duration::hours(47)) == "47 h");
    CHECK(in_words(Duration::hours(48)) == "2 days");
    CHECK(in_words_of_bytes(512 * 1024) == "512 KiB");
    CHECK(in_words_of_bytes(3 * k_gib / 2) == "1.5 GiB");
}

TEST_CASE("A long line is broken at a blank, a long word is not") {
    const std::string word(30, 'w');
    CHECK(fold("ok         " + word + " " + word + " " + word, 11) ==
          "ok         " + word + " " + word + "\n           " + word + "\n");
    CHECK(fold(std::string(79, 'a') + " b", 2) == std::string(79, 'a') + "\n  b\n");
    CHECK(fold(std::string(78, 'a') + " b", 2) == std::string(78, 'a') + " b\n");
    CHECK(fold(std::string(90, 'p') + " b", 2) == std::string(90, 'p') + "\n  b\n");
    CHECK(fold("", 2) == "\n");
}

TEST_CASE("In a recovery each tablet is named that was not heard since the restore") {
    auto seen = well();
    seen.epoch.recovering = true;
    seen.tablets = {tablet(k_now, k_now + k_minute), tablet(k_now, k_now + k_minute)};
    seen.tablets[1].device.id.bytes[0] = 2;
    CHECK(only(seen).text.starts_with("open since a restore, 0 of 2 tablets not heard since: "));
    seen.tablets[1].seen.reset();
    CHECK(seen.silent_since_restore() == 1);
    CHECK(to_text(seen).find("not heard since the restore: 1 of 2 tablets") != std::string::npos);
    const auto concerns = seen.concerns();
    REQUIRE(concerns.size() == 2);
    CHECK(concerns[0].device == seen.tablets[1].device.id);
    CHECK(concerns[0].text.starts_with("not heard since the restore: "));
    // One that is lost is not waited for.
    seen.tablets[1].device.revoked = true;
    CHECK(seen.silent_since_restore() == 0);
}

TEST_CASE("A backup dated ahead of the clock has no age, and is told") {
    auto seen = well();
    seen.backup->taken = k_now + k_clock_slack;
    CHECK(seen.concerns().empty());
    seen.backup->taken = k_now + k_clock_slack + k_minute;
    CHECK(only(seen).text.find("ahead of the clock") != std::string::npos);
}
