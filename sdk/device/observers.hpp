// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <kari/device.hpp>

namespace kari::device {

// Who wants to know. Callbacks run outside the device's lock, on the thread that tells.
class Observers {
public:
    struct Entry {
        // Held while the callback runs, so that whoever ends the subscription can wait for it;
        // recursive, because a callback may end its own.
        std::recursive_mutex running;
        std::function<void(const Event&)> callback;
        bool ended = false;
    };

    std::shared_ptr<Entry> add(std::function<void(const Event&)> callback);
    void tell(const std::vector<Event>& events);

private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<Entry>> entries_;
};

}  // namespace kari::device

namespace kari {

struct Device::Subscription::State {
    std::shared_ptr<device::Observers::Entry> entry;
};

}  // namespace kari
