// SPDX-License-Identifier: Apache-2.0
//
// What a session asks for: windows, what an earlier one did not reach, no more than a request
// takes; and what it makes of replies that say less than they might, or say it twice.
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/failing_replica.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");

// A store of which `change` alters what it holds of each record.
class Altered : public FailingReplica {
public:
    Altered(Replica& behind, std::function<void(Held&)> change)
        : FailingReplica(behind, 0), change_(std::move(change)) {}

    Result<std::vector<Held>> holdings() override {
        auto all = FailingReplica::holdings();
        for (Held& held : *all)
            change_(held);
        return all;
    }
    Result<std::optional<Held>> holding(const RecordId& record) override {
        auto one = FailingReplica::holding(record);
        if (*one) change_(**one);
        return one;
    }

private:
    std::function<void(Held&)> change_;
};

struct Scene {
    Scene() {
        for (const auto& record : {k_ada, k_bo})
            tablet.replica.write(record);
        tablet.done(server);
    }
    // A session after unlock; what it asked for, request by request.
    std::vector<v1::ExchangeRequest> session(const Tamper& tamper = {}) {
        std::vector<v1::ExchangeRequest> asked;
        const Action action = tablet.sync(
            server, {},
            [&](v1::ExchangeReply& reply, const v1::ExchangeRequest& request) {
                asked.push_back(request);
                if (tamper) tamper(reply, request);
            },
            Session{true, true});
        REQUIRE(std::holds_alternative<Done>(action));
        return asked;
    }
    bool told(ErrorCode code) const {
        const auto& all = tablet.summary.problems;
        return std::any_of(all.begin(), all.end(),
                           [&](const Problem& each) { return each.error.code == code; });
    }

    ModelServer server;
    Tablet tablet{"a"};
};

