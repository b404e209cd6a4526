// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "sdk/store/device_store.hpp"
#include "tests/support/change_builder.hpp"

namespace kari::test {

// An open store in a folder of its own.
class Tablet {
public:
    explicit Tablet(std::uint32_t number = 1) {
        std::string name =
            (std::filesystem::temp_directory_path() / "kari-windows-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        folder_ = name;
        auto made = store::DeviceStore::create(
            folder_ / "kari.db", key(),
            {id_of<DeviceId>(number), id_of<UnitId>(1), id_of<IncarnationId>(number + 500)});
        if (!made) throw std::runtime_error(made.error().what);
        store_ = std::make_unique<store::DeviceStore>(std::move(*made));
    }
    Tablet(const Tablet&) = delete;
    Tablet& operator=(const Tablet&) = delete;
    ~Tablet() {
        store_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    store::DeviceStore* operator->() { return store_.get(); }

    void reopen() {
        store_.reset();
        auto opened = store::DeviceStore::open(folder_ / "kari.db", key());
        if (!opened) throw std::runtime_error(opened.error().what);
        store_ = std::make_unique<store::DeviceStore>(std::move(*opened));
    }

    // The next change of its record's log.
    void receive(const merge::Change& change) {
        auto& log = logs_[change.record];
        v1::RecordDelta delta;
        delta.set_record(base::to_bytes(change.record));
        point(delta.mutable_base(), log);
        auto* wire = delta.add_change();
        const auto split = merge::split_header(change.header_bytes);
        wire->set_header(std::string(split->core));
        wire->set_prev(std::string(split->prev));
        if (change.body_bytes) wire->set_body(*change.body_bytes);
        log = {log.position + 1,
               base::sha256(base::to_bytes(log.chain) + base::to_bytes(change.id))};
        wire->set_position(log.position);
        point(delta.mutable_end(), log);
        must(store_->apply_delta(delta, id_of<EpochId>(1)));
    }
    void review() {
        while (must(store_->review_owed(9)) > 0) {
        }
    }

    template <typename T>
    static T must(Result<T> result) {
        if (!result) throw std::runtime_error(result.error().what);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }

private:
    static crypto::Secret key() {
        return crypto::Secret(base::to_bytes(base::sha256("key of a tablet in a test")));
    }
    static void point(v1::LogPoint* to, const store::LogPoint& from) {
        to->set_position(from.position);
        to->set_chain(base::to_bytes(from.chain));
    }

    std::filesystem::path folder_;
    std::unique_ptr<store::DeviceStore> store_;
    std::map<RecordId, store::LogPoint> logs_;
};

}  // namespace kari::test
