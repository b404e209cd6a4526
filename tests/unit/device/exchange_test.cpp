// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/telling.pb.h"
#include "sdk/crypto/merkle.hpp"
#include "sdk/sync/reply_end.hpp"
#include "tests/unit/device/fake_server.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// An app's own stack, in which a bit turns over once: the first that says of a record which it is.
class Garbling : public HttpClient {
public:
    Garbling(Bench& bench, const RecordId& record)
        : bench_(bench), record_(base::to_bytes(record)) {}

    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        auto reply = bench_.server->post(request, cancel);
        if (!reply) return reply;
        reply->body = sync::ended(reply->body);
        const auto at = reply->body.find(record_);
        if (garbled || at == std::string::npos) return reply;
        garbled = true;
        reply->body[at] = static_cast<char>(reply->body[at] ^ 1);
        return reply;
    }
    void pause(Duration duration, const Cancel&) override {
        bench_.machine.clock->advance(duration);
    }

    bool garbled = false;

private:
    Bench& bench_;
    std::string record_;
};

// A server whose parts of one record do not add up.
class Broken : public HttpClient {
public:
    Broken(Bench& bench, const RecordId& record) : bench_(bench), record_(base::to_bytes(record)) {}

    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        auto answer = bench_.server->post(request, cancel);
        v1::ExchangeReply reply;
        if (!answer || !broken || !request.url.ends_with("/v1/exchange") ||
            !reply.ParseFromString(answer->body)) {
            return answer;
        }
        for (auto& delta : *reply.mutable_delta()) {
            if (delta.record() == record_) delta.mutable_end()->set_chain(std::string(32, 'x'));
        }
        answer->body = reply.SerializeAsString();
        return answer;
    }
    void pause(Duration duration, const Cancel&) override {
        bench_.machine.clock->advance(duration);
    }

    bool broken = false;

private:
    Bench& bench_;
    std::string record_;
};

ChangeId record(Device& device, const RecordId& at, const std::string& kg) {
    return take(device.record_observation(at, weight(kg))).change;
}

}  // namespace

TEST_CASE("two tablets that wrote apart hold the same after both have synced") {
    auto server = std::make_shared<FakeServer>();
    const Citizen citizen = put_citizen(*server, 30);
    Bench one(1, server);
    Bench two(2, server);
    Device a = one.enrolled();
    Device b = two.enrolled();
    REQUIRE(a.sync({})->complete);
    REQUIRE(b.sync({})->complete);
    const ChangeId from_a = record(a, citizen.record, "70");
    const ChangeId from_b = record(b, citizen.record, "71");
    CHECK_FALSE(*a.state_digest(citizen.record) == *b.state_digest(citizen.record));
    CHECK(a.sync_status()->unsent == 1);
    REQUIRE(a.sync({})->complete);
    REQUIRE(b.sync({})->complete);
    REQUIRE(a.sync({})->complete);
    CHECK(*a.state_digest(citizen.record) == *b.state_digest(citizen.record));
    CHECK(server->model.has(from_a));
    CHECK(server->model.has(from_b));
    CHECK(a.sync_status()->unsent == 0);
    CHECK(a.sync_status()->access_unsent == 0);
    CHECK(a.verify()->problems == std::vector<std::string>{});
    CHECK(b.verify()->problems == std::vector<std::string>{});
    CHECK(a.verify()->changes >= 4);
}

TEST_CASE("what is sent comes sealed with the device's signing key, and each seal verifies alone") {
    Bench bench(12);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    const ChangeId change = record(device, citizen.record, "70");
    REQUIRE(device.sync({})->complete);
    const auto key = bench.machine.key_store->public_key("signing." + device.incarnation().text());
    REQUIRE(key.has_value());
    bool covers = false;
    for (const v1::RecordSeal& seal : bench.server->seals) {
        CHECK(crypto::verify(*key, base::sha256(seal.statement()), seal.signature()).has_value());
        v1::SealStatement statement;
        v1::StreamHead head;
        REQUIRE(statement.ParseFromString(seal.statement()));
        REQUIRE(head.ParseFromString(seal.leaf()));
        std::vector<Digest> path;
        for (const std::string& one : seal.path())
            path.push_back(*base::from_bytes<Digest>(one));
        CHECK(crypto::merkle_verify(seal.leaf(), seal.index(), statement.leaves(), path,
                                    *base::from_bytes<Digest>(statement.root())));
        covers = covers || head.head() == base::to_bytes(change);
    }
    CHECK(covers);
}

