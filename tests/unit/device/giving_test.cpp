// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/giving.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);

// So many changes stood under one receipt of the server that was; the first and the last are owed.
store::GiveBack stood(std::uint64_t changes) {
    store::GiveBack back;
    Writer other(id_of<IncarnationId>(7), k_record);
    for (std::uint64_t position = 1; position <= changes; ++position)
        back.named.emplace_back(position, id_of<ChangeId>(position));
    for (const std::uint64_t position : {std::uint64_t{1}, changes}) {
        merge::Change change = other.write(id_of<ResourceId>(position), temperature("37.0"));
        back.named[position - 1].second = change.id;
        back.changes.push_back({std::move(change), store::Fate::stored, position});
    }
    auto& receipt = back.ranges.emplace_back();
    receipt.mutable_end()->set_position(changes);
    return back;
}

bool has_bytes(const sync::StoredChange& change) {
    return change.header_bytes.has_value();
}

}  // namespace

TEST_CASE("what a range speaks for is all named, and only what is owed goes with its bytes") {
    const auto back = stood(sync::k_return_ids);
    device::GivingRoom room{200, 100'000};
    const auto given = device::Giving(back, room).take(k_record);
    CHECK(given.change.size() == sync::k_return_ids);
    CHECK(given.range.size() == 1);
    CHECK(std::count_if(given.change.begin(), given.change.end(), has_bytes) == 2);
}

TEST_CASE("a range that names more than a request may is left out, and what is owed still goes") {
    const auto back = stood(sync::k_return_ids + 1);
    device::GivingRoom room{200, 100'000};
    const auto given = device::Giving(back, room).take(k_record);
    CHECK(given.range.empty());
    REQUIRE(given.change.size() == 2);
    CHECK(std::all_of(given.change.begin(), given.change.end(), has_bytes));
    CHECK(given.change.back().position == sync::k_return_ids + 1);
}
