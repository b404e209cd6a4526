// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/fake_server.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A live query and how often it was told.
struct Watched {
    Watched(Device& device, const LiveQuery& query)
        : live(take(device.watch(query, [this] { ++told; }))) {}
    std::atomic<int> told = 0;
    Live live;
};

LocalDate tomorrow_of(Bench& bench) {
    const auto then = bench.machine.clock->wall() + Duration::hours(24);
    return base::local_date(*base::in_zone(then, "Europe/Oslo"));
}

Written weigh(Device& device, const RecordId& record, const std::string& kg) {
    return take(device.record_observation(record, weight(kg)));
}

}  // namespace

TEST_CASE("a live query is told once of what changes it, and again only after it was armed") {
    Bench bench(60);
    const Citizen ada = put_citizen(*bench.server, 30);
    const Citizen bo = put_citizen(*bench.server, 31);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    Watched caseload(device, LiveQuery::caseload());
    Watched ada_chart(device, LiveQuery::of(ada.record));
    Watched bo_chart(device, LiveQuery::of(bo.record));
    REQUIRE(device.open_chart(ada.record, {}));
    REQUIRE(device.my_patients({}));
    CHECK(ada_chart.told == 0);  // reading changes nothing
    weigh(device, ada.record, "70");
    weigh(device, ada.record, "71");
    CHECK(ada_chart.told == 1);
    CHECK(caseload.told == 1);
    CHECK(bo_chart.told == 0);
    REQUIRE(device.again(ada_chart.live));
    CHECK(ada_chart.told == 1);
    weigh(device, ada.record, "72");
    CHECK(ada_chart.told == 2);
    CHECK(caseload.told == 1);
}