TEST_CASE("without a network a sync fails as offline and nothing is lost") {
    Bench bench(3);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    const ChangeId change = record(device, citizen.record, "70");
    bench.server->offline = true;
    bench.machine.connectivity->set_online(false);
    CHECK(device.sync({}).error().code == ErrorCode::offline);
    CHECK(device.sync_status()->unsent == 1);
    // The platform may not know: then the one attempt that is made says so.
    bench.machine.connectivity->set_online(true);
    std::size_t attempts = 0;
    bench.server->while_waiting = [&] {
        ++attempts;
    };
    CHECK(device.sync({}).error().code == ErrorCode::offline);
    CHECK(attempts == 1);
    bench.server->offline = false;
    bench.machine.connectivity->set_online(true);
    REQUIRE(device.sync({})->complete);
    CHECK(bench.server->model.has(change));
}

TEST_CASE("a tablet tells at every exchange how much it still has, and how old that is") {
    Bench bench(5);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    // What it told at the first request and at the last of a sync.
    const auto told = [&] {
        bench.server->bodies.clear();
        REQUIRE(device.sync({})->complete);
        std::array<v1::Telling, 2> all;
        REQUIRE(all[0].ParseFromString(bench.server->bodies.front()));
        REQUIRE(all[1].ParseFromString(bench.server->bodies.back()));
        return all;
    };
    CHECK(told()[0].has_unsent_changes());
    record(device, citizen.record, "70");
    bench.machine.clock->advance(Duration::hours(3));
    record(device, citizen.record, "71");
    const auto [first, last] = told();
    CHECK(first.unsent_changes() == 2);
    CHECK(first.oldest_unsent_ms() == static_cast<std::uint64_t>(Duration::hours(3).ms));
    CHECK(told()[0].unsent_changes() == 0);
    CHECK(told()[0].oldest_unsent_ms() == 0);
}

TEST_CASE("a nurse's write does not wait for the network of a sync that runs") {
    Bench bench(4);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    std::size_t written = 0;
    // Called while sync waits for a reply: a write from here would hang if it held the lock.
    bench.server->while_waiting = [&] {
        if (written++ < 3) record(device, citizen.record, "70");
        CHECK(device.sync({}).error().code == ErrorCode::in_use);
    };
    REQUIRE(device.sync({}).has_value());
    CHECK(written > 1);
}

TEST_CASE("a sync that is told to stop ends as cancelled and keeps what it had") {
    Bench bench(5);
    put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    Cancel cancel;
    bench.server->while_waiting = [&] {
        cancel.ask();
    };
    SyncOptions options;
    options.cancel = &cancel;
    CHECK(device.sync(options).error().code == ErrorCode::cancelled);
    bench.server->while_waiting = nullptr;
    CHECK(device.sync({})->complete);
}

