// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/everything.hpp"

#include "sdk/chart/review.hpp"
#include "sdk/fhir/export.hpp"
#include "sync-server/fhir/citizen.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {
namespace {

Result<std::string> bundle_of(exchange::Parts& parts, const RecordId& record, const Seen& seen) {
    KARI_LET(const auto group, group_of(parts, seen));
    kari::fhir::ExportOptions options;
    options.patient = "Patient/" + record.text();
    return kari::fhir::to_text(kari::fhir::to_bundle(
        group, chart::track(group, chart::review(group, parts.pack)), options));
}

}  // namespace

Result<std::string> everything(exchange::Parts& parts, const identity::DeviceIdentity& who,
                               std::string_view record_id) {
    const auto record = RecordId::parse(record_id).value_or(RecordId{});
    KARI_LET(const auto seen, seen_by(parts, who, record));
    KARI_TRY(log_export(parts, who, seen));
    return bundle_of(parts, record, seen);
}

Result<std::string> whole_bundle(exchange::Parts& parts, const RecordId& record) {
    Seen seen;
    KARI_LET(seen.records, parts.storage.group(record));
    return bundle_of(parts, record, seen);
}

}  // namespace kari::server::fhir
