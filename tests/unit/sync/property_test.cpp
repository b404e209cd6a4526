// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

RecordId record_number(int n) {
    return an_id<RecordId>("record " + std::to_string(n));
}

Fault any_fault() {
    return *rc::gen::element(Fault::none, Fault::none, Fault::none, Fault::lost_before,
                             Fault::lost_after, Fault::half_reply, Fault::twice, Fault::old_reply,
                             Fault::busy);
}

// Three tablets, a server that may be restored, and a network that does what it likes.
struct District {
    District() {
        for (int i = 0; i < 3; ++i)
            tablets.push_back(std::make_unique<Tablet>(std::to_string(i)));
        server.delta_changes = 4;
        server.feeds_safety = *rc::gen::arbitrary<bool>();
        server.names_all_starts = *rc::gen::arbitrary<bool>();
        server.answers_named = *rc::gen::arbitrary<bool>();
    }

    void step() {
        Tablet& tablet = *tablets[static_cast<std::size_t>(*rc::gen::inRange(0, 3))];
        const RecordId record = record_number(*rc::gen::inRange(0, 3));
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
            case 1:
            case 2:
                written.push_back(
                    {record, tablet.replica.write(record, *rc::gen::inRange<std::uint32_t>(1, 3))});
                break;
            case 3:
                tablet.replica.open_chart(record);
                break;
            case 4:
                backup = server.now;
                break;
            case 5:
                if (*rc::gen::inRange(0, 3) == 0) server.restore(backup);
                break;
            default: {
                std::vector<Fault> faults;
                for (int i = 0; i < 12; ++i)
                    faults.push_back(any_fault());
                tablet.sync(
                    server,
                    [faults](std::size_t n) { return n < faults.size() ? faults[n] : Fault::none; },
                    {}, Session{*rc::gen::arbitrary<bool>(), true});
            }
        }
    }

    void settle() {
        for (int round = 0; round < 3; ++round) {
            for (auto& tablet : tablets)
                tablet->sync(server, {}, {}, Session{true, true});
        }
    }

    void agree() {
        for (const auto& [record, id] : written) {
            RC_ASSERT(server.has(id));
            for (auto& tablet : tablets)
                RC_ASSERT(tablet->replica.has(record, id));
        }
        for (auto& tablet : tablets) {
            for (const auto& [record, log] : server.now.logs) {
                RC_ASSERT(tablet->replica.records.at(record).cursor == log.points.back());
            }
        }
        RC_ASSERT(server.receipts_refused == 0u);
    }

    ModelServer server;
    ModelServer::Database backup;
    std::vector<std::unique_ptr<Tablet>> tablets;
    std::vector<std::pair<RecordId, ChangeId>> written;
};

bool on_the_servers_chain(const ModelServer& server, const RecordId& record, const Point& point) {
    const auto log = server.now.logs.find(record);
    if (log == server.now.logs.end()) return point == Point{};
    return point.position < log->second.points.size() &&
           log->second.points[point.position] == point;
}

}  // namespace

TEST_CASE("whatever the network does and however often the server is restored, all meet again") {
    CHECK(rc::check([] {
        District district;
        const int steps = *rc::gen::inRange(5, 40);
        for (int i = 0; i < steps; ++i)
            district.step();
        district.settle();
        district.agree();
    }));
}

TEST_CASE("a reply with any bytes changed never crashes and never moves a cursor off the chain") {
    CHECK(rc::check([] {
        ModelServer server;
        Tablet tablet("a");
        Writer upstream("upstream");
        for (int r = 0; r < 2; ++r) {
            server.assign(record_number(r));
            for (int i = 0; i < 4; ++i) {
                server.append(
                    record_number(r),
                    upstream.write(record_number(r), i == 2 ? k_safety_kind : k_ordinary_kind));
            }
        }
        tablet.replica.write(record_number(0));
        Exchange exchange(tablet.replica, tablet.entropy);
        exchange.start({}, tablet.now());
        for (int step = 0; step < 30; ++step) {
            const Action action = exchange.next(tablet.now());
            if (const auto* wait = std::get_if<WaitUntil>(&action)) {
                tablet.boot_clock_ms = wait->boot_clock_ms;
                continue;
            }
            const auto* send = std::get_if<Send>(&action);
            if (!send) break;
            v1::ExchangeRequest request;
            RC_ASSERT(request.ParseFromString(send->body));
            std::string bytes = server.answer(request).SerializeAsString();
            const int changes = *rc::gen::inRange(0, 4);
            for (int i = 0; i < changes && !bytes.empty(); ++i) {
                const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
                switch (*rc::gen::inRange(0, 4)) {
                    case 0:
                        bytes.resize(at);
                        break;
                    case 1:
                        bytes.erase(at, 1);
                        break;
                    case 2:
                        bytes.insert(at, 1, *rc::gen::arbitrary<char>());
                        break;
                    default:
                        bytes[at] = *rc::gen::arbitrary<char>();
                }
            }
            exchange.on_reply(bytes, tablet.now());
            tablet.replica.check();
            for (const auto& [record, held] : tablet.replica.records) {
                RC_ASSERT(on_the_servers_chain(server, record, held.cursor));
            }
        }
    }));
}

}  // namespace kari::sync::test