TEST_CASE("locking while a sync runs signs out at once, and the key goes when it ends") {
    Bench bench(6);
    put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    bool locked = false;
    bench.server->while_waiting = [&] {
        if (locked) return;
        locked = true;
        REQUIRE(device.lock().has_value());
        CHECK(device.my_patients({}).error().code == ErrorCode::locked);
    };
    CHECK(device.sync({}).has_value());
    bench.server->while_waiting = nullptr;
    CHECK(device.locked());
    CHECK(device.device_id().is_zero());
    CHECK(device.sync({}).error().code == ErrorCode::locked);
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("no record comes to be by a bit that turned over in the stack of an app") {
    Bench bench(9);
    const Citizen citizen = put_citizen(*bench.server, 30);
    const auto stack = std::make_shared<Garbling>(bench, citizen.record);
    Device device = take(Device::enrol(bench.options(), bench.machine.platform(), stack));
    const auto report = device.sync({});
    REQUIRE(stack->garbled);
    REQUIRE(report.has_value());
    CHECK(report->complete);
    const auto held = device.held_records().value();
    for (const RecordId& one : held)
        CHECK((one == citizen.record || one == k_unit_record));
    CHECK(std::find(held.begin(), held.end(), citizen.record) != held.end());
}

TEST_CASE("a record that a sync passes over stays as old as it was, and the others do not") {
    Bench bench(14);
    const Citizen citizen = put_citizen(*bench.server, 30);
    const Citizen other = put_citizen(*bench.server, 31);
    const auto stack = std::make_shared<Broken>(bench, citizen.record);
    Device device = take(Device::enrol(bench.options(), bench.machine.platform(), stack));
    REQUIRE(device.sync({})->complete);
    const auto age_of = [&](const RecordId& record) {
        return take(device.open_chart(record, {})).age.age;
    };
    const Duration first = age_of(citizen.record);
    stack->broken = true;
    for (int hours = 0; hours < 2; ++hours) {
        bench.machine.clock->advance(Duration::hours(3));
        bench.server->server_now = bench.server->server_now + Duration::hours(3);
        Writer writer(id_of<IncarnationId>(700 + static_cast<std::uint64_t>(hours)),
                      citizen.record);
        bench.server->put(writer, citizen.record, id_of<ResourceId>(7000), temperature("37.0"));
        const auto report = device.sync({});
        REQUIRE(report.has_value());
        CHECK_FALSE(report->problems.empty());
    }
    CHECK(age_of(citizen.record).ms >= first.ms + Duration::hours(6).ms);
    CHECK(take(device.doses_due(citizen.record, take(device.today()))).age.age >=
          Duration::hours(6));
    CHECK(age_of(other.record) < Duration::hours(1));
    stack->broken = false;
    REQUIRE(device.sync({})->complete);
    CHECK(age_of(citizen.record) < Duration::hours(1));
}

TEST_CASE("a server put back to an older state gets everything again, others' work included") {
    auto server = std::make_shared<FakeServer>();
    const Citizen citizen = put_citizen(*server, 30);
    Bench one(7, server);
    Bench two(8, server);
    Device a = one.enrolled();
    Device b = two.enrolled();
    REQUIRE(a.sync({})->complete);
    REQUIRE(b.sync({})->complete);
    const auto backup = server->model.now;
    const ChangeId from_a = record(a, citizen.record, "70");
    const ChangeId from_b = record(b, citizen.record, "71");
    REQUIRE(a.sync({})->complete);
    REQUIRE(b.sync({})->complete);
    REQUIRE(a.sync({})->complete);
    server->model.restore(backup);
    CHECK_FALSE(server->model.has(from_a));
    // Only A comes back: what B wrote is returned by A.
    const auto report = a.sync({});
    REQUIRE(report.has_value());
    CHECK(report->new_epoch);
    CHECK(server->model.has(from_a));
    CHECK(server->model.has(from_b));
    REQUIRE(b.sync({}).has_value());
    REQUIRE(a.sync({}).has_value());
    CHECK(*a.state_digest(citizen.record) == *b.state_digest(citizen.record));
    CHECK(a.verify()->sound());
}

TEST_CASE("own work that is set aside when it is given back still reaches the server by a push") {
    auto server = std::make_shared<FakeServer>();
    const Citizen citizen = put_citizen(*server, 31);
    Bench bench(9, server);
    Device device = bench.enrolled();
    REQUIRE(device.sync({})->complete);
    const auto backup = server->model.now;
    const ChangeId own = record(device, citizen.record, "70");
    REQUIRE(device.sync({})->complete);
    server->model.restore(backup);
    server->model.doubts_receipts = true;
    REQUIRE(device.sync({}).has_value());
    CHECK(server->model.has(own));
    const auto status = take(device.sync_status());
    CHECK(status.quarantined.empty());
    CHECK(status.unsent == 0);
}

TEST_CASE("own work that the server set aside is told of as long as it stands aside") {
    auto server = std::make_shared<FakeServer>();
    const Citizen citizen = put_citizen(*server, 32);
    Bench bench(10, server);
    Device device = bench.enrolled();
    REQUIRE(device.sync({})->complete);
    const ChangeId own = record(device, citizen.record, "70");
    server->model.quarantine.insert(own);
    REQUIRE(device.sync({}).has_value());
    const auto status = take(device.sync_status());
    REQUIRE(status.quarantined.size() == 1);
    CHECK(status.quarantined[0].change == own);
    CHECK(status.quarantined[0].record == citizen.record);
    CHECK(status.quarantined[0].reason == "signature_invalid");
    CHECK_FALSE(status.quarantined[0].advice.empty());
}

TEST_CASE("a record that left the caseload is hidden, and purged once everything is secured") {
    Bench bench(9);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({})->complete);
    record(device, citizen.record, "70");
    REQUIRE(device.open_chart(citizen.record, {}).has_value());
    bench.server->model.unassign(citizen.record);
    for (int i = 0; i < 3; ++i)
        REQUIRE(device.sync({}).has_value());
    CHECK(device.my_patients({})->rows.empty());
    CHECK_FALSE(device.open_chart(citizen.record, {}).has_value());
}

