// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>

#include <catch2/catch_test_macros.hpp>

#include "sdk/crypto/secret.hpp"
#include "tests/unit/device/fake_server.hpp"

using namespace kari;
using namespace kari::test;

TEST_CASE("a device that is enrolled opens again with the PIN, and with no other") {
    Bench bench(1);
    {
        Device device = bench.enrolled();
        CHECK_FALSE(device.locked());
        CHECK(device.signed_in()->name == "Ingrid");
    }
    Device device = bench.opened();
    CHECK(device.locked());
    CHECK(device.my_patients({}).error().code == ErrorCode::locked);
    CHECK(device.unlock(k_ingrid, "0000").error().code == ErrorCode::wrong_pin);
    CHECK(device.unlock(k_bjorn, k_pin).error().code == ErrorCode::not_found);
    const auto signed_in = device.unlock(k_ingrid, k_pin);
    REQUIRE(signed_in.has_value());
    CHECK_FALSE(signed_in->was_restored);
    CHECK(device.my_patients({}).has_value());
}

TEST_CASE("an enrolment that fails leaves nothing and can be tried again") {
    Bench bench(2);
    SECTION("no network") {
        bench.server->offline = true;
    }
    SECTION("a server that certifies another key") {
        bench.server->certifies_another_key = true;
    }
    const auto device = Device::enrol(bench.options(), bench.machine.platform(), bench.server);
    REQUIRE_FALSE(device.has_value());
    CHECK_FALSE(std::filesystem::exists(bench.directory() / "kari.db"));
    CHECK_FALSE(std::filesystem::exists(bench.directory() / "keys"));
    CHECK(bench.machine.key_store->content().keys.empty());
    CHECK(bench.machine.key_store->content().values.empty());
    const Explanation said = explain(device.error(), Language::en);
    CHECK(said.what_to_do.find("recording") == std::string::npos);
    bench.server->offline = false;
    bench.server->certifies_another_key = false;
    CHECK(Device::enrol(bench.options(), bench.machine.platform(), bench.server).has_value());
}

TEST_CASE("a person whom the unit does not list cannot enrol, nor be added") {
    Bench bench(3);
    EnrolOptions options = bench.options();
    options.person = id_of<PersonId>(999);
    const auto refused = Device::enrol(options, bench.machine.platform(), bench.server);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_permitted);
    CHECK(explain(refused.error(), Language::en).what_to_do.find("same code") != std::string::npos);
    Device device = bench.enrolled();
    CHECK(device.add_nurse(id_of<PersonId>(999), "8642").error().code == ErrorCode::not_permitted);
    CHECK(device.add_nurse(k_ingrid, "12").error().code == ErrorCode::value_out_of_range);
}

TEST_CASE("a code that is cut short is refused before anything is sent") {
    Bench bench(4);
    EnrolOptions options = bench.options();
    options.code.pop_back();
    CHECK(Device::enrol(options, bench.machine.platform(), bench.server).error().code ==
          ErrorCode::code_refused);
    CHECK(bench.server->bodies.empty());
}

TEST_CASE("the pin of the code, and not the pin itself, goes to the server") {
    Bench bench(5);
    Device device = bench.enrolled();
    REQUIRE(bench.server->bodies.size() == 1);
    CHECK(bench.server->bodies.front().find(k_server_pin.text()) == std::string::npos);
    CHECK(bench.server->last_pins == std::vector<Digest>{k_server_pin});
}

TEST_CASE("several nurses share a tablet, each with a PIN of their own") {
    Bench bench(6);
    Device device = bench.enrolled();
    let_in(device, *bench.server, k_bjorn, "9753");
    REQUIRE(device.add_nurse(k_ingrid, "4862").has_value());
    REQUIRE(device.lock().has_value());
    CHECK(device.unlock(k_bjorn, k_pin).error().code == ErrorCode::wrong_pin);
    CHECK(device.unlock(k_bjorn, "9753").has_value());
    CHECK(device.signed_in()->person == k_bjorn);
    REQUIRE(device.lock().has_value());
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::wrong_pin);
    CHECK(device.unlock(k_ingrid, "4862").has_value());
}

