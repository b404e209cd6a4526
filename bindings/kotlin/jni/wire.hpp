// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <stdexcept>
#include <string>
#include <vector>

// How values cross between Kotlin and C: bytes in the machine's order. A number as it is, a text as
// its size and UTF-8, a list as its count and items, a pointer as 0, or 1 and what it points to.
// no.kari.Decoder and no.kari.Encoder are the other side; both ship in one release and know no
// other.
namespace kari::jni {

class Writer {
public:
    template <typename Number>
    void number(Number value) {
        bytes(&value, sizeof value);
    }
    void bytes(const void* data, std::size_t size) {
        const std::size_t before = bytes_.size();
        bytes_.resize(before + size);
        if (size > 0) std::memcpy(bytes_.data() + before, data, size);
    }
    const std::vector<std::uint8_t>& written() const { return bytes_; }

private:
    std::vector<std::uint8_t> bytes_;
};

// What it gives points into the bytes and lives as long as it.
class Reader {
public:
    explicit Reader(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    // There may be a PIN among them. Volatile, or the compiler leaves it out.
    ~Reader() {
        for (volatile std::uint8_t& byte : bytes_)
            byte = 0;
    }

    template <typename Number>
    Number number() {
        Number value{};
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    const std::uint8_t* take(std::size_t size) {
        if (bytes_.size() - at_ < size) throw std::out_of_range("arguments that end too early");
        at_ += size;
        return bytes_.data() + at_ - size;
    }
    template <typename Item>
    Item* make(std::size_t count) {
        auto* items = static_cast<Item*>(room_.allocate(count * sizeof(Item), alignof(Item)));
        for (std::size_t at = 0; at < count; ++at)
            new (items + at) Item{};
        return items;
    }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t at_ = 0;
    std::pmr::monotonic_buffer_resource room_;
};

inline void put(Writer& to, std::int32_t value) {
    to.number(value);
}
inline void put(Writer& to, std::uint32_t value) {
    to.number(value);
}
inline void put(Writer& to, std::int64_t value) {
    to.number(value);
}
inline void put(Writer& to, std::uint64_t value) {
    to.number(value);
}
inline void put(Writer& to, bool value) {
    to.number(static_cast<std::uint8_t>(value ? 1 : 0));
}
inline void put(Writer& to, const kari_text& text) {
    to.number(static_cast<std::int32_t>(text.size));
    to.bytes(text.data, text.size);
}
inline void put(Writer& to, const kari_record_id& id) {
    to.bytes(id.bytes, sizeof id.bytes);
}
inline void put(Writer& to, const kari_resource_id& id) {
    to.bytes(id.bytes, sizeof id.bytes);
}
inline void put(Writer& to, const kari_person_id& id) {
    to.bytes(id.bytes, sizeof id.bytes);
}
inline void put(Writer& to, const kari_device_id& id) {
    to.bytes(id.bytes, sizeof id.bytes);
}
inline void put(Writer& to, const kari_change_id& id) {
    to.bytes(id.bytes, sizeof id.bytes);
}
inline void put(Writer& to, const kari_digest& id) {
    to.bytes(id.bytes, sizeof id.bytes);
}

// `put` of a struct is found where this is used, by its Writer.
template <typename Value>
void put_pointer(Writer& to, const Value* value) {
    put(to, value != nullptr);
    if (value != nullptr) put(to, *value);
}

template <typename Item>
void put_list(Writer& to, std::size_t count, const Item* items) {
    to.number(static_cast<std::int32_t>(count));
    for (std::size_t at = 0; at < count; ++at)
        put(to, items[at]);
}

template <typename Item>
void put_list(Writer& to, std::size_t count, const Item* const* items) {
    to.number(static_cast<std::int32_t>(count));
    for (std::size_t at = 0; at < count; ++at)
        put(to, *items[at]);
}

template <typename Statement>
void put_statement(Writer& to, const Statement& statement) {
    put_pointer(to, statement.value);
    put_pointer(to, statement.said);
}

template <typename Statement>
void put_statements(Writer& to, std::size_t count, const Statement* statements) {
    to.number(static_cast<std::int32_t>(count));
    for (std::size_t at = 0; at < count; ++at)
        put_statement(to, statements[at]);
}

template <typename Field>
void put_field(Writer& to, const Field& field) {
    put_pointer(to, field.value);
    put(to, field.contested);
    put_statements(to, field.live_count, field.live);
    put_statements(to, field.proposed_count, field.proposed);
}

inline void get(Reader& from, std::int32_t& value) {
    value = from.number<std::int32_t>();
}
inline void get(Reader& from, std::uint32_t& value) {
    value = from.number<std::uint32_t>();
}
inline void get(Reader& from, std::int64_t& value) {
    value = from.number<std::int64_t>();
}
// Not an overload: on 32 bits size_t is uint32_t, and is sent as wide as on 64.
inline void get_size(Reader& from, std::size_t& value) {
    value = static_cast<std::size_t>(from.number<std::uint64_t>());
}
inline void get(Reader& from, bool& value) {
    value = from.number<std::uint8_t>() != 0;
}
inline void get(Reader& from, kari_text& text) {
    text.size = static_cast<std::size_t>(from.number<std::int32_t>());
    // Never null, so that the empty text is one that was given.
    text.data = reinterpret_cast<const char*>(from.take(text.size));
}
template <typename Id>
auto get(Reader& from, Id& id) -> decltype(void(id.bytes)) {
    std::memcpy(id.bytes, from.take(sizeof id.bytes), sizeof id.bytes);
}

template <typename Value>
void get_pointer(Reader& from, const Value*& value) {
    bool there = false;
    get(from, there);
    value = nullptr;
    if (!there) return;
    auto* read = from.make<Value>(1);
    get(from, *read);
    value = read;
}

template <typename Item>
void get_list(Reader& from, std::size_t& count, const Item*& items) {
    count = static_cast<std::size_t>(from.number<std::int32_t>());
    auto* read = from.make<Item>(count);
    for (std::size_t at = 0; at < count; ++at)
        get(from, read[at]);
    items = count > 0 ? read : nullptr;
}

// None at all says something else than a list that was left out: it is then not null.
template <typename Item>
void get_maybe_list(Reader& from, std::size_t& count, const Item*& items) {
    bool there = false;
    get(from, there);
    count = 0;
    items = nullptr;
    if (!there) return;
    get_list(from, count, items);
    if (items == nullptr) items = from.make<Item>(1);
}

}  // namespace kari::jni
