// SPDX-License-Identifier: Apache-2.0
//
// Photos between real programs: killed, cut off, backed up, and looked for where they must not be.
#include <signal.h>

#include <fstream>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "examples/demo/whole_file.hpp"
#include "tests/integration/ward/leak_scan.hpp"
#include "tests/integration/ward/ward.hpp"

using namespace kari;
using namespace kari::test;
using demo::text_at;

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* k_mark = "Xyzzyphotomark";

// Outside the ward: what is looked for there is not what lies here.
struct Camera {
    Camera() {
        std::string pattern = (fs::temp_directory_path() / "kari-camera-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw demo::Trouble("no folder");
        folder = pattern;
    }
    ~Camera() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string photo(const char* name, std::size_t bytes) {
        std::string content;
        for (std::size_t i = 0; content.size() < bytes; ++i)
            content += k_mark + std::to_string(i);
        content.resize(bytes);
        demo::write_whole(folder / name, content);
        return (folder / name).string();
    }
    fs::path folder;
};

json::object only(demo::Tablet& tablet, const std::string& record) {
    const auto answer = tablet.must({{"do", "attachments"}, {"record", record}});
    const auto& items = demo::list_at(answer, "attachments");
    REQUIRE(items.size() == 1);
    return items.front().as_object();
}

// Sends a sync and returns when so many bytes have passed the relay: it is in the middle of it.
void sync_until(Ward& ward, demo::Tablet& tablet, std::uint64_t bytes) {
    const std::uint64_t before = ward.relay().bytes();
    REQUIRE(tablet.send({{"do", "sync"}}));
    while (ward.relay().bytes() < before + bytes)
        std::this_thread::yield();
}

void start_anew(Ward& ward, demo::Tablet& tablet) {
    tablet.kill();
    tablet.start();
    ward.unlock(tablet);
}

void kill_server(Ward& ward) {
    ::kill(ward.server().pid(), SIGKILL);
    while (ward.server().running())
        std::this_thread::yield();
    ward.server().start();
    ward.relay().set_server(ward.server().port());
}

// Until nothing waits; each sync that failed says why, and only what a cut may be.
void carry(demo::Tablet& tablet) {
    for (int round = 0; round < 10; ++round) {
        const auto answer = tablet.ask({{"do", "sync"}});
        REQUIRE((answer.ok || answer.error == "offline" || answer.error == "timed_out"));
        if (answer.ok && answer.body.at("attachments_waiting").to_number<int>() == 0) return;
    }
    throw demo::Trouble("a photo does not come through");
}

}  // namespace

TEST_CASE(
    "a photo comes through tablets and a server that are killed in the middle, and no chunk goes "
    "twice") {
    Ward ward(one_citizen("m"));
    Camera camera;
    const std::size_t size = 6'000'000;
    const std::string photo = camera.photo("photo.jpg", size);
    const std::string record = ward.record();
    demo::Tablet& from = ward.enrol("a");
    demo::Tablet& to = ward.enrol("b");
    ward.settle(from);
    ward.settle(to);
    from.must({{"do", "attach"},
               {"file", photo},
               {"record", record},
               {"title", "Left heel"},
               {"thumbnail", camera.photo("small.jpg", 5'000)}});
    const std::uint64_t before = ward.relay().bytes();
    sync_until(ward, from, size / 4);
    start_anew(ward, from);
    sync_until(ward, from, size / 4);
    kill_server(ward);
    static_cast<void>(from.answer(std::chrono::seconds(60)));
    ward.relay().cut_next_after(2'000);
    carry(from);
    // Chunks under way at a kill or a cut go again, and no others.
    CHECK(ward.relay().bytes() - before < size + size / 4);

    ward.settle(to);
    auto item = only(to, record);
    CHECK(item.at("thumbnail_here").as_bool());
    CHECK(text_at(item, "place") == "not_here");
    const std::string name = text_at(item, "attachment").substr(0, 10);
    to.must({{"do", "fetch"}, {"record", record}, {"attachment", name}});
    const std::uint64_t before_down = ward.relay().bytes();
    sync_until(ward, to, size / 3);
    start_anew(ward, to);
    CHECK(text_at(only(to, record), "place") == "partly_here");
    const auto early = to.ask({{"do", "fetch"},
                               {"record", record},
                               {"attachment", name},
                               {"file", (camera.folder / "early.jpg").string()}});
    CHECK(early.error == "not_found");
    CHECK_FALSE(fs::exists(camera.folder / "early.jpg"));
    ward.settle(to);
    CHECK(ward.relay().bytes() - before_down < size + size / 4);
    const std::string copy = (camera.folder / "copy.jpg").string();
    to.must({{"do", "fetch"}, {"record", record}, {"attachment", name}, {"file", copy}});
    CHECK(demo::read_whole(copy) == demo::read_whole(photo));

    // A verified backup secures it, and nothing of it is readable anywhere.
    CHECK(text_at(only(from, record), "safety") == "stored");
    const auto backup = ward.server().command({"backup", (ward.folder() / "backup").string()});
    CHECK(backup.at("attachments").to_number<int>() == 2);
    ward.settle(from);
    CHECK(text_at(only(from, record), "safety") == "secured");
    from.leave();
    to.leave();
    LeakScan scan(k_mark);
    scan.files(ward.folder());
    CHECK(scan.files_read() > 5);
    CHECK(scan.found().empty());
}

TEST_CASE("a tablet whose disk is nearly full takes no photo, says so, and charts on") {
    const demo::Completed may = demo::run(
        {{"/usr/bin/unshare", "-m", "--", "/bin/mount", "-t", "tmpfs", "kari", "/mnt"}, {}, {}}, "",
        std::chrono::seconds(20));
    if (may.status != 0) SKIP("a tmpfs of its own needs root and a mount namespace");
    Ward ward(one_citizen("m"));
    Camera camera;
    demo::Tablet& tablet = ward.enrol_on_small_disk("a");
    const std::string record = ward.record();
    ward.settle(tablet);
    tablet.must({{"do", "chart"}, {"record", record}});
    for (const std::size_t size : {3'000'000U, 50'000U}) {
        const auto refused = tablet.ask(
            {{"do", "attach"}, {"file", camera.photo("photo.jpg", size)}, {"record", record}});
        CHECK(refused.error == "storage_full");
        CHECK_FALSE(text_at(refused.body, "what_to_do").empty());
    }
    const auto listed = tablet.must({{"do", "attachments"}, {"record", record}});
    CHECK(demo::list_at(listed, "attachments").empty());
    // The room that is left is for this.
    for (int i = 0; i < 10; ++i)
        tablet.must(pulse(record, 60 + i));
    ward.settle(tablet);
}
