// SPDX-License-Identifier: Apache-2.0
//
// A session that is told what it did not ask, refused, or given what cannot be sent.
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/epoch.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/failing_replica.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");

bool reported(const Summary& summary, const RecordId& record, ErrorCode code) {
    return std::any_of(summary.problems.begin(), summary.problems.end(), [&](const Problem& each) {
        return each.record == record && each.error.code == code;
    });
}

// What the store has of one record cannot be sent.
class Garbled : public FailingReplica {
public:
    Garbled(Replica& behind, std::optional<std::string> header)
        : FailingReplica(behind, 0), header_(std::move(header)) {}

    Result<std::vector<Outgoing>> next_push(const PushQuery& query) override {
        auto out = FailingReplica::next_push(query);
        for (Outgoing& each : *out) {
            if (each.record != k_ada) continue;
            for (StoredChange& change : each.change)
                change.header_bytes = header_;
        }
        return out;
    }

private:
    std::optional<std::string> header_;
};

}  // namespace

TEST_CASE("a change that cannot be written down keeps its record from being sent, and no other") {
    v1::ChangeHeader strange;
    strange.set_incarnation("short");
    for (const std::optional<std::string>& header :
         {std::optional<std::string>(), std::optional<std::string>("\xff\xff"),
          std::optional(strange.SerializeAsString())}) {
        ModelServer server;
        Tablet tablet("a");
        Garbled garbled(tablet.replica, header);
        tablet.in_front = &garbled;
        const ChangeId kept = tablet.replica.write(k_ada);
        const ChangeId sent = tablet.replica.write(k_bo);
        const Summary summary = tablet.done(server);
        CHECK(reported(summary, k_ada, ErrorCode::malformed));
        CHECK(server.has(sent));
        CHECK_FALSE(server.has(kept));
        tablet.in_front = nullptr;
        CHECK(tablet.done(server).complete);
        CHECK(server.has(kept));
    }
}

TEST_CASE("what is given back and refuses the whole request is passed over, and the rest goes") {
    ModelServer server;
    Tablet a("a");
    Tablet b("b");
    a.replica.write(k_ada);
    a.done(server);
    const auto backup = server.now;
    const ChangeId fatal = a.replica.write(k_ada);
    const ChangeId other = a.replica.write(k_bo);
    a.done(server);
    b.done(server);
    server.restore(backup);
    server.fatal.insert(fatal);
    const ChangeId own = b.replica.write(k_bo);
    const Summary summary = b.done(server);
    CHECK(reported(summary, k_ada, ErrorCode::malformed));
    CHECK(server.has(other));
    CHECK(server.has(own));
    CHECK_FALSE(server.has(fatal));
    server.fatal.clear();
    CHECK(b.done(server).complete);
    CHECK(server.has(fatal));
}

