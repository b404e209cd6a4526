// SPDX-License-Identifier: Apache-2.0
//
// What holds of every ledger, in whatever order its events come.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "sdk/chart/reviewed.hpp"
#include "tests/unit/chart/stock_scene.hpp"

namespace kari::test {
namespace {

// Events, doses and witnesses of three tablets, in two places, with clocks that are learnt of.
class Cupboard {
public:
    Cupboard() {
        const int count = *rc::gen::inRange(1, 16);
        for (int i = 0; i < count; ++i)
            act();
    }
    StockScene scene;

private:
    Writer& somebody() {
        Writer* writers[] = {&scene.a, &scene.b, &scene.c};
        auto& writer = *writers[*rc::gen::inRange(0, 3)];
        writer.waits(Duration::minutes(*rc::gen::inRange(0, 40)));
        return writer;
    }

    v1::StockMovement some() {
        const auto act =
            *rc::gen::element(v1::STOCK_ACT_RECEIVE, v1::STOCK_ACT_RECEIVE, v1::STOCK_ACT_ISSUE,
                              v1::STOCK_ACT_WASTE, v1::STOCK_ACT_COUNT, v1::STOCK_ACT_COUNT,
                              v1::STOCK_ACT_COUNT, v1::STOCK_ACT_ADJUST, v1::STOCK_ACT_ADMINISTER);
        const bool mg = *rc::gen::inRange(0, 4) == 0;
        auto out = StockScene::moved(act, *rc::gen::element("1", "2", "0.5", "3"),
                                     mg ? "mg" : "{ampoule}");
        if (*rc::gen::inRange(0, 12) == 0) out.mutable_quantity()->set_code("{vial}");
        if (*rc::gen::inRange(0, 3) == 0) {
            *out.mutable_place() = stock_place(v1::STOCK_PLACE_KIND_CAR, "2");
        }
        return out;
    }

    void act() {
        auto& who = somebody();
        switch (*rc::gen::inRange(0, 11)) {
            case 0: {
                doses_.push_back(scene.state(who, scene.morphine("5")));
                return;
            }
            case 1: {
                if (doses_.empty()) return;
                scene.used(who, *rc::gen::elementOf(doses_), *rc::gen::element("0.5", "1"));
                return;
            }
            case 2: {
                auto out = some();
                out.set_act(v1::STOCK_ACT_TRANSFER_OUT);
                sent_.push_back(scene.event(who, out));
                return;
            }
            case 3: {
                if (sent_.empty()) return;
                auto in = some();
                in.set_act(v1::STOCK_ACT_TRANSFER_IN);
                in.set_transfer(base::to_bytes((*rc::gen::elementOf(sent_)).id));
                scene.event(who, in);
                return;
            }
            case 4: {
                if (events_.empty()) return;
                scene.witness(who, *rc::gen::elementOf(events_));
                return;
            }
            case 5: {
                v1::TimeNote note;
                note.mutable_note()->set_incarnation(base::to_bytes(who.incarnation));
                note.mutable_note()->set_boot(base::to_bytes(who.boot));
                note.mutable_note()->set_server_minus_device_ms(
                    Duration::minutes(*rc::gen::inRange(-60, 60)).ms);
                scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
                return;
            }
            case 6: {
                if (doses_.empty()) return;
                const auto dose = *rc::gen::elementOf(doses_);
                scene.correct(
                    who, dose, {dose.change->id},
                    scene.morphine("10",
                                   *rc::gen::element(v1::ADMINISTRATION_STATUS_COMPLETED,
                                                     v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR)));
                return;
            }
            default:
                events_.push_back(scene.event(who, some()));
        }
    }

