// SPDX-License-Identifier: Apache-2.0
//
// Group commit. The first part of a batch opens a transaction of the database; the parts of all
// batches that come meanwhile are savepoints in it, and one COMMIT, with one flush, makes them
// durable together. Nothing that stands in it is told to anybody before: a batch tells when it has
// settled, and a thread without a batch finds nothing open.
#include <chrono>
#include <stdexcept>

#include "sdk/base/mutant.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {
namespace {

// So long a batch that is done waits for those at work, so that they come along. A push takes about
// a millisecond, a flush of a disk a few; nobody stands before a screen for it.
constexpr auto k_patience = std::chrono::milliseconds(5);

}  // namespace

class EmbeddedBatch final : public Batch {
public:
    explicit EmbeddedBatch(EmbeddedStorage& storage) : storage_(storage) {
        const EmbeddedStorage::Lock lock(storage_.mutex_);
        if (!storage_.batches_.emplace(std::this_thread::get_id(), this).second) {
            throw std::logic_error("a batch within a batch");
        }
        ++storage_.at_work_;
    }
    EmbeddedBatch(const EmbeddedBatch&) = delete;
    EmbeddedBatch& operator=(const EmbeddedBatch&) = delete;
    ~EmbeddedBatch() override {
        if (!settled_) static_cast<void>(EmbeddedBatch::settle());
    }

    Result<void> settle() override {
        EmbeddedStorage::Lock lock(storage_.mutex_);
        if (settled_) throw std::logic_error("a batch settles once");
        settled_ = true;
        --storage_.at_work_;
        storage_.arrived_.notify_all();
        const auto waits = [this] {
            return !failed_ && storage_.shared_ && shares_ == storage_.number_;
        };
        if (waits() && storage_.at_work_ > 0) {
            storage_.arrived_.wait_for(lock, k_patience,
                                       [&] { return !waits() || storage_.at_work_ == 0; });
        }
        // What it failed for is noted with every batch that shared in it, this one among them.
        if (waits()) static_cast<void>(storage_.close_shared());
        std::erase_if(storage_.batches_, [this](const auto& one) { return one.second == this; });
        if (failed_ && !KARI_MUTATED(acknowledge_before_commit)) return tl::unexpected(*failed_);
        return {};
    }

private:
    friend class EmbeddedStorage;
    EmbeddedStorage& storage_;
    std::optional<std::uint64_t> shares_;  // the newest shared transaction that it read or wrote
    std::optional<Error> failed_;
    bool settled_ = false;
};

std::unique_ptr<Batch> EmbeddedStorage::gather() {
    return std::make_unique<EmbeddedBatch>(*this);
}

EmbeddedBatch* EmbeddedStorage::batch_here() {
    const auto here = batches_.find(std::this_thread::get_id());
    return here == batches_.end() ? nullptr : here->second;
}

EmbeddedStorage::Lock EmbeddedStorage::enter() {
    Lock lock(mutex_);
    if (part_open_) return lock;
    if (EmbeddedBatch* batch = batch_here(); batch != nullptr) {
        if (shared_) batch->shares_ = number_;
    } else {
        static_cast<void>(close_shared());  // a failure is for those whose commits it was
    }
    return lock;
}

Result<void> EmbeddedStorage::say(std::string_view sql) {
    KARI_LET(auto statement, db_.prepare(sql));
    return statement.run();
}

Result<void> EmbeddedStorage::close_shared() {
    if (!shared_) return {};
    auto done = shared_->commit();
    if (!done) {
        lose_shared(done.error());
        return done;
    }
    shared_.reset();
    feeds_.tell();
    ++number_;
    arrived_.notify_all();
    return {};
}

void EmbeddedStorage::lose_shared(const Error& why) {
    shared_.reset();  // rolls back what SQLite has not
    feeds_.forget();
    for (const auto& [thread, batch] : batches_) {
        if (batch->shares_ == number_) batch->failed_ = why;
    }
    ++losses_;
    ++number_;
    arrived_.notify_all();
}

Result<EmbeddedStorage::Part> EmbeddedStorage::Part::begin(EmbeddedStorage& storage) {
    Lock lock = storage.enter();
    if (storage.part_open_) return fail(ErrorCode::internal, "a transaction within another");
    if (!storage.shared_) {
        KARI_LET(auto transaction, storage.db_.begin());
        storage.shared_.emplace(std::move(transaction));
        if (auto* batch = storage.batch_here()) batch->shares_ = storage.number_;
    }
    KARI_TRY(storage.say("SAVEPOINT part"));
    storage.feeds_.begin();
    storage.part_open_ = true;
    return Part(storage, std::move(lock));
}

EmbeddedStorage::Part::~Part() {
    if (storage_ == nullptr) return;
    storage_->part_open_ = false;
    storage_->feeds_.undo();
    const bool undone = storage_->db_.in_transaction() && storage_->say("ROLLBACK TO part") &&
                        storage_->say("RELEASE part");
    if (!undone) {
        // A full or failing disk makes SQLite roll back all that is shared.
        storage_->lose_shared({ErrorCode::in_use, "undone with another's write: say it again"});
    } else if (storage_->batch_here() == nullptr) {
        storage_->shared_.reset();  // it held nothing else
    }
}

Result<void> EmbeddedStorage::Part::commit() {
    if (storage_ == nullptr) return fail(ErrorCode::internal, "the transaction has ended");
    KARI_TRY(storage_->say("RELEASE part"));
    EmbeddedStorage* storage = std::exchange(storage_, nullptr);
    storage->part_open_ = false;
    return storage->batch_here() == nullptr ? storage->close_shared() : Result<void>{};
}

}  // namespace kari::server::storage