TEST_CASE("holdings are compared when the last comparison is of another boot or of later") {
    const auto compares = [](const std::function<void(Moment&)>& change) {
        ModelServer server;
        Tablet tablet("a");
        tablet.replica.write(k_ada);
        tablet.done(server);
        REQUIRE(tablet.replica.standing_.complete_at);
        change(*tablet.replica.standing_.complete_at);
        return tablet.done(server).holdings_compared;
    };
    CHECK_FALSE(compares([](Moment&) {}));
    CHECK(compares([](Moment& last) { last.boot = an_id<BootId>("another"); }));
    CHECK(compares([](Moment& last) { last.boot_clock_ms += 1'000'000'000; }));
}

namespace {

struct Session1 {
    explicit Session1(const Session& session = {}) : exchange(tablet.replica, tablet.entropy) {
        exchange.start(session, tablet.now());
    }
    bool sends() { return std::holds_alternative<Send>(exchange.next(tablet.now())); }
    std::optional<ErrorCode> ended() {
        const Action action = exchange.next(tablet.now());
        const auto* failed = std::get_if<Failed>(&action);
        return failed == nullptr ? std::nullopt : std::optional(failed->error.code);
    }
    void fail(ErrorCode code, bool by_server, bool unreached = false) {
        exchange.on_failure({{code, "test"}, std::nullopt, by_server, unreached}, tablet.now());
    }

    Tablet tablet{"a"};
    Exchange exchange;
};

}  // namespace

TEST_CASE("a session that was not started answers so, and one that was is not started again") {
    Tablet tablet("a");
    Exchange exchange(tablet.replica, tablet.entropy);
    const Action action = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<Failed>(action));
    CHECK(std::get<Failed>(action).error.code == ErrorCode::invalid_argument);
    Session1 session;
    REQUIRE(session.sends());
    session.exchange.start({false, false}, session.tablet.now());  // offline, were it a start
    CHECK(session.sends());
}

TEST_CASE("a session is not changed by a reply or a failure that it does not wait for") {
    Session1 session;
    session.exchange.on_reply("anything", session.tablet.now());
    session.fail(ErrorCode::device_revoked, true);
    CHECK(session.sends());
    session.exchange.cancel();
    session.exchange.cancel();
    CHECK(session.ended() == ErrorCode::cancelled);
    session.fail(ErrorCode::device_revoked, true);
    CHECK(session.ended() == ErrorCode::cancelled);
}

TEST_CASE("a refusal ends the session or not, by what it says and who says it") {
    struct Case {
        ErrorCode code;
        bool by_server, unreached, renews;
        std::optional<ErrorCode> ended;
    };
    for (const Case& each : {
             // Nobody was reached, and somebody waits for the answer.
             Case{ErrorCode::offline, false, true, false, ErrorCode::offline},
             Case{ErrorCode::offline, false, false, false, std::nullopt},
             // Who drives it renews first.
             Case{ErrorCode::device_expired, true, false, true, ErrorCode::device_expired},
             // A reply that cannot be read is asked for again; a request that holds nothing of
             // ours and is refused is not.
             Case{ErrorCode::too_large, false, false, false, std::nullopt},
             Case{ErrorCode::too_many, false, false, false, std::nullopt},
             Case{ErrorCode::too_deep, true, false, false, ErrorCode::too_deep},
             Case{ErrorCode::invalid_argument, true, false, false, ErrorCode::invalid_argument},
             Case{ErrorCode::not_permitted, true, false, false, ErrorCode::not_permitted},
         }) {
        Session how;
        how.renews = each.renews;
        Session1 session(how);
        REQUIRE(session.sends());
        session.fail(each.code, each.by_server, each.unreached);
        CHECK(session.ended() == each.ended);
    }
}

TEST_CASE("a wait ends with its time, and with a boot of the tablet") {
    Session1 session;
    REQUIRE(session.sends());
    session.fail(ErrorCode::server_busy, true);
    const Action wait = session.exchange.next(session.tablet.now());
    REQUIRE(std::holds_alternative<WaitUntil>(wait));
    Moment booted = session.tablet.now();
    booted.boot = an_id<BootId>("another");
    booted.boot_clock_ms = 1;
    CHECK(std::holds_alternative<Send>(session.exchange.next(booted)));
}

TEST_CASE("an answer about what was read that names another entry acknowledges none") {
    for (const std::function<void(v1::ChangeReply&)>& lie :
         std::vector<std::function<void(v1::ChangeReply&)>>{
             [](v1::ChangeReply& reply) { reply.set_id(std::string(32, 'x')); },
             [](v1::ChangeReply& reply) { reply.set_id("short"); },
             [](v1::ChangeReply& reply) { reply.set_seq(7); },
             [](v1::ChangeReply& reply) { reply.set_incarnation("short"); },
             [](v1::ChangeReply& reply) {
                 reply.set_incarnation(std::string(16, 'x'));
             }}) {
        ModelServer server;
        Tablet tablet("a");
        tablet.replica.write(k_ada);
        tablet.replica.open_chart(k_ada);
        const Summary summary = tablet.done(server, {}, [&](v1::ExchangeReply& reply, const auto&) {
            for (auto& push : *reply.mutable_push()) {
                for (auto& entry : *push.mutable_access())
                    lie(entry);
            }
        });
        CHECK(reported(summary, k_ada, ErrorCode::malformed));
        CHECK(tablet.replica.records.at(k_ada).access.at(0).state == MemoryReplica::State::durable);
        CHECK(tablet.done(server).complete);
        CHECK(tablet.replica.records.at(k_ada).access.at(0).state == MemoryReplica::State::secured);
    }
}

TEST_CASE("a part of a reply that names no record, or no point, is told and hides nothing") {
    using Reply = v1::ExchangeReply;
    for (const std::function<void(Reply&)>& lie : std::vector<std::function<void(Reply&)>>{
             [](Reply& reply) { reply.add_caseload()->set_record("short"); },
             [](Reply& reply) { reply.add_delta()->set_record("short"); },
             [](Reply& reply) { reply.add_push()->set_record("short"); },
             [](Reply& reply) { reply.add_returned()->set_record("short"); },
             [](Reply& reply) { reply.add_epoch_start()->set_record("short"); },
             [](Reply& reply) {
                 auto& start = *reply.add_epoch_start();
                 start.set_record(base::to_bytes(k_ada));
                 start.mutable_point()->set_chain("short");
             },
             [](Reply& reply) {
                 auto& entry = *reply.add_caseload();
                 entry.set_record(base::to_bytes(k_ada));
                 entry.mutable_server()->set_chain("short");
             }}) {
        ModelServer server;
        Tablet tablet("a");
        tablet.replica.write(k_ada);
        tablet.done(server);
        const Action action = tablet.sync(
            server, {}, [&](Reply& reply, const auto&) { lie(reply); }, Session{true, true});
        REQUIRE(std::holds_alternative<Done>(action));
        const auto& problems = tablet.summary.problems;
        CHECK(std::any_of(problems.begin(), problems.end(), [](const Problem& each) {
            return each.error.code == ErrorCode::malformed;
        }));
        CHECK_FALSE(tablet.replica.records.at(k_ada).hidden);
        tablet.sync(server, {}, {}, Session{true, true});
        CHECK(tablet.summary.complete);
    }
}

TEST_CASE("a window falls back to nothing, and what its server kept below its base is known") {
    ModelServer server;
    Tablet tablet("a");
    for (int i = 0; i < 5; ++i)
        tablet.replica.write(k_ada);
    tablet.done(server);
    Held held = **tablet.replica.holding(k_ada);
    held.base = Point{3, **tablet.replica.chain_at(k_ada, 3)};
    held.window = Window{};
    const auto epoch = an_id<EpochId>("next");
    const auto find = [&](const Point& start) {
        return *find_fallback(held, epoch, {start}, tablet.replica);
    };
    const Fallback shared = find(Point{4, **tablet.replica.chain_at(k_ada, 4)});
    CHECK(shared.from_nothing);
    CHECK(shared.shared == Point{});
    CHECK(shared.kept == 4);
    CHECK(find(Point{2, base::sha256("not to be compared")}).kept == 2);
    CHECK(find(Point{4, base::sha256("another log")}).kept == 0);
    held.window.reset();
    CHECK(find(Point{2, base::sha256("another log")}).kept == 0);
}

TEST_CASE("a removal covers a record only as the server was asked about it") {
    Held held;
    held.cursor = Point{3, base::sha256("three")};
    held.epoch = an_id<EpochId>("epoch");
    Removal removal;
    removal.recovering = false;
    removal.epoch = held.epoch;
    removal.server = Point{5, base::sha256("five")};
    CHECK_FALSE(covers(removal, held));  // it was not asked
    removal.asked = held;
    CHECK(covers(removal, held));
    removal.asked->cursor = Point{2, base::sha256("two")};
    CHECK_FALSE(covers(removal, held));
    removal.asked = held;
    removal.asked->epoch = an_id<EpochId>("older");
    CHECK_FALSE(covers(removal, held));
    removal.asked = held;
    removal.epoch = an_id<EpochId>("newer");
    CHECK_FALSE(covers(removal, held));
    // Of which nothing was ever given there is nothing in another epoch.
    const Held untouched;
    removal.server = Point{};
    CHECK(covers(removal, untouched));
    held.highest_beside = 9;
    removal.epoch = held.epoch;
    removal.server = Point{5, base::sha256("five")};
    CHECK_FALSE(covers(removal, held));
}

}  // namespace kari::sync::test
