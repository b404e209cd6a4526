// SPDX-License-Identifier: Apache-2.0
//
// What is given is what the order says: no name of a drug stands beside it.
// error: no member named .medication
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.medication = "Metoprolol 50 mg";
#endif
    return tablet.give(entry);
}
