// SPDX-License-Identifier: Apache-2.0
//
// What an exchange leaves behind for whoever runs the server.
#include "kari/v1/telling.pb.h"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;
using server::storage::Sighting;

namespace {

// A tablet that is enrolled, so that it can be seen.
DeviceIdentity enrolled(Ward& ward, const Writer& writer) {
    server::storage::Device device;
    device.id = id_of<DeviceId>(1);
    device.unit = ward.unit;
    REQUIRE(ward.storage->readmit(device, {}));
    return ward.device(writer, 1);
}

Sighting last(Ward& ward) {
    const auto all = ward.storage->sightings();
    REQUIRE(all);
    REQUIRE(all->size() == 1);
    return all->front();
}

void tell(v1::ExchangeRequest& request, std::uint64_t unsent, std::uint64_t oldest_ms) {
    v1::Telling telling;
    telling.set_unsent_changes(unsent);
    telling.set_oldest_unsent_ms(oldest_ms);
    request.DiscardUnknownFields();
    REQUIRE(request.MergeFromString(telling.SerializeAsString()));
}

}  // namespace

TEST_CASE("A sighting is written when what is unsent changes, else once a minute") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    const auto who = enrolled(ward, tablet);
    const Instant began = ward.clock.now;
    auto request = request_of(tablet);
    tell(request, 3, 60'000);
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward) == Sighting{who.device, began, 3, began - Duration::minutes(1)});
    ward.clock.now = began + Duration::seconds(59);
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward).seen == began);
    ward.clock.now = began + Duration::seconds(60);
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward).seen == ward.clock.now);
    tell(request, 0, 0);
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward) == Sighting{who.device, ward.clock.now, 0, std::nullopt});
}

TEST_CASE("What a push brings is no longer unsent, and a lie harms nothing") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    const auto who = enrolled(ward, tablet);
    auto request = request_of(tablet);
    push_of(request, ward.record,
            {tablet.write({.record = ward.record, .resource = id_of<ResourceId>(1)}, pulse("70"))});
    tell(request, 2, UINT64_MAX);
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward) == Sighting{who.device, ward.clock.now, 1, Instant{0}});
    tell(request, 0, 0);  // and yet it pushes
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward).unsent == 0);
    tell(request, UINT64_MAX, 0);
    REQUIRE(ward.exchange(who, request));
    CHECK(last(ward).unsent == std::uint64_t{INT64_MAX} - 1);
}

TEST_CASE("What the rules find is counted from the moment that it was first stated") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    Writer twin = Writer::tablet(1);  // a tablet that was set back goes on writing
    const auto who = ward.device(tablet, 1);
    CHECK(ward.storage->open_findings()->empty());
    auto request = request_of(tablet);
    push_of(request, ward.record,
            {tablet.write({.record = ward.record, .resource = id_of<ResourceId>(1)}, pulse("70"))});
    push_of(request, ward.record,
            {twin.write({.record = ward.record, .resource = id_of<ResourceId>(1)}, pulse("90"))});
    const Instant stated = ward.clock.now;
    REQUIRE(ward.exchange(who, request));
    auto counts = ward.storage->open_findings().value();
    REQUIRE(counts.size() == 1);
    const auto open = counts[0].open;
    CHECK(open > 0);
    CHECK(counts[0].oldest == stated);
    // Counted anew, as after an upgrade: as old as it is, not as new as the count.
    ward.clock.now = stated + Duration::hours(5);
    {
        auto record = ward.storage->begin(ward.record);
        REQUIRE(record);
        REQUIRE((*record)->set_open_findings({}, std::nullopt));
        REQUIRE((*record)->set_reviewed(0));
        REQUIRE((*record)->commit());
    }
    REQUIRE(server::exchange::review_owed(*ward.parts) == 1);
    counts = ward.storage->open_findings().value();
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].open == open);
    CHECK(counts[0].oldest == stated);
}
