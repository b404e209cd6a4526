// SPDX-License-Identifier: Apache-2.0
//
// A fraction that binary numbers cannot hold is no amount: the text of a decimal number is.
// error: could not convert .*Decimal|no matching|cannot convert
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.dose = kari::Quantity{0.1, "mg", "mg"};
#endif
    return tablet.give(entry);
}
