// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kari.h>
#include <kari/ids.hpp>

#include "bindings/c/src/handles.hpp"

// How a view is made: the C++ value is moved in, and the C structs beside it point into it.
namespace kari::c {

inline kari_text shown(const std::string& text) {
    return {text.c_str(), text.size()};
}

template <typename Id, typename Tag, std::size_t N>
Id id_as(const Opaque<Tag, N>& id) {
    static_assert(sizeof(Id) == N);
    Id out;
    std::memcpy(out.bytes, id.bytes.data(), N);
    return out;
}

// The C structs of one view, which end together.
class Shelf {
public:
    // Zeroed.
    template <typename C>
    C* make(std::size_t count = 1) {
        static_assert(std::is_trivial_v<C>);
        if (count == 0) return nullptr;
        void* const room = memory_.allocate(count * sizeof(C), alignof(C));
        std::memset(room, 0, count * sizeof(C));
        return static_cast<C*>(room);
    }

    // Pointers to structs that `fill(c, item)` fills: what may grow.
    template <typename C, typename Item, typename Fill>
    const C* const* list(const std::vector<Item>& items, std::size_t& count, Fill fill) {
        count = items.size();
        auto* const rows = make<const C*>(count);
        for (std::size_t at = 0; at < count; ++at) {
            C* const row = make<C>();
            fill(*row, items[at]);
            rows[at] = row;
        }
        return rows;
    }

    // The structs themselves: what never changes.
    template <typename C, typename Item, typename Make>
    const C* array(const std::vector<Item>& items, std::size_t& count, Make make_one) {
        count = items.size();
        C* const row = make<C>(count);
        for (std::size_t at = 0; at < count; ++at)
            row[at] = make_one(items[at]);
        return row;
    }

    // A copy.
    kari_text keep(const std::string& text) {
        char* const room = make<char>(text.size() + 1);
        std::memcpy(room, text.data(), text.size());
        return {room, text.size()};
    }

    const kari_text* texts(const std::vector<std::string>& items, std::size_t& count) {
        return array<kari_text>(items, count, shown);
    }

    template <typename C, typename Tag, std::size_t N>
    const C* ids(const std::vector<Opaque<Tag, N>>& items, std::size_t& count) {
        return array<C>(items, count, [](const auto& id) { return id_as<C>(id); });
    }

private:
    std::pmr::monotonic_buffer_resource memory_;
};

template <typename C, typename Value>
struct View : AnyView {
    explicit View(Value from) : value(std::move(from)) {}
    Value value;
    Shelf shelf;
    C c{};
};

// Hands `value` out as a view that `fill(c, value, shelf)` fills.
template <typename C, typename Value, typename Fill>
void answer(const C** out, Value value, Fill fill) {
    if (out == nullptr) return;
    auto view = std::make_unique<View<C, Value>>(std::move(value));
    fill(view->c, std::as_const(view->value), view->shelf);
    const C* const address = &view->c;
    Handles::all().keep(address, std::move(view));
    *out = address;
}

}  // namespace kari::c
