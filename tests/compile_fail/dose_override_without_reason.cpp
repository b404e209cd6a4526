// SPDX-License-Identifier: Apache-2.0
//
// The name of a rule overrides nothing: the reason stands with it.
// error: no matching|cannot convert|could not convert
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.overrides.push_back("entry/given-already");
#endif
    return tablet.give(entry);
}
