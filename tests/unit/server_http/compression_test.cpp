// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sync-server/http/compression.hpp"
#include "sync-server/http/limits.hpp"
#include "sync-server/http/service.hpp"

using namespace kari;
using namespace kari::server::http;

TEST_CASE("A packed body is unpacked up to its limit and not a byte beyond") {
    const std::string plain(100'000, 'p');
    const std::string packed = pack_zstd(plain);
    CHECK(packed.size() < 1'000);
    CHECK(unpack_zstd(packed, plain.size()) == plain);
    CHECK(unpack_zstd(packed, plain.size() - 1).error().code == ErrorCode::too_large);
    CHECK(unpack_zstd(packed + packed, plain.size()).error().code == ErrorCode::too_large);
}

TEST_CASE("Every way of cutting or spoiling a packed body is told, and never hangs") {
    const std::string plain = "something worth packing, something worth packing";
    const std::string packed = pack_zstd(plain);
    for (std::size_t size = 0; size < packed.size(); ++size) {
        const auto cut = unpack_zstd(packed.substr(0, size), plain.size());
        CHECK((!cut || *cut != plain));
    }
    for (std::size_t at = 0; at < packed.size(); ++at) {
        std::string spoilt = packed;
        spoilt[at] = static_cast<char>(spoilt[at] ^ 0x55);
        const auto unpacked = unpack_zstd(spoilt, plain.size());
        if (!unpacked) {
            CHECK((unpacked.error().code == ErrorCode::malformed ||
                   unpacked.error().code == ErrorCode::too_large));
        }
    }
}

TEST_CASE("A route is known by its whole path, and a route without a body takes none") {
    CHECK(route_of("/v1/exchange") == Route::exchange);
    CHECK(route_of("/v1/enrol?x=y") == Route::enrol);
    CHECK(route_of("/v1/renew") == Route::renew);
    CHECK(route_of("/v1/nurse") == Route::nurse);
    CHECK(route_of("/v1/health") == Route::health);
    CHECK(route_of("/fhir/Patient/0/$everything") == Route::everything);
    for (const char* target : {"", "/", "/v1/exchange/", "/V1/exchange", "//v1/exchange",
                               "/v1/../v1/exchange", "/fhir/Patient/0"}) {
        CHECK(route_of(target) == Route::unknown);
    }
    CHECK(body_limit(Route::exchange) == sync::k_request_bytes);
    CHECK(body_limit(Route::enrol) == sync::k_enrol_bytes);
    CHECK(body_limit(Route::renew) == sync::k_enrol_bytes);
    CHECK(body_limit(Route::nurse) == sync::k_nurse_bytes);
    for (const Route route : {Route::health, Route::everything, Route::unknown})
        CHECK(body_limit(route) == 0);
}
