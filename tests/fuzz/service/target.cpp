// SPDX-License-Identifier: Apache-2.0
//
// Requests as the network brings them to the server, from a tablet that it knows and from nobody.
#include "tests/fuzz/target.hpp"

#include <array>
#include <optional>
#include <string>

#include <spdlog/spdlog.h>

#include "sync-server/http/compression.hpp"
#include "sync-server/http/service.hpp"
#include "tests/fuzz/sound_change.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

namespace kari::fuzz {
namespace {

using namespace server;

constexpr int k_requests_max = 12;

// A server with one tablet and one record, put back to this for every input.
class Office {
public:
    Office() : writer_(test::Writer::tablet(1)) {
        spdlog::set_level(spdlog::level::off);
        const auto device = test::id_of<DeviceId>(1);
        storage::Certificate certificate;
        certificate.spki = key;
        certificate.device = device;
        certificate.incarnation = writer_.incarnation;
        certificate.serial = "01";
        certificate.not_after = ward.clock.now + Duration::minutes(60 * 24 * 30);
        REQUIRE(
            ward.storage->readmit({device, ward.unit, "tablet", ward.clock.now}, {certificate}));
        auto request = test::request_of(writer_);
        const auto first =
            writer_.write({ward.record, test::id_of<ResourceId>(1)}, test::pulse("72"));
        test::push_of(request, ward.record, {first});
        earlier_.push_back(first);
        REQUIRE(ward.exchange(ward.device(writer_, 1), request));
        REQUIRE(ward.storage->copy_to(ward.file("begin.db"), ward.secrets.database_key.view()));
    }

    void begin_again() { ward.stop_and_put_back("begin.db"); }

    http::Response answer(const http::Request& request) {
        identity::Registrar registrar(*ward.storage, ward.secrets,
                                      identity::Journal(ward.folder / "journal.jsonl"), ward.clock,
                                      ward.entropy, 30);
        http::Service service(*ward.parts, registrar);
        if (http::route_of(request.target) != http::Route::wait) return service.answer(request);
        const auto waiter = service.read_wait(request);  // the rest of a wait is the socket's
        return waiter ? http::Service::waited(false, 0) : http::Service::of_error(waiter.error());
    }

    // One byte in an id's place stands for ours, and what is pushed is whole.
    std::string sound_exchange(std::string_view bytes) {
        v1::ExchangeRequest request;
        if (!request.ParseFromString(std::string(bytes))) return std::string(bytes);
        const std::string record = base::to_bytes(ward.record);
        const auto name = [](std::string* id, std::string_view ours) {
            if (id->size() == 1) id->assign(ours);
        };
        name(request.mutable_incarnation(), base::to_bytes(writer_.incarnation));
        name(request.mutable_epoch(), base::to_bytes(test::id_of<EpochId>(1)));
        for (auto& holding : *request.mutable_holding()) {
            name(holding.mutable_record(), record);
            name(holding.mutable_epoch(), base::to_bytes(test::id_of<EpochId>(1)));
        }
        for (auto& push : *request.mutable_push()) {
            name(push.mutable_record(), record);
            const auto where = base::from_bytes<RecordId>(push.record());
            if (!where) continue;
            for (auto& change : *push.mutable_change()) {
                const auto header = sound_header(change.header(), change.body(), *where, earlier_);
                if (header) change.set_header(*header);
            }
        }
        return request.SerializeAsString();
    }

    test::Ward ward;
    const Digest key = base::sha256("the tablet's key");

private:
    test::Writer writer_;
    std::vector<ChangePtr> earlier_;
};

http::Request request_from(Input& input, Office& office) {
    static constexpr std::array<const char*, 8> k_targets = {
        "/v1/exchange", "/v1/exchange", "/v1/exchange", "/v1/attachment",
        "/v1/wait",     "/v1/enrol",    "/v1/renew",    "/v1/health"};
    const unsigned which = input.byte();
    const unsigned how = input.byte();
    http::Request request;
    request.method = (how & 1) != 0 ? "GET" : "POST";
    request.target = which < 200 ? k_targets[which % k_targets.size()] : input.piece();
    request.content_type = (how & 2) != 0 ? input.piece() : "application/x-protobuf";
    request.accepts_zstd = (how & 4) != 0;
    if ((how & 8) == 0) request.client_key = office.key;
    request.address = "192.0.2.1";
    request.body = input.piece();
    if ((how & 16) == 0 && which < 200 && which % 8 < 3) {
        request.body = office.sound_exchange(request.body);
    }
    if ((how & 32) != 0) {
        request.content_encoding = "zstd";
        if ((how & 64) == 0) request.body = http::pack_zstd(request.body);
    } else if ((how & 64) != 0) {
        request.content_encoding = input.piece();
    }
    return request;
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    static Office office;
    office.begin_again();
    Input input(bytes);
    for (int n = 0; n < k_requests_max && !input.empty(); ++n) {
        const auto response = office.answer(request_from(input, office));
        // Whatever is asked, it is not the server that is at fault.
        REQUIRE(response.status != 500);
        REQUIRE(response.status >= 200);
    }
    REQUIRE(office.ward.log(office.ward.record).size() >= 1);
    REQUIRE(exchange::review_owed(*office.ward.parts));
}

}  // namespace kari::fuzz
