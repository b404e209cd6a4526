// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include <kari/ids.hpp>

namespace kari::fhir {

// What was said of each resource of an input, in bounded memory: half of the id and half of a
// digest (or of another id), 16 bytes a resource.
class SeenIds {
public:
    static constexpr std::size_t k_slots_max = std::size_t{1} << 19;  // 8 MiB

    enum class Answer {
        fresh,    // the first time
        same,     // the same was said before
        other,    // something else was said before
        unknown,  // too many: what was said before is not known
    };

    template <typename Tag, std::size_t N>
    Answer see(const ResourceId& id, const Opaque<Tag, N>& said) {
        return see(start_of(id), start_of(said));
    }

private:
    using Slot = std::pair<std::uint64_t, std::uint64_t>;

    template <typename Tag, std::size_t N>
    static std::uint64_t start_of(const Opaque<Tag, N>& id) {
        std::uint64_t value = 0;
        std::memcpy(&value, id.bytes.data(), sizeof value);
        return value;
    }
    Answer see(std::uint64_t key, std::uint64_t said);
    Slot& slot_of(std::uint64_t key);
    void grow();

    std::vector<Slot> slots_;  // open addressing; a key of 0 is an empty slot
    std::size_t used_ = 0;
};

}  // namespace kari::fhir
