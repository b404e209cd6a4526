// SPDX-License-Identifier: Apache-2.0
//
// A citizen's chart as FHIR R4, for whoever must have it on paper or in another system.
#include "sdk/chart/review.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"
#include "sdk/fhir/export.hpp"

namespace kari {

using namespace device;

Result<std::string> Device::export_fhir(const RecordId& record, const Access& access) {
    return impl_->run([&](Session& session) -> Result<std::string> {
        const auto group = enter_whole(session, record, access);
        if (!group) return tl::unexpected(group.error());
        const auto found = session.store.findings(record);
        if (!found) return tl::unexpected(found.error());
        for (const RecordId& one : (*group)->records) {
            auto logged = log_access(session, one, v1::PURPOSE_EXPORT, "");
            if (!logged) return tl::unexpected(logged.error());
        }
        const auto elsewhere = session.store.elsewhere((*group)->records);
        if (!elsewhere) return tl::unexpected(elsewhere.error());
        fhir::ExportOptions options;
        options.subset = !elsewhere->empty() || !(*group)->whole();
        options.language = spoken(session.language);
        return fhir::to_text(fhir::to_bundle(**group, chart::track(**group, *found), options));
    });
}

}  // namespace kari
