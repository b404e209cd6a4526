// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/delta.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <vector>

#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const EpochId k_other = an_id<EpochId>("other");

using Change = std::function<void(v1::RecordDelta&)>;

// A tablet that holds the first four of six changes.
struct Scene {
    Scene() : tablet("a") {
        server.assign(k_ada);
        for (int i = 0; i < 6; ++i) {
            if (i == 4) tablet.done(server);
            server.append(k_ada, upstream.write(k_ada));
        }
        held = **tablet.replica.holding(k_ada);
        REQUIRE(held.cursor.position == 4);
    }

    // All six, as one gets them who says that he holds nothing.
    v1::RecordDelta whole() {
        v1::ExchangeRequest request;
        request.set_lane(v1::LANE_FULL);
        request.add_holding()->set_record(base::to_bytes(k_ada));
        return server.answer(request).delta(0);
    }

    // What is held already, up to a position.
    v1::RecordDelta repeated(int upto) {
        v1::RecordDelta delta = whole();
        delta.mutable_change()->DeleteSubrange(upto, 6 - upto);
        *delta.mutable_end() = to_wire(at(upto));
        *delta.mutable_receipt()->mutable_end() = delta.end();
        delta.clear_secured();
        return delta;
    }

    Point at(int position) const {
        return server.now.logs.at(k_ada).points.at(static_cast<std::size_t>(position));
    }

    Result<std::vector<Delta>> check(const v1::RecordDelta& delta) {
        return check_delta(delta, server.epoch, held, tablet.replica);
    }

    void refused(v1::RecordDelta delta, ErrorCode code, const Change& change) {
        change(delta);
        const auto pieces = check(delta);
        REQUIRE_FALSE(pieces);
        CHECK(pieces.error().code == code);
    }

    ModelServer server;
    Tablet tablet;
    Writer upstream{"upstream"};
    Held held;
};

// A change under its id alone, whatever it was.
void name_alone(v1::WireChange& change, const std::string& id) {
    change.clear_header();
    change.clear_body();
    change.clear_prev();
    change.set_id(id);
}

// The end and the receipt that a chain over these changes leads to.
void follow(v1::RecordDelta& delta) {
    Point point = *point_from(delta.base());
    for (const auto& change : delta.change()) {
        const auto id = change.header().empty() ? *base::from_bytes<ChangeId>(change.id())
                                                : from_wire(change)->id;
        point = extend(point, id);
    }
    *delta.mutable_end() = to_wire(point);
    *delta.mutable_receipt()->mutable_end() = delta.end();
}

}  // namespace

TEST_CASE("of a part that repeats what is held the new alone is taken") {
    Scene scene;
    const auto pieces = scene.check(scene.whole());
    REQUIRE(pieces);
    REQUIRE(pieces->size() == 1);
    CHECK(pieces->front().from == scene.held.cursor);
    CHECK(pieces->front().end == scene.at(6));
    CHECK(pieces->front().change.size() == 2);
    CHECK(pieces->front().secured == scene.at(6));
    const auto old = scene.check(scene.repeated(2));
    REQUIRE(old);
    CHECK(old->front().change.empty());
    CHECK(old->front().end == scene.held.cursor);
    CHECK_FALSE(old->front().receipt);  // over less than what is held
}

TEST_CASE("a part that contradicts what is held is refused, however far it goes") {
    Scene scene;
    const std::string other(32, 'x');
    const auto contradict = [&](v1::RecordDelta& delta) {
        // Nothing after it in its stream, or the change after it could not be read.
        for (auto& change : *delta.mutable_change())
            name_alone(change, other);
        follow(delta);
    };
    scene.refused(scene.repeated(2), ErrorCode::chain_broken, contradict);
    scene.refused(scene.repeated(4), ErrorCode::chain_broken, contradict);
    scene.refused(scene.whole(), ErrorCode::chain_broken, contradict);
    scene.refused(scene.whole(), ErrorCode::chain_broken, [&](auto& delta) {
        *delta.mutable_base() = to_wire(scene.at(5));  // beyond what is held
    });
    scene.refused(scene.whole(), ErrorCode::chain_broken, [&](auto& delta) {
        *delta.mutable_base() = to_wire(scene.at(4));
        *delta.mutable_end() = to_wire(scene.at(2));
    });
}

