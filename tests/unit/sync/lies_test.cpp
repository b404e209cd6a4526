// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/decode.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");

bool reported(const Summary& summary, ErrorCode code) {
    for (const Problem& problem : summary.problems) {
        if (problem.error.code == code) return true;
    }
    return false;
}

struct Scene {
    Scene() : tablet("a") {
        Writer upstream("upstream");
        for (const RecordId& record : {k_ada, k_bo}) {
            server.assign(record);
            for (int i = 0; i < 6; ++i) {
                server.append(record,
                              upstream.write(record, i == 4 ? k_safety_kind : k_ordinary_kind));
            }
        }
    }

    // The delta of ada is changed on its way; the other record must come all the same.
    Summary with(const std::function<void(v1::RecordDelta&)>& change, bool out_of_order = false) {
        return tablet.done(server, {}, [&](v1::ExchangeReply& reply, const auto&) {
            for (auto& delta : *reply.mutable_delta()) {
                if (delta.record() != base::to_bytes(k_ada)) continue;
                if (delta.out_of_order() == out_of_order) change(delta);
            }
        });
    }

    void ada_was_refused(const Summary& summary, ErrorCode code) {
        CHECK(reported(summary, code));
        CHECK_FALSE(summary.complete);
        CHECK(tablet.replica.records.at(k_ada).cursor == Point{});
        CHECK(tablet.replica.records.at(k_bo).cursor == server.end(k_bo));
        CHECK(tablet.done(server).complete);
        CHECK(tablet.replica.records.at(k_ada).cursor == server.end(k_ada));
    }

    ModelServer server;
    Tablet tablet;
};

void refused(ErrorCode code, const std::function<void(v1::RecordDelta&)>& change,
             bool out_of_order = false) {
    Scene scene;
    const Summary summary = scene.with(change, out_of_order);
    scene.ada_was_refused(summary, code);
}

}  // namespace

TEST_CASE("a window of a record that goes whole is refused, and the others go on") {
    refused(
        ErrorCode::malformed,
        [](v1::RecordDelta& delta) { delta.mutable_window()->mutable_held()->set_moment_ms(1); },
        true);
}

TEST_CASE("a part of a log that is false moves no cursor and delays no other record") {
    using Delta = v1::RecordDelta;
    refused(ErrorCode::chain_broken, [](Delta& d) { d.mutable_change()->DeleteSubrange(2, 1); });
    refused(ErrorCode::chain_broken, [](Delta& d) { d.mutable_change()->SwapElements(1, 2); });
    refused(ErrorCode::chain_broken, [](Delta& d) { d.mutable_change(3)->set_position(9); });
    refused(ErrorCode::chain_broken,
            [](Delta& d) { d.mutable_end()->set_chain(std::string(32, 'x')); });
    refused(ErrorCode::chain_broken, [](Delta& d) { d.mutable_end()->set_position(7); });
    refused(ErrorCode::chain_broken,
            [](Delta& d) { *d.mutable_base() = to_wire(Point{1, base::sha256("elsewhere")}); });
    refused(ErrorCode::chain_broken, [](Delta& d) {
        d.mutable_change(2)->clear_header();
        d.mutable_change(2)->clear_body();
        d.mutable_change(2)->clear_prev();
        d.mutable_change(2)->set_id(std::string(32, 'x'));
    });
    refused(ErrorCode::chain_broken,
            [](Delta& d) { d.mutable_change(2)->mutable_body()->back() ^= 1; });
    refused(ErrorCode::chain_broken,
            [](Delta& d) { d.mutable_secured()->set_chain(std::string(32, 'x')); });
    refused(ErrorCode::malformed, [](Delta& d) { d.mutable_change(2)->set_header("\xff\xff"); });
    refused(ErrorCode::malformed, [](Delta& d) { d.mutable_end()->set_chain("short"); });
    refused(ErrorCode::too_large, [](Delta& d) {
        d.mutable_change(2)->set_header(std::string(k_header_bytes + 1, 'x'));
    });
}

