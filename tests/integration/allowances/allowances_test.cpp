// SPDX-License-Identifier: Apache-2.0
//
// Allowances of medicine as needed between real tablets and a real server, but the sockets.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "tests/integration/attachments/house.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// One tablet of an opioid at a time, four in 24 hours.
v1::MedicationRequest opioid(const std::string& most) {
    v1::MedicationRequest out;
    out.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    auto& prescription = *out.mutable_prescription();
    auto& drug = *prescription.mutable_medication();
    drug.set_text("Oksykodon 5 mg");
    drug.add_coding()->set_system("http://www.whocc.no/atc");
    drug.mutable_coding(0)->set_code("N02AA05");
    auto& line = *prescription.add_dosage();
    line.set_text("1 tablet when needed");
    line.set_as_needed(true);
    auto& dose = *line.add_dose_and_rate()->mutable_dose_quantity();
    dose.set_value("1");
    dose.set_code("{tablet}");
    if (most.empty()) return out;
    auto& ratio = *line.mutable_max_dose_per_period();
    ratio.mutable_numerator()->set_value(most);
    ratio.mutable_numerator()->set_code("{tablet}");
    ratio.mutable_denominator()->set_value("24");
    ratio.mutable_denominator()->set_code("h");
    return out;
}

struct Street {
    std::shared_ptr<House> house = std::make_shared<House>();
    HouseTablet a{1, house};
    HouseTablet b{2, house};
    RecordId record;
    ResourceId order;

