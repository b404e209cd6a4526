// SPDX-License-Identifier: Apache-2.0
//
// The id of a slot is no dose: which version of the order its giver saw is missing.
// error: cannot convert|could not convert|no viable conversion|invalid initialization
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    return tablet.give(slot.slot);
#endif
    return tablet.give(entry);
}
