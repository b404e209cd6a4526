// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/observers.hpp"

#include <utility>

namespace kari::device {

std::shared_ptr<Observers::Entry> Observers::add(std::function<void(const Event&)> callback) {
    auto entry = std::make_shared<Entry>();
    entry->callback = std::move(callback);
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const std::weak_ptr<Entry>& e) { return e.expired(); });
    entries_.push_back(entry);
    return entry;
}

void Observers::tell(const std::vector<Event>& events) {
    if (events.empty()) return;
    std::vector<std::weak_ptr<Entry>> entries;
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
    }
    for (const std::weak_ptr<Entry>& weak : entries) {
        const auto entry = weak.lock();
        if (!entry) continue;
        const std::lock_guard running(entry->running);
        for (const Event& event : events) {
            if (!entry->ended) entry->callback(event);
        }
    }
}

}  // namespace kari::device

namespace kari {

Device::Subscription::Subscription(std::shared_ptr<State> state) : state_(std::move(state)) {}
Device::Subscription::Subscription(Subscription&& other) noexcept = default;

Device::Subscription& Device::Subscription::operator=(Subscription&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

Device::Subscription::~Subscription() {
    if (!state_) return;
    const std::lock_guard running(state_->entry->running);
    state_->entry->ended = true;
}

}  // namespace kari
