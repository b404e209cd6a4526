// SPDX-License-Identifier: Apache-2.0
// What every implementation of the storage port must do when several commit at once.
#include <future>
#include <optional>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "tests/contract/storage/place.hpp"
#include "tests/support/full_disk.hpp"

using namespace kari;
using namespace kari::server::storage;

namespace {

// A thread with a batch that has committed one change and settles when it is told to.
class Committer {
public:
    Committer(Storage& storage, const RecordId& record, const merge::Change& change)
        : thread_([&storage, record, change, this] {
              const auto batch = storage.gather();
              auto open = storage.begin_or_create(record, false);
              committed_.set_value(open && (*open)->append(change) && (*open)->commit());
              open = fail(ErrorCode::cancelled, "it has ended");  // lets go of the lock
              told_.get_future().wait();
              settled_.set_value(batch->settle());
          }) {
        REQUIRE(committed_.get_future().get());
    }
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;
    Result<void> settle() {
        told_.set_value();
        return settled_.get_future().get();
    }
    ~Committer() { thread_.join(); }

private:
    std::promise<bool> committed_;
    std::promise<void> told_;
    std::promise<Result<void>> settled_;
    std::thread thread_;
};

std::uint64_t head_of(Storage& storage, const RecordId& record) {
    const auto state = storage.state(record);
    REQUIRE(state);
    return *state ? (*state)->head.position : 0;
}

}  // namespace

TEST_CASE("What batches commit reaches the disk together, when the first of them settles") {
    Place place;
    const auto process = place.another();
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    const auto other = id_of<RecordId>(2);
    const auto second = two.write({.record = other, .resource = id_of<ResourceId>(2)}, pulse("80"));
    Committer a(*place.storage, k_record, *observe(one, 1, "70"));
    Committer b(*place.storage, other, *second);
    CHECK(head_of(*process, k_record) == 0);
    REQUIRE(b.settle());
    CHECK(head_of(*process, k_record) == 1);
    CHECK(head_of(*process, other) == 1);
    REQUIRE(a.settle());
    CHECK(place.storage->losses() == 0);
}

TEST_CASE("Whoever has no batch is told nothing that is not on the disk") {
    Place place;
    const auto process = place.another();
    Writer writer = Writer::tablet(1);
    Committer a(*place.storage, k_record, *observe(writer, 1, "70"));
    CHECK(head_of(*process, k_record) == 0);
    CHECK(head_of(*place.storage, k_record) == 1);
    CHECK(head_of(*process, k_record) == 1);
    REQUIRE(a.settle());
}

TEST_CASE("What rolls back takes nothing with it that others committed") {
    Place place;
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    Committer a(*place.storage, k_record, *observe(one, 1, "70"));
    std::thread([&] {
        const auto batch = place.storage->gather();
        {
            auto open = place.storage->begin_or_create(k_record, false);
            REQUIRE(open);
            REQUIRE((*open)->append(*observe(two, 2, "80")));
        }
        REQUIRE(batch->settle());
    }).join();
    REQUIRE(a.settle());
    place.reopen();
    CHECK(head_of(*place.storage, k_record) == 1);
}

TEST_CASE("A flush that fails takes back what shared it, tells those, and nobody else") {
    Place place;
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    append_all(*place.storage, {observe(one, 1, "70")});
    const auto bytes = fs::file_size(place.file() + "-wal");
    std::optional<test::FullDisk> full;
    Result<void> told_a;
    Result<void> told_b;
    const auto lost = observe(one, 2, "71");
    {
        Committer a(*place.storage, k_record, *lost);
        Committer b(*place.storage, k_record, *observe(two, 3, "80"));
        full.emplace(bytes);
        told_b = b.settle();
        full.reset();
        Committer c(*place.storage, k_record, *observe(two, 4, "81"));
        told_a = a.settle();
        CHECK(c.settle());
    }
    CHECK_FALSE(told_a);
    CHECK_FALSE(told_b);
    CHECK(place.storage->losses() == 1);
    append_all(*place.storage, {lost});
    place.reopen();
    CHECK(head_of(*place.storage, k_record) == 3);
}
