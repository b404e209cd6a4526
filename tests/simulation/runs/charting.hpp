// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/campaign.hpp"

namespace kari::sim {

inline Options options_of(std::uint64_t seed, unsigned devices, unsigned ops) {
    Options options;
    options.seed = seed;
    options.devices = devices;
    options.ops = ops;
    return options;
}

// The tablet writes something in the first citizen's record.
inline void observe(World& world, Tablet& tablet) {
    const RecordId record = world.citizens.front().record;
    REQUIRE(tablet->open_chart(record, {}));
    ObservationEntry entry;
    entry.code = {"http://loinc.org", "8867-4", "Puls"};
    entry.value = Quantity{Decimal::of(70), "/min", "/min"};
    const auto written = tablet->record_observation(record, entry);
    REQUIRE(written);
    world.ledger.wrote(written->change, {record, written->resource, tablet.number, 0});
}

}  // namespace kari::sim
