// SPDX-License-Identifier: Apache-2.0
//
// A number alone is no amount: 500 may be milligrams, micrograms or tablets.
// error: no match for .operator=|no viable overloaded
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.dose = 500;
#endif
    return tablet.give(entry);
}
