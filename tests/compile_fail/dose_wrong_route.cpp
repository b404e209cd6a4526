// SPDX-License-Identifier: Apache-2.0
//
// A dose goes the way that the order says: no route stands beside it.
// error: no member named .route
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.route = "intravenous";
#endif
    return tablet.give(entry);
}