    std::vector<Made> events_;
    std::vector<Made> sent_;
    std::vector<Scene::Dose> doses_;
};

std::vector<ChangePtr> shuffled(std::vector<ChangePtr> changes) {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    const auto count = changes.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (random() % 4 == 0) changes.push_back(changes[i]);
    }
    std::shuffle(changes.begin(), changes.end(), random);
    return changes;
}

// What each account comes to.
std::map<std::string, std::string> totals(const chart::Group& group) {
    std::map<std::string, std::string> out;
    for (const auto& sum : chart::sums_of(group, chart::ClockNotes(group))) {
        const auto total = sum.total();
        out[sum.rows.front().account] = total ? total->text() : "?";
    }
    return out;
}

TEST_CASE("what is there depends on no order of arrival and on nothing that came twice") {
    CHECK(rc::check([] {
        const Cupboard cupboard;
        const auto& all = cupboard.scene.changes;
        const auto group = chart::make_group({cupboard.scene.record}, {}, all);
        const auto again = chart::make_group({cupboard.scene.record}, {}, shuffled(all));
        RC_ASSERT(totals(group) == totals(again));
        RC_ASSERT(chart::review(group, clinical::demo_pack()) ==
                  chart::review(again, clinical::demo_pack()));
    }));
}

TEST_CASE("no count changes what is there") {
    CHECK(rc::check([] {
        const Cupboard cupboard;
        std::vector<ChangePtr> without;
        for (const auto& change : cupboard.scene.changes) {
            const auto said = chart::said_by<v1::StockEvent>(*change);
            const bool count = change->header.kind() == v1::KIND_STOCK_EVENT &&
                               said.event().act() == v1::STOCK_ACT_COUNT;
            if (!count) without.push_back(change);
        }
        const auto whole = totals(cupboard.scene.group());
        // In whatever unit an account is kept, the sums of what moved are one amount.
        for (const auto& [account, total] :
             totals(chart::make_group({cupboard.scene.record}, {}, without))) {
            if (total == "?" || whole.at(account) == "?") continue;
            const auto a = *Decimal::parse(total);
            const auto b = *Decimal::parse(whole.at(account));
            const auto ten = Decimal::of(10);
            RC_ASSERT(a.same_value(b) || (a * ten).same_value(b) || a.same_value(b * ten));
        }
    }));
}

TEST_CASE("reviewing what an event touches keeps the stored findings complete") {
    CHECK(rc::check([] {
        const Cupboard cupboard;
        std::vector<chart::Finding> stored;
        std::vector<ChangePtr> arrived;
        for (const auto& change : shuffled(cupboard.scene.changes)) {
            arrived.push_back(change);
            const auto group = chart::make_group({cupboard.scene.record}, {}, arrived);
            stored = chart::replaced(
                stored, chart::review_touched(group, clinical::demo_pack(), {change->resource}));
        }
        RC_ASSERT(stored == chart::review(cupboard.scene.group(), clinical::demo_pack()));
        RC_CLASSIFY(std::any_of(stored.begin(), stored.end(), [](const auto& finding) {
            return finding.rule == "stock/negative-balance";
        }));
    }));
}

TEST_CASE("an account that was below nothing twice stays found when one of the two is explained") {
    StockScene scene;
    const Instant eight = scene.a.now;
    scene.event(scene.a, v1::STOCK_ACT_ISSUE, "1", eight);
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "5", eight + Duration::hours(1));
    scene.event(scene.a, v1::STOCK_ACT_ISSUE, "5", eight + Duration::hours(3));
    auto stored = scene.findings();
    CHECK(only(stored, "stock/negative-balance")->inputs.size() == 2);
    const auto late = scene.event(scene.b, v1::STOCK_ACT_RECEIVE, "3", eight + Duration::hours(2));
    stored = chart::replaced(
        stored, chart::review_touched(scene.group(), clinical::demo_pack(), {late.id}));
    CHECK(stored == scene.findings());
    CHECK(only(stored, "stock/negative-balance")->inputs.size() == 1);
}

TEST_CASE("a count that differs stays found whatever of what it was held against is touched") {
    StockScene scene;
    const auto keeps = [&](const Made& touched) {
        const auto before = only(scene.findings(), "stock/count-differs");
        REQUIRE(before);
        const auto stored = chart::replaced(
            scene.findings(),
            chart::review_touched(scene.group(), clinical::demo_pack(), {touched.id}));
        CHECK(stored == scene.findings());
    };
    const auto later = [&](Writer& who) {
        who.waits(Duration::hours(1));
    };
    scene.event(scene.a, v1::STOCK_ACT_ISSUE, "1");  // below nothing from the beginning
    later(scene.a);
    scene.event(scene.a, v1::STOCK_ACT_RECEIVE, "10");
    const auto waste = scene.event(scene.a, v1::STOCK_ACT_WASTE, "1");
    auto moved = scene.moved(v1::STOCK_ACT_TRANSFER_OUT, "2");
    const auto out = scene.event(scene.a, moved);
    later(scene.a);
    scene.event(scene.a, v1::STOCK_ACT_COUNT, "3");
    scene.b.waits(Duration::hours(3));
    keeps(scene.witness(scene.b, waste));
    keeps(scene.event(scene.b, v1::STOCK_ACT_RECEIVE, "3"));
    moved.set_act(v1::STOCK_ACT_TRANSFER_IN);
    moved.set_transfer(base::to_bytes(out.id));
    *moved.mutable_place() = stock_place(v1::STOCK_PLACE_KIND_CAR, "2");
    keeps(scene.event(scene.b, moved));
}

TEST_CASE("a count that differs stays found when only what was before it is looked at anew") {
    StockScene scene;
    const auto hour_later = [&](v1::StockAct act, const std::string& amount) {
        scene.a.waits(Duration::hours(1));
        return scene.event(scene.a, act, amount);
    };
    hour_later(v1::STOCK_ACT_ISSUE, "1");
    hour_later(v1::STOCK_ACT_COUNT, "40");
    auto stored = scene.findings();
    REQUIRE(only(stored, "stock/count-differs"));
    // The account is below nothing, and every review of it looks at where that began.
    const auto late = hour_later(v1::STOCK_ACT_ISSUE, "1");
    stored = chart::replaced(
        stored, chart::review_touched(scene.group(), clinical::demo_pack(), {late.id}));
    CHECK(only(stored, "stock/count-differs"));
    CHECK(stored == scene.findings());
}

TEST_CASE("no event is left out or taken for another, however alike they are") {
    CHECK(rc::check([] {
        const Cupboard cupboard;
        std::size_t rows = 0;
        for (const auto& sum : cupboard.scene.sums())
            rows += sum.rows.size();
        std::size_t events = 0;
        for (const auto& change : cupboard.scene.changes)
            events += change->header.kind() == v1::KIND_STOCK_EVENT ? 1U : 0U;
        RC_ASSERT(rows == events);
    }));
}

}  // namespace
}  // namespace kari::test
