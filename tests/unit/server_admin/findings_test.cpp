// SPDX-License-Identifier: Apache-2.0
//
// What an operator is told of open findings.
#include "sync-server/admin/findings_command.hpp"

#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;
using namespace kari::server::admin;
using kari::server::storage::OpenFinding;

namespace {

constexpr Instant k_now{1'800'000'000'000};

struct Standing : Ward {
    void open(std::uint32_t number, std::vector<OpenFinding> standing) {
        auto transaction = storage->begin_or_create(id_of<RecordId>(number), false);
        REQUIRE(transaction);
        REQUIRE((*transaction)->set_open_findings(standing, std::nullopt));
        REQUIRE((*transaction)->commit());
    }
    FindingsOverview look(std::size_t limit, std::optional<UnitId> of = std::nullopt) {
        const auto seen = look_at_findings(*storage, of, limit, k_now);
        REQUIRE(seen);
        return *seen;
    }
};

OpenFinding finding(std::uint32_t id, std::string rule, std::optional<Duration> to_due) {
    OpenFinding one{id_of<ResourceId>(id), 2,           false, k_now - Duration::hours(50),
                    std::move(rule),       std::nullopt};
    if (to_due) one.due = k_now + *to_due;
    return one;
}

}  // namespace

TEST_CASE("Overdue findings are listed first, each once, and all are counted beyond the list") {
    Standing ward;
    const auto late = finding(1, "order/late", Duration::hours(-3));
    const auto later = finding(2, "order/late", Duration::hours(-30));
    auto put_off = finding(3, "order/soon", Duration::hours(5));
    put_off.deferred = true;
    const auto never = finding(4, "log/never", std::nullopt);
    ward.open(1, {late, later, never});
    ward.open(2, {late, put_off});
    REQUIRE(ward.storage->grant(ward.unit, id_of<RecordId>(2)));

    const auto seen = ward.look(3);
    CHECK(seen.all.open == 4);
    CHECK(seen.all.overdue == 2);
    CHECK(seen.all.deferred == 1);
    REQUIRE(seen.listed.size() == 3);
    CHECK(seen.listed[0].finding.issue == later.issue);
    CHECK(seen.listed[1].finding.issue == late.issue);
    CHECK(seen.listed[1].records.size() == 2);
    CHECK(seen.listed[1].units == std::vector<UnitId>{ward.unit});
    CHECK(seen.listed[2].finding.issue == put_off.issue);
    CHECK((seen.tallies.at({ward.unit, 2, "order/late"}).open == 1));
    CHECK((seen.tallies.at({std::nullopt, 2, "order/late"}).open == 2));

    const auto of_unit = ward.look(3, ward.unit);
    CHECK(of_unit.all.open == 2);
    CHECK(of_unit.listed[0].records == std::vector<RecordId>{id_of<RecordId>(2)});
    CHECK(to_json(seen).at("not_listed") == 1);
    CHECK(to_json(seen).at("findings").as_array().size() == 3);

    const std::string text = to_text(seen);
    CHECK(text.starts_with("open findings: 4, 2 overdue, 1 put off\n"));
    CHECK(text.find("! S2 overdue 30 h") < text.find("! S2 overdue 3 h"));
    CHECK(text.find("put off, due in 5 h") != std::string::npos);
    CHECK(text.find("and 1 more (--limit lists more)") != std::string::npos);
    CHECK(to_text(ward.look(4)).find("for the log") != std::string::npos);
    CHECK(to_text(ward.look(4)).find("more (--limit") == std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        CHECK(line.size() <= 80);
}

TEST_CASE("Where nothing stands open that is what is said") {
    Standing ward;
    CHECK(to_text(ward.look(20)) == "open findings: 0, 0 overdue, 0 put off\n");
    CHECK(to_json(ward.look(20)).at("open") == 0);
}
