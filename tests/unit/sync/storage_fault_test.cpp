// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/unit/sync/failing_replica.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");
const RecordId k_denied = an_id<RecordId>("denied");
const IncarnationId k_stranger = an_id<IncarnationId>("stranger");

// Two tablets and a server that knows a unit. One of them meets everything that a session may
// bring: work of its own and of others, a record that leaves and one that is denied, a server that
// lost commits without knowing it and one that was restored.
struct Scene {
    Scene() : a("a"), b("b") {
        server.certificates[k_stranger] = "certificate";
        for (const RecordId& record : {k_ada, k_bo}) {
            server.assign(record);
            for (int i = 0; i < 3; ++i)
                ids.push_back(a.replica.write(record));
        }
        a.done(server);
        b.done(server, {}, with_unit());
        b.replica.lacking.insert(k_stranger);
    }

    static Tamper with_unit() {
        return [](v1::ExchangeReply& reply, const auto&) {
            reply.mutable_unit()->set_display("unit");
            reply.add_person()->set_display("person");
            reply.set_directory_version(reply.caseload_size() > 0 ? 7 : 8);
            auto& entry = *reply.add_caseload();
            entry.set_record(base::to_bytes(k_denied));
            entry.set_not_here(true);
        };
    }

    void session() {
        const Action end = b.sync(server, {}, with_unit(), Session{true, true});
        const auto* failed = std::get_if<Failed>(&end);
        ends.push_back(failed != nullptr ? std::optional(failed->error) : std::nullopt);
        summaries.push_back(b.summary);
    }

    void live() {
        backup = server.now;
        ids.push_back(a.replica.write(k_ada, k_safety_kind));
        ids.push_back(a.replica.write(k_ada));
        a.done(server);
        ids.push_back(b.replica.write(k_ada));
        b.replica.open_chart(k_ada);
        session();
        server.unassign(k_bo);
        session();
        server.now = backup;  // no new epoch
        session();
        server.restore(backup);
        session();
    }

    bool told(const std::string& call) const {
        const auto is = [&](const Error& error) {
            return error.code == ErrorCode::storage_failed && error.what == call;
        };
        return std::any_of(ends.begin(), ends.end(),
                           [&](const auto& end) { return end && is(*end); }) ||
               std::any_of(summaries.begin(), summaries.end(), [&](const Summary& summary) {
                   return std::any_of(summary.problems.begin(), summary.problems.end(),
                                      [&](const Problem& problem) { return is(problem.error); });
               });
    }

    ModelServer server;
    ModelServer::Database backup;
    Tablet a;
    Tablet b;
    std::vector<ChangeId> ids;
    std::vector<std::optional<Error>> ends;
    std::vector<Summary> summaries;
};

}  // namespace

TEST_CASE(
    "whichever call to the disk fails, it is told, and the next sessions bring all the same") {
    // These end the session that they fail in.
    const std::set<std::string> ends{"standing", "holdings", "set_epoch"};
    std::set<std::string> failed;
    for (std::size_t at = 1;; ++at) {
        Scene scene;
        FailingReplica failing(scene.b.replica, at);
        scene.b.in_front = &failing;
        scene.live();
        scene.b.in_front = nullptr;
        if (failing.failed().empty()) break;
        INFO("call " << at << ": " << failing.failed());
        failed.insert(failing.failed());
        CHECK(scene.told(failing.failed()));
        const bool ended = std::any_of(scene.ends.begin(), scene.ends.end(),
                                       [](const auto& end) { return end.has_value(); });
        CHECK((!ended || ends.count(failing.failed()) > 0));
        for (int i = 0; i < 3; ++i) {
            scene.a.sync(scene.server, {}, {}, Session{true, true});
            scene.session();
        }
        CHECK(scene.summaries.back().complete);
        for (const ChangeId& id : scene.ids)
            CHECK(scene.server.has(id));
        for (const Tablet* tablet : {&scene.a, &scene.b})
            CHECK(tablet->replica.records.at(k_ada).cursor == scene.server.end(k_ada));
        CHECK(scene.b.replica.certificates.count(k_stranger) == 1);
        CHECK(scene.b.replica.people.size() == 1);
    }
    for (const char* call : {"standing",
                             "holdings",
                             "holding",
                             "unreached",
                             "chain_at",
                             "ids_at",
                             "newest_receipt",
                             "next_push",
                             "next_return",
                             "missing_certificates",
                             "keep_certificate",
                             "apply_push",
                             "apply_return",
                             "apply_delta",
                             "fall_back",
                             "grant",
                             "hide",
                             "not_here",
                             "obligations",
                             "purge",
                             "set_epoch",
                             "set_directory",
                             "note_server_time",
                             "finish"}) {
        INFO(call);
        CHECK(failed.count(call) == 1);
    }
}

}  // namespace kari::sync::test