    explicit Street(const std::string& most = "4") {
        NewPatient patient;
        patient.family = "Testesen";
        patient.given = "Kari";
        record = take(a->create_record(patient)).record;
        a.sync();
        order = server::identity::random_id<ResourceId>(house->entropy);
        prescribe(opioid(most), {});
        a.sync();
        b.sync();
    }
    ChangeId prescribe(const v1::MedicationRequest& said, std::vector<ChangeId> parents) {
        const auto log = take(house->storage->begin(record));
        server::exchange::ServerStatement statement;
        statement.resource = order;
        statement.kind = v1::KIND_MEDICATION_REQUEST;
        statement.message = &said;
        statement.parents = std::move(parents);
        const auto change = take(house->parts->stream.write(*log, statement));
        REQUIRE(house->parts->stream.commit(*log));
        return change.id;
    }
    void waits(Duration time) {
        house->clock.now = house->clock.now + time;
        a.machine.clock->advance(time);
        b.machine.clock->advance(time);
    }
    UnscheduledDose row(HouseTablet& on) {
        REQUIRE(on->open_chart(record, {}));
        const auto round = take(on->doses_due(record, take(on->today())));
        REQUIRE(round.as_needed.size() == 1);
        return round.as_needed.front();
    }
    Result<Written> ask(HouseTablet& on, std::uint32_t doses = 2) {
        return on->care().ask_allowance({row(on).token, doses, 12});
    }
    // The rules that ask for a reason.
    std::string rules(HouseTablet& on) {
        DoseEntry entry;
        entry.token = row(on).token;
        std::string out;
        for (const auto& one : take(on->check_dose(entry)))
            out += (out.empty() ? "" : " ") + one.rule;
        return out;
    }
    // Answering whatever is asked but the want of an allowance.
    Result<Written> give(HouseTablet& on, const std::string& phoned = {}) {
        DoseEntry entry;
        entry.token = row(on).token;
        for (const auto& one : take(on->check_dose(entry))) {
            if (one.rule != "entry/no-allowance") entry.overrides.push_back({one.rule, "pain"});
        }
        if (!phoned.empty()) entry.overrides.push_back({"entry/no-allowance", phoned});
        return on->give(entry);
    }
    AllowanceItem only(HouseTablet& on) {
        const auto all = row(on).allowances;
        REQUIRE(all.size() == 1);
        return all.front();
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an allowance is asked for, granted, used up, and asked for a reason without") {
    Street street;
    CHECK(street.row(street.a).wants_allowance);
    CHECK(has(street.rules(street.a), "entry/no-allowance"));
    const auto without = street.give(street.a);
    REQUIRE_FALSE(without);
    CHECK(without.error().code == ErrorCode::reason_required);
    CHECK(without.error().what == "entry/no-allowance");

    REQUIRE(street.ask(street.a));
    CHECK(street.only(street.a).state == "asked");
    CHECK_FALSE(street.give(street.a));  // the answer is not here
    street.a.sync();
    const auto granted = street.only(street.a);
    CHECK(granted.state == "granted");
    CHECK(granted.doses == 2);
    CHECK(granted.amount == "2 tabletter");
    CHECK_FALSE(granted.until.empty());
    CHECK_FALSE(has(street.rules(street.a), "entry/no-allowance"));

    REQUIRE(street.give(street.a));
    CHECK(street.only(street.a).amount_left == "1 tablett");
    REQUIRE(street.give(street.a));
    CHECK(street.only(street.a).state == "spent");
    CHECK_FALSE(street.give(street.a));
    // What was given is recorded all the same.
    REQUIRE(street.give(street.a, "phoned Bjorn, who gives nothing today"));
}

TEST_CASE("two tablets that cannot reach each other keep to the maximum together") {
    Street street;
    REQUIRE(street.ask(street.a, 3));
    street.a.sync();
    REQUIRE(street.ask(street.b, 3));
    street.b.sync();
    CHECK(street.only(street.a).doses == 3);
    const auto seen = street.row(street.b).allowances;
    REQUIRE(seen.size() == 2);
    for (const auto& one : seen) {
        CHECK(one.doses == (one.state == "elsewhere" ? 3 : 1));
        CHECK(one.asked.person_name == "Nora");
    }
    int given = 0;
    for (int round = 0; round < 8; ++round) {
        given += street.give(street.a) ? 1 : 0;
        given += street.give(street.b) ? 1 : 0;
        street.waits(Duration::minutes(30));
    }
    CHECK(given == 4);
    street.a.sync();
    street.b.sync();
    street.a.sync();
    for (const auto& finding : take(street.a->findings(street.record)))
        CHECK(finding.rule != "dose/over-maximum");
}

TEST_CASE("a lost reply asks once, and a refusal says why") {
    Street street;
    REQUIRE(street.ask(street.a, 4));
    Cancel cancel;
    street.house->after = [&](const House::Asked& asked) {
        if (asked.exchange.push_size() == 0) return true;
        cancel.ask();
        return false;
    };
    SyncOptions options;
    options.cancel = &cancel;
    CHECK_FALSE(street.a->sync(options));
    street.house->after = nullptr;
    street.a.sync();
    CHECK(street.only(street.a).doses == 4);
    REQUIRE(street.ask(street.b));
    street.b.sync();
    const auto rows = street.row(street.b).allowances;
    const auto refused = std::find_if(rows.begin(), rows.end(),
                                      [](const auto& one) { return one.state == "refused"; });
    REQUIRE(refused != rows.end());
    CHECK(has(refused->action, "Ring den som har tildelingen"));
    DoseEntry entry;
    entry.token = street.row(street.b).token;
    const auto warnings = take(street.b->check_dose(entry));
    const auto asks = std::find_if(warnings.begin(), warnings.end(), [](const auto& one) {
        return one.rule == "entry/no-allowance";
    });
    REQUIRE(asks != warnings.end());
    CHECK(has(asks->sentence, "Nora: 4 tabletter"));

    // Only its holder gives it back; then the other has it.
    for (const auto& one : rows) {
        if (one.state != "elsewhere") continue;
        const auto not_mine = street.b->care().return_allowance(one.token, "");
        REQUIRE_FALSE(not_mine);
        CHECK(not_mine.error().code == ErrorCode::not_permitted);
    }
    REQUIRE(street.give(street.a));
    REQUIRE(street.a->care().return_allowance(street.only(street.a).token, "going home"));
    CHECK_FALSE(street.give(street.a));
    street.a.sync();
    REQUIRE(street.ask(street.b, 4));
    street.b.sync();
    const auto now = street.row(street.b).allowances;
    CHECK(std::any_of(now.begin(), now.end(),
                      [](const auto& one) { return one.state == "granted" && one.doses == 3; }));
}

TEST_CASE("an allowance is of no use after a restart, a set clock, its end or a changed order") {
    Street street;
    REQUIRE(street.ask(street.a, 4));
    street.a.sync();
    REQUIRE(street.give(street.a));
    street.a.machine.clock->reboot();
    CHECK(street.only(street.a).state == "unusable");
    CHECK_FALSE(street.give(street.a));
    street.a.sync();
    REQUIRE(street.give(street.a));
    street.a.machine.clock->set_wall(street.house->clock.now - Duration::hours(5));
    CHECK_FALSE(street.give(street.a));
    street.a.sync();
    CHECK(street.only(street.a).state == "granted");

    // A dose of another time is under none.
    DoseEntry entry;
    entry.token = street.row(street.a).token;
    const Instant before = street.house->clock.now - Duration::minutes(20);
    entry.effective = ZonedInstant{before, 7200, "Europe/Oslo"};
    const auto warnings = take(street.a->check_dose(entry));
    CHECK(std::any_of(warnings.begin(), warnings.end(),
                      [](const auto& one) { return one.rule == "entry/no-allowance"; }));

    auto changed = opioid("2");
    const auto log = take(street.house->parts->logs.read(*street.house->storage, street.record));
    street.prescribe(changed, merge::fold(log->of(street.order)).heads);
    street.a.sync();
    CHECK(street.only(street.a).state == "unusable");
    CHECK_FALSE(street.give(street.a));
    street.waits(Duration::hours(12));
    CHECK(street.row(street.a).allowances.empty());
}

TEST_CASE("a restored server grants nothing until what it promised before is over") {
    Street street;
    street.house->copy_to("early.db");
    REQUIRE(street.ask(street.a, 4));
    street.a.sync();
    street.house->restore("early.db");
    REQUIRE(street.ask(street.b, 4));
    street.b.sync();
    CHECK(street.only(street.b).state == "refused");
    CHECK(has(street.only(street.b).reason, "gjenopprettet"));
    REQUIRE(street.give(street.a));  // it does not know, and has it still
    street.a.sync();
    CHECK_FALSE(street.give(street.a));
    REQUIRE(street.house->storage->close_recovery());
    street.house->restart();
    street.waits(Duration::minutes(36 * 60 + 2));
    street.a.sync();
    street.b.sync();
    REQUIRE(street.ask(street.b, 4));
    street.b.sync();
    const auto rows = street.row(street.b).allowances;
    CHECK(std::any_of(rows.begin(), rows.end(),
                      [](const auto& one) { return one.state == "granted" && one.doses == 4; }));
}

TEST_CASE("without a maximum nothing is granted, and of other drugs none is asked for") {
    Street street("");
    REQUIRE(street.ask(street.a));
    street.a.sync();
    CHECK(street.only(street.a).state == "refused");
    CHECK(has(street.only(street.a).reason, "regnes ut"));
    const auto token = street.row(street.a).token;
    for (const auto& [doses, hours] : {std::pair(0U, 1U), std::pair(21U, 1U), std::pair(1U, 13U)}) {
        const auto refused = street.a->care().ask_allowance({token, doses, hours});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::value_out_of_range);
    }
    auto paracetamol = opioid("4");
    paracetamol.mutable_prescription()->mutable_medication()->mutable_coding(0)->set_code(
        "N02BE01");
    const auto log = take(street.house->parts->logs.read(*street.house->storage, street.record));
    street.prescribe(paracetamol, merge::fold(log->of(street.order)).heads);
    street.a.sync();
    CHECK_FALSE(street.row(street.a).wants_allowance);
    CHECK_FALSE(has(street.rules(street.a), "entry/no-allowance"));
    const auto refused = street.ask(street.a);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what == "allowance/not-needed");
}