TEST_CASE("what is said to be secured is what is held, before a part, within it and behind it") {
    Scene scene;
    for (const int position : {2, 4, 5, 6}) {
        v1::RecordDelta delta = scene.whole();
        *delta.mutable_secured() = to_wire(scene.at(position));
        CHECK(scene.check(delta));
        delta.mutable_secured()->set_chain(std::string(32, 'x'));
        CHECK(scene.check(delta).error().code == ErrorCode::chain_broken);
    }
    v1::RecordDelta nothing = scene.repeated(4);
    nothing.mutable_change()->Clear();
    *nothing.mutable_base() = nothing.end();
    *nothing.mutable_secured() = to_wire(scene.at(3));
    CHECK(scene.check(nothing)->front().secured == scene.at(3));
    nothing.mutable_secured()->set_chain(std::string(32, 'x'));
    CHECK(scene.check(nothing).error().code == ErrorCode::chain_broken);
    nothing.mutable_secured()->set_chain("short");
    CHECK(scene.check(nothing).error().code == ErrorCode::malformed);
    // What is not held yet cannot be compared.
    *nothing.mutable_secured() = to_wire(Point{9, base::sha256("later")});
    CHECK(scene.check(nothing));
}

TEST_CASE("a change that cannot be placed in its stream is refused") {
    Scene scene;
    const std::string id(32, 'x');
    scene.refused(scene.whole(), ErrorCode::malformed,
                  [&](auto& delta) { name_alone(*delta.mutable_change(5), "short"); });
    scene.refused(scene.whole(), ErrorCode::malformed, [&](auto& delta) {
        name_alone(*delta.mutable_change(5), id);
        delta.mutable_change(5)->set_body("body");
    });
    scene.refused(scene.whole(), ErrorCode::malformed, [&](auto& delta) {
        name_alone(*delta.mutable_change(5), id);
        delta.mutable_change(5)->set_prev(id);
    });
    const auto with_header = [&](auto set) {
        return [set](v1::RecordDelta& delta) {
            v1::ChangeHeader header;
            REQUIRE(header.ParseFromString(delta.change(5).header()));
            set(header);
            delta.mutable_change(5)->set_header(header.SerializeAsString());
        };
    };
    scene.refused(scene.whole(), ErrorCode::malformed,
                  with_header([](auto& header) { header.set_incarnation("short"); }));
    scene.refused(scene.whole(), ErrorCode::malformed,
                  with_header([](auto& header) { header.set_seq(0); }));
    scene.refused(scene.whole(), ErrorCode::malformed, with_header([&](auto& header) {
                      header.set_prev(id);  // it travels beside the header
                  }));
    // Its predecessor is neither here nor in the part.
    scene.refused(scene.whole(), ErrorCode::chain_broken,
                  with_header([](auto& header) { header.set_seq(9); }));
    // Two stand before it at one address, and the server does not say which it follows.
    v1::RecordDelta forked = scene.whole();
    Writer twin("upstream");
    for (int i = 0; i < 4; ++i)
        twin.write(k_ada);
    *forked.mutable_change(5) = *to_wire(twin.write(k_ada, k_safety_kind));
    forked.mutable_change(5)->set_position(6);
    *forked.add_change() = scene.whole().change(5);
    forked.mutable_change(6)->set_position(7);
    forked.mutable_change(6)->clear_prev();
    forked.mutable_end()->set_position(7);
    CHECK(scene.check(forked).error().code == ErrorCode::chain_broken);
}