TEST_CASE("what a sync brings is told once for each reply, and nothing when it brings nothing") {
    Bench bench(61);
    const Citizen ada = put_citizen(*bench.server, 30);
    const Citizen bo = put_citizen(*bench.server, 31);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    Watched caseload(device, LiveQuery::caseload());
    Watched ada_chart(device, LiveQuery::of(ada.record));
    Watched bo_chart(device, LiveQuery::of(bo.record));
    REQUIRE(device.sync({}));
    CHECK(ada_chart.told + bo_chart.told + caseload.told == 0);
    for (std::uint64_t i = 0; i < 30; ++i) {
        v1::Observation said;
        said.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
        bench.server->put(*ada.writer, ada.record, id_of<ResourceId>(5'000 + i), said);
    }
    REQUIRE(device.sync({}));
    CHECK(ada_chart.told == 1);
    CHECK(caseload.told == 1);
    CHECK(bo_chart.told == 0);
}

TEST_CASE("what changes between watching and reading is told, so a view is never left behind") {
    Bench bench(62);
    const Citizen ada = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    // Whoever reads on being told has in the end seen everything, however the threads run.
    std::atomic<std::size_t> seen = 0;
    Live live;
    std::mutex drawing;
    std::condition_variable word;
    bool stale = false;
    live = take(device.watch(LiveQuery::of(ada.record), [&] {
        const std::lock_guard lock(drawing);
        stale = true;
        word.notify_all();
    }));
    constexpr std::size_t k_writes = 60;
    std::thread draws([&] {
        while (seen < k_writes) {
            {
                std::unique_lock lock(drawing);
                if (!word.wait_for(lock, std::chrono::seconds(30), [&] { return stale; })) return;
                stale = false;
            }
            if (!device.again(live)) return;
            seen = device.open_chart(ada.record, {})->observations.size();
        }
    });
    for (std::size_t i = 0; i < k_writes; ++i)
        weigh(device, ada.record, std::to_string(50 + i));
    draws.join();
    CHECK(seen == k_writes);
}

TEST_CASE("a chart is told of what is linked to it, when the link comes and when it goes") {
    Bench bench(63);
    const Citizen ada = put_citizen(*bench.server, 30);
    const Citizen twin = put_citizen(*bench.server, 31);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    Watched chart(device, LiveQuery::of(ada.record));
    weigh(device, twin.record, "70");
    CHECK(chart.told == 0);
    // One half of a link, in the other record, is enough.
    const ResourceId link = id_of<ResourceId>(777);
    v1::RecordLink said;
    said.mutable_link()->set_other_record(base::to_bytes(ada.record));
    said.mutable_link()->set_state(v1::LINK_STATE_LINKED);
    const ChangeId linked = bench.server->put(*twin.writer, twin.record, link, said);
    REQUIRE(device.sync({}));
    CHECK(chart.told == 1);
    REQUIRE(device.again(chart.live));
    weigh(device, twin.record, "71");
    CHECK(chart.told == 2);
    REQUIRE(device.again(chart.live));
    said.mutable_link()->set_state(v1::LINK_STATE_UNLINKED);
    bench.server->put(*twin.writer, twin.record, link, said, {linked});
    REQUIRE(device.sync({}));
    CHECK(chart.told == 3);
    REQUIRE(device.again(chart.live));
    weigh(device, twin.record, "72");
    CHECK(chart.told == 3);
}

TEST_CASE("a record that leaves or comes is told to the caseload and to its chart") {
    Bench bench(64);
    const Citizen ada = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    Watched caseload(device, LiveQuery::caseload());
    Watched chart(device, LiveQuery::of(ada.record));
    bench.server->model.unassign(ada.record);
    REQUIRE(device.sync({}));
    CHECK(caseload.told == 1);
    CHECK(chart.told == 1);
}

TEST_CASE("a live query that was dropped is told nothing, also when it drops itself") {
    Bench bench(65);
    const Citizen ada = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    int told = 0;
    {
        const Live live = take(device.watch(LiveQuery::of(ada.record), [&] { ++told; }));
    }
    weigh(device, ada.record, "70");
    CHECK(told == 0);
    Live live;
    live = take(device.watch(LiveQuery::of(ada.record), [&] {
        ++told;
        live = Live();
    }));
    weigh(device, ada.record, "71");
    weigh(device, ada.record, "72");
    CHECK(told == 1);
}

TEST_CASE(
    "nobody watches a locked tablet; what was watched is told of the lock, and ends with it") {
    Bench bench(66);
    const Citizen ada = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    Watched chart(device, LiveQuery::of(ada.record));
    Watched told_before(device, LiveQuery::of(ada.record));
    weigh(device, ada.record, "69");
    REQUIRE(device.again(chart.live));
    REQUIRE(device.lock());
    // What is on the screen is another: nothing. Who was told, and did not look yet, is not again.
    CHECK(chart.told == 2);
    CHECK(told_before.told == 1);
    CHECK(device.watch(LiveQuery::caseload(), [] {}).error().code == ErrorCode::locked);
    CHECK(device.again(chart.live).error().code == ErrorCode::locked);
    CHECK(device.again(Live()).error().code == ErrorCode::invalid_argument);
    // Whoever signs in next begins anew: the reading would be logged under another name.
    REQUIRE(device.unlock(k_ingrid, k_pin));
    CHECK(device.again(chart.live).error().code == ErrorCode::locked);
    Watched anew(device, LiveQuery::of(ada.record));
    weigh(device, ada.record, "70");
    CHECK(chart.told == 2);
    CHECK(anew.told == 1);
}

TEST_CASE("whoever signs in while another is signed in ends what that one watched") {
    Bench bench(68);
    const Citizen ada = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    Watched chart(device, LiveQuery::of(ada.record));
    REQUIRE(device.unlock(k_ingrid, k_pin));
    CHECK(chart.told == 1);
    CHECK(device.again(chart.live).error().code == ErrorCode::locked);
}

TEST_CASE("a round says when the clock alone makes it another") {
    Bench bench(67);
    const Citizen ada = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}));
    REQUIRE(device.open_chart(ada.record, {}));
    const auto state = [&](const LocalDate& date) {
        const DoseRound round = take(device.doses_due(ada.record, date));
        REQUIRE(round.slots.size() == 1);
        return round.slots[0].state + " " + std::to_string(static_cast<int>(round.age.tier)) +
               (round.age.lease_ended ? " ended" : "");
    };
    const LocalDate date = tomorrow_of(bench);
    std::vector<std::string> seen{state(date)};
    for (int i = 0; i < 20; ++i) {
        const auto in = take(device.doses_due(ada.record, date)).changes_in;
        if (!in) break;
        REQUIRE(in->ms > 0);
        bench.machine.clock->advance(Duration{in->ms - 1});
        CHECK(state(date) == seen.back());  // no sooner
        bench.machine.clock->advance(Duration{1});
        CHECK(state(date) != seen.back());  // and then
        seen.push_back(state(date));
    }
    CHECK(seen.size() == 7);  // due, overdue; aging, stale, old; the lease
    CHECK_FALSE(take(device.doses_due(ada.record, date)).changes_in);
}
