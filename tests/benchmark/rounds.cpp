// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/time.hpp"
#include "sdk/clinical/schedule.hpp"
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

constexpr unsigned k_slots_of = 1'000;

// A tablet with patients whose medicine is due today, and was given on so many days before.
struct Round {
    Round(unsigned patients, unsigned days) : server(folder.path() / "server") {
        for (unsigned i = 0; i < patients; ++i)
            records.push_back(server.import_round_journal(days));
        tablet = enrol(server, folder.path() / "tablet", false);
        must((*tablet)->sync({}), "sync");
    }
    void walk() {
        const auto today = must((*tablet)->today(), "today");
        for (const RecordId& record : records) {
            must((*tablet)->open_chart(record, {}), "chart");
            const auto due = must((*tablet)->doses_due(record, today), "round");
            if (due.slots.size() != 24) throw std::runtime_error("not the doses of the day");
        }
    }

    Folder folder;
    Server server;
    std::vector<RecordId> records;
    std::unique_ptr<Tablet> tablet;
};

Operation cold_round(const Scale& scale, unsigned patients, unsigned days) {
    const auto made = std::make_shared<std::unique_ptr<Round>>();
    const auto stage = [made, patients, days]() -> Round& {
        if (!*made) *made = std::make_unique<Round>(patients, days);
        return **made;
    };
    Operation one;
    one.name = "round/" + std::to_string(patients) + "/" + std::to_string(days);
    one.what = "the first round after unlocking, chart and doses of today of " +
               std::to_string(patients) + " patients with 12 orders each, given on " +
               std::to_string(days) + " days before";
    one.turns = scale.turns;
    one.prepare = [stage] {
        stage().tablet->reopen();
    };
    one.run = [stage] {
        stage().walk();
        return 0.0;
    };
    return one;
}

constexpr LocalDate k_day{2026, 6, 10};
constexpr const char* k_zone = "Europe/Oslo";

// Every eight hours since a start that lies so many days back.
v1::Prescription since(unsigned days) {
    v1::Prescription out;
    auto& repeat = *out.add_dosage()->mutable_timing()->mutable_repeat();
    const auto today = must(base::resolve(k_day, LocalTime{8, 0}, k_zone), "day");
    const auto start =
        must(base::in_zone(today.instant - Duration::hours(24 * days), k_zone), "start");
    repeat.mutable_bounds_period()->set_start(base::fhir_date_time(start));
    repeat.set_frequency(1);
    repeat.set_period("8");
    repeat.set_period_unit("h");
    return out;
}

Operation day_of_slots(const Scale& scale, unsigned days) {
    Operation one;
    one.name = "slots/" + std::to_string(days);
    one.what = "the doses of one day, every 8 hours since " + std::to_string(days) + " days";
    one.turns = scale.turns;
    one.times = k_slots_of;
    one.prepare = [] {
    };
    one.run = [order = since(days)] {
        for (unsigned i = 0; i < k_slots_of; ++i) {
            const auto day = clinical::expand(ResourceId{}, order, k_day, k_zone);
            if (day.slots.size() != 3) throw std::runtime_error("not three doses");
        }
        return 0.0;
    };
    return one;
}

}  // namespace

// Ten years of 24 doses a day are 87,600 changes a patient: of one patient alone.
std::vector<Operation> round_operations(const Scale& scale) {
    std::vector<Operation> operations;
    const unsigned least = scale.days_back.front();
    operations.push_back(cold_round(scale, scale.patients, least));
    for (const unsigned days : scale.days_back) {
        for (auto one : {cold_round(scale, 1, days), day_of_slots(scale, days)}) {
            if (days != least) {
                one.against = one.name.substr(0, one.name.rfind('/') + 1) + std::to_string(least);
                one.limits.cpu = 1.2;
            }
            operations.push_back(std::move(one));
        }
    }
    return operations;
}

}  // namespace kari::bench
