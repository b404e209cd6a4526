// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"

namespace kari::store {

// The store's own rows: fixed-width big-endian numbers and parts with their length in front.
class Packer {
public:
    Packer& u8(std::uint8_t value) {
        bytes_.push_back(static_cast<char>(value));
        return *this;
    }
    Packer& u32(std::size_t value) {
        bytes_ += base::u32(static_cast<std::uint32_t>(value));
        return *this;
    }
    Packer& u64(std::uint64_t value) {
        bytes_ += base::u64(value);
        return *this;
    }
    Packer& part(std::string_view value) {
        u32(value.size());
        bytes_ += value;
        return *this;
    }
    template <typename Tag, std::size_t N>
    Packer& id(const Opaque<Tag, N>& value) {
        bytes_.append(reinterpret_cast<const char*>(value.bytes.data()), N);
        return *this;
    }
    template <typename T>
    Packer& ids(const std::vector<T>& values) {
        u32(values.size());
        for (const auto& value : values)
            id(value);
        return *this;
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

// Reads what a Packer wrote. After anything was missing every read gives zero and ok() is false.
class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    std::string part() { return std::string(take(u32())); }
    template <typename T>
    T id() {
        T value;
        const auto bytes = take(value.bytes.size());
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            value.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
        }
        return value;
    }
    template <typename T>
    std::vector<T> ids() {
        std::vector<T> values(count(sizeof(T)));
        for (auto& value : values)
            value = id<T>();
        return values;
    }
    // A number of things of at least `each` bytes, no more than there are bytes left for.
    std::size_t count(std::size_t each) {
        const std::size_t stated = u32();
        if (stated > rest_.size() / each) ok_ = false;
        return ok_ ? stated : 0;
    }
    bool ok() const { return ok_; }
    bool done() const { return ok_ && rest_.empty(); }

private:
    std::string_view take(std::size_t size) {
        if (!ok_ || size > rest_.size()) {
            ok_ = false;
            return {};
        }
        const auto bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return bytes;
    }
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char byte : take(size))
            value = value << 8 | static_cast<unsigned char>(byte);
        return value;
    }
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace kari::store
