// SPDX-License-Identifier: Apache-2.0
//
// What a disk and a kill do to the store, on a real file system and with a real process.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

constexpr int k_passed = 0;
constexpr int k_cannot_mount = 77;

// Runs `body` in a child with mounts of its own and a small file system at `folder`. The child says
// by its exit status which check failed: Catch2 belongs to the parent.
int in_small_disk(const ScratchFolder& folder, const char* options,
                  const std::function<int(const std::string&)>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, options) != 0) {
            ::_exit(k_cannot_mount);
        }
        int status = 99;
        try {
            status = body(folder.file("kari.db"));
        } catch (...) {
            status = 98;
        }
        ::_exit(status);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define SKIP_WITHOUT_MOUNTS(status) \
    if ((status) == k_cannot_mount) SKIP("may not mount a file system in a namespace of its own")

// Somebody else's file, of at most so many blocks; returns what to call to remove it.
std::function<void()> ballast(const std::string& path, int blocks) {
    std::string file = path + ".ballast-" + std::to_string(blocks);
    std::ofstream out(file, std::ios::binary);
    const std::string block(4096, 'b');
    for (int n = 0; n < blocks; ++n) {
        if (!out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) break;
    }
    return [file] {
        std::filesystem::remove(file);
    };
}
constexpr int k_all = 100'000;
constexpr int k_half = 512;

