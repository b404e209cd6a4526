// SPDX-License-Identifier: Apache-2.0
// What stands between a tablet's keys and whoever has it: docs/formats/keys.md.
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include <kari/linux_platform.hpp>
#include "sdk/crypto/secret.hpp"
#include "tests/unit/device/fake_server.hpp"
#include "tests/unit/device/freed_memory.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A key store of the tablet's own that fails where it is told to.
class Hardware : public KeyStore {
public:
    explicit Hardware(std::shared_ptr<KeyStore> real) : real_(std::move(real)) {}
    Result<void> make_signing_key(std::string_view name) override {
        return real_->make_signing_key(name);
    }
    Result<std::string> public_key(std::string_view name) override {
        return real_->public_key(name);
    }
    Result<std::string> sign(std::string_view name, const Digest& digest) override {
        return real_->sign(name, digest);
    }
    Result<std::string> wrap(std::string_view plain) override { return real_->wrap(plain); }
    Result<std::string> unwrap(std::string_view wrapped) override {
        if (busy) return fail(ErrorCode::key_store_failed, "test");
        return real_->unwrap(wrapped);
    }
    Result<void> save(std::string_view name, std::string_view value) override {
        return real_->save(name, value);
    }
    Result<std::string> load(std::string_view name) override { return real_->load(name); }
    Result<void> erase(std::string_view name) override { return real_->erase(name); }

    bool busy = false;

private:
    std::shared_ptr<KeyStore> real_;
};

// The database key, as only whoever holds the server's recovery key has it.
std::string database_key(const Bench& bench) {
    const std::string sealed = read_file((bench.directory() / "recovery.sealed").string());
    const auto opened = crypto::open_with(bench.server->recovery_private(), sealed);
    REQUIRE(opened.has_value());
    return std::string(opened->view().substr(opened->view().size() - 32));
}

// The machine's ports with a real key store, so that no double of a test keeps keys in the open.
Platform with_files(const Bench& bench) {
    Platform out = bench.machine.platform();
    out.key_store = take(platform_linux::make_platform(bench.folder.file("keys"))).key_store;
    return out;
}

// In hexadecimal: the half of the only nurse's wrapping key.
std::string half_of(const Bench& bench, const Platform& platform) {
    std::istringstream words(read_file((bench.directory() / "keys").string()));
    std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
    REQUIRE(all.size() > 2);
    const std::string value = take(platform.key_store->load("pin." + all[all.size() - 2]));
    const auto end = value.rfind(' ');  // behind it stands what is left of a wait
    const std::string half = value.substr(value.rfind(' ', end - 1) + 1, 64);
    REQUIRE(base::from_hex(half).has_value());
    return half;
}

// The private key of the exchange, DER.
std::string tls_key(const Bench& bench, const std::string& key) {
    auto store = store::DeviceStore::open((bench.directory() / "kari.db").string(),
                                          crypto::Secret(std::string(key)));
    REQUIRE(store.has_value());
    return take(store->setting("tls_key")).value();
}

}  // namespace

TEST_CASE(
    "a nurse takes over an open tablet with a PIN of her own, and not what the other opened") {
    Bench bench(41);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    let_in(device, *bench.server, k_bjorn, "9753");
    const SignedIn first = take([&] {
        REQUIRE(device.lock().has_value());
        return device.unlock(k_ingrid, k_pin);
    }());
    REQUIRE(device.open_chart(citizen.record, {}).has_value());
    REQUIRE(device.findings(citizen.record).has_value());
    // Who cannot say the PIN takes nothing over.
    CHECK(device.unlock(k_bjorn, k_pin).error().code == ErrorCode::wrong_pin);
    CHECK(device.signed_in()->person == k_ingrid);
    const SignedIn second = take(device.unlock(k_bjorn, "9753"));
    CHECK(device.signed_in()->person == k_bjorn);
    CHECK_FALSE(second.sign_in == first.sign_in);
    CHECK(device.findings(citizen.record).error().code == ErrorCode::not_permitted);
    REQUIRE(device.open_chart(citizen.record, {}).has_value());
    const auto entries = take(device.access_entries(citizen.record));
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].person == k_ingrid);
    CHECK(entries[1].person == k_bjorn);
}

