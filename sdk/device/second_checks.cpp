// SPDX-License-Identifier: Apache-2.0
//
// A second person looks at what was given.
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/device/care_parts.hpp"

namespace kari {

namespace {

using namespace device;

// Whether the nurse gave the dose, or said anew what was given.
Result<bool> is_own(Session& session, const SeenResource& dose) {
    const auto changes = session.store.changes(dose.record, dose.resource);
    if (!changes) return tl::unexpected(changes.error());
    const std::string self = base::to_bytes(session.nurse.person);
    return std::any_of(changes->begin(), changes->end(), [&](const auto& change) {
        v1::MedicationAdministration said;
        return change.header.author().practitioner() == self &&
               said.ParseFromString(change.body.resource()) &&
               chart::says_taken(said.administration().status());
    });
}

Result<Written> check(Session& session, const EditToken& token, std::string_view note) {
    const auto seen = seen_as(session, token, v1::KIND_MEDICATION_ADMINISTRATION);
    if (!seen) return tl::unexpected(seen.error());
    const auto own = is_own(session, seen->token);
    if (!own) return tl::unexpected(own.error());
    if (*own) return fail(ErrorCode::invalid_argument, "entry/check-by-another");
    const auto when = done_at(session, std::nullopt);
    if (!when) return tl::unexpected(when.error());
    v1::Performance said;
    said.set_status(v1::PROCEDURE_STATUS_COMPLETED);
    set_act_code(*said.mutable_code(), chart::k_second_check, "Second check of a dose");
    return write_act(session, seen->token, std::move(said), *when, note);
}

}  // namespace

Result<Written> Care::check_given_dose(const EditToken& token, std::string_view note) {
    return core_->run([&](Session& session) { return check(session, token, note); });
}

}  // namespace kari
