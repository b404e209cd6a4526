// SPDX-License-Identifier: Apache-2.0
//
// Tablets and a server, with a journal long enough to go by a window.
#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

constexpr unsigned k_changes = 2'600;
constexpr Instant k_all{INT64_MIN};

struct LongRecord {
    Folder folder;
    Server server{folder.path() / "server"};
    RecordId record = server.import_journal(k_changes);
    unsigned tablets = 0;

    std::unique_ptr<Tablet> admitted() {
        return enrol(server, folder.path() / ("tablet-" + std::to_string(++tablets)), false);
    }
    // `whole`: as if no record were long.
    std::unique_ptr<Tablet> enrolled(bool whole) {
        auto tablet = admitted();
        fetch(*tablet, whole);
        return tablet;
    }
    void fetch(Tablet& tablet, bool whole) {
        auto& choice = server.runtime().parts->windows.choice;
        const auto usual = choice;
        if (whole) choice.above = UINT64_MAX;
        sync(tablet);
        choice = usual;
        must(tablet->open_chart(record, {}), "chart");
    }
    SyncReport sync(Tablet& tablet) const {
        const auto report = must(tablet->sync({}), "sync");
        CHECK(report.complete);
        return report;
    }
    ChartView chart(Tablet& tablet) const { return must(tablet->open_chart(record, {}), "chart"); }
    void write(Tablet& tablet, unsigned value) const {
        must(tablet->record_observation(record, pulse(value)), "write");
    }
    std::set<ChangeId> ids(Tablet& tablet) const {
        std::set<ChangeId> out;
        for (const LogLine& line : must(tablet->export_log(record), "log"))
            out.insert(line.id);
        return out;
    }
    std::set<ChangeId> ids_of_server() {
        std::set<ChangeId> out;
        must(server.runtime().storage->changes(record, 0,
                                               [&](const auto& change) {
                                                   out.insert(change.id);
                                                   return true;
                                               }),
             "log");
        return out;
    }
    Digest digest(Tablet& tablet) const { return must(tablet->state_digest(record), "digest"); }
    static bool says_elsewhere(const ChartView& chart) {
        return std::any_of(chart.complete_since.begin(), chart.complete_since.end(),
                           [](const auto& one) { return one.on_tablet_since.has_value(); });
    }
    static void check_sound(Tablet& tablet) {
        const auto report = must(tablet->verify(), "verify");
        for (const auto& problem : report.problems)
            FAIL_CHECK(problem);
    }
};

}  // namespace

TEST_CASE("a long record is charted at once from its window, and says what is elsewhere") {
    LongRecord at;
    const auto whole = at.enrolled(true);
    const auto part = at.enrolled(false);
    const ChartView all = at.chart(*whole);
    const ChartView some = at.chart(*part);
    CHECK(at.ids(*part).size() < at.ids(*whole).size() * 2 / 3);
    CHECK(some.missing.empty());
    CHECK(some.orders.size() == all.orders.size());
    CHECK(some.allergies.size() == all.allergies.size());
    CHECK(some.administrations.size() == all.administrations.size());
    CHECK(some.observations.size() == all.observations.size());
    CHECK_FALSE(at.says_elsewhere(all));
    CHECK(at.says_elsewhere(some));
    at.check_sound(*part);
    // So do the account of one resource, which is whole itself, and the chart as FHIR.
    const EditToken& token = some.observations.front().token;
    CHECK(must((*part)->explain_resource(token, {}), "account").on_tablet_since);
    CHECK_FALSE(must((*whole)->explain_resource(token, {}), "account").on_tablet_since);
    const auto subset = [&](Tablet& tablet) {
        const auto bundle = must(tablet->export_fhir(at.record, {}), "FHIR");
        return bundle.find("\"SUBSETTED\"") != std::string::npos;
    };
    CHECK(subset(*part));
    CHECK_FALSE(subset(*whole));

    // What both are told from now on is the same.
    at.write(*whole, 61);
    at.sync(*whole);
    at.write(*part, 62);
    at.sync(*part);
    at.sync(*whole);
    CHECK(at.chart(*part).observations.size() == at.chart(*whole).observations.size());
}

TEST_CASE("what is elsewhere comes when it is asked for, and then nothing is elsewhere") {
    LongRecord at;
    const auto whole = at.enrolled(true);
    const auto part = at.enrolled(false);
    const auto oldest = must((*part)->history(at.record, "Observation", {}, 200), "history");
    REQUIRE(oldest.on_tablet_since);
    // A wish outlives the process; what is already here is no wish.
    REQUIRE(must((*part)->want_history(at.record, k_all), "history"));
    part->reopen();
    at.sync(*part);
    at.chart(*part);
    CHECK_FALSE(at.says_elsewhere(at.chart(*part)));
    CHECK_FALSE(must((*part)->want_history(at.record, k_all), "history"));
    CHECK(at.digest(*part) == at.digest(*whole));
    CHECK(at.ids(*part) == at.ids(*whole));
    CHECK_FALSE(
        must((*part)->history(at.record, "Observation", {}, 200), "history").on_tablet_since);
    at.check_sound(*part);
}

TEST_CASE("history can be asked for back to a day") {
    LongRecord at;
    const auto part = at.enrolled(false);
    const std::size_t before = at.ids(*part).size();
    const auto since = must((*part)->history(at.record, "Observation", {}, 1), "history");
    REQUIRE(since.on_tablet_since);
    const Instant wanted = *since.on_tablet_since - Duration::hours(24 * 30);
    REQUIRE(must((*part)->want_history(at.record, wanted), "history"));
    at.sync(*part);
    CHECK(at.ids(*part).size() > before);
    at.chart(*part);
    const auto now = must((*part)->history(at.record, "Observation", {}, 1), "history");
    REQUIRE(now.on_tablet_since);
    CHECK(*now.on_tablet_since <= wanted);
    CHECK_FALSE(must((*part)->want_history(at.record, wanted), "history"));
}

TEST_CASE("a server restored to before the window was given gets all back, and gives it anew") {
    LongRecord at;
    const auto whole = at.enrolled(true);
    const auto part = at.admitted();
    const auto copy = at.folder.path() / "copy.db";
    at.server.copy_to(copy);
    for (unsigned i = 0; i < 5; ++i)
        at.write(*whole, 60 + i);
    at.sync(*whole);
    at.fetch(*part, false);
    at.write(*part, 70);
    at.sync(*part);
    at.sync(*whole);
    at.write(*part, 71);  // and what was never sent
    const auto expected = at.ids_of_server();

    at.server.put_back(copy);
    REQUIRE(at.ids_of_server().size() < expected.size());
    // Only the tablet with a window comes back.
    at.sync(*part);
    auto lacking = expected;
    for (const ChangeId& id : at.ids_of_server())
        lacking.erase(id);
    CHECK(lacking.empty());
    CHECK(at.says_elsewhere(at.chart(*part)));
    at.check_sound(*part);
    // All that there was and all that was written since.
    at.sync(*whole);
    must((*part)->want_history(at.record, k_all), "history");
    at.sync(*part);
    at.sync(*whole);
    at.sync(*part);
    CHECK(at.digest(*part) == at.digest(*whole));
    const auto ids = at.ids(*part);
    const auto on_server = at.ids_of_server();
    CHECK(ids.size() == on_server.size());
    CHECK(std::includes(ids.begin(), ids.end(), on_server.begin(), on_server.end()));
    CHECK(at.ids(*whole).size() == on_server.size());
    at.check_sound(*part);
    at.check_sound(*whole);
}

}  // namespace kari::bench