TEST_CASE("a copy of a tablet opens beside no other tablet's key store, and costs no try") {
    Bench bench(42);
    Bench other(43);
    {
        Device device = bench.enrolled();
        Device elsewhere = other.enrolled();
    }
    const auto moved = bench.folder.path() / "moved";
    std::filesystem::copy(bench.directory(), moved, std::filesystem::copy_options::recursive);
    {
        Device device = take(Device::open(moved, other.machine.platform(), bench.server));
        for (int i = 0; i < 12; ++i) {
            CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::key_store_missing);
        }
        CHECK(device.locked());
    }
    Device device = bench.opened();
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("a key store that fails, or memory that is short, is not counted as a wrong PIN") {
    Bench bench(44);
    {
        Device device = bench.enrolled();
    }
    Platform platform = bench.machine.platform();
    const auto hardware = std::make_shared<Hardware>(platform.key_store);
    platform.key_store = hardware;
    SECTION("the key store") {
        Device device = take(Device::open(bench.directory(), platform, bench.server));
        hardware->busy = true;
        for (int i = 0; i < 12; ++i) {
            CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::key_store_failed);
        }
        hardware->busy = false;
        CHECK(device.unlock(k_ingrid, k_pin).has_value());
    }
    SECTION("the derivation of the key") {
        const auto path = (bench.directory() / "keys").string();
        const std::string sound = read_file(path);
        std::string costly = sound;
        const auto at = costly.find(" 1 64 1 ");  // iterations, KiB, lanes
        REQUIRE(at != std::string::npos);
        write_file(path, costly.replace(at, 8, " 1 99999999 1 "));
        {
            Device device = take(Device::open(bench.directory(), platform, bench.server));
            for (int i = 0; i < 12; ++i) {
                CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::invalid_argument);
            }
        }
        write_file(path, sound);
        Device device = take(Device::open(bench.directory(), platform, bench.server));
        CHECK(device.unlock(k_ingrid, k_pin).has_value());
    }
}

TEST_CASE("an entropy source that fills with one byte makes no tablet") {
    class Stuck : public Entropy {
    public:
        void fill(std::span<std::uint8_t> out) override {
            std::fill(out.begin(), out.end(), std::uint8_t{7});
        }
    };
    Bench bench(45);
    Platform platform = bench.machine.platform();
    platform.entropy = std::make_shared<Stuck>();
    const auto device = Device::enrol(bench.options(), platform, bench.server);
    REQUIRE_FALSE(device.has_value());
    CHECK(device.error().code == ErrorCode::internal);
    CHECK(bench.server->bodies.empty());
    CHECK_FALSE(std::filesystem::exists(bench.directory() / "kari.db"));
}

TEST_CASE("no key of a tablet is in memory that was given back, nor half of one") {
    // The same seed draws the same keys, so a first tablet tells what to look for in a second.
    std::vector<std::string> secrets;
    {
        Bench bench(46);
        const Platform platform = with_files(bench);
        Device device = take(Device::enrol(bench.options(), platform, bench.server));
        secrets.push_back(database_key(bench));
        secrets.push_back(half_of(bench, platform));
        REQUIRE(device.lock().has_value());
        const auto der = tls_key(bench, secrets[0]);
        secrets.push_back(der.substr(7, 32));  // the scalar
        secrets.push_back(crypto::der_to_pem("KEY", der).substr(24, 60));
    }
    REQUIRE(secrets.size() == 4);
    secrets.push_back(base::to_hex(secrets[0]));
    secrets.push_back(*base::from_hex(secrets[1]));
    Bench bench(46);
    const Platform platform = with_files(bench);
    std::size_t found = 0;
    {
        const FreedMemory freed(secrets);
        {
            Device device = take(Device::enrol(bench.options(), platform, bench.server));
            let_in(device, *bench.server, k_bjorn, "9753");
            REQUIRE(device.lock().has_value());
        }
        Device device = take(Device::open(bench.directory(), platform, bench.server));
        CHECK(device.unlock(k_ingrid, "0000").error().code == ErrorCode::wrong_pin);
        REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
        REQUIRE(device.unlock(k_bjorn, "9753").has_value());
        REQUIRE(device.sync({}).has_value());
        REQUIRE(device.lock().has_value());
        found = freed.found();
    }
    CHECK(found == 0);
    // It was these that were looked for.
    CHECK(database_key(bench) == secrets[0]);
    CHECK(tls_key(bench, secrets[0]).substr(7, 32) == secrets[2]);
}

TEST_CASE("what is not wiped is seen") {
    const std::string secret(40, 's');
    std::vector<std::string> sought{secret};
    const FreedMemory freed(std::move(sought));
    {
        const std::string careless = "before " + secret;
        CHECK(careless.size() == 47);
    }
    CHECK(freed.found() == 1);
    {
        const crypto::Secret careful("before " + secret);
    }
    CHECK(freed.found() == 1);
}
