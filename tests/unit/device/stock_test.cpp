// SPDX-License-Identifier: Apache-2.0
//
// The ledger of controlled drugs on a tablet: what is asked, what is written, what is shown.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

constexpr auto k_witness = "entry/stock-witness-missing";

// A citizen who gets oxycodone when needed: 5 mg a tablet, in ampoules 10 mg of morphine.
struct Cabinet : Ward {
    explicit Cabinet(std::uint64_t seed, std::shared_ptr<FakeServer> with = nullptr)
        : Ward(seed, std::move(with)) {
        if (device_has_order()) return;
        v1::MedicationRequest order = order_of("N02AA01", "Morfin 10 mg/ml");
        v1::Prescription& said = *order.mutable_prescription();
        said.mutable_strength()->mutable_numerator()->set_value("10");
        said.mutable_strength()->mutable_numerator()->set_code("mg");
        said.mutable_strength()->mutable_denominator()->set_value("1");
        said.mutable_strength()->mutable_denominator()->set_code("{ampoule}");
        v1::Dosage& line = *said.mutable_dosage(0);
        line.clear_timing();
        line.set_as_needed(true);
        auto* dose = line.mutable_dose_and_rate(0)->mutable_dose_quantity();
        dose->set_value("5");
        dose->set_unit("mg");
        dose->set_code("mg");
        order.mutable_lineage()->set_first_order(base::to_bytes(k_order));
        server->put(*citizen.writer, citizen.record, k_order, order);
        sync();
    }
    bool device_has_order() {
        for (const auto& item : chart().orders)
            if (item.resource == k_order) return true;
        return false;
    }
    EditToken order() {
        for (const auto& item : chart().orders) {
            if (item.resource == k_order) return item.token;
        }
        FAIL("no such order");
        return {};
    }
    StockEntry entry(StockAct act, const char* amount) {
        StockEntry out;
        out.act = act;
        out.token = order();
        out.quantity = Quantity{*Decimal::parse(amount), "", "ampuller"};
        return out;
    }
    // With a reason for whatever is asked.
    Written record(StockEntry entry) {
        for (const auto& one : take(device.care().check_stock(entry)))
            entry.overrides.push_back({one.rule, "Bjorn sees it"});
        return take(device.care().record_stock(entry));
    }
    Written give(DoseEntry entry) {
        for (const auto& one : take(device.check_dose(entry))) {
            if (one.needs_reason) entry.overrides.push_back({one.rule, "as Dr Li said"});
        }
        return take(device.give(entry));
    }
    DoseEntry morphine() {
        DoseEntry out;
        out.token = order();
        out.stock = DoseStock{};
        return out;
    }
    StockAccount account() {
        const auto ledger = take(device.care().stock_ledger(citizen.record));
        REQUIRE(ledger.accounts.size() == 1);
        return ledger.accounts.front();
    }
    std::vector<FindingItem> findings() { return take(device.findings(citizen.record)); }
    void becomes_bjorn() {
        let_in(device, *server, k_bjorn, "9753");
        REQUIRE(device.lock().has_value());
        REQUIRE(device.unlock(k_bjorn, "9753").has_value());
        chart();
    }

    static inline const ResourceId k_order = id_of<ResourceId>(779);
};

std::vector<std::string> asked(const std::vector<DoseWarning>& warnings) {
    std::vector<std::string> out;
    for (const auto& one : warnings)
        out.push_back(one.rule);
    std::sort(out.begin(), out.end());
    return out;
}

bool asks(const std::vector<DoseWarning>& warnings, const std::string& rule) {
    const auto all = asked(warnings);
    return std::find(all.begin(), all.end(), rule) != all.end();
}

TEST_CASE("what came in stands in the ledger by drug and place, and in words of the language") {
    Cabinet ward(900);
    ward.record(ward.entry(StockAct::receive, "10"));
    const auto account = ward.account();
    CHECK(account.medication.text == "Morfin 10 mg/ml");
    CHECK(account.amount == "10 ampuller");
    CHECK(account.group == "A");
    CHECK(account.place == StockPlace{});
    CHECK(account.last_count.empty());
    CHECK_FALSE(account.count_due.empty());
    CHECK_FALSE(account.count_overdue);
    REQUIRE(account.events.size() == 1);
    CHECK(account.events[0].act == "receive");
    CHECK(account.events[0].balance == "10 ampuller");
    CHECK(account.events[0].said.person_name == "Ingrid");
    // A month later nobody has counted it.
    ward.machine.clock->advance(Duration::hours(24 * 32));
    take(ward.device.open_chart(ward.citizen.record, {Purpose::treatment, "the yearly count"}));
    CHECK(ward.account().count_overdue);
    // A number alone is in the unit of the account, and its place that of the account.
    StockEntry count;
    count.act = StockAct::count;
    count.token = account.token;
    count.quantity = Quantity{*Decimal::parse("10"), "", ""};
    ward.record(count);
    CHECK_FALSE(ward.account().count_overdue);
    CHECK(ward.account().amount == "10 ampuller");
    CHECK(ward.account().events[0].amount == "10 ampuller");
}

