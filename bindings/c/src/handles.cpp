// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/handles.hpp"

#include <utility>

#include <kari.h>

namespace kari::c {

Handles& Handles::all() {
    static auto* const handles = new Handles;  // outlives whatever an app does while it exits
    return *handles;
}

void* Handles::add(std::shared_ptr<Object> object) {
    const std::lock_guard guard(mutex_);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): never followed
    void* const handle = reinterpret_cast<void*>(last_ + 1);
    objects_.emplace(handle, std::move(object));
    ++last_;
    return handle;
}

std::shared_ptr<Object> Handles::look(const void* handle) {
    const std::lock_guard guard(mutex_);
    const auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : found->second;
}

bool Handles::remove(const void* handle) {
    std::shared_ptr<Object> last;  // ends outside the lock
    const std::lock_guard guard(mutex_);
    const auto found = objects_.find(handle);
    if (found == objects_.end()) return false;
    last = std::move(found->second);
    objects_.erase(found);
    return true;
}

void Handles::keep(const void* address, std::unique_ptr<AnyView> view) {
    const std::lock_guard guard(mutex_);
    views_.emplace(address, std::move(view));
}

void Handles::free(const void* address) {
    std::unique_ptr<AnyView> last;
    const std::lock_guard guard(mutex_);
    const auto found = views_.find(address);
    if (found == views_.end()) return;
    last = std::move(found->second);
    views_.erase(found);
}

std::uint64_t Handles::live() {
    const std::lock_guard guard(mutex_);
    return objects_.size() + views_.size();
}

}  // namespace kari::c

extern "C" {

uint64_t kari_live_objects(void) {
    return kari::c::Handles::all().live();
}

void kari_free(const void* view) {
    kari::c::Handles::all().free(view);
}

}  // extern "C"
