// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/entitlement.hpp"

#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

Result<bool> is_of_the_unit(Parts& parts, const identity::DeviceIdentity& who,
                            const RecordId& record) {
    KARI_LET(const auto unit, parts.storage.unit(who.unit));
    return unit && unit->record == record;
}

}  // namespace

Result<bool> may_write(Parts& parts, const identity::DeviceIdentity& who, const RecordId& record) {
    KARI_LET(const auto caseload, parts.storage.caseload_state(who.unit, record));
    if (caseload) return true;
    KARI_LET(const bool own, is_of_the_unit(parts, who, record));
    if (own) return true;
    KARI_LET(const auto epoch, parts.storage.epoch());
    if (epoch.recovering) return true;
    for (const IncarnationId& one : who.incarnations) {
        KARI_LET(const auto written, parts.storage.at_address(record, one, 1));
        if (!written.empty()) return true;
    }
    return false;
}

Result<bool> may_read(Parts& parts, const identity::DeviceIdentity& who, const RecordId& record) {
    KARI_LET(const auto caseload, parts.storage.caseload_state(who.unit, record));
    if (caseload == storage::CaseloadState::granted) return true;
    return is_of_the_unit(parts, who, record);
}

}  // namespace kari::server::exchange