TEST_CASE("wrong PINs make a delay that neither a restart nor a turned clock ends") {
    Bench bench(7);
    {
        Device device = bench.enrolled();
    }
    {
        Device device = bench.opened();
        for (int i = 0; i < 3; ++i) {
            CHECK(device.unlock(k_ingrid, "0000").error().code == ErrorCode::wrong_pin);
        }
        CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::pin_delayed);
    }
    Device device = bench.opened();
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::pin_delayed);
    bench.machine.clock->set_wall(bench.machine.clock->wall() + Duration::hours(5));
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::pin_delayed);
    bench.machine.clock->set_wall(bench.machine.clock->wall() - Duration::hours(6));
    bench.machine.clock->reboot();
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::pin_delayed);
    bench.machine.clock->advance(Duration::seconds(31));
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
    // A right PIN clears the count.
    REQUIRE(device.lock().has_value());
    CHECK(device.unlock(k_ingrid, "0000").error().code == ErrorCode::wrong_pin);
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("ten wrong PINs destroy the nurse's way in, also for an older copy of the directory") {
    Bench bench(8);
    {
        Device device = bench.enrolled();
    }
    const auto copy = bench.folder.path() / "copy";
    std::filesystem::copy(bench.directory(), copy, std::filesystem::copy_options::recursive);
    {
        Device device = bench.opened();
        for (int i = 0; i < 9; ++i) {
            CHECK(device.unlock(k_ingrid, "0000").error().code == ErrorCode::wrong_pin);
            bench.machine.clock->advance(Duration::hours(2));
        }
        CHECK(device.unlock(k_ingrid, "0000").error().code == ErrorCode::wiped);
        CHECK_FALSE(device.unlock(k_ingrid, k_pin).has_value());
    }
    CHECK(Device::open(bench.directory(), bench.machine.platform(), bench.server).error().code ==
          ErrorCode::wiped);
    Device device = take(Device::open(copy, bench.machine.platform(), bench.server));
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::wiped);
}

TEST_CASE("after a wipe the server's recovery key still opens the escrow of the database key") {
    Bench bench(9);
    {
        Device device = bench.enrolled();
    }
    const std::string sealed = read_file((bench.directory() / "recovery.sealed").string());
    const auto opened = crypto::open_with(bench.server->recovery_private(), sealed);
    REQUIRE(opened.has_value());
    const std::string heading("kari escrow 1\0", 14);
    REQUIRE(opened->view().size() == heading.size() + 16 + 32);
    CHECK(opened->view().substr(0, heading.size()) == heading);
    const crypto::Secret key{std::string(opened->view().substr(heading.size() + 16))};
    CHECK(store::DeviceStore::open((bench.directory() / "kari.db").string(), key).has_value());
}

TEST_CASE("a database that is gone is told from a tablet that was never enrolled") {
    Bench bench(12);
    {
        Device device = bench.enrolled();
    }
    std::filesystem::remove(bench.directory() / "kari.db");
    const auto opened = Device::open(bench.directory(), bench.machine.platform(), bench.server);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::storage_missing);
    const Explanation said = explain(opened.error(), Language::en);
    CHECK(said.what_to_do.find("operator") != std::string::npos);
    // Enrolling over it is refused, and after it was set aside it is not.
    CHECK(Device::enrol(bench.options(), bench.machine.platform(), bench.server).error().code ==
          ErrorCode::already_exists);
    const auto report =
        Device::salvage(bench.directory(), bench.machine.platform(), std::nullopt, "");
    REQUIRE(report.has_value());
    CHECK_FALSE(report->readable);
    CHECK(report->trouble == "storage_missing");
    CHECK(std::filesystem::exists(bench.directory() / "keys.aside-1"));
    CHECK(Device::enrol(bench.options(), bench.machine.platform(), bench.server).has_value());
}

