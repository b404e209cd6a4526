// SPDX-License-Identifier: Apache-2.0
//
// What the server writes of a tablet's clock must hold the truth, however long the way here took.
#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/fold.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

constexpr std::int64_t k_slow_ms = 3 * 3'600'000;  // the tablet's clock lags this much

struct Slow {
    Ward ward;
    Writer tablet = Writer::tablet(1);

    // A push whose clocks are as the tablet read them when it sent, `way_ms` ago.
    v1::ExchangeRequest request(std::int64_t way_ms) {
        tablet.now = {ward.clock.now.ms - way_ms - k_slow_ms};
        auto made = request_of(tablet);
        made.set_boot(base::to_bytes(tablet.boot));
        made.set_wall_ms(tablet.now.ms);
        push_of(
            made, ward.record,
            {tablet.write({.record = ward.record, .resource = id_of<ResourceId>(1)}, pulse("70"))});
        return made;
    }
    v1::BootTime note_after(const v1::ExchangeRequest& request) {
        REQUIRE(ward.exchange(ward.device(tablet, 1), request));
        for (const auto& stored : ward.log(ward.record)) {
            const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
            REQUIRE(change);
            if (change->header.kind() != v1::KIND_TIME_NOTE) continue;
            v1::TimeNote value;
            REQUIRE(value.ParseFromString(change->body.resource()));
            return value.note();
        }
        FAIL("no time note");
        return {};
    }
};

bool holds(const v1::BootTime& note, std::int64_t truth) {
    return std::abs(note.server_minus_device_ms() - truth) <=
           static_cast<std::int64_t>(note.uncertainty_ms());
}

}  // namespace

TEST_CASE("A clock measured by a round trip is noted as narrowly as it was measured") {
    Slow at;
    auto request = at.request(9'000);  // this one had a slow way
    request.set_server_minus_wall_ms(k_slow_ms + 40);
    request.set_server_doubt_ms(60);
    const auto note = at.note_after(request);
    CHECK(holds(note, k_slow_ms));
    CHECK(note.uncertainty_ms() == 60);
}

TEST_CASE("Without a measured round trip the note allows for the longest way there can be") {
    Slow at;
    const auto note = at.note_after(at.request(100'000));
    CHECK(holds(note, k_slow_ms));
}

TEST_CASE("A difference that the request itself contradicts is not believed") {
    Slow at;
    auto request = at.request(50);
    request.set_server_minus_wall_ms(k_slow_ms + 3'600'000);
    request.set_server_doubt_ms(10);
    const auto note = at.note_after(request);
    CHECK(holds(note, k_slow_ms));
    CHECK(note.uncertainty_ms() > 60'000);
}
