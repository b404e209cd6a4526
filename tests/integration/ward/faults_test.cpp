// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "tests/integration/ward/ward.hpp"

using namespace kari;
using namespace kari::test;
using demo::text_at;

namespace {

void open_chart(demo::Tablet& tablet, const std::string& record) {
    tablet.must({{"do", "chart"}, {"record", record}});
}

bool all_there(const std::vector<std::string>& wanted, const std::set<std::string>& ids) {
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](const auto& id) { return ids.contains(id); });
}

// Says to a port again what a tablet once said. What came back.
std::string say_again(std::uint16_t port, const std::string& bytes) {
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const timeval patience{20, 0};
    ::setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    REQUIRE(::connect(one, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::send(one, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::shutdown(one, SHUT_WR);
    std::string back;
    char piece[4096];
    for (ssize_t got = 0; (got = ::recv(one, piece, sizeof piece, 0)) > 0;) {
        back.append(piece, static_cast<std::size_t>(got));
    }
    ::close(one);
    return back;
}

}  // namespace

TEST_CASE("a tablet killed inside a loop of writes has every write that had returned") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    ward.settle(tablet);
    const std::string record = ward.record();
    for (const std::size_t kill_after : {1U, 7U, 20U}) {
        open_chart(tablet, record);
        for (int i = 0; i < 60; ++i)
            tablet.send(pulse(record, 60 + i % 20));
        for (std::size_t i = 0; i < kill_after; ++i) {
            REQUIRE(tablet.answer(std::chrono::seconds(30)));
        }
        tablet.kill();
        CHECK(tablet.witness().size() >= kill_after);
        tablet.start();
        ward.unlock(tablet);
        const auto verified = tablet.must({{"do", "verify"}});
        CHECK(verified.at("sound").as_bool());
        CHECK(all_there(tablet.witness(), ids_of(tablet.log(record))));
    }
    ward.settle(tablet);
    CHECK(all_there(tablet.witness(), ids_of(ward.server().dump().at(record))));
}

TEST_CASE("a reply that breaks off anywhere is asked for again and nothing is there twice") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    const std::string record = ward.record();
    ward.settle(tablet);
    for (const std::uint64_t bytes : {1U, 200U, 1'500U, 2'200U, 2'600U, 3'000U}) {
        INFO("cut after " << bytes);
        open_chart(tablet, record);
        tablet.must(pulse(record, 70));
        ward.relay().cut_next_after(bytes);
        const auto answer = tablet.ask({{"do", "sync"}});
        if (!answer.ok) CHECK((answer.error == "offline" || answer.error == "timed_out"));
        ward.settle(tablet);
    }
    const auto server = ward.server().dump().at(record);
    CHECK(ids_of(server).size() == server.size());
    CHECK(ids_of(server) == ids_of(tablet.log(record)));
    CHECK(demo::broken_links(server).empty());
    CHECK(ward.server().digests().at(record) == tablet.digest(record));
}

TEST_CASE("a record that left the caseload and comes back has the tablet's own work again") {
    Ward ward(one_citizen("m"), {"--stored-is-secured"});
    demo::Tablet& tablet = ward.enrol("a");
    ward.settle(tablet);
    const std::string record = ward.record();
    open_chart(tablet, record);
    tablet.must(pulse(record, 71));
    tablet.must(pulse(record, 72));
    const auto next_shift = [&] {
        tablet.must({{"do", "lock"}});  // which also seals
        ward.unlock(tablet);
        ward.settle(tablet);
    };
    next_shift();  // all that the tablet wrote, seals too, is secured: now it may let go
    const auto before = ids_of(tablet.log(record));
    ward.server().command({"unassign", "--unit", ward.unit(), "--record", record});
    next_shift();
    const auto held = tablet.held();
    REQUIRE(std::find(held.begin(), held.end(), record) == held.end());
    ward.server().command({"assign", "--unit", ward.unit(), "--record", record});
    next_shift();
    open_chart(tablet, record);
    CHECK(all_there({before.begin(), before.end()}, ids_of(tablet.log(record))));
    CHECK(tablet.must({{"do", "verify"}}).at("sound").as_bool());
    CHECK(ward.server().digests().at(record) == tablet.digest(record));
}

TEST_CASE("a record that left the caseload goes once a backup holds what the tablet sent") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    ward.settle(tablet);
    const std::string record = ward.record();
    open_chart(tablet, record);
    tablet.must(pulse(record, 71));
    const auto next_shift = [&] {
        tablet.must({{"do", "lock"}});  // which also seals
        ward.unlock(tablet);
        ward.settle(tablet);
    };
    const auto holds = [&] {
        const auto held = tablet.held();
        return std::find(held.begin(), held.end(), record) != held.end();
    };
    next_shift();
    ward.server().command({"unassign", "--unit", ward.unit(), "--record", record});
    next_shift();
    CHECK(holds());  // hidden, and kept: its work stands on one disk only
    ward.server().command({"backup", (ward.folder() / "backup").string()});
    next_shift();
    next_shift();
    CHECK_FALSE(holds());
}

