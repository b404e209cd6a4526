// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include <spdlog/spdlog.h>
#include <kari/attachments.hpp>
#include <kari/http.hpp>

#include "kari/v1/exchange.pb.h"
#include "kari/v1/transfer.pb.h"
#include "platform/simulated/simulated_platform.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/crypto/signature.hpp"
#include "sync-server/http/service.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::test {

inline constexpr const char* k_pin = "2580";

template <typename T>
T take(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return std::move(*result);
}

class HouseClock final : public Clock {
public:
    Instant wall() override { return now; }
    std::uint64_t boot_clock_ms() override { return static_cast<std::uint64_t>(now.ms); }
    BootId boot() override { return {}; }
    std::string zone() override { return "Europe/Oslo"; }
    Instant now{1'780'000'000'000};
};

// A whole server without its sockets: every request goes through its routes, and a test may cut it
// anywhere. It is also every tablet's network.
class House : public HttpClient {
public:
    House() {
        spdlog::set_level(spdlog::level::off);
        static int number = 0;
        folder = std::filesystem::temp_directory_path() /
                 ("kari-house-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        REQUIRE(
            server::identity::make_secrets(folder / "secrets", {"localhost"}, clock.now, entropy));
        secrets = take(server::identity::load_secrets(folder / "secrets"));
        auto made = take(server::storage::EmbeddedStorage::create(
            database(), secrets.database_key.view(),
            server::identity::random_id<EpochId>(entropy)));
        unit = server::identity::random_id<UnitId>(entropy);
        nurse = server::identity::random_id<PersonId>(entropy);
        REQUIRE(made->add_unit(
            {unit, server::identity::random_id<RecordId>(entropy), "North", "Europe/Oslo"}));
        REQUIRE(made->add_person({nurse, unit, "SP", "Nora", true}));
        start(std::move(made));
    }
    ~House() override {
        stop();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    std::string database() const { return (folder / "kari.db").string(); }
    // As after a kill: nothing that stood in memory is left.
    void restart() {
        stop();
        start(
            take(server::storage::EmbeddedStorage::open(database(), secrets.database_key.view())));
    }
    void stop() {
        service.reset();
        registrar.reset();
        parts.reset();
        storage.reset();
    }
    void copy_to(const std::string& name) {
        REQUIRE(storage->copy_to((folder / name).string(), secrets.database_key.view()));
    }
    // The database becomes an earlier copy of itself, as `restore` makes it.
    void restore(const std::string& name) {
        stop();
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(database() + suffix);
        std::filesystem::copy_file(folder / name, database());
        restart();
        REQUIRE(storage->begin_epoch(server::identity::random_id<EpochId>(entropy), clock.wall()));
        REQUIRE(journal().replay(*storage));
    }

    std::string invitation() {
        const auto code = server::identity::make_code(secrets.server_pin, entropy);
        REQUIRE(storage->add_invitation({code.secret, unit, clock.now + Duration::minutes(60)}));
        return code.text;
    }

    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        if (cancel.asked()) return fail(ErrorCode::cancelled, "test");
        Asked asked{request.url.substr(request.url.find("/v1/")), request.body.size(), {}, {}};
        if (asked.path == "/v1/exchange") {
            asked.exchange.ParseFromString(std::string(request.body));
        }
        if (asked.path == "/v1/attachment") {
            asked.attachment.ParseFromString(std::string(request.body));
        }
        if (before && !before(asked)) return fail(ErrorCode::timed_out, "cut on its way there");
        log.push_back(asked.path == "/v1/attachment"             ? word_of(asked.attachment)
                      : asked.exchange.lane() == v1::LANE_SAFETY ? "safety"
                                                                 : asked.path);
        server::http::Request in;
        in.method = "POST";
        in.target = asked.path;
        in.content_type = "application/x-protobuf";
        in.body = std::string(request.body);
        if (!request.certificate_pem.empty()) {
            in.client_key = key_of(request.certificate_pem);
        }
        const auto out = service->answer(in);
        if (after && !after(asked)) return fail(ErrorCode::timed_out, "cut on its way back");
        std::optional<Duration> later;
        return HttpReply{static_cast<int>(out.status), out.body, later};
    }

    struct Asked {
        std::string path;
        std::size_t bytes = 0;
        v1::ExchangeRequest exchange;
        v1::AttachmentRequest attachment;
    };
    // False: the request, or its reply, is lost.
    std::function<bool(const Asked&)> before;
    std::function<bool(const Asked&)> after;
    std::vector<std::string> log;  // what came, a word each

    std::filesystem::path folder;
    HouseClock clock;
    server::identity::MachineEntropy entropy;
    server::config::Config config = server::config::first_config();
    server::identity::Secrets secrets;
    UnitId unit;
    PersonId nurse;
    std::unique_ptr<server::storage::EmbeddedStorage> storage;
    std::unique_ptr<server::exchange::Parts> parts;
    std::unique_ptr<server::identity::Registrar> registrar;
    std::unique_ptr<server::http::Service> service;

private:
    server::identity::Journal journal() const {
        return server::identity::Journal(folder / "journal.jsonl");
    }
    void start(std::unique_ptr<server::storage::EmbeddedStorage> opened) {
        storage = std::move(opened);
        parts = std::make_unique<server::exchange::Parts>(*storage, config, secrets, clock, entropy,
                                                          journal());
        registrar = std::make_unique<server::identity::Registrar>(*storage, secrets, journal(),
                                                                  clock, entropy, 30);
        service = std::make_unique<server::http::Service>(*parts, *registrar);
    }
    static std::string word_of(const v1::AttachmentRequest& request) {
        if (request.has_offer()) return "offer";
        if (request.has_chunk()) return "chunk";
        return request.has_want() ? "want" : "query";
    }
    static Digest key_of(const std::string& pem) {
        return take(
            server::identity::spki_digest_of_certificate(take(server::identity::pem_to_der(pem))));
    }
};

// A tablet of the house's unit.
struct HouseTablet {
    HouseTablet(std::uint64_t seed, std::shared_ptr<House> at)
        : house(std::move(at)),
          machine(seed),
          directory(house->folder / ("tablet-" + std::to_string(seed))) {
        EnrolOptions options;
        options.directory = directory;
        options.server = "https://server.test";
        options.code = house->invitation();
        options.device_name = "tablet";
        options.person = house->nurse;
        options.pin = k_pin;
        options.pin_memory_kib = 64;
        options.pin_iterations = 1;
        device.emplace(take(Device::enrol(options, machine.platform(), house)));
    }
    // As after a kill: the object goes, the directory stays.
    void reopen() {
        device.reset();
        device.emplace(take(Device::open(directory, machine.platform(), house)));
        REQUIRE(device->unlock(house->nurse, k_pin));
    }
    Device* operator->() { return &*device; }
    Attachments attachments() { return Attachments(*device); }
    SyncReport sync() { return take(device->sync({})); }

    std::shared_ptr<House> house;
    platform_simulated::Machine machine;
    std::filesystem::path directory;
    std::optional<Device> device;
};

}  // namespace kari::test