TEST_CASE("a key store that knows nothing of the tablet is not taken for its own") {
    Bench bench(13);
    {
        Device device = bench.enrolled();
    }
    bench.machine.key_store->restore({});
    const auto opened = Device::open(bench.directory(), bench.machine.platform(), bench.server);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::key_store_missing);
    CHECK(bench.machine.key_store->content().keys.empty());
    CHECK(bench.machine.key_store->content().values.empty());
    std::filesystem::remove(bench.directory() / "keys");
    CHECK(Device::open(bench.directory(), bench.machine.platform(), bench.server).error().code ==
          ErrorCode::key_store_missing);
}

TEST_CASE("a damaged database is set aside, and what was not sent is told as far as it reads") {
    Bench bench(14);
    const Citizen citizen = put_citizen(*bench.server, 30);
    std::vector<ChangeId> unsent;
    {
        Device device = bench.enrolled();
        REQUIRE(device.sync({}).has_value());
        take(device.record_observation(citizen.record, weight("60")));
        REQUIRE(device.sync({}).has_value());
        for (int i = 0; i < 40; ++i) {
            unsent.push_back(take(device.record_observation(citizen.record, weight("70"))).change);
        }
    }
    const auto salvage = [&](const char* pin) {
        return Device::salvage(bench.directory(), bench.machine.platform(), k_ingrid, pin);
    };
    // A sound one is not set aside, whoever asks.
    CHECK(salvage("0000").error().code == ErrorCode::wrong_pin);
    CHECK(salvage(k_pin).error().code == ErrorCode::not_permitted);
    CHECK(Device::salvage(bench.directory(), bench.machine.platform(), std::nullopt, "")
              .error()
              .code == ErrorCode::locked);
    REQUIRE(std::filesystem::exists(bench.directory() / "kari.db"));

    const auto path = bench.directory() / "kari.db";
    const auto size = std::filesystem::file_size(path);
    SECTION("cut short") {
        std::filesystem::resize_file(path, size - 2 * 4096);
    }
    SECTION("a page in the middle overwritten") {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(size / 4096 / 2 * 4096));
        file << std::string(4096, 'x');
    }
    const auto report = salvage(k_pin);
    REQUIRE(report.has_value());
    CHECK(report->set_aside.size() == 3);
    CHECK(report->set_aside[0].filename() == "kari.db.aside-1");
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(std::filesystem::file_size(report->set_aside[0]) > 0);
    CHECK(report->trouble.starts_with("storage_"));
    if (report->readable && report->unsent_lost) {
        CHECK(report->unsent_read + *report->unsent_lost == unsent.size());
    }
    for (const SalvagedChange& change : report->unsent) {
        CHECK(std::find(unsent.begin(), unsent.end(), change.change) != unsent.end());
        CHECK(change.kind == "Observation");
        CHECK(change.record == citizen.record);
    }
    // The directory can be enrolled anew, and a second salvage takes another name.
    Device device = bench.enrolled();
    CHECK(device.sync({}).has_value());
    CHECK(std::filesystem::exists(bench.directory() / "kari.db.aside-1"));
}

TEST_CASE("a second device object on one directory is told that it is in use") {
    Bench bench(10);
    Device device = bench.enrolled();
    CHECK(Device::open(bench.directory(), bench.machine.platform(), bench.server).error().code ==
          ErrorCode::in_use);
}

TEST_CASE("a database that was put back goes on as a new incarnation, and is certified anew") {
    Bench bench(11);
    const Citizen citizen = put_citizen(*bench.server, 30);
    const auto saved = bench.folder.path() / "saved";
    IncarnationId before;
    {
        Device device = bench.enrolled();
        REQUIRE(device.sync({}).has_value());
        before = device.incarnation();
    }
    std::filesystem::copy(bench.directory(), saved, std::filesystem::copy_options::recursive);
    {
        Device device = bench.opened();
        REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
        REQUIRE(device.record_observation(citizen.record, weight("70")).has_value());
        REQUIRE(device.sync({}).has_value());
        CHECK(device.incarnation() == before);
    }
    std::filesystem::remove_all(bench.directory());
    std::filesystem::copy(saved, bench.directory(), std::filesystem::copy_options::recursive);
    Device device = bench.opened();
    const auto signed_in = device.unlock(k_ingrid, k_pin);
    REQUIRE(signed_in.has_value());
    CHECK(signed_in->was_restored);
    CHECK_FALSE(device.incarnation() == before);
    const auto written = device.record_observation(citizen.record, weight("71"));
    REQUIRE(written.has_value());
    const auto report = device.sync({});
    REQUIRE(report.has_value());
    CHECK(bench.server->renewals == 1);
    CHECK(report->complete);
    CHECK(bench.server->model.has(written->change));
    // What it had sent before it was put back has come home, and nothing is forked.
    CHECK(device.export_log(citizen.record)->size() == 4);
    REQUIRE(device.lock().has_value());
    CHECK_FALSE(device.unlock(k_ingrid, k_pin)->was_restored);
}