TEST_CASE("a dose from the office is written with what it took out of the ledger, or neither is") {
    Cabinet ward(901);
    ward.record(ward.entry(StockAct::receive, "10"));
    auto dose = ward.morphine();
    // Half an ampoule, and nobody says what became of the rest.
    CHECK(asks(take(ward.device.check_dose(dose)), "entry/stock-rest-missing"));
    const auto refused = ward.device.give(dose);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(ward.account().events.size() == 1);
    dose.stock->wasted = Quantity{*Decimal::parse("0.5"), "", "ampulle"};
    CHECK_FALSE(asks(take(ward.device.check_dose(dose)), "entry/stock-rest-missing"));
    CHECK(asks(take(ward.device.check_dose(dose)), k_witness));
    const auto given = ward.give(dose);
    CHECK(given.also.size() == 2);
    const auto account = ward.account();
    CHECK(account.amount == "9 ampuller");
    REQUIRE(account.events.size() == 3);
    for (const auto& event : account.events) {
        CHECK((event.act == "receive") == event.administration.is_zero());
        if (event.act != "receive") CHECK(event.administration == given.resource);
    }
    CHECK_FALSE(has_rule(ward.findings(), "stock/dose-without-event"));
    CHECK_FALSE(has_rule(ward.findings(), "stock/dose-differs"));
    CHECK(has_rule(ward.findings(), "stock/witness-missing"));
    // Ingrid is no witness of her own waste; Bjorn is.
    const auto waste = std::find_if(account.events.begin(), account.events.end(),
                                    [](const auto& one) { return one.act == "waste"; });
    REQUIRE(waste != account.events.end());
    CHECK(waste->wants_witness);
    CHECK(ward.device.care().witness_stock(waste->token, "").error().code ==
          ErrorCode::invalid_argument);
    ward.becomes_bjorn();
    REQUIRE(ward.device.care().witness_stock(waste->token, "seen").has_value());
    CHECK_FALSE(has_rule(ward.findings(), "stock/witness-missing"));
    const auto events = ward.account().events;
    const auto seen = std::find_if(events.begin(), events.end(),
                                   [](const auto& one) { return one.act == "waste"; });
    CHECK_FALSE(seen->wants_witness);
    REQUIRE(seen->witnesses.size() == 1);
    CHECK(seen->witnesses[0].said.person_name == "Bjorn");
}

TEST_CASE("a controlled drug that the ledger has is asked about until its giver says where from") {
    Cabinet ward(902);
    DoseEntry dose;
    dose.token = ward.order();
    // Nobody keeps a ledger of it: nothing is asked.
    CHECK_FALSE(asks(take(ward.device.check_dose(dose)), "entry/stock-not-named"));
    ward.record(ward.entry(StockAct::receive, "10"));
    dose.token = ward.order();
    CHECK(asks(take(ward.device.check_dose(dose)), "entry/stock-not-named"));
    const auto given = ward.give(dose);
    CHECK(has_rule(ward.findings(), "stock/dose-without-event"));
    // What is missing is recorded for the dose, and the finding is gone.
    StockEntry late;
    late.act = StockAct::administer;
    late.token = given.token;
    ward.record(late);
    CHECK_FALSE(has_rule(ward.findings(), "stock/dose-without-event"));
    CHECK(ward.account().amount == "9,5 ampuller");
    // The citizen's own: said, and no event.
    ward.machine.clock->advance(Duration::hours(6));
    dose.token = ward.order();
    dose.stock = DoseStock{{StockPlaceKind::patient_home, ""}, "", {}, {}};
    CHECK_FALSE(asks(take(ward.device.check_dose(dose)), "entry/stock-not-named"));
    ward.give(dose);
    CHECK(ward.account().events.size() == 2);
    CHECK_FALSE(has_rule(ward.findings(), "stock/dose-without-event"));
}

