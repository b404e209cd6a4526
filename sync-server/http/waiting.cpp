// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/waiting.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sync-server/http/limits.hpp"

namespace kari::server::http {

std::uint32_t held_ms(std::uint32_t asked_ms) {
    constexpr auto most = static_cast<std::uint32_t>(sync::k_wait_ms);
    return asked_ms == 0 ? most : std::min(asked_ms, most);
}

void WaitingRoom::Seat::call(Waking why) {
    if (const auto wake = std::exchange(wake_, nullptr)) wake(why);
}

WaitingRoom::Seat::~Seat() {
    const auto mine = room_.by_device_.find(waiter_.device);
    if (mine == room_.by_device_.end() || mine->second != this) return;  // replaced
    room_.by_device_.erase(mine);
    const auto unit = room_.by_unit_.find(waiter_.unit);
    unit->second.erase(waiter_.device);
    if (unit->second.empty()) room_.by_unit_.erase(unit);
}

std::unique_ptr<WaitingRoom::Seat> WaitingRoom::enter(const Waiter& waiter,
                                                      std::function<void(Waking)> wake) {
    const auto former = by_device_.find(waiter.device);
    if (former == by_device_.end() && by_device_.size() >= most_) return nullptr;
    auto seat = std::unique_ptr<Seat>(new Seat(*this, waiter, std::move(wake)));
    if (former != by_device_.end()) {
        Seat& left = *std::exchange(former->second, seat.get());
        by_unit_[left.waiter_.unit].erase(waiter.device);
        left.call(Waking::replaced);
    }
    by_device_[waiter.device] = seat.get();
    by_unit_[waiter.unit][waiter.device] = seat.get();
    const auto feed = feeds_.find(waiter.unit);
    if (ending_) {
        seat->call(Waking::ending);
    } else if (feed != feeds_.end() && feed->second > waiter.feed) {
        seat->call(Waking::news);
    }
    return seat;
}

void WaitingRoom::moved(const storage::FeedMove& move) {
    std::uint64_t& known = feeds_[move.unit];
    known = std::max(known, move.position);
    const auto unit = by_unit_.find(move.unit);
    if (unit == by_unit_.end()) return;
    std::vector<Seat*> told;
    for (const auto& [device, seat] : unit->second) {
        if (move.position > seat->waiter_.feed) told.push_back(seat);
    }
    // A callback may not give up a seat: it only makes whoever sits there ready to.
    for (Seat* seat : told)
        seat->call(Waking::news);
}

void WaitingRoom::end() {
    ending_ = true;
    for (const auto& [device, seat] : by_device_)
        seat->call(Waking::ending);
}

}  // namespace kari::server::http