TEST_CASE("a tablet that was put back twice before it could sync brings what it wrote between") {
    Bench bench(17);
    const Citizen citizen = put_citizen(*bench.server, 30);
    const auto saved = bench.folder.path() / "saved";
    const auto keep = [&] {
        std::filesystem::remove_all(saved);
        std::filesystem::copy(bench.directory(), saved, std::filesystem::copy_options::recursive);
    };
    const auto opened_after = [&] {
        REQUIRE(bench.opened().unlock(k_ingrid, k_pin).has_value());
        std::filesystem::remove_all(bench.directory());
        std::filesystem::copy(saved, bench.directory(), std::filesystem::copy_options::recursive);
        Device device = bench.opened();
        REQUIRE(device.unlock(k_ingrid, k_pin)->was_restored);
        return device;
    };
    const auto write = [&](Device& device, const char* kg) {
        return take(device.record_observation(citizen.record, weight(kg))).change;
    };
    REQUIRE(bench.enrolled().sync({}).has_value());
    keep();
    IncarnationId between;
    ChangeId first;
    {
        Device device = opened_after();
        between = device.incarnation();
        first = write(device, "70");
    }
    keep();
    const auto key = "signing." + between.text();
    Device device = opened_after();
    const ChangeId second = write(device, "71");
    std::size_t unknown = 0;
    std::size_t renewals = 2;
    SECTION("under names that the server is told of") {}
    SECTION("and what nobody can prove any more keeps nothing else back") {
        REQUIRE(bench.machine.key_store->erase(key));
        unknown = 1;
        renewals = 1;
    }
    SECTION("and a name that the server will not have keeps nothing else back") {
        bench.server->renews_not = base::to_bytes(between);
        unknown = 1;
    }
    const auto report = device.sync({});
    REQUIRE(report.has_value());
    CHECK(report->complete);
    CHECK(bench.server->renewals == renewals);
    CHECK(bench.server->under_unknown_names == unknown);
    CHECK(bench.server->model.has(first));
    CHECK(bench.server->model.has(second));
    // Both are sealed, though each name counts its seals from one.
    std::set<std::string> sealed;
    for (const v1::RecordSeal& seal : bench.server->seals) {
        v1::StreamHead head;
        REQUIRE(head.ParseFromString(seal.leaf()));
        if (head.log() == v1::LOG_KIND_CHANGE) sealed.insert(head.head());
    }
    CHECK(sealed.contains(base::to_bytes(first)));
    CHECK(sealed.contains(base::to_bytes(second)));
    REQUIRE(device.sync({}).has_value());
    CHECK(bench.server->renewals == renewals);
}

TEST_CASE("a tablet that was put back and then revoked still brings its work to the quarantine") {
    Bench bench(16);
    const Citizen citizen = put_citizen(*bench.server, 30);
    const auto saved = bench.folder.path() / "saved";
    {
        Device device = bench.enrolled();
        REQUIRE(device.sync({}).has_value());
    }
    std::filesystem::copy(bench.directory(), saved, std::filesystem::copy_options::recursive);
    {
        Device device = bench.opened();
        REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
    }
    std::filesystem::remove_all(bench.directory());
    std::filesystem::copy(saved, bench.directory(), std::filesystem::copy_options::recursive);
    Device device = bench.opened();
    REQUIRE(device.unlock(k_ingrid, k_pin)->was_restored);
    REQUIRE(device.record_observation(citizen.record, weight("70")).has_value());
    bench.server->revoked = true;
    const auto report = device.sync({});
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().code == ErrorCode::device_revoked);
    CHECK(bench.server->pushes_refused > 0);
}

