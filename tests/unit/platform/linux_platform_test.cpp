// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include <kari/linux_platform.hpp>

using namespace kari;
using platform_linux::make_platform;
namespace fs = std::filesystem;

namespace {

class Scratch {
public:
    Scratch() {
        std::string pattern = (fs::temp_directory_path() / "kari-platform-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch directory");
        path_ = pattern;
    }
    ~Scratch() { fs::remove_all(path_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    fs::path path(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

unsigned mode(const fs::path& path) {
    struct stat status{};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("keys and values are there again for the next process") {
    Scratch scratch;
    std::string point;
    std::string wrapped;
    {
        const auto store = make_platform(scratch.path("keys")).value().key_store;
        REQUIRE(store->make_signing_key("signing").has_value());
        REQUIRE(store->save("token", "12").has_value());
        point = store->public_key("signing").value();
        wrapped = store->wrap("a key").value();
    }
    const auto store = make_platform(scratch.path("keys")).value().key_store;
    CHECK(store->public_key("signing").value() == point);
    CHECK(store->load("token").value() == "12");
    CHECK(store->unwrap(wrapped).value() == "a key");
}

TEST_CASE("key store files are their owner's alone and hold no plain value") {
    Scratch scratch;
    const auto store = make_platform(scratch.path("keys")).value().key_store;
    REQUIRE(store->make_signing_key("signing").has_value());
    REQUIRE(store->save("token", "KARI-MARK-TOKEN").has_value());
    const std::string point = store->public_key("signing").value();
    CHECK(mode(scratch.path("keys")) == 0700);
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(scratch.path("keys"))) {
        names.insert(entry.path().filename());
        CHECK(mode(entry.path()) == 0600);
        CHECK(content(entry.path()).find("KARI-MARK-TOKEN") == std::string::npos);
        CHECK(content(entry.path()).find(point) == std::string::npos);
    }
    CHECK(names == std::set<std::string>{"store.key", "key.signing", "value.token"});
}

TEST_CASE("a key store that others may read is refused") {
    Scratch scratch;
    {
        REQUIRE(make_platform(scratch.path("keys")).has_value());
    }
    fs::permissions(scratch.path("keys"), fs::perms(0750));
    CHECK(make_platform(scratch.path("keys")).error().code == ErrorCode::key_store_failed);
    fs::permissions(scratch.path("keys"), fs::perms(0700));
    fs::permissions(scratch.path("keys") / "store.key", fs::perms(0644));
    CHECK(make_platform(scratch.path("keys")).error().code == ErrorCode::key_store_failed);
}

TEST_CASE("a damaged key store says so and replaces nothing") {
    Scratch scratch;
    const auto platform = make_platform(scratch.path("keys")).value();
    REQUIRE(platform.key_store->save("token", "12").has_value());
    const fs::path value = scratch.path("keys") / "value.token";
    const std::string good = content(value);
    std::string bad = good;
    bad[20] = static_cast<char>(bad[20] ^ 1);
    std::ofstream(value, std::ios::binary) << bad;
    CHECK(platform.key_store->load("token").error().code == ErrorCode::key_store_failed);
    std::ofstream(value, std::ios::binary) << good.substr(0, 10);
    CHECK(platform.key_store->load("token").error().code == ErrorCode::key_store_failed);
    std::ofstream(scratch.path("keys") / "store.key", std::ios::binary) << "short";
    CHECK(make_platform(scratch.path("keys")).error().code == ErrorCode::key_store_failed);
    CHECK(content(scratch.path("keys") / "store.key") == "short");
}

TEST_CASE("a key store that is gone is not made anew where a tablet is there already") {
    Scratch scratch;
    const auto folder = scratch.path("keys");
    platform_linux::Options options;
    options.may_make_key_store = false;
    const auto check_gone = [&] {
        const auto platform = make_platform(folder.string(), options);
        REQUIRE(platform);
        KeyStore& store = *platform->key_store;
        CHECK(store.load("device").error().code == ErrorCode::key_store_missing);
        CHECK(store.save("device", "x").error().code == ErrorCode::key_store_missing);
        CHECK(store.make_signing_key("k").error().code == ErrorCode::key_store_missing);
        CHECK(store.wrap("x").error().code == ErrorCode::key_store_missing);
    };
    check_gone();
    CHECK_FALSE(fs::exists(folder));
    REQUIRE(make_platform(folder.string(), {}));
    REQUIRE(make_platform(folder.string(), options)->key_store->save("device", "x"));
    fs::remove(folder / "store.key");
    check_gone();
    CHECK_FALSE(fs::exists(folder / "store.key"));
}

TEST_CASE("a sealed file put under another's name does not open") {
    Scratch scratch;
    const auto store = make_platform(scratch.path("keys")).value().key_store;
    REQUIRE(store->save("one", "1").has_value());
    fs::copy_file(scratch.path("keys") / "value.one", scratch.path("keys") / "value.two");
    fs::permissions(scratch.path("keys") / "value.two", fs::perms(0600));
    CHECK(store->load("two").error().code == ErrorCode::key_store_failed);
}

TEST_CASE("a name never leaves the directory") {
    Scratch scratch;
    const auto store = make_platform(scratch.path("keys")).value().key_store;
    for (const std::string& name :
         {std::string(), std::string("../x"), std::string("a/b"), std::string("A"),
          std::string("a\0b", 3), std::string(65, 'a')}) {
        CHECK(store->save(name, "x").error().code == ErrorCode::invalid_argument);
        CHECK(store->load(name).error().code == ErrorCode::invalid_argument);
        CHECK(store->make_signing_key(name).error().code == ErrorCode::invalid_argument);
        CHECK(store->erase(name).error().code == ErrorCode::invalid_argument);
    }
    CHECK(store->save(std::string(64, 'a'), "x").has_value());
    CHECK(store->save("..", "x").has_value());
    CHECK(fs::exists(scratch.path("keys") / "value..."));
}

TEST_CASE("on a full disk a value is not saved, and what was saved before stands") {
    Scratch scratch;
    const fs::path disk = scratch.path("disk");
    fs::create_directory(disk);
    // A disk of a few pages, seen by this child alone.
    constexpr int k_no_mount = 77;
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 ||
            mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
            _exit(k_no_mount);
        }
        const auto store = make_platform(disk / "keys").value().key_store;
        if (!store->save("token", "first")) _exit(1);
        // Less is left than a value takes, and the directory can still be read.
        std::ofstream filler(disk / "filler");
        filler << std::string(64 * 1024, 'x') << std::flush;
        const auto saved = store->save("token", std::string(4000, 'y'));
        if (saved || saved.error().code != ErrorCode::storage_full) _exit(2);
        if (store->load("token").value_or("") != "first") _exit(3);
        if (store->make_signing_key("signing").has_value()) _exit(4);
        filler.close();
        fs::remove(disk / "filler");
        if (!store->save("token", "second") || !store->make_signing_key("signing")) _exit(5);
        const auto files = std::distance(fs::directory_iterator(disk / "keys"), {});
        _exit(files == 3 ? 0 : 6);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WEXITSTATUS(status) == k_no_mount) SKIP("may not mount a small disk: run as root");
    CHECK(status == 0);
}

TEST_CASE("several processes that open a new directory at once get one key store") {
    Scratch scratch;
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i) {
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const auto platform = make_platform(scratch.path("keys"));
            const bool saved =
                platform && platform->key_store->save("child" + std::to_string(i), "here");
            _exit(saved ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    const auto store = make_platform(scratch.path("keys")).value().key_store;
    for (int i = 0; i < 6; ++i) {
        CHECK(store->load("child" + std::to_string(i)).value() == "here");
    }
}

TEST_CASE("the clocks run, and an offset moves the wall clock alone") {
    Scratch scratch;
    const auto straight = make_platform(scratch.path("a")).value().clock;
    const auto slow = make_platform(scratch.path("b"),
                                    {.zone = "Europe/Oslo", .wall_offset = Duration::hours(-3)})
                          .value()
                          .clock;
    const Duration apart = straight->wall() - slow->wall();
    CHECK(apart > Duration::minutes(179));
    CHECK(apart < Duration::minutes(181));
    CHECK(slow->boot_clock_ms() >= straight->boot_clock_ms());
    CHECK(slow->boot_clock_ms() - straight->boot_clock_ms() < 60'000);
    CHECK(slow->boot() == straight->boot());
    CHECK_FALSE(slow->boot().is_zero());
    CHECK(slow->zone() == "Europe/Oslo");
    CHECK_FALSE(straight->zone().empty());
}

TEST_CASE("the kernel's entropy does not repeat itself") {
    Scratch scratch;
    const auto entropy = make_platform(scratch.path("keys")).value().entropy;
    std::set<std::vector<std::uint8_t>> seen;
    for (int i = 0; i < 100; ++i) {
        std::vector<std::uint8_t> bytes(16);
        entropy->fill(bytes);
        seen.insert(bytes);
    }
    CHECK(seen.size() == 100);
    entropy->fill({});
}

TEST_CASE("log lines are JSON, one a line, whole under four threads, and of the asked level") {
    Scratch scratch;
    const fs::path file = scratch.path("log");
    const auto log =
        make_platform(scratch.path("keys"), {.log_file = file, .log_from = LogLevel::warning})
            .value()
            .log;
    log->log(LogLevel::info, "not.asked", "");
    log->log(LogLevel::error, "a\"b\\c\n", "n=1 \xc3\xa5\x7f");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n)
                log->log(LogLevel::warning, "busy", std::string(500, 'x'));
        });
    }
    for (auto& thread : threads)
        thread.join();
    log->log(LogLevel::error, "long", std::string(100'000, 'y'));
    CHECK(mode(file) == 0600);
    std::ifstream lines(file);
    std::string line;
    REQUIRE(std::getline(lines, line));
    CHECK(line.starts_with("{\"at\":\"20"));
    CHECK(line.ends_with(R"("level":"error","event":"a\"b\\c\u000a","fields":"n=1 ???"})"));
    int busy = 0;
    while (std::getline(lines, line)) {
        CHECK(line.starts_with("{\"at\":\""));
        CHECK(line.ends_with("\"}"));
        CHECK(line.size() < 2200);
        if (line.find("\"busy\"") != std::string::npos) ++busy;
    }
    CHECK(busy == 200);
}

TEST_CASE("a log file that cannot be opened is an error") {
    Scratch scratch;
    const auto platform =
        make_platform(scratch.path("keys"), {.log_file = scratch.path("no/such/folder")});
    CHECK(platform.error().code == ErrorCode::storage_failed);
}
