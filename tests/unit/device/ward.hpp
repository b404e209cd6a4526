// SPDX-License-Identifier: Apache-2.0
// A tablet with one citizen, for the tests of charting.
#pragma once

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/fake_server.hpp"

namespace kari::test {

// A tablet that holds one citizen and has its chart open.
struct Ward : Bench {
    explicit Ward(std::uint64_t seed, std::shared_ptr<FakeServer> with = nullptr)
        : Bench(seed, std::move(with)), device(enrolled()) {
        if (!server->model.now.logs.contains(id_of<RecordId>(30))) {
            citizen = put_citizen(*server, 30);
        } else {
            citizen.record = id_of<RecordId>(30);
            citizen.order = id_of<ResourceId>(302);
        }
        REQUIRE(device.sync({}).has_value());
    }
    ChartView chart() { return take(device.open_chart(citizen.record, {})); }
    LocalDate today() {
        return base::local_date(*base::in_zone(machine.clock->wall(), "Europe/Oslo"));
    }
    DoseSlot slot() {
        chart();
        const DoseRound round = take(device.doses_due(citizen.record, today()));
        REQUIRE(round.slots.size() == 1);
        return round.slots.front();
    }
    DoseEntry dose() {
        DoseEntry entry;
        entry.token = slot().token;
        return entry;
    }
    void sync() { REQUIRE(device.sync({})->complete); }

    Device device;
    Citizen citizen;
};

// What is said before a dose, save that it cannot be added up: the tablets here have no strength.
inline std::vector<DoseWarning> said_before(Ward& ward, const DoseEntry& entry) {
    auto all = take(ward.device.check_dose(entry));
    std::erase_if(all, [](const auto& one) { return one.rule == "entry/limit-unknown"; });
    return all;
}

inline bool has_rule(const std::vector<FindingItem>& findings, const std::string& rule) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const FindingItem& one) { return one.rule == rule; });
}

inline AllergyEntry beta_blocker_allergy() {
    AllergyEntry out;
    out.code = {"http://www.whocc.no/atc", "C07AB02", "Metoprolol"};
    out.criticality = "high";
    out.verification = "confirmed";
    return out;
}

}  // namespace kari::test
