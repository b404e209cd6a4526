// SPDX-License-Identifier: Apache-2.0
//
// A dose is of an order as a chart showed it, and so of one patient: the id of a record is none.
// error: EditToken.*(RecordId|Id<)
#include <kari/device.hpp>

kari::Result<kari::Written> give(kari::Device& tablet, const kari::DoseSlot& slot) {
    kari::DoseEntry entry;
    entry.token = slot.token;
#ifdef KARI_WRONG
    entry.token = slot.record;
#endif
    return tablet.give(entry);
}
