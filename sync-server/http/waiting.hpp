// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include <kari/ids.hpp>

#include "sync-server/storage/types.hpp"

namespace kari::server::http {

// How long a wait is held that asks for so long; 0: for as long as may be.
std::uint32_t held_ms(std::uint32_t asked_ms);

// A tablet that wants to know when its unit's feed is no longer where it was read.
struct Waiter {
    DeviceId device;
    UnitId unit;
    std::uint64_t feed = 0;     // as read when the wait was asked for
    std::uint32_t most_ms = 0;  // how long to hold it
    bool news_already = false;  // the tablet knows another feed or epoch than that
};

enum class Waking { news, replaced, ending };

// Who waits for news. It holds no socket and no timer: whoever enters is called back, at most once.
// Threads: one (the server's own).
class WaitingRoom {
public:
    class Seat {
    public:
        ~Seat();
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

    private:
        friend class WaitingRoom;
        Seat(WaitingRoom& room, const Waiter& waiter, std::function<void(Waking)> wake)
            : room_(room), waiter_(waiter), wake_(std::move(wake)) {}
        void call(Waking why);
        WaitingRoom& room_;
        Waiter waiter_;
        std::function<void(Waking)> wake_;  // empty once called
    };

    explicit WaitingRoom(std::size_t most) : most_(most) {}

    // Until the seat is given up, `wake` is called when there is news: in this very call when the
    // feed has moved since it was read. A tablet has one seat: who sat there is woken as replaced.
    // Nothing when all seats are taken.
    std::unique_ptr<Seat> enter(const Waiter& waiter, std::function<void(Waking)> wake);
    void moved(const storage::FeedMove& move);
    // The server ends: wakes all, and from now on whoever enters.
    void end();

    std::size_t waiting() const { return by_device_.size(); }

private:
    const std::size_t most_;
    bool ending_ = false;
    std::map<DeviceId, Seat*> by_device_;
    std::map<UnitId, std::map<DeviceId, Seat*>> by_unit_;
    std::map<UnitId, std::uint64_t> feeds_;  // the highest told of each
};

}  // namespace kari::server::http
