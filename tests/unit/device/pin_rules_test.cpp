// SPDX-License-Identifier: Apache-2.0
//
// What holds of a PIN beside that it opens: what it may be, what it costs, how long one waits.
#include <catch2/catch_test_macros.hpp>

#include "sdk/device/keyring.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// Restored to a backup from before Ingrid was added.
class PutBackServer : public FakeServer {
public:
    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        auto answer = FakeServer::post(request, cancel);
        v1::ExchangeReply reply;
        if (!put_back || !answer || !request.url.ends_with("/v1/exchange") ||
            !reply.ParseFromString(answer->body)) {
            return answer;
        }
        reply.mutable_unit()->set_unit(base::to_bytes(id_of<UnitId>(600)));
        reply.mutable_unit()->set_record(base::to_bytes(k_unit_record));
        reply.set_directory_version(1);
        v1::DirectoryPerson& other = *reply.add_person();
        other.set_person(base::to_bytes(k_bjorn));
        other.set_active(true);
        answer->body = reply.SerializeAsString();
        return answer;
    }
    bool put_back = false;
};

std::string keys_of(const Bench& bench) {
    return (bench.directory() / "keys").string();
}

}  // namespace

TEST_CASE("a PIN that is tried first is not taken when it is set") {
    for (const char* easy : {"0000", "1234", "4321", "7890", "0987", "987654", "1212", "111111",
                             "abcd", "aaaa", "565656"}) {
        CAPTURE(easy);
        const auto refused = device::check_new_pin(easy);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::value_out_of_range);
        CHECK(explain(refused.error(), Language::en).what_to_do.find("pattern") !=
              std::string::npos);
    }
    for (const char* fit : {"2580", "1357", "2468", "1243", "1223", "1231", "97531", "121215"}) {
        CAPTURE(fit);
        CHECK(device::check_new_pin(fit).has_value());
    }
    Bench bench(81);
    EnrolOptions options = bench.options();
    options.pin = "1234";
    CHECK(Device::enrol(options, bench.machine.platform(), bench.server).error().code ==
          ErrorCode::value_out_of_range);
    CHECK(bench.server->bodies.empty());
    Device device = bench.enrolled();
    CHECK(device.add_nurse(k_ingrid, "0000").error().code == ErrorCode::value_out_of_range);
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("whoever can write the file of keys lowers no cost of the PINs that come") {
    Bench bench(82);
    EnrolOptions options = bench.options();
    options.pin_memory_kib = 128;
    options.pin_iterations = 2;
    {
        Device device = take(Device::enrol(options, bench.machine.platform(), bench.server));
    }
    std::string text = read_file(keys_of(bench));
    const std::string cost = "\n128 2\n";
    REQUIRE(text.find(cost) != std::string::npos);
    write_file(keys_of(bench), text.replace(text.find(cost), cost.size(), "\n8 1\n"));
    Device device = bench.opened();
    REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
    REQUIRE(device.add_nurse(k_ingrid, "8642").has_value());
    text = read_file(keys_of(bench));
    CHECK(text.find(" 2 128 1 ") != std::string::npos);  // iterations, KiB, lanes of her wrap
    CHECK(text.find(" 1 8 1 ") == std::string::npos);
}