TEST_CASE("a part with a receipt over something else is refused") {
    using Delta = v1::RecordDelta;
    refused(ErrorCode::receipt_invalid, [](Delta& d) { d.clear_receipt(); });
    refused(ErrorCode::receipt_invalid, [](Delta& d) { d.mutable_receipt()->set_mac("short"); });
    refused(ErrorCode::receipt_invalid,
            [](Delta& d) { d.mutable_receipt()->set_epoch(std::string(16, 'e')); });
    refused(ErrorCode::receipt_invalid,
            [](Delta& d) { d.mutable_receipt()->set_record(base::to_bytes(k_bo)); });
    refused(ErrorCode::receipt_invalid,
            [](Delta& d) { d.mutable_receipt()->mutable_end()->set_position(5); });
    refused(ErrorCode::receipt_invalid, [](Delta& d) {
        *d.mutable_receipt()->mutable_base() = to_wire(Point{1, base::sha256("one")});
    });
}

TEST_CASE("a false part of the safety lane is refused and nothing of it is kept") {
    using Delta = v1::RecordDelta;
    refused(ErrorCode::receipt_invalid, [](Delta& d) { d.clear_pairs(); }, true);
    refused(
        ErrorCode::receipt_invalid,
        [](Delta& d) { d.mutable_pairs()->mutable_pairs(0)->set_position(1); }, true);
    refused(ErrorCode::chain_broken, [](Delta& d) { *d.add_change() = d.change(0); }, true);
    refused(ErrorCode::chain_broken, [](Delta& d) { d.mutable_change(0)->set_position(0); }, true);
}

TEST_CASE("a change of another record is refused") {
    Scene scene;
    const Summary summary = scene.with([](v1::RecordDelta& delta) {
        Writer other("other");
        *delta.mutable_change(0) = *to_wire(other.write(k_bo));
        delta.mutable_change(0)->set_position(1);
    });
    scene.ada_was_refused(summary, ErrorCode::malformed);
}

TEST_CASE("a part of a record that nobody granted is refused") {
    Scene scene;
    const auto stranger = an_id<RecordId>("stranger");
    const Summary summary =
        scene.tablet.done(scene.server, {}, [&](v1::ExchangeReply& reply, const auto&) {
            if (reply.delta_size() == 0) return;
            auto* delta = reply.add_delta();
            *delta = reply.delta(0);
            delta->set_record(base::to_bytes(stranger));
        });
    CHECK(reported(summary, ErrorCode::malformed));
    CHECK(scene.tablet.replica.records.count(stranger) == 0);
    CHECK(scene.tablet.replica.records.at(k_ada).cursor == scene.server.end(k_ada));
}

TEST_CASE("an answer to what was not sent, or over other pairs, acknowledges nothing") {
    const auto with = [](ErrorCode code, const std::function<void(v1::PushReply&)>& change) {
        ModelServer server;
        Tablet tablet("a");
        tablet.replica.write(k_ada);
        tablet.replica.write(k_bo);
        const Summary summary = tablet.done(server, {}, [&](v1::ExchangeReply& reply, const auto&) {
            for (auto& push : *reply.mutable_push()) {
                if (push.record() == base::to_bytes(k_ada)) change(push);
            }
            // Its log must not bring the change either.
            auto& deltas = *reply.mutable_delta();
            for (int i = deltas.size() - 1; i >= 0; --i) {
                if (deltas[i].record() == base::to_bytes(k_ada)) deltas.DeleteSubrange(i, 1);
            }
            for (auto& entry : *reply.mutable_caseload())
                entry.clear_server();
        });
        CHECK(reported(summary, code));
        CHECK(tablet.replica.acknowledged(k_ada) == 0);
        CHECK(tablet.replica.acknowledged(k_bo) == 1);
        CHECK(tablet.done(server).complete);
        CHECK(tablet.replica.acknowledged(k_ada) == 1);
    };
    const std::string other_id(32, 'x');
    with(ErrorCode::malformed, [&](v1::PushReply& p) { p.mutable_change(0)->set_id(other_id); });
    with(ErrorCode::malformed, [](v1::PushReply& p) { p.mutable_change(0)->set_seq(2); });
    with(ErrorCode::malformed, [](v1::PushReply& p) { p.mutable_change(0)->set_position(0); });
    with(ErrorCode::receipt_invalid, [](v1::PushReply& p) { p.clear_receipt(); });
    with(ErrorCode::receipt_invalid,
         [](v1::PushReply& p) { p.mutable_receipt()->mutable_pairs(0)->set_position(5); });
    with(ErrorCode::malformed, [](v1::PushReply& p) { p.set_record(std::string(16, 'z')); });
    with(ErrorCode::quota_exceeded, [](v1::PushReply& p) {
        p.mutable_change(0)->set_fate(v1::CHANGE_FATE_UNSPECIFIED);
        p.mutable_change(0)->set_error(static_cast<std::uint32_t>(ErrorCode::quota_exceeded));
    });
}

