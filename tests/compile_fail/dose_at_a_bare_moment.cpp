// SPDX-License-Identifier: Apache-2.0
//
// A moment without its zone is no time of a dose: the hour that comes twice is told by it.
// error: no match for .operator=|no viable overloaded
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.effective = kari::Instant{1'780'000'000'000};
#endif
    return tablet.give(entry);
}