TEST_CASE("a clock set forward and a restart do not end a PIN's wait, and what was waited counts") {
    Bench bench(83);
    Device device = bench.enrolled();
    REQUIRE(device.lock().has_value());
    auto& clock = *bench.machine.clock;
    for (int i = 0; i < 5; ++i) {
        CHECK(device.unlock(k_ingrid, "5802").error().code == ErrorCode::wrong_pin);
        clock.advance(Duration::seconds(61));
    }
    // Five minutes, of which one has passed.
    const auto wait = [&] {
        const auto refused = device.unlock(k_ingrid, k_pin);
        REQUIRE_FALSE(refused);
        REQUIRE(refused.error().code == ErrorCode::pin_delayed);
        return refused.error().what;
    };
    CHECK(wait() == "pin/delayed: 239");
    clock.set_wall(clock.wall() + Duration::hours(24));
    clock.reboot();
    CHECK(wait() == "pin/delayed: 239");
    clock.advance(Duration::seconds(200));
    CHECK(wait() == "pin/delayed: 39");
    clock.reboot();
    clock.advance(Duration::seconds(40));
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("a wait that an older program noted is waited") {
    Bench bench(84);
    Device device = bench.enrolled();
    REQUIRE(device.lock().has_value());
    for (int i = 0; i < 3; ++i)
        CHECK(device.unlock(k_ingrid, "5802").error().code == ErrorCode::wrong_pin);
    auto content = bench.machine.key_store->content();
    for (auto& [name, value] : content.values) {
        if (!name.starts_with("pin.")) continue;
        const auto last = value.rfind(' ');
        CHECK(value.substr(last) == " 30000");
        value.resize(last);
    }
    bench.machine.key_store->restore(content);
    CHECK(device.unlock(k_ingrid, k_pin).error().what == "pin/delayed: 30");
    bench.machine.clock->advance(Duration::seconds(31));
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("a nurse whom the unit took off its list does not unlock, offline neither") {
    Ward ward(85);
    Device& device = ward.device;
    let_in(device, *ward.server, k_bjorn, "9753");
    ward.server->leaves(k_bjorn);
    REQUIRE(device.lock().has_value());
    // The tablet was not told yet.
    ward.server->offline = true;
    CHECK(device.unlock(k_bjorn, "9753").has_value());
    ward.server->offline = false;
    ward.sync();
    REQUIRE(device.lock().has_value());
    ward.server->offline = true;
    const auto refused = device.unlock(k_bjorn, "9753");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_permitted);
    const Explanation said = explain(refused.error(), Language::en);
    CHECK(said.what_to_do.find("phone your leader") != std::string::npos);
    CHECK(device.locked());
    CHECK(device.my_patients({}).error().code == ErrorCode::locked);
    // Nor on a tablet that is open; and it costs no try of hers, nor anybody else a way in.
    REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
    CHECK(device.unlock(k_bjorn, "9753").error().code == ErrorCode::not_permitted);
    CHECK(device.signed_in()->person == k_ingrid);
    REQUIRE(device.lock().has_value());
    // Listed again, she unlocks where there is coverage: the tablet asks by itself.
    ward.server->comes_back(k_bjorn);
    CHECK(device.unlock(k_bjorn, "9753").error().code == ErrorCode::not_permitted);
    ward.server->offline = false;
    CHECK(device.unlock(k_bjorn, "9753").has_value());
}

TEST_CASE("what the last nurse of a tablet left unsent goes to the server when she is refused") {
    Ward ward(86);
    Device& device = ward.device;
    ward.server->leaves(k_ingrid);
    ward.sync();
    const ChangeId unsent = [&] {
        REQUIRE(device.open_chart(ward.citizen.record, {}).has_value());
        return take(device.record_observation(ward.citizen.record, weight("70"))).change;
    }();
    REQUIRE(device.lock().has_value());
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::not_permitted);
    CHECK(ward.server->model.has(unsent));
    CHECK(device.locked());
}

TEST_CASE("a list that was put back to before she was added shuts no nurse out") {
    const auto server = std::make_shared<PutBackServer>();
    Ward ward(88, server);
    REQUIRE(ward.device.directory_people()->size() == 2);
    server->put_back = true;
    ward.sync();
    REQUIRE(ward.device.directory_people()->size() == 1);
    REQUIRE(ward.device.lock().has_value());
    server->offline = true;
    CHECK(take(ward.device.unlock(k_ingrid, k_pin)).nurse.name == "Ingrid");
    server->offline = false;
    ward.sync();
}

TEST_CASE("names and roles at a sign-in are the unit's, whatever the file of keys says") {
    Bench bench(87);
    {
        Device device = bench.enrolled();
    }
    std::string text = read_file(keys_of(bench));
    const auto at = text.find(" ." + base::to_hex("SP") + " ");
    REQUIRE(at != std::string::npos);
    write_file(keys_of(bench), text.replace(at, 6, " ." + base::to_hex("LE")));
    Device device = bench.opened();
    CHECK(take(device.unlock(k_ingrid, k_pin)).nurse.role == "SP");
}