TEST_CASE("the log of lists outlives a caseload that does not name the unit's own record") {
    Bench bench(13);
    put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({})->complete);
    REQUIRE(device.my_patients({}).has_value());
    for (int i = 0; i < 2; ++i)
        REQUIRE(device.sync({})->complete);
    CHECK(device.sync_status()->access_unsent == 0);
    CHECK(device.access_entries(k_unit_record)->size() == 1);
    CHECK(device.held_records()->size() == 1);
    // A server that was put back lacks the entry, and gets it again.
    const std::size_t before = bench.server->bodies.size();
    bench.server->model.restore(bench.server->model.now);
    bench.server->model.now.access.clear();
    REQUIRE(device.sync({}).has_value());
    bool again = false;
    for (std::size_t i = before; i < bench.server->bodies.size(); ++i) {
        v1::ExchangeRequest request;
        REQUIRE(request.ParseFromString(bench.server->bodies[i]));
        for (const v1::RecordPush& push : request.push()) {
            again = again ||
                    (push.record() == base::to_bytes(k_unit_record) && push.access_size() == 1);
        }
    }
    CHECK(again);
}

TEST_CASE("observers hear of a change outside the lock, and no more once they let go") {
    Bench bench(10);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    std::vector<Event> heard;
    {
        const auto subscription = device.observe([&](const Event& event) {
            heard.push_back(event);
            CHECK(device.sync_status().has_value());  // a read from a callback does not hang
        });
        record(device, citizen.record, "70");
    }
    const std::size_t count = heard.size();
    REQUIRE(count > 0);
    CHECK(heard.front().kind == EventKind::record_changed);
    CHECK(heard.front().record == citizen.record);
    record(device, citizen.record, "71");
    CHECK(heard.size() == count);
}

namespace {

// Two write, one reads, one syncs, eight turns each and as long as said; then nothing may be
// missing.
void four_threads_lose_nothing(std::chrono::seconds at_least) {
    Bench bench(11);
    const Citizen citizen = put_citizen(*bench.server, 30);
    Device device = bench.enrolled();
    REQUIRE(device.sync({}).has_value());
    const auto until = std::chrono::steady_clock::now() + at_least;
    std::atomic<std::size_t> written{0};
    std::atomic<int> failed{0};
    const auto over_and_over = [&](const auto& act) {
        return std::thread([until, act] {
            for (int turn = 0; turn < 8 || std::chrono::steady_clock::now() < until; ++turn)
                act();
        });
    };
    const auto write = [&] {
        if (device.record_observation(citizen.record, weight("70"))) {
            ++written;
        } else {
            ++failed;
        }
    };
    const auto read = [&] {
        if (!device.open_chart(citizen.record, {})) ++failed;
    };
    const auto sync = [&] {
        if (!device.sync({})) ++failed;
    };
    std::array<std::thread, 4> threads = {over_and_over(write), over_and_over(write),
                                          over_and_over(read), over_and_over(sync)};
    for (std::thread& thread : threads)
        thread.join();
    CHECK(failed == 0);
    CHECK(written > 0);
    while (!device.sync({})->complete) {
    }
    CHECK(device.open_chart(citizen.record, {})->observations.size() == written);
    CHECK(bench.server->model.now.logs.at(citizen.record).ids.size() == 2 + written);
}

}  // namespace

TEST_CASE("four threads on one unlocked device lose nothing") {
    four_threads_lose_nothing(std::chrono::seconds(0));
}

// Longer, for a build with the thread sanitizer: unit_device '[.race]'.
TEST_CASE("four threads on one unlocked device lose nothing for thirty seconds", "[.race]") {
    four_threads_lose_nothing(std::chrono::seconds(30));
}