TEST_CASE("a point, a seal or a receipt that is malformed refuses its part") {
    Scene scene;
    const auto whole = scene.whole();
    scene.refused(whole, ErrorCode::malformed,
                  [](auto& delta) { delta.mutable_base()->set_chain(std::string(32, 'x')); });
    scene.refused(whole, ErrorCode::too_large, [](auto& delta) {
        delta.add_seal()->set_leaf(std::string(k_seal_bytes + 1, 's'));
    });
    using Receipt = v1::RangeReceipt;
    for (const std::function<void(Receipt&)>& change : std::vector<std::function<void(Receipt&)>>{
             [](Receipt& receipt) { receipt.mutable_base()->set_chain("short"); },
             [](Receipt& receipt) { receipt.mutable_end()->set_chain("short"); },
             [](Receipt& receipt) {
                 receipt.set_epoch(base::to_bytes(k_other));
             }}) {
        scene.refused(whole, ErrorCode::receipt_invalid,
                      [&](auto& delta) { change(*delta.mutable_receipt()); });
    }
}

TEST_CASE("with nothing new a receipt of this epoch is kept, and one over something else is not") {
    Scene scene;
    v1::RecordDelta delta = scene.repeated(4);
    delta.mutable_change()->Clear();
    *delta.mutable_base() = delta.end();
    CHECK(scene.check(delta)->front().receipt);
    delta.mutable_receipt()->set_epoch(base::to_bytes(k_other));
    CHECK_FALSE(scene.check(delta)->front().receipt);
    delta.clear_receipt();
    CHECK_FALSE(scene.check(delta)->front().receipt);
}

namespace {

// A record of which nothing is held, and what a server gives of it by a window: six changes of
// one resource, the newest of them first.
struct WindowScene {
    WindowScene() : tablet("a") {
        held.record = k_ada;
        held.takes_window = true;
    }

    v1::RecordDelta part(std::size_t changes = 6) {
        Writer upstream("upstream");
        v1::RecordDelta delta;
        delta.set_record(base::to_bytes(k_ada));
        delta.set_out_of_order(true);
        *delta.mutable_base() = to_wire(base);
        delta.mutable_window()->set_back_to_ms(1000);
        delta.mutable_window()->mutable_held()->set_moment_ms(5000);
        delta.mutable_window()->add_older(k_ordinary_kind);
        for (std::size_t i = 0; i < changes; ++i) {
            const auto change = upstream.write(k_ada);
            *delta.add_change() = *to_wire(change);
            delta.mutable_change(static_cast<int>(i))->set_position(i + 1);
            auto* pair = delta.mutable_pairs()->add_pairs();
            pair->set_position(i + 1);
            pair->set_id(base::to_bytes(change.id));
        }
        delta.mutable_pairs()->set_epoch(base::to_bytes(epoch));
        delta.mutable_pairs()->set_record(base::to_bytes(k_ada));
        delta.mutable_pairs()->set_mac(std::string(32, 'm'));
        return delta;
    }

    Result<std::vector<Delta>> check(const v1::RecordDelta& delta) {
        return check_delta(delta, epoch, held, tablet.replica);
    }

    void refused(ErrorCode code, const Change& change) {
        v1::RecordDelta delta = part();
        change(delta);
        const auto pieces = check(delta);
        REQUIRE_FALSE(pieces);
        CHECK(pieces.error().code == code);
    }

    EpochId epoch = an_id<EpochId>("epoch");
    Point base{9, base::sha256("base")};
    Tablet tablet;
    Held held;
};

}  // namespace

TEST_CASE("a window says where it begins, how far back it goes and what is older") {
    WindowScene scene;
    const auto pieces = scene.check(scene.part());
    REQUIRE(pieces);
    REQUIRE(pieces->size() == 1);
    const Delta& piece = pieces->front();
    CHECK(piece.from == scene.base);
    CHECK(piece.change.size() == 6);
    CHECK(piece.window->back_to == Instant{1000});
    CHECK(*piece.window->held == WindowMark{Instant{5000}, {}});
    CHECK(piece.older == std::vector<std::uint32_t>{k_ordinary_kind});
    v1::RecordDelta named = scene.part();
    named.mutable_window()->mutable_held()->set_resource(std::string(16, 'r'));
    CHECK_FALSE(scene.check(named)->front().window->held->resource.is_zero());
}

