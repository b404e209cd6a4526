// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

// What stands behind handles and views. A handle is a number that looks like a pointer: it is never
// followed and never used twice, so that a closed one is told from one that lives. A view is real
// memory, known here so that it is freed once.
namespace kari::c {

// What a handle stands for.
class Object {
public:
    Object() = default;
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    virtual ~Object() = default;
};

// A view and what it borrows from.
class AnyView {
public:
    AnyView() = default;
    AnyView(const AnyView&) = delete;
    AnyView& operator=(const AnyView&) = delete;
    virtual ~AnyView() = default;
};

class Handles {
public:
    static Handles& all();

    template <typename Handle>
    Handle* put(std::shared_ptr<Object> object) {
        return static_cast<Handle*>(add(std::move(object)));
    }
    // Nothing where the handle is null, not live, or stands for another kind.
    template <typename Kind>
    std::shared_ptr<Kind> find(const void* handle) {
        return std::dynamic_pointer_cast<Kind>(look(handle));
    }
    // The same, and the handle stands for nothing from now on.
    template <typename Kind>
    std::shared_ptr<Kind> take(const void* handle) {
        auto found = find<Kind>(handle);
        return found && remove(handle) ? found : nullptr;
    }

    void keep(const void* address, std::unique_ptr<AnyView> view);
    void free(const void* address);

    std::uint64_t live();

private:
    void* add(std::shared_ptr<Object> object);
    std::shared_ptr<Object> look(const void* handle);
    bool remove(const void* handle);

    std::mutex mutex_;
    std::uintptr_t last_ = 0;
    std::unordered_map<const void*, std::shared_ptr<Object>> objects_;
    std::unordered_map<const void*, std::unique_ptr<AnyView>> views_;
};

}  // namespace kari::c