TEST_CASE("what a tablet sent over TLS means nothing when it is sent again") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    const std::string record = ward.record();
    ward.settle(tablet);
    open_chart(tablet, record);
    tablet.must(pulse(record, 70));
    ward.relay().keep_requests(true);
    ward.settle(tablet);
    const auto before = ward.server().dump();
    const auto sent = ward.relay().kept_requests();
    REQUIRE_FALSE(sent.empty());
    for (const auto& bytes : sent)
        say_again(ward.server().port(), bytes);
    CHECK(ward.server().running());
    const auto after = ward.server().dump();
    CHECK(ids_of(before.at(record)) == ids_of(after.at(record)));
    CHECK(before.at(record).size() == after.at(record).size());
    ward.settle(tablet);
}

TEST_CASE("a revoked tablet is told so, keeps its work and goes on recording") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    const std::string record = ward.record();
    ward.settle(tablet);
    open_chart(tablet, record);
    const auto status = ward.server().command({"status"});
    const auto device = text_at(demo::list_at(status, "devices")[0].as_object(), "device");
    ward.server().command({"revoke", "--device", device});
    const auto written = tablet.must(pulse(record, 70));
    const auto answer = tablet.ask({{"do", "sync"}});
    CHECK_FALSE(answer.ok);
    CHECK(answer.error == "device_revoked");
    CHECK(ids_of(tablet.log(record)).contains(text_at(written, "change")));
    CHECK_FALSE(ids_of(ward.server().dump().at(record)).contains(text_at(written, "change")));
    // Whoever runs the server sees that it was heard of, and what it still has.
    const auto seen = ward.server().command({"status"});
    const auto& device_now = demo::list_at(seen, "devices")[0].as_object();
    CHECK(device_now.at("heard").as_bool());
    CHECK(device_now.at("unsent").to_number<int>() >= 1);
    tablet.must(pulse(record, 71));
}

TEST_CASE("a server that is ended while a tablet syncs has whole logs when it is back") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    const std::string record = ward.record();
    ward.settle(tablet);
    open_chart(tablet, record);
    for (int i = 0; i < 40; ++i)
        tablet.must(pulse(record, 60 + i % 30));
    REQUIRE(tablet.send({{"do", "sync"}}));
    ward.server().stop();
    const auto answer = tablet.answer(std::chrono::seconds(120));
    REQUIRE(answer);
    ward.server().start();
    ward.relay().set_server(ward.server().port());
    ward.settle(tablet);
    const auto server = ward.server().dump().at(record);
    CHECK(ids_of(server) == ids_of(tablet.log(record)));
    CHECK(demo::broken_links(server).empty());
    ward.server().command({"verify"});
}

TEST_CASE("a note as long as a note may be reaches the server and the other tablet") {
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol("a");
    demo::Tablet& other = ward.enrol("b");
    const std::string record = ward.record();
    ward.settle(tablet);
    open_chart(tablet, record);
    const auto written = tablet.must({{"do", "note"},
                                      {"record", record},
                                      {"title", "t"},
                                      {"text", std::string(256 * 1024, 'x')}});
    tablet.must(pulse(record, 70));
    ward.settle(tablet);
    ward.settle(other);
    CHECK(ids_of(other.log(record)).contains(text_at(written, "change")));
    CHECK(ids_of(other.log(record)) == ids_of(tablet.log(record)));
}

TEST_CASE("a full disk is an error the nurse can act on and leaves the log whole") {
    const demo::Completed may = demo::run(
        {{"/usr/bin/unshare", "-m", "--", "/bin/mount", "-t", "tmpfs", "kari", "/mnt"}, {}, {}}, "",
        std::chrono::seconds(20));
    if (may.status != 0) SKIP("a tmpfs of its own needs root and a mount namespace");
    Ward ward(one_citizen("m"));
    demo::Tablet& tablet = ward.enrol_on_small_disk("a");
    const std::string record = ward.record();
    ward.settle(tablet);
    open_chart(tablet, record);
    const std::string page(30'000, 'x');
    demo::Answer last;
    int written = 0;
    for (; written < 300; ++written) {
        last = tablet.ask({{"do", "note"}, {"record", record}, {"title", "t"}, {"text", page}});
        if (!last.ok) break;
    }
    REQUIRE_FALSE(last.ok);
    CHECK(written > 5);
    CHECK(last.error == "storage_full");
    CHECK_FALSE(text_at(last.body, "what_to_do").empty());
    CHECK(tablet.must({{"do", "verify"}}).at("sound").as_bool());
    const std::filesystem::path seen_by_it =
        "/proc/" + std::to_string(tablet.pid()) + "/root" + (ward.folder() / "small").string();
    INFO("after " << written << " notes");
    REQUIRE(std::filesystem::remove(seen_by_it / "ballast"));
    tablet.must(pulse(record, 70));
    ward.settle(tablet);
    const auto server = ids_of(ward.server().dump().at(record));
    CHECK(all_there(tablet.witness(), server));
    CHECK(server == ids_of(tablet.log(record)));
}