TEST_CASE("a window keeps all of one resource in one piece, and its mark comes with the last") {
    WindowScene scene;
    const auto one = scene.check(scene.part(k_apply_changes + 5));
    REQUIRE(one);
    CHECK(one->size() == 1);
    // What is of no window is taken in pieces.
    v1::RecordDelta lane = scene.part(k_apply_changes + 5);
    lane.clear_window();
    const auto pieces = scene.check(lane);
    REQUIRE(pieces);
    REQUIRE(pieces->size() == 2);
    CHECK(pieces->front().change.size() == k_apply_changes);
    CHECK_FALSE(pieces->front().pairs);
    CHECK(pieces->back().pairs);
}

TEST_CASE("a window that lies elsewhere or goes backwards is refused") {
    using Delta = v1::RecordDelta;
    WindowScene scene;
    scene.refused(ErrorCode::chain_broken,
                  [](Delta& delta) { *delta.mutable_base() = to_wire(Point{}); });
    scene.refused(ErrorCode::malformed,
                  [](Delta& delta) { delta.mutable_base()->set_chain("short"); });
    scene.refused(ErrorCode::malformed, [](Delta& delta) {
        delta.mutable_window()->mutable_held()->set_resource("short");
    });
    scene.refused(ErrorCode::malformed,
                  [](Delta& delta) { delta.mutable_window()->mutable_held()->set_moment_ms(999); });
    scene.refused(ErrorCode::receipt_invalid,
                  [](Delta& delta) { delta.mutable_pairs()->mutable_pairs(3)->set_position(99); });
    scene.refused(ErrorCode::receipt_invalid,
                  [](Delta& delta) { delta.mutable_pairs()->set_mac("short"); });
    scene.refused(ErrorCode::receipt_invalid,
                  [](Delta& delta) { delta.mutable_pairs()->set_record("short"); });
    scene.refused(ErrorCode::receipt_invalid,
                  [](Delta& delta) { delta.mutable_pairs()->mutable_pairs(0)->set_id("short"); });

    // Of what is held by a window already: where the prefix begins, and never less than before.
    scene.held.takes_window = false;
    scene.held.base = scene.base;
    scene.held.cursor = scene.base;
    scene.held.window = Window{WindowMark{Instant{4000}, {}}, Instant{1000}};
    scene.refused(ErrorCode::malformed, [](Delta&) {});
    v1::RecordDelta further = scene.part();
    further.mutable_window()->mutable_held()->set_moment_ms(3000);
    CHECK(scene.check(further));
    *further.mutable_base() = to_wire(Point{9, base::sha256("elsewhere")});
    CHECK(scene.check(further).error().code == ErrorCode::chain_broken);
}

TEST_CASE("a part that begins below on another log, or bears too large a seal, is refused") {
    Scene scene;
    scene.refused(scene.whole(), ErrorCode::chain_broken, [&](auto& delta) {
        delta.mutable_change()->DeleteSubrange(0, 2);
        *delta.mutable_base() = to_wire(Point{2, base::sha256("another log")});
    });
    scene.refused(scene.whole(), ErrorCode::too_large, [](auto& delta) {
        delta.add_seal()->mutable_leaf()->assign(k_seal_bytes + 1, 's');
    });
}

TEST_CASE("with nothing new a receipt over less than what is held is not kept") {
    Scene scene;
    v1::RecordDelta delta = scene.repeated(2);
    delta.mutable_change()->Clear();
    *delta.mutable_base() = delta.end();
    const auto pieces = scene.check(delta);
    REQUIRE(pieces);
    CHECK_FALSE(pieces->front().receipt);
    CHECK(pieces->front().end == scene.held.cursor);
}

TEST_CASE("a seal that fits comes with its part") {
    Scene scene;
    v1::RecordDelta delta = scene.whole();
    delta.add_seal()->set_leaf("leaf");
    const auto pieces = scene.check(delta);
    REQUIRE(pieces);
    CHECK(pieces->back().seal.size() == 1);
}

}  // namespace kari::sync::test
