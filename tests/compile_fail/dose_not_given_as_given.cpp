// SPDX-License-Identifier: Apache-2.0
//
// What was not given cannot go in as given.
// error: cannot convert|could not convert|no viable conversion|invalid initialization
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    return tablet.give(kari::NotGivenEntry{slot.token, kari::NotGiven::refused, "no", {}});
#endif
    return tablet.give(entry);
}