int disk_full(const std::string& path) {
    // Half of the disk is somebody's photos, that they will delete.
    const auto delete_photos = ballast(path, k_half);
    auto store = DeviceStore::create(path, key_of(1), identity_of(1));
    if (!store) return 1;
    const auto small = temperature("37.0");
    const auto big = note(std::string(20'000, 'n'));
    std::uint64_t number = 0;
    std::vector<ChangeId> durable;
    Result<Written> last = store->write(request(k_record, resource_no(number++), small));
    for (; last && number < 2'000; ++number) {
        durable.push_back(last->change);
        last = store->write(request(k_record, resource_no(number), big));
    }
    if (last || last.error().code != ErrorCode::storage_full) return 2;
    // Other calls give the same error, and reading goes on.
    v1::AccessEntry entry;
    entry.set_record(base::to_bytes(k_record));
    const auto free_space = ballast(path, k_all);
    // The log's file may still have room inside; then that too is used up.
    Result<StoredAccess> access = store->append_access(entry);
    for (int n = 0; access && n < 20'000; ++n)
        access = store->append_access(entry);
    if (access || access.error().code != ErrorCode::storage_full) return 3;
    if (store->log(k_record)->size() != durable.size()) return 4;
    if (!store->verify() || !store->verify()->empty()) return 5;
    if (store->group(k_record).value()->resources.size() != durable.size()) return 6;
    // The seq that failed was not used up.
    free_space();
    delete_photos();
    if (!store->checkpoint()) return 7;
    Result<Written> next = store->write(request(k_record, resource_no(9'999), small));
    if (!next || next->seq != durable.size() + 1) return 8;
    durable.push_back(next->change);
    // What remains when everything is closed and opened again, on a disk that is full once more.
    const auto free_again = ballast(path, k_all - 1);
    {
        DeviceStore closing = std::move(*store);
    }
    auto opened = DeviceStore::open(path, key_of(1));
    if (!opened) return 9;
    free_again();
    if (!opened->check() || !opened->verify()->empty()) return 10;
    const auto log = opened->log(k_record).value();
    if (log.size() != durable.size()) return 11;
    for (std::size_t i = 0; i < log.size(); ++i) {
        if (log[i].change.id != durable[i]) return 12;
    }
    return k_passed;
}

int read_only(const std::string& path) {
    {
        auto store = DeviceStore::create(path, key_of(1), identity_of(1));
        if (!store) return 1;
        const auto message = temperature("37.0");
        if (!store->write(request(k_record, resource_no(1), message))) return 2;
    }
    const auto folder = std::filesystem::path(path).parent_path().string();
    if (::mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return 3;
    const std::string before = read_file(path);
    const auto opened = DeviceStore::open(path, key_of(1));
    if (opened || opened.error().code != ErrorCode::storage_failed) return 4;
    const auto made = DeviceStore::create(path + "2", key_of(1), identity_of(1));
    if (made || made.error().code != ErrorCode::storage_failed) return 5;
    const auto aside = DeviceStore::set_aside(path);
    if (aside || aside.error().code != ErrorCode::storage_failed) return 6;
    if (read_file(path) != before) return 7;
    if (::mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT, nullptr) != 0) return 8;
    auto again = DeviceStore::open(path, key_of(1));
    return again && again->log(k_record)->size() == 1 ? k_passed : 9;
}

}  // namespace

TEST_CASE("on a full disk a write says so, the log stays whole, and goes on when there is room") {
    const ScratchFolder folder;
    const int status = in_small_disk(folder, "size=4m", disk_full);
    SKIP_WITHOUT_MOUNTS(status);
    CHECK(status == k_passed);
}

TEST_CASE("on a disk that may only be read nothing is altered and the error is named") {
    const ScratchFolder folder;
    const int status = in_small_disk(folder, "size=4m", read_only);
    SKIP_WITHOUT_MOUNTS(status);
    CHECK(status == k_passed);
}

TEST_CASE("after a kill in a loop of writes every one that returned is there, and none by half") {
    for (int round = 0; round < 6; ++round) {
        const ScratchFolder folder;
        const std::string path = folder.file("kari.db");
        int pipe_ends[2];
        REQUIRE(::pipe(pipe_ends) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(pipe_ends[0]);
            auto store = DeviceStore::create(path, key_of(1), identity_of(1));
            if (!store) ::_exit(1);
            for (std::uint64_t n = 0;; ++n) {
                const auto text = note(std::string((n * 731) % 6'000, 't'));
                const auto resource = resource_no(n % 7);
                const auto before = store->resource(k_record, resource);
                const auto done = store->write(request(
                    k_record, resource, text, before ? before->heads : std::vector<ChangeId>{}));
                if (!done) ::_exit(2);
                const auto id = base::to_bytes(done->change);
                if (::write(pipe_ends[1], id.data(), id.size()) != 32) ::_exit(3);
            }
        }
        ::close(pipe_ends[1]);
        // The witness: ids of the writes that returned. Killed after a different number each time.
        std::string witness;
        char buffer[32];
        const std::size_t enough = 32u * (3u + 17u * static_cast<unsigned>(round));
        while (witness.size() < enough) {
            const ssize_t got = ::read(pipe_ends[0], buffer, sizeof buffer);
            REQUIRE(got > 0);
            witness.append(buffer, static_cast<std::size_t>(got));
        }
        REQUIRE(::kill(child, SIGKILL) == 0);
        for (;;) {
            const ssize_t got = ::read(pipe_ends[0], buffer, sizeof buffer);
            if (got <= 0) break;
            witness.append(buffer, static_cast<std::size_t>(got));
        }
        ::close(pipe_ends[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));

        auto store = DeviceStore::open(path, key_of(1));
        REQUIRE(store);
        CHECK(store->check());
        CHECK(store->verify()->empty());
        const auto log = store->log(k_record).value();
        // One more may have been committed whose return the kill cut off.
        CHECK(log.size() >= witness.size() / 32);
        CHECK(log.size() <= witness.size() / 32 + 1);
        for (std::size_t i = 0; i < witness.size() / 32; ++i) {
            CHECK(base::to_bytes(log.at(i).change.id) == witness.substr(i * 32, 32));
            CHECK(log.at(i).change.body_bytes);
        }
        const auto message = note("after");
        const auto heads = store->resource(k_record, resource_no(0))->heads;
        const auto next = store->write(request(k_record, resource_no(0), message, heads));
        REQUIRE(next);
        CHECK(next->seq == log.size() + 1);
    }
}
