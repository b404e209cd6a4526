// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <catch2/catch_test_macros.hpp>

#include "platform/simulated/simulated_platform.hpp"

using namespace kari;
using platform_simulated::Machine;

TEST_CASE("simulated clocks stand still until they are moved") {
    Machine machine(1, {1000});
    CHECK(machine.clock->wall() == Instant{1000});
    machine.clock->advance(Duration::seconds(5));
    CHECK(machine.clock->wall() == Instant{6000});
    CHECK(machine.clock->boot_clock_ms() == 5000);
    machine.clock->set_wall({10});
    CHECK(machine.clock->wall() == Instant{10});
    CHECK(machine.clock->boot_clock_ms() == 5000);
}

TEST_CASE("a reboot is told by a new boot id and a boot clock at zero") {
    Machine machine(1);
    const BootId before = machine.clock->boot();
    machine.clock->advance(Duration::minutes(1));
    machine.clock->reboot();
    CHECK(machine.clock->boot() != before);
    CHECK(machine.clock->boot_clock_ms() == 0);
    CHECK(Machine(2).clock->boot() != before);
    CHECK(Machine(1).clock->boot() == before);
}

TEST_CASE("one seed gives one history") {
    const auto drawn = [](std::uint64_t seed) {
        std::array<std::uint8_t, 32> bytes{};
        Machine(seed).entropy->fill(bytes);
        return bytes;
    };
    CHECK(drawn(7) == drawn(7));
    CHECK(drawn(7) != drawn(8));
    const auto key = [](std::uint64_t seed) {
        Machine machine(seed);
        REQUIRE(machine.key_store->make_signing_key("signing").has_value());
        return machine.key_store->public_key("signing").value();
    };
    CHECK(key(7) == key(7));
}

TEST_CASE("a key store can be put back to an old image, and told to fail") {
    Machine machine(1);
    REQUIRE(machine.key_store->save("token", "1").has_value());
    const auto image = machine.key_store->content();
    REQUIRE(machine.key_store->save("token", "2").has_value());
    machine.key_store->restore(image);
    CHECK(machine.key_store->load("token").value() == "1");
    machine.key_store->set_failing(true);
    CHECK(machine.key_store->load("token").error().code == ErrorCode::key_store_failed);
    CHECK(machine.key_store->wrap("x").error().code == ErrorCode::key_store_failed);
}

TEST_CASE("what was logged and whether there is a network are the test's to see and say") {
    Machine machine(1);
    const Platform platform = machine.platform();
    platform.log->log(LogLevel::info, "sync.finished", "changes=3");
    REQUIRE(machine.log->lines().size() == 1);
    CHECK(machine.log->lines()[0].event == "sync.finished");
    CHECK(platform.connectivity->maybe_online());
    machine.connectivity->set_online(false);
    CHECK_FALSE(platform.connectivity->maybe_online());
}
