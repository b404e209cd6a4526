// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/live.hpp"

#include <algorithm>
#include <utility>

#include "sdk/device/core.hpp"

namespace kari::device {

void Lives::note(const Event& event) {
    if (event.record == RecordId{}) return;  // a sync ended, or the device was locked
    records_[event.record] = any_record_ = ++now_;
}

void Lives::note_all() {
    all_ = ++now_;
}

Result<void> Lives::arm(const std::shared_ptr<LiveEntry>& entry, const MembersOf& members) {
    std::vector<RecordId> records;
    if (entry->query.record != RecordId{}) {
        auto found = members(entry->query.record);
        if (!found) return tl::unexpected(found.error());
        records = std::move(*found);
    }
    const bool fresh = std::none_of(entries_.begin(), entries_.end(),
                                    [&](const auto& one) { return one.lock() == entry; });
    if (fresh) entries_.push_back(entry);
    entry->records = std::move(records);
    entry->since = now_;
    entry->armed = true;
    return {};
}

bool Lives::is_newer(const RecordId& record, std::uint64_t since) const {
    const auto found = records_.find(record);
    return found != records_.end() && found->second > since;
}

bool Lives::may_differ(const LiveEntry& entry, const MembersOf& members) const {
    if (all_ > entry.since) return true;
    if (entry.query.record == RecordId{}) return any_record_ > entry.since;
    const auto newer = [&](const RecordId& record) {
        return is_newer(record, entry.since);
    };
    if (std::any_of(entry.records.begin(), entry.records.end(), newer)) return true;
    if (any_record_ <= entry.since) return false;
    // A record that changed may have become linked to this one.
    const auto now = members(entry.query.record);
    return !now || std::any_of(now->begin(), now->end(), newer);
}

std::vector<std::shared_ptr<LiveEntry>> Lives::take_changed(const MembersOf& members) {
    std::vector<std::shared_ptr<LiveEntry>> out;
    if (std::exchange(looked_at_, now_) == now_) return out;
    std::erase_if(entries_, [](const std::weak_ptr<LiveEntry>& one) { return one.expired(); });
    for (const std::weak_ptr<LiveEntry>& weak : entries_) {
        const auto entry = weak.lock();
        if (!entry || !entry->armed || !may_differ(*entry, members)) continue;
        entry->armed = false;
        out.push_back(entry);
    }
    return out;
}

std::vector<std::shared_ptr<LiveEntry>> Lives::take_all() {
    std::vector<std::shared_ptr<LiveEntry>> out;
    for (const std::weak_ptr<LiveEntry>& weak : entries_) {
        const auto entry = weak.lock();
        if (entry && std::exchange(entry->armed, false)) out.push_back(entry);
    }
    return out;
}

void Lives::call(const std::vector<std::shared_ptr<LiveEntry>>& changed) {
    for (const auto& entry : changed) {
        const std::lock_guard running(entry->running);
        if (!entry->ended) entry->changed();
    }
}

}  // namespace kari::device

namespace kari {

Live::Live(std::shared_ptr<State> state) : state_(std::move(state)) {}
Live::Live(Live&& other) noexcept = default;

Live& Live::operator=(Live&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

Live::~Live() {
    if (!state_) return;
    const std::lock_guard running(state_->entry->running);
    state_->entry->ended = true;
}

Result<Live> Device::watch(const LiveQuery& query, std::function<void()> changed) {
    auto state = std::make_shared<Live::State>();
    state->entry = std::make_shared<device::LiveEntry>();
    state->entry->query = query;
    state->entry->changed = std::move(changed);
    Live live(std::move(state));
    const auto begun = impl_->run([&](device::Session&) -> Result<void> {
        live.state_->entry->sign_in = impl_->sign_in;
        return {};
    });
    if (!begun) return tl::unexpected(begun.error());
    if (auto armed = again(live); !armed) return tl::unexpected(armed.error());
    return live;
}

Result<void> Device::again(const Live& live) {
    if (!live.state_) return fail(ErrorCode::invalid_argument, "nothing is watched");
    return impl_->run([&](device::Session&) -> Result<void> {
        // Whoever signed in after it did not ask for it, and is not the one to be logged as
        // reading.
        if (live.state_->entry->sign_in != impl_->sign_in) {
            return fail(ErrorCode::locked, "the sign-in that it was of has ended: watch anew");
        }
        return impl_->lives.arm(live.state_->entry,
                                [&](const RecordId& record) { return impl_->members_of(record); });
    });
}

}  // namespace kari
