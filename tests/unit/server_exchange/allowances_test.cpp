// SPDX-License-Identifier: Apache-2.0
//
// What the server answers to a tablet that asks for an allowance.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/allowance.pb.h"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

v1::MedicationAllowance an_ask() {
    v1::MedicationAllowance out;
    out.mutable_ask()->set_doses(1);
    return out;
}

// How many answers of the server's stand after the tablet sent these.
std::size_t answers_to(Ward& ward, const Writer& tablet, const std::vector<ChangePtr>& changes) {
    auto request = request_of(tablet);
    push_of(request, ward.record, changes);
    REQUIRE(ward.exchange(ward.device(tablet, 1), request));
    const auto log = ward.log(ward.record);
    return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [](const auto& stored) {
        const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
        return change && change->from_server() &&
               change->header.kind() == v1::KIND_MEDICATION_ALLOWANCE;
    }));
}

}  // namespace

TEST_CASE("An ask is answered, unless a later program says of it what has to be understood") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    const auto ask =
        tablet.write({.record = ward.record, .resource = id_of<ResourceId>(1)}, an_ask());
    CHECK(answers_to(ward, tablet, {ask}) == 1);
    const auto other =
        tablet.write({.record = ward.record, .resource = id_of<ResourceId>(2)}, an_ask());
    v1::MedicationAllowance later;
    later.GetReflection()->MutableUnknownFields(&later)->AddVarint(4711, 1);
    const auto amended = tablet.write({.record = ward.record,
                                       .resource = id_of<ResourceId>(2),
                                       .parents = {other->id},
                                       .must_understand = {4711}},
                                      later);
    CHECK(answers_to(ward, tablet, {other, amended}) == 1);
}