TEST_CASE("what the ledger doubts is asked about, and recorded all the same") {
    Cabinet ward(903);
    ward.record(ward.entry(StockAct::receive, "2"));
    auto issue = ward.entry(StockAct::issue, "3");
    CHECK(asked(take(ward.device.care().check_stock(issue))) ==
          std::vector<std::string>{"entry/stock-below-zero", k_witness});
    CHECK(ward.device.care().record_stock(issue).error().code == ErrorCode::reason_required);
    ward.record(issue);
    CHECK(ward.account().amount == "-1 ampulle");
    CHECK(has_rule(ward.findings(), "stock/negative-balance"));
    const auto count = ward.entry(StockAct::count, "4");
    const auto doubted = take(ward.device.care().check_stock(count));
    CHECK(asked(doubted) == std::vector<std::string>{"entry/stock-count-differs", k_witness});
    ward.machine.clock->advance(Duration::minutes(5));
    ward.record(count);
    CHECK(ward.account().amount == "-1 ampulle");
    CHECK(has_rule(ward.findings(), "stock/count-differs"));
    auto adjust = ward.entry(StockAct::adjust, "5");
    CHECK(asked(take(ward.device.care().check_stock(adjust))) ==
          std::vector<std::string>{"entry/stock-incident-missing"});
    adjust.incident = "A-17";
    ward.machine.clock->advance(Duration::minutes(5));
    ward.record(adjust);
    CHECK(ward.account().amount == "4 ampuller");
    CHECK_FALSE(has_rule(ward.findings(), "stock/adjust-without-incident"));
    auto other = ward.entry(StockAct::receive, "1");
    other.quantity = Quantity{*Decimal::parse("1"), "", "hetteglass"};
    CHECK(asked(take(ward.device.care().check_stock(other))) ==
          std::vector<std::string>{"entry/stock-unit-unknown"});
    // No amount, and less than nothing, are none.
    for (const char* amount : {"0", "-1"}) {
        const auto none = ward.device.care().record_stock(ward.entry(StockAct::receive, amount));
        CHECK(none.error().code == ErrorCode::value_out_of_range);
    }
}

TEST_CASE("a count that begins an account is held against nothing being there") {
    Cabinet ward(906);
    const auto count = ward.entry(StockAct::count, "10");
    CHECK(asked(take(ward.device.care().check_stock(count))) ==
          std::vector<std::string>{"entry/stock-count-differs", k_witness});
    const auto none = ward.entry(StockAct::count, "0");
    CHECK(asked(take(ward.device.care().check_stock(none))) == std::vector<std::string>{k_witness});
}

TEST_CASE("a transfer is written whole, or waits for whoever takes it") {
    Cabinet ward(904);
    ward.record(ward.entry(StockAct::receive, "10"));
    auto move = ward.entry(StockAct::transfer_out, "2");
    move.to = StockPlace{StockPlaceKind::car, "2"};
    CHECK(ward.record(move).also.size() == 1);
    CHECK_FALSE(has_rule(ward.findings(), "stock/transfer-uneven"));
    auto accounts = take(ward.device.care().stock_ledger(ward.citizen.record)).accounts;
    REQUIRE(accounts.size() == 2);
    move.to.reset();
    const auto sent = ward.record(move);
    CHECK(has_rule(ward.findings(), "stock/transfer-uneven"));
    StockEntry in;
    in.act = StockAct::transfer_in;
    in.token = sent.token;
    in.place = StockPlace{StockPlaceKind::person, ""};
    ward.record(in);
    CHECK_FALSE(has_rule(ward.findings(), "stock/transfer-uneven"));
    accounts = take(ward.device.care().stock_ledger(ward.citizen.record)).accounts;
    REQUIRE(accounts.size() == 3);
    CHECK(std::any_of(accounts.begin(), accounts.end(), [](const auto& one) {
        return one.place == StockPlace{StockPlaceKind::person, "Ingrid"} &&
               one.amount == "2 ampuller";
    }));
    in.place.reset();
    const auto nowhere = ward.device.care().record_stock(in);
    CHECK(nowhere.error().what.find("entry/stock-place-missing") != std::string::npos);
    in.place = StockPlace{};
    in.token = ward.order();
    CHECK(ward.device.care().record_stock(in).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("what a tablet keeps of the ledger reviews as the whole does") {
    Cabinet ward(905);
    ward.record(ward.entry(StockAct::receive, "1"));
    for (int i = 0; i < 2; ++i) {
        ward.machine.clock->advance(Duration::hours(30));
        auto dose = ward.morphine();
        dose.dose = Quantity{*Decimal::parse("10"), "mg", "mg"};
        ward.give(dose);
    }
    const auto rules = [&] {
        std::vector<std::string> out;
        for (const auto& one : ward.findings()) {
            if (one.rule.rfind("stock/", 0) == 0) out.push_back(one.rule + one.id.text());
        }
        std::sort(out.begin(), out.end());
        return out;
    };
    const auto before = rules();
    CHECK(before.size() == 1);
    ward.sync();
    ward.chart();
    CHECK(rules() == before);
}

}  // namespace