// The certificates of these tests hold from 2020 to 2040.
constexpr Instant k_2032{1'970'000'000'000};
constexpr Instant k_2034{2'030'000'000'000};

TEST_CASE("a certificate is renewed once a third of its life is left, by the server's time") {
    Bench bench(12);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    bench.machine.clock->advance(k_2032 - bench.machine.clock->wall());
    bench.server->server_now = k_2032;
    REQUIRE(device.sync({}).has_value());
    CHECK(bench.server->renewals == 0);
    bench.machine.clock->advance(k_2034 - bench.machine.clock->wall());
    bench.server->server_now = k_2034;
    const auto report = device.sync({});
    REQUIRE(report.has_value());
    CHECK(report->complete);
    CHECK(bench.server->renewals == 1);
}

TEST_CASE("a renewal that fails in time keeps no work from the server") {
    Bench bench(13);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    bench.machine.clock->advance(k_2034 - bench.machine.clock->wall());
    bench.server->renews = false;
    const auto written = device.record_observation(citizen.record, weight("70"));
    REQUIRE(written.has_value());
    REQUIRE(device.sync({}).has_value());
    CHECK(bench.server->renewals == 1);
    CHECK(bench.server->model.has(written->change));
}

TEST_CASE("a tablet that is told that its certificate has expired renews it and goes on") {
    Bench bench(14);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    const auto written = device.record_observation(citizen.record, weight("70"));
    REQUIRE(written.has_value());
    bench.server->expired = true;
    const auto report = device.sync({});
    REQUIRE(report.has_value());
    CHECK(report->complete);
    CHECK(bench.server->renewals == 1);
    CHECK(bench.server->pushes_refused == 0);
    CHECK(bench.server->model.has(written->change));
}

TEST_CASE(
    "where a renewal is refused, what was charted goes to the quarantine and the nurse is told") {
    Bench bench(15);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    REQUIRE(device.record_observation(citizen.record, weight("70")).has_value());
    bench.server->expired = true;
    bench.server->renews = false;
    const auto report = device.sync({});
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().code == ErrorCode::device_expired);
    CHECK(bench.server->pushes_refused > 0);
    CHECK(device.sync_status()->unsent == 1);
}

TEST_CASE(
    "a renewal that could not be read is asked for again, and nothing goes to the quarantine") {
    Bench bench(16);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    const auto written = device.record_observation(citizen.record, weight("70"));
    REQUIRE(written.has_value());
    bench.server->expired = true;
    bench.server->renews = false;
    bench.server->renews_not_for = ErrorCode::malformed;
    const auto report = device.sync({});
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().code == ErrorCode::malformed);
    CHECK(bench.server->pushes_refused == 0);
    bench.server->renews = true;
    REQUIRE(device.sync({}).has_value());
    CHECK(bench.server->model.has(written->change));
}

TEST_CASE("a wrong PIN says how many tries are left and how long to wait, in both languages") {
    const Error wrong{ErrorCode::wrong_pin, "pin/wrong-wait: 7, 30"};
    const Explanation nb = explain(wrong, Language::nb);
    CHECK(nb.sentence.find("7 forsøk er igjen") != std::string::npos);
    CHECK(nb.sentence.find("om 30 sekunder") != std::string::npos);
    CHECK(nb.sentence.find('{') == std::string::npos);
    const Explanation en = explain(wrong, Language::en);
    CHECK(en.sentence.find("7 tries are left") != std::string::npos);
    CHECK(explain({ErrorCode::pin_delayed, "pin/delayed: 12"}, Language::en)
              .sentence.find("12 seconds") != std::string::npos);
    // No word of a wait where there is none.
    const Explanation once = explain({ErrorCode::wrong_pin, "pin/wrong: 9"}, Language::en);
    CHECK(once.sentence.find("9 tries are left") != std::string::npos);
    CHECK(once.sentence.find("seconds") == std::string::npos);
    // Without the numbers it still says what happened.
    CHECK(explain({ErrorCode::wrong_pin, ""}, Language::en).sentence == "Wrong PIN.");
}
