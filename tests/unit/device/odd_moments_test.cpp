// SPDX-License-Identifier: Apache-2.0
//
// Days that never come, moments that no calendar has, and what is written down a day late.
#include <algorithm>
#include <cstdint>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

TEST_CASE("a day that never comes is no day without doses") {
    Ward ward(970);
    ward.chart();
    const LocalDate never =
        GENERATE(LocalDate{2026, 2, 30}, LocalDate{2026, 13, 1}, LocalDate{2026, 1, 0},
                 LocalDate{0, 0, 0}, LocalDate{-1, 1, 1}, LocalDate{10'000, 1, 1});
    CHECK(ward.device.doses_due(ward.citizen.record, never).error().code == ErrorCode::malformed);
    CHECK(ward.device.doses_due(ward.citizen.record, LocalDate{2024, 2, 29}).has_value());
}

TEST_CASE("a moment outside the calendar is refused, and none is written down") {
    Ward ward(971);
    const ZonedInstant when =
        GENERATE(ZonedInstant{{INT64_MIN}, -3600, {}}, ZonedInstant{{INT64_MAX}, 3600, {}},
                 ZonedInstant{{-62'135'596'800'001}, 0, {}}, ZonedInstant{{0}, 90'000, {}});
    auto pulse = weight("70");
    pulse.effective = when;
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).error().code ==
          ErrorCode::malformed);
    CHECK(ward.chart().observations.empty());
}

TEST_CASE("a zone decides at what time of day a moment is written down, or its offset is refused") {
    Ward ward(973);
    const auto now = ward.machine.clock->wall() - Duration::minutes(1);
    const auto there = *base::in_zone(now, "Europe/Oslo");
    auto pulse = weight("70");
    pulse.effective = ZonedInstant{now, 0, "Europe/Oslo"};
    REQUIRE(ward.device.record_observation(ward.citizen.record, pulse).has_value());
    CHECK(ward.chart().observations.front().statement.value->effective ==
          base::fhir_date_time(there));
    pulse.effective = ZonedInstant{now, there.offset_s + 3600, "Europe/Oslo"};
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).error().code ==
          ErrorCode::malformed);
    pulse.effective = ZonedInstant{now, 0, "Europe/Atlantis"};
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).error().code ==
          ErrorCode::malformed);
    pulse.effective = ZonedInstant{now, -7200, {}};
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).has_value());
}

TEST_CASE("what is written a day late is asked about by its rule, and a reason of that is enough") {
    Ward ward(972);
    ward.chart();
    const auto clock = ward.machine.clock->wall();
    const auto then = *base::in_zone(clock - Duration::hours(30), "Europe/Oslo");
    const auto round = take(ward.device.doses_due(ward.citizen.record, base::local_date(then)));
    DoseEntry entry;
    entry.token = round.slots.empty() ? ward.slot().token : round.slots.front().token;
    entry.effective = then;
    const auto is_late = [](const DoseWarning& one) {
        return one.rule == "entry/late" && one.needs_reason;
    };
    const auto warned = [&] {
        const auto all = take(ward.device.check_dose(entry));
        return std::count_if(all.begin(), all.end(), is_late);
    };
    CHECK(warned() == 1);
    // As an app answers: a reason for each rule that is named, and for no other.
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what.find("entry/late") != std::string::npos);
    CHECK(refused.error().what.find(' ') == std::string::npos);
    DoseEntry noted = entry;
    noted.note = "the pen was empty";
    entry.overrides.push_back({"entry/late", "the pen was empty"});
    REQUIRE(ward.device.give(entry).has_value());
    entry = noted;
    CHECK(warned() == 0);
    auto pulse = weight("70");
    pulse.effective = then;
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).error().what == "entry/late");
    pulse.note = "the pen was empty";
    CHECK(ward.device.record_observation(ward.citizen.record, pulse).has_value());
}
