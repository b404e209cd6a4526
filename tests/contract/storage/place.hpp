// SPDX-License-Identifier: Apache-2.0
// A storage to hold the contract against, and what is put into it.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "tests/support/change_builder.hpp"

namespace kari::server::storage {

using kari::test::id_of;
using kari::test::Writer;

namespace fs = std::filesystem;

inline const std::string k_key(32, 'k');

// A storage that a test may close and open again.
struct Place {
    fs::path folder;
    std::unique_ptr<Storage> storage;

    Place() {
        static int number = 0;
        folder = fs::temp_directory_path() /
                 ("kari-storage-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        fs::create_directories(folder);
        auto made = EmbeddedStorage::create(file(), k_key, id_of<EpochId>(1));
        REQUIRE(made);
        storage = std::move(*made);
    }
    ~Place() {
        storage.reset();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string file() const { return (folder / "kari.db").string(); }
    std::unique_ptr<Storage> another() const {
        auto opened = EmbeddedStorage::open(file(), k_key);
        REQUIRE(opened);
        return std::move(*opened);
    }
    void reopen() {
        storage.reset();
        storage = another();
    }
};

inline v1::Observation pulse(const char* value) {
    v1::Observation observation;
    observation.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
    observation.mutable_observation()->mutable_value()->mutable_quantity()->set_value(value);
    return observation;
}

inline const RecordId k_record = id_of<RecordId>(1);
inline const UnitId k_unit_id = id_of<UnitId>(1);
inline const Unit k_unit{k_unit_id, id_of<RecordId>(99), "Unit", "Europe/Oslo"};

inline test::ChangePtr observe(Writer& writer, std::uint32_t resource, const char* value,
                               const RecordId& record = k_record) {
    return writer.write({.record = record, .resource = id_of<ResourceId>(resource)}, pulse(value));
}

// Appends and commits; answers what came of the last.
inline Appended append_all(Storage& storage, const std::vector<test::ChangePtr>& changes) {
    auto record = storage.begin_or_create(changes.front()->record, true);
    REQUIRE(record);
    Appended last;
    for (const auto& change : changes) {
        const auto appended = (*record)->append(*change);
        REQUIRE(appended);
        last = *appended;
    }
    REQUIRE((*record)->commit());
    return last;
}

// What somebody who watches was told.
class Feeds {
public:
    FeedWatch note() {
        return [this](const std::vector<FeedMove>& moved) {
            const std::lock_guard lock(mutex_);
            for (const FeedMove& one : moved)
                told_[one.unit] = std::max(told_[one.unit], one.position);
            more_.notify_all();
        };
    }
    std::uint64_t of(const UnitId& unit) {
        const std::lock_guard lock(mutex_);
        return told_[unit];
    }
    bool reaches(const UnitId& unit, std::uint64_t position) {
        std::unique_lock lock(mutex_);
        return more_.wait_for(lock, std::chrono::seconds(30),
                              [&] { return told_[unit] >= position; });
    }
    // Until where everything stands has been told.
    void settle() { CHECK(reaches(k_unit_id, 1)); }

private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::map<UnitId, std::uint64_t> told_;
};

inline std::vector<StoredChange> log_of(Storage& storage, const RecordId& record) {
    std::vector<StoredChange> log;
    REQUIRE(storage.changes(record, 0, [&](const StoredChange& change) {
        log.push_back(change);
        return true;
    }));
    return log;
}

inline Device device_of(std::uint32_t number) {
    return {id_of<DeviceId>(number), k_unit_id, "tablet", Instant{1'000}, false};
}

inline std::vector<Certificate> certificates_of(std::uint32_t number) {
    const auto one = [&](std::uint32_t key, CertificateUse use) {
        return Certificate{
            id_of<Digest>(key), use,  id_of<DeviceId>(number), id_of<IncarnationId>(number), "01",
            Instant{9'000},     "der"};
    };
    return {one(number * 10, CertificateUse::signing), one(number * 10 + 1, CertificateUse::tls)};
}

}  // namespace kari::server::storage
