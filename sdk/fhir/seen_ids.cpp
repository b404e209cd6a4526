// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/seen_ids.hpp"

namespace kari::fhir {

namespace {

constexpr std::size_t k_slots_first = 1024;

bool is_full(std::size_t used, std::size_t slots) {
    return used >= slots / 5 * 4;
}

}  // namespace

SeenIds::Slot& SeenIds::slot_of(std::uint64_t key) {
    // Keys are digests: their low bits are spread as they are.
    std::size_t at = key & (slots_.size() - 1);
    while (slots_[at].first != 0 && slots_[at].first != key)
        at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
}

void SeenIds::grow() {
    const std::size_t size = slots_.empty() ? k_slots_first : 2 * slots_.size();
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(size));
    for (const Slot& slot : before) {
        if (slot.first != 0) slot_of(slot.first) = slot;
    }
}

SeenIds::Answer SeenIds::see(std::uint64_t key, std::uint64_t said) {
    if (key == 0) key = 1;
    if (is_full(used_, slots_.size()) && slots_.size() < k_slots_max) grow();
    Slot& slot = slot_of(key);
    if (slot.first == key) return slot.second == said ? Answer::same : Answer::other;
    if (is_full(used_, slots_.size())) return Answer::unknown;
    slot = {key, said};
    ++used_;
    return Answer::fresh;
}

}  // namespace kari::fhir