std::optional<v1::WindowAsk> window_of(const v1::ExchangeRequest& request) {
    for (const auto& holding : request.holding()) {
        if (holding.record() == base::to_bytes(k_ada) && holding.has_window()) {
            return holding.window();
        }
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE(
    "a window is asked for from where it is held, and from nothing when the log begins anew") {
    const ResourceId resource = an_id<ResourceId>("resource");
    struct Case {
        std::optional<WindowMark> held;
        bool begun;
        bool says_mark;
    };
    for (const Case& each :
         {Case{WindowMark{Instant{400}, resource}, true, true},
          Case{WindowMark{Instant{400}, {}}, true, true}, Case{std::nullopt, true, false},
          Case{WindowMark{Instant{400}, {}}, false, false}}) {
        Scene scene;
        Altered altered(scene.tablet.replica, [&](Held& held) {
            if (held.record != k_ada) return;
            held.window = Window{each.held, Instant{500}};
            if (!each.begun) held.cursor = {};
        });
        Exchange exchange(altered, scene.tablet.entropy);
        exchange.start(Session{true, true}, scene.tablet.now());
        const Action action = exchange.next(scene.tablet.now());
        v1::ExchangeRequest request;
        REQUIRE(request.ParseFromString(std::get<Send>(action).body));
        const auto window = window_of(request);
        REQUIRE(window);
        CHECK(window->back_to_ms() == 500);
        CHECK(window->has_held() == each.says_mark);
        if (!each.says_mark) continue;
        CHECK(window->held().moment_ms() == 400);
        CHECK(window->held().resource() ==
              (each.held->resource.is_zero() ? std::string() : base::to_bytes(resource)));
    }
}

TEST_CASE("a window that does not reach as far as it is to is asked for until that is in vain") {
    Scene nothing;
    Altered of_nothing(nothing.tablet.replica, [&](Held& held) {
        if (held.record == k_ada) held.window = Window{std::nullopt, Instant{500}};
    });
    nothing.tablet.in_front = &of_nothing;
    nothing.session();
    CHECK_FALSE(nothing.tablet.summary.complete);
    for (const std::int64_t back_to : {500, 400, 300}) {
        Scene scene;
        Altered altered(scene.tablet.replica, [&](Held& held) {
            if (held.record == k_ada) {
                held.window = Window{WindowMark{Instant{400}, {}}, Instant{back_to}};
            }
        });
        scene.tablet.in_front = &altered;
        scene.session();
        CHECK(scene.tablet.summary.complete == (back_to >= 400));
        CHECK(scene.told(ErrorCode::malformed) == (back_to < 400));
    }
}

TEST_CASE("a window of which a part came goes on from there, and is no attempt in vain") {
    // Each time it is looked at it reaches a little further back.
    Scene scene;
    std::int64_t moment = 1'000;
    Altered altered(scene.tablet.replica, [&](Held& held) {
        if (held.record != k_ada) return;
        moment = std::max<std::int64_t>(moment - 5, 500);
        held.window = Window{WindowMark{Instant{moment}, {}}, Instant{500}};
    });
    scene.tablet.in_front = &altered;
    scene.session();
    CHECK(scene.tablet.summary.complete);
    CHECK(moment == 500);
}

namespace {

// What an earlier session did not reach.
class Unreached : public FailingReplica {
public:
    Unreached(Replica& behind, std::vector<RecordId> records)
        : FailingReplica(behind, 0), records_(std::move(records)) {}
    Result<std::vector<RecordId>> unreached() override { return records_; }

private:
    std::vector<RecordId> records_;
};

}  // namespace

TEST_CASE("what an earlier session did not reach is asked for, and what has gone since is not") {
    Scene scene;
    Unreached behind(scene.tablet.replica, {k_ada, an_id<RecordId>("gone")});
    scene.tablet.in_front = &behind;
    std::set<std::string> asked;
    const Action action = scene.tablet.sync(
        scene.server, {},
        [&](v1::ExchangeReply&, const v1::ExchangeRequest& request) {
            for (const auto& holding : request.holding())
                asked.insert(holding.record());
        },
        Session{false, true});
    REQUIRE(std::holds_alternative<Done>(action));
    CHECK(asked == std::set{base::to_bytes(k_ada)});
    CHECK(scene.tablet.summary.complete);
}

TEST_CASE("more holdings than a request takes are asked about in the next") {
    class Many : public FailingReplica {
    public:
        explicit Many(Replica& behind) : FailingReplica(behind, 0) {}
        Result<std::vector<Held>> holdings() override {
            std::vector<Held> all(k_holdings + 1);
            for (std::size_t i = 0; i < all.size(); ++i)
                all[i].record = an_id<RecordId>(std::to_string(i));
            return all;
        }
        Result<std::optional<Held>> holding(const RecordId& record) override {
            Held held;
            held.record = record;
            return std::optional(held);
        }
    };
    Tablet tablet("a");
    Many many(tablet.replica);
    Exchange exchange(many, tablet.entropy);
    exchange.start(Session{true, true}, tablet.now());
    const auto asked = [&] {
        const Action action = exchange.next(tablet.now());
        v1::ExchangeRequest request;
        REQUIRE(request.ParseFromString(std::get<Send>(action).body));
        return request;
    };
    const auto first = asked();
    CHECK(static_cast<std::size_t>(first.holding_size()) == k_holdings);
    CHECK_FALSE(first.holdings_complete());
}

TEST_CASE("more records left behind than a request takes are asked for in turn") {
    Tablet tablet("a");
    ModelServer server;
    tablet.replica.write(k_ada);
    tablet.done(server);
    std::vector<RecordId> records;
    for (std::size_t i = 0; i <= k_holdings; ++i)
        records.push_back(an_id<RecordId>(std::to_string(i)));
    class Behind : public Unreached {
    public:
        using Unreached::Unreached;
        Result<std::optional<Held>> holding(const RecordId& record) override {
            Held held;
            held.record = record;
            return std::optional(held);
        }
    };
    Behind behind(tablet.replica, records);
    Exchange exchange(behind, tablet.entropy);
    exchange.start(Session{false, true}, tablet.now());
    const Action action = exchange.next(tablet.now());
    v1::ExchangeRequest request;
    REQUIRE(request.ParseFromString(std::get<Send>(action).body));
    CHECK(static_cast<std::size_t>(request.holding_size()) == k_holdings);
}

TEST_CASE(
    "no more certificates are asked for at once than a request takes, and the rest after them") {
    Scene scene;
    for (std::size_t i = 0; i <= k_certificates; ++i)
        scene.tablet.replica.lacking.insert(an_id<IncarnationId>(std::to_string(i)));
    std::vector<int> counts;
    for (const auto& request : scene.session()) {
        if (request.want_certificate_size() > 0) counts.push_back(request.want_certificate_size());
    }
    CHECK(counts == std::vector<int>{static_cast<int>(k_certificates), 1});
}

TEST_CASE("a push of which nothing is left is not sent, and a return bears its seals") {
    class Odd : public FailingReplica {
    public:
        explicit Odd(Replica& behind) : FailingReplica(behind, 0) {}
        Result<std::vector<Outgoing>> next_push(const PushQuery&) override {
            std::vector<Outgoing> out(1);
            out[0].record = k_bo;
            return out;
        }
        Result<std::vector<Return>> next_return(const PushQuery&) override {
            std::vector<Return> out(once_ ? 1 : 0);
            if (once_) {
                out[0].record = k_ada;
                out[0].seal.resize(2);
            }
            once_ = false;
            return out;
        }

    private:
        bool once_ = true;
    };
    Scene scene;
    Odd odd(scene.tablet.replica);
    scene.tablet.in_front = &odd;
    int seals = 0;
    for (const auto& request : scene.session()) {
        CHECK(request.push_size() == 0);
        for (const auto& given : request.give_back())
            seals += given.seal_size();
    }
    CHECK(seals == 2);
}

TEST_CASE("what is to be given back and cannot be written down is passed over, and no other") {
    class Garbled : public FailingReplica {
    public:
        explicit Garbled(Replica& behind) : FailingReplica(behind, 0) {}
        Result<std::vector<Return>> next_return(const PushQuery& query) override {
            auto out = FailingReplica::next_return(query);
            for (Return& each : *out) {
                if (each.record != k_ada) continue;
                for (StoredChange& change : each.change)
                    change.header_bytes = "\xff\xff";
            }
            return out;
        }
    };
    ModelServer server;
    Tablet a("a");
    Tablet b("b");
    const auto empty = server.now;
    const ChangeId garbled = a.replica.write(k_ada);
    const ChangeId other = a.replica.write(k_bo);
    a.done(server);
    b.done(server);
    server.restore(empty);
    Garbled in_front(b.replica);
    b.in_front = &in_front;
    b.sync(server);
    CHECK(server.has(other));
    CHECK_FALSE(server.has(garbled));
    b.in_front = nullptr;
    b.sync(server);
    CHECK(server.has(garbled));
}

TEST_CASE("of one record the change that refuses the whole request is found among its own") {
    ModelServer server;
    Tablet tablet("a");
    std::vector<ChangeId> good;
    for (int i = 0; i < 5; ++i)
        good.push_back(tablet.replica.write(k_ada));
    server.fatal.insert(tablet.replica.write(k_ada));
    tablet.done(server);
    for (const ChangeId& id : good)
        CHECK(server.has(id));
    CHECK_FALSE(tablet.summary.complete);
}

TEST_CASE("a reply that says no time teaches nothing, and one of no version is kept as it comes") {
    Scene scene;
    const auto samples = scene.tablet.replica.samples.size();
    scene.session([](v1::ExchangeReply& reply, const auto&) {
        reply.set_server_ms(0);
        reply.mutable_unit()->set_display("Nord");
        reply.set_directory_version(0);
        reply.add_person()->set_display("Nora");
    });
    CHECK(scene.tablet.replica.samples.size() == samples);
    REQUIRE(scene.tablet.replica.people.size() == 1);
    CHECK(scene.tablet.replica.people[0].display() == "Nora");
}

TEST_CASE("a start of an epoch for a record of which nothing was ever given is of no use") {
    Scene scene;
    const auto made = an_id<RecordId>("made here");
    scene.tablet.replica.write(made);
    bool first = true;
    scene.session([&](v1::ExchangeReply& reply, const auto&) {
        if (!std::exchange(first, false)) return;
        reply.add_epoch_start()->set_record(base::to_bytes(made));
    });
    CHECK(scene.tablet.replica.fallbacks.empty());
    CHECK(scene.tablet.summary.complete);
}

TEST_CASE("an entry that says nothing of a record hides nothing, and an id that is none is told") {
    Scene scene;
    scene.session([](v1::ExchangeReply& reply, const auto&) {
        reply.clear_caseload();
        reply.set_caseload_complete(false);
        reply.add_caseload()->set_record(base::to_bytes(k_ada));
        reply.add_certificate()->set_incarnation("short");
    });
    CHECK_FALSE(scene.tablet.replica.records.at(k_ada).hidden);
    CHECK(scene.told(ErrorCode::malformed));
}

TEST_CASE(
    "what is held of a linked record that is denied is hidden, and kept until it is removed") {
    Scene scene;
    scene.session([](v1::ExchangeReply& reply, const auto&) {
        reply.clear_caseload();
        reply.set_caseload_complete(false);
        auto& entry = *reply.add_caseload();
        entry.set_record(base::to_bytes(k_ada));
        entry.set_not_here(true);
    });
    CHECK(scene.tablet.replica.records.at(k_ada).hidden);
    CHECK(scene.tablet.replica.purged.empty());
}

TEST_CASE("a record that a screen shows is purged another time, and that is no problem") {
    class Shown : public FailingReplica {
    public:
        explicit Shown(Replica& behind) : FailingReplica(behind, 0) {}
        Result<void> purge(const RecordId&, const Point&) override {
            return fail(ErrorCode::in_use, "on a screen");
        }
    };
    Scene scene;
    Shown shown(scene.tablet.replica);
    scene.server.unassign(k_ada);
    scene.tablet.in_front = &shown;
    scene.session();
    CHECK(scene.tablet.replica.records.at(k_ada).hidden);
    CHECK(scene.tablet.summary.problems.empty());
    scene.tablet.in_front = nullptr;
    scene.session();
    CHECK(scene.tablet.replica.purged.contains(k_ada));
}

TEST_CASE("a reply that was cut, or has more of what nobody asked for, is followed by another") {
    Scene cut;
    std::size_t full = 0;
    const auto plain = cut.session().size();
    const auto asked = cut.session([&](v1::ExchangeReply& reply, const auto& request) {
        if (request.lane() == v1::LANE_FULL && full++ == 0) reply.set_more(true);
    });
    CHECK(asked.size() == plain + 1);
    CHECK(cut.tablet.summary.complete);

    // More of a record in the lane of what is safe comes with the log.
    Scene beside;
    const auto out_of_order = beside.session([&](v1::ExchangeReply& reply, const auto&) {
        auto& delta = *reply.add_delta();
        delta.set_record(base::to_bytes(k_ada));
        delta.set_out_of_order(true);
        delta.set_more(true);
    });
    CHECK(out_of_order.size() == plain);
    CHECK(beside.tablet.summary.complete);

    Scene unasked;
    bool once = true;
    unasked.tablet.sync(unasked.server, {}, [&](v1::ExchangeReply& reply, const auto& request) {
        if (request.lane() != v1::LANE_SAFETY || !std::exchange(once, false)) return;
        auto& delta = *reply.add_delta();
        delta.set_record(base::to_bytes(k_ada));
        *delta.mutable_base() = to_wire(unasked.tablet.replica.records.at(k_ada).cursor);
        *delta.mutable_end() = delta.base();
        delta.set_more(true);
    });
    CHECK_FALSE(once);
    CHECK(unasked.tablet.summary.complete);
}

TEST_CASE("a feed that goes back and back again is compared with all that is held, once") {
    Scene scene;
    scene.tablet.replica.write(k_ada);
    scene.tablet.done(scene.server);
    std::size_t complete = 0;
    const Action action = scene.tablet.sync(
        scene.server, {}, [&](v1::ExchangeReply& reply, const v1::ExchangeRequest& request) {
            complete += request.holdings_complete() && request.lane() == v1::LANE_FULL ? 1U : 0U;
            reply.set_feed_position(std::max<std::uint64_t>(request.feed_position(), 1) - 1);
        });
    REQUIRE(std::holds_alternative<Done>(action));
    CHECK(complete <= 1);
}

TEST_CASE("holdings are compared where no epoch is known, though a comparison was made") {
    Scene scene;
    scene.tablet.replica.standing_.epoch = {};
    CHECK(scene.tablet.done(scene.server).holdings_compared);
}

TEST_CASE("a session that was cancelled before it began does not begin") {
    Tablet tablet("a");
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.cancel();
    const auto ended = [&] {
        const Action action = exchange.next(tablet.now());
        const auto* failed = std::get_if<Failed>(&action);
        return failed == nullptr ? std::nullopt : std::optional(failed->error.code);
    };
    CHECK(ended() == ErrorCode::cancelled);
    exchange.start(Session{}, tablet.now());
    CHECK(ended() == ErrorCode::cancelled);
}

TEST_CASE("a server that is busy and says to come again at once is waited for all the same") {
    Tablet tablet("a");
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start(Session{}, tablet.now());
    REQUIRE(std::holds_alternative<Send>(exchange.next(tablet.now())));
    exchange.on_failure({{ErrorCode::server_busy, "test"}, Duration{0}, true}, tablet.now());
    CHECK(std::holds_alternative<WaitUntil>(exchange.next(tablet.now())));
}

}  // namespace kari::sync::test
