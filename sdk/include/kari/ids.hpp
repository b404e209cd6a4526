// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// What: the names of things: records, resources, changes, people. Each kind is a type of its own,
//   so that none is taken for another.
// Requires: nothing.
// Returns and errors: parse() answers nothing for any text but 2N hexadecimal digits; nothing else
//   can fail.
// Durability: an id never changes its meaning. Ids of records, resources and incarnations are
//   random; those of changes, findings and slots are digests. None derives from a national
//   identifier.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's; no id refers to memory.
// Units and limits: 16 bytes, digests 32. The zero id names nothing and stands for "none".
// Source of clinical rules: none.
namespace kari {

// A fixed number of opaque bytes with a meaning in its type.
template <typename Tag, std::size_t N>
struct Opaque {
    std::array<std::uint8_t, N> bytes{};

    auto operator<=>(const Opaque&) const = default;
    bool is_zero() const { return *this == Opaque{}; }  // names nothing

    // Lower-case hexadecimal.
    std::string text() const {
        static constexpr char digits[] = "0123456789abcdef";
        std::string out;
        out.reserve(2 * N);
        for (const std::uint8_t byte : bytes) {
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 15]);
        }
        return out;
    }

    // Returns nothing unless `text` is exactly 2N hexadecimal digits.
    static std::optional<Opaque> parse(std::string_view text) {
        if (text.size() != 2 * N) return std::nullopt;
        Opaque id;
        for (std::size_t i = 0; i < 2 * N; ++i) {
            const char c = text[i];
            int digit = 0;
            if (c >= '0' && c <= '9')
                digit = c - '0';
            else if (c >= 'a' && c <= 'f')
                digit = c - 'a' + 10;
            else if (c >= 'A' && c <= 'F')
                digit = c - 'A' + 10;
            else
                return std::nullopt;
            id.bytes[i / 2] = static_cast<std::uint8_t>(id.bytes[i / 2] << 4 | digit);
        }
        return id;
    }
};

using RecordId = Opaque<struct RecordTag, 16>;              // a citizen's journal, or a unit's
using ResourceId = Opaque<struct ResourceTag, 16>;          // what a record holds: an order, a dose
using IncarnationId = Opaque<struct IncarnationTag, 16>;    // a device under one name in the log
using PersonId = Opaque<struct PersonTag, 16>;              // a nurse, or another who writes
using OrganisationId = Opaque<struct OrganisationTag, 16>;  // an employer
using UnitId = Opaque<struct UnitTag, 16>;                  // a unit of home care
using DeviceId = Opaque<struct DeviceTag, 16>;    // a tablet, through all its incarnations
using BootId = Opaque<struct BootTag, 16>;        // one run of a machine
using SignInId = Opaque<struct SignInTag, 16>;    // one unlocking by one person
using EpochId = Opaque<struct EpochTag, 16>;      // a server between two restores
using Digest = Opaque<struct DigestTag, 32>;      // SHA-256
using ChangeId = Opaque<struct ChangeTag, 32>;    // digest of a change's header
using FindingId = Opaque<struct FindingTag, 32>;  // what a person must look at
using SlotId = Opaque<struct SlotTag, 32>;        // a dose that is due

}  // namespace kari

template <typename Tag, std::size_t N>
struct std::hash<kari::Opaque<Tag, N>> {
    std::size_t operator()(const kari::Opaque<Tag, N>& id) const noexcept {
        std::size_t value = 0;  // ids are random or digests: their first bytes are a hash
        for (std::size_t i = 0; i < sizeof value; ++i)
            value = value << 8 | id.bytes[i];
        return value;
    }
};
