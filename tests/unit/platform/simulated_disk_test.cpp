// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "platform/simulated/disk.hpp"
#include "sdk/store/sqlcipher/database.hpp"

namespace kari::platform_simulated {
namespace {

namespace fs = std::filesystem;
using store::sqlcipher::Database;
using store::sqlcipher::Options;

// A machine with one database in which numbers are counted upwards, one a transaction.
struct Scene {
    explicit Scene(std::uint64_t seed)
        : folder(fs::temp_directory_path() / ("kari-disk-" + std::to_string(::getpid()))),
          disk(seed, [] { return Instant{1'780'000'000'000}; }),
          drive(disk.add(folder)),
          dice(seed) {}
    ~Scene() {
        database.reset();
        fs::remove_all(folder);
    }

    void make() {
        auto made = Database::create(path(), std::string(32, 'k'));
        REQUIRE(made);
        database.emplace(std::move(*made));
        REQUIRE(database->execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY, pad BLOB) STRICT"));
        REQUIRE(database->checkpoint());
    }
    Result<void> open() {
        Options options;
        options.checkpoint_pages = 20;
        auto opened = Database::open(path(), std::string(32, 'k'), options);
        if (!opened) return tl::unexpected(opened.error());
        database.emplace(std::move(*opened));
        return {};
    }
    Result<void> count() {
        auto transaction = database->begin();
        if (!transaction) return tl::unexpected(transaction.error());
        auto statement = database->prepare("INSERT INTO numbers VALUES (?, ?)");
        if (!statement) return tl::unexpected(statement.error());
        statement->bind(1, next).bind_blob(2, std::string(dice.below(9000), 'p'));
        if (auto run = statement->run(); !run) return run;
        if (auto done = transaction->commit(); !done) return done;
        ++next;
        return {};
    }
    // As a machine does after the power has been away.
    void power_up() {
        database.reset();
        drive.power_up();
    }
    std::string path() const { return (fs::canonical(folder) / "numbers.db").string(); }

    fs::path folder;
    SimulatedDisk disk;
    Drive& drive;
    Dice dice;
    std::optional<Database> database;
    std::int64_t next = 1;
};

// Counts until the power goes, somewhere; true when all that was committed is there afterwards.
bool survives_a_cut(Scene& scene, const char* pragma) {
    if (pragma != nullptr) REQUIRE(scene.database->execute(pragma));
    scene.drive.cut_power_at(1 + scene.dice.below(120));
    while (scene.count()) {
    }
    if (scene.drive.powered()) return false;
    scene.power_up();
    if (!scene.open() || !scene.database->check()) return false;
    const auto rows = scene.database->query_int("SELECT count(*) FROM numbers");
    const auto last = scene.database->query_int("SELECT coalesce(max(n), 0) FROM numbers");
    if (!rows || !last || *rows != *last) return false;
    // The last one may have been durable although nobody was told so.
    if (*last != scene.next - 1 && *last != scene.next) return false;
    scene.next = *last + 1;
    return true;
}

TEST_CASE("what a database committed survives any loss of power, and no transaction is torn") {
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
        Scene scene(seed);
        scene.make();
        scene.database.reset();
        REQUIRE(scene.open());
        for (int cuts = 0; cuts < 10; ++cuts) {
            CAPTURE(seed, cuts);
            REQUIRE(survives_a_cut(scene, nullptr));
        }
    }
}

TEST_CASE("the same cuts lose commits of a database that does not sync each of them") {
    int lost = 0;
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
        Scene scene(seed);
        scene.make();
        lost += survives_a_cut(scene, "PRAGMA synchronous = NORMAL") ? 0 : 1;
    }
    CHECK(lost > 5);
}

TEST_CASE("a database whose making was cut off is gone, or whole, or says that it is broken") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Scene scene(seed);
        scene.drive.cut_power_at(1 + scene.dice.below(14));
        const auto made = Database::create(scene.path(), std::string(32, 'k'));
        if (scene.drive.powered()) scene.drive.cut_power();
        scene.power_up();
        if (scene.open()) CHECK(scene.database->check());
    }
}

TEST_CASE("a full disk is told as one, and room makes the same write succeed") {
    Scene scene(3);
    scene.make();
    REQUIRE(scene.count());
    scene.drive.set_full(true);
    Result<void> refused;
    for (int i = 0; i < 20 && refused; ++i)
        refused = scene.count();
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::storage_full);
    scene.drive.set_full(false);
    CHECK(scene.count());
    CHECK(scene.database->check());
}

TEST_CASE("one failed call fails one write, and the next one goes") {
    for (std::uint64_t call = 1; call <= 8; ++call) {
        CAPTURE(call);
        Scene scene(call);
        scene.make();
        REQUIRE(scene.count());
        scene.drive.fail_at(call);
        int failures = 0;
        for (int i = 0; i < 10; ++i) {
            const auto counted = scene.count();
            if (counted) continue;
            ++failures;
            CHECK(counted.error().code == ErrorCode::storage_failed);
        }
        CHECK(failures == 1);
        CHECK(scene.database->check());
    }
}

TEST_CASE("a flush that is told to fail fails alone, and what it was for is not there") {
    for (std::uint64_t flush = 1; flush <= 3; ++flush) {
        Scene scene(flush);
        scene.make();
        REQUIRE(scene.count());
        scene.drive.fail_sync_at(flush);
        for (std::uint64_t i = 1; i <= 5; ++i) {
            const auto counted = scene.count();
            CHECK(counted.has_value() == (i != flush));
            if (!counted) CHECK(counted.error().code == ErrorCode::storage_failed);
        }
        CHECK(scene.database->check());
    }
}

TEST_CASE("flushes fail one after the other for as long as they are told to") {
    Scene scene(4);
    scene.make();
    REQUIRE(scene.count());
    scene.drive.fail_sync_at(2, 3);
    std::string went;
    for (int i = 0; i < 6; ++i)
        went += scene.count() ? '+' : '-';
    CHECK(went == "+---++");
    CHECK(scene.database->check());
}

TEST_CASE("a bit that turned over is found") {
    Scene scene(5);
    scene.make();
    for (int i = 0; i < 20; ++i)
        REQUIRE(scene.count());
    REQUIRE(scene.database->checkpoint());
    scene.database.reset();
    scene.drive.rot(scene.path(), 2);
    const auto opened = scene.open();
    const bool found = !opened || !scene.database->check();
    CHECK(found);
}

TEST_CASE("files that no database wrote are as they were at the cut") {
    Scene scene(6);
    scene.make();
    const fs::path key = scene.folder / "keys" / "one";
    fs::create_directories(key.parent_path());
    {
        std::ofstream(key) << "before";
    }
    scene.drive.cut_power();
    {
        std::ofstream(key) << "after";
    }
    {
        std::ofstream(scene.folder / "later") << "after";
    }
    scene.power_up();
    std::string content;
    std::ifstream(key) >> content;
    CHECK(content == "before");
    CHECK(!fs::exists(scene.folder / "later"));
}

TEST_CASE("the same seed leaves the same bytes") {
    const auto run = [](std::uint64_t seed) {
        Scene scene(seed);
        scene.make();
        for (int cuts = 0; cuts < 3; ++cuts)
            survives_a_cut(scene, nullptr);
        return std::pair(scene.next, scene.drive.counts().written_bytes);
    };
    CHECK(run(11) == run(11));
    CHECK(run(11) != run(12));
}

}  // namespace
}  // namespace kari::platform_simulated