TEST_CASE("a server that states more than it gives, or always says more, ends the session") {
    Scene scene;
    const Summary summary =
        scene.tablet.done(scene.server, {}, [](v1::ExchangeReply& reply, const auto&) {
            for (auto& entry : *reply.mutable_caseload()) {
                if (entry.record() == base::to_bytes(k_ada))
                    entry.mutable_server()->set_position(99);
            }
        });
    CHECK(reported(summary, ErrorCode::malformed));
    CHECK(scene.tablet.requests < 12);
    CHECK(scene.tablet.replica.records.at(k_bo).cursor == scene.server.end(k_bo));

    Scene ring;
    const Error error = ring.tablet.failed(
        ring.server, {}, [](v1::ExchangeReply& reply, const auto&) { reply.set_more(true); });
    CHECK(error.code == ErrorCode::too_many);
}

TEST_CASE("a repeated part of a log that is held already changes nothing") {
    Scene scene;
    scene.tablet.done(scene.server);
    v1::ExchangeRequest request;
    request.set_lane(v1::LANE_FULL);
    auto* holding = request.add_holding();
    holding->set_record(base::to_bytes(k_ada));
    const auto old = scene.server.answer(request).delta(0);
    const auto before = scene.tablet.replica.records.at(k_ada).cursor;
    const Summary summary = scene.tablet.done(
        scene.server, {}, [&](v1::ExchangeReply& reply, const auto&) { *reply.add_delta() = old; });
    CHECK(summary.complete);
    CHECK(summary.progress.changes_received == 0);
    CHECK(scene.tablet.replica.records.at(k_ada).cursor == before);
}

TEST_CASE("a reply beyond the limits is refused whole before it costs memory") {
    CHECK(decode_reply(std::string(k_reply_bytes + 1, '\0')).error().code == ErrorCode::too_large);

    std::string many;  // empty deltas, two bytes each
    for (std::size_t i = 0; i <= k_message_fields; ++i)
        many += std::string("\x32\x00", 2);
    CHECK(decode_reply(many).error().code == ErrorCode::too_many);

    v1::ExchangeReply reply;
    CHECK(decode_reply(reply.SerializeAsString()).error().code == ErrorCode::malformed);
    reply.set_epoch(std::string(16, '\0'));
    CHECK(decode_reply(reply.SerializeAsString()).error().code == ErrorCode::malformed);
    reply.set_epoch(std::string(16, 'e'));
    CHECK(decode_reply(reply.SerializeAsString()));
    auto few = reply;
    for (std::size_t i = 0; i < k_reply_records; ++i)
        few.add_caseload();
    CHECK(decode_reply(few.SerializeAsString()));
    few.add_caseload();
    CHECK(decode_reply(few.SerializeAsString()).error().code == ErrorCode::too_many);
    auto text = reply;
    text.mutable_unit()->set_display(std::string(k_text_bytes, 'x'));
    CHECK(decode_reply(text.SerializeAsString()));
    text.mutable_unit()->set_display(std::string(k_text_bytes + 1, 'x'));
    CHECK(decode_reply(text.SerializeAsString()).error().code == ErrorCode::too_large);
    auto people = reply;
    for (std::size_t i = 0; i <= k_reply_people; ++i)
        people.add_person();
    CHECK(decode_reply(people.SerializeAsString()).error().code == ErrorCode::too_many);

    CHECK(decode_reply("\x0b").error().code == ErrorCode::malformed);      // a group
    CHECK(decode_reply("\x0a\x7f").error().code == ErrorCode::malformed);  // a length too long
}

}  // namespace kari::sync::test
