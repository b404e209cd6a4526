// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/packs.hpp"

#include "kari/v1/pack_exchange.pb.h"
#include "tests/unit/server_exchange/ward_fixture.hpp"

namespace kari::test {
namespace {

v1::PackRequest asked_with(const Digest& content) {
    v1::PackRequest asked;
    asked.set_protocol(sync::k_protocol);
    asked.set_content(base::to_bytes(content));
    return asked;
}

TEST_CASE("a tablet is given the pack unless it has it, and whom to trust") {
    Ward ward;
    ward.parts->pack.content = id_of<Digest>(5);
    ward.parts->offered_pack = {"the envelope", {"a point"}};
    auto reply = server::exchange::handle(*ward.parts, {}, asked_with(id_of<Digest>(4)));
    REQUIRE(reply);
    CHECK(reply->served());
    CHECK(reply->pack() == "the envelope");
    CHECK(reply->key(0) == "a point");
    reply = server::exchange::handle(*ward.parts, {}, asked_with(id_of<Digest>(5)));
    REQUIRE(reply);
    CHECK(reply->served());
    CHECK(reply->pack().empty());
}

TEST_CASE("the pack that is compiled in is given to nobody") {
    Ward ward;
    const auto reply = server::exchange::handle(*ward.parts, {}, asked_with(id_of<Digest>(4)));
    REQUIRE(reply);
    CHECK_FALSE(reply->served());
    CHECK(reply->pack().empty());
    CHECK(reply->key_size() == 0);
}

TEST_CASE("a tablet that is revoked or expired, or speaks another protocol, is given no pack") {
    Ward ward;
    DeviceIdentity device;
    device.revoked = true;
    const auto asked = asked_with(id_of<Digest>(4));
    CHECK(server::exchange::handle(*ward.parts, device, asked).error().code ==
          ErrorCode::device_revoked);
    device.revoked = false;
    device.expired = true;
    CHECK(server::exchange::handle(*ward.parts, device, asked).error().code ==
          ErrorCode::device_expired);
    auto other = asked;
    other.set_protocol(sync::k_protocol + 1);
    CHECK(server::exchange::handle(*ward.parts, {}, other).error().code ==
          ErrorCode::protocol_unsupported);
}

}  // namespace
}  // namespace kari::test
