// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <kari.h>
#include <kari/device.hpp>

#include "bindings/c/src/arguments.hpp"
#include "bindings/c/src/guard.hpp"
#include "bindings/c/src/handles.hpp"

namespace kari::c {

// Which calls of a device may be made from within a callback of it.
enum class From { anywhere, no_callback };

// Behind kari_device: the device, and who is in a call of it.
class Tablet : public Object {
public:
    explicit Tablet(Device device) : device_(std::move(device)) {}

    // Held for the time of a call.
    class Call {
    public:
        explicit Call(std::shared_ptr<Tablet> tablet) : tablet_(std::move(tablet)) {}
        Call(Call&&) noexcept = default;
        Call& operator=(Call&&) = delete;
        ~Call() {
            if (tablet_) tablet_->leave();
        }
        Device& device() { return *tablet_->device_; }

    private:
        std::shared_ptr<Tablet> tablet_;
    };

    // Errors: invalid_argument (no such device, or it is closed), in_use (within a callback).
    static Result<Call> enter(const std::shared_ptr<Tablet>& tablet, From from);
    // Whether this thread is in a call of the device.
    bool is_calling_back();
    // Waits until nobody else is in a call, and ends the device. Whatever calls back meanwhile on
    // this thread is within a callback. Errors: as enter.
    Result<void> close();

private:
    void leave();
    bool is_inside(std::thread::id thread) const;

    std::mutex mutex_;
    std::condition_variable left_;
    std::vector<std::thread::id> inside_;
    bool closed_ = false;
    std::optional<Device> device_;
};

// Runs `body(device)`, which answers a Result<void>, and tells how it went.
template <typename Body>
kari_status on_tablet(kari_device* handle, kari_error* error, Body body,
                      From from = From::anywhere) noexcept {
    return guard(error, [&]() -> Result<void> {
        auto call = Tablet::enter(Handles::all().find<Tablet>(handle), from);
        if (!call) return passed_on(call);
        return body(call->device());
    });
}

// The same for a call that answers in `out`, which is no null.
template <typename T, typename Body>
kari_status read_on(kari_device* handle, T* out, kari_error* error, Body body) noexcept {
    clear(out);
    return on_tablet(handle, error, [&](Device& tablet) -> Result<void> {
        if (out == nullptr) return refuse("out: null");
        return body(tablet);
    });
}

}  // namespace kari::c
