// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/care_state.hpp"

#include <algorithm>

namespace kari::chart {
namespace {

// The atoms that say what a problem or measure is, beside its status.
std::vector<std::uint32_t> telling_atoms(std::uint32_t kind) {
    if (kind == v1::KIND_CONDITION) {
        return {k_condition_code, k_condition_clinical, k_condition_verification,
                k_condition_severity};
    }
    return {k_measure_content, k_measure_timing, k_measure_instruction, k_measure_staffing,
            k_measure_status};
}

bool is_end(std::uint32_t kind, std::uint32_t atom, const std::string& value) {
    if (is_measure(kind)) {
        return atom == k_measure_status && ends(measure_status(value));
    }
    v1::Condition said;
    if (kind != v1::KIND_CONDITION || !said.ParseFromString(value)) return false;
    if (atom == k_condition_clinical) return ends(said.clinical_status());
    return atom == k_condition_verification && ends(said.verification_status());
}

}  // namespace

bool is_measure(std::uint32_t kind) {
    return kind == v1::KIND_PROTECTIVE_MEASURE || kind == v1::KIND_SERVICE_MEASURE ||
           kind == v1::KIND_RESTRAINT_MEASURE;
}

bool ends(v1::MeasureStatus status) {
    return status == v1::MEASURE_STATUS_REVOKED || status == v1::MEASURE_STATUS_COMPLETED ||
           status == v1::MEASURE_STATUS_ENTERED_IN_ERROR;
}

bool ends(v1::ConditionClinicalStatus status) {
    return status == v1::CONDITION_CLINICAL_STATUS_INACTIVE ||
           status == v1::CONDITION_CLINICAL_STATUS_REMISSION ||
           status == v1::CONDITION_CLINICAL_STATUS_RESOLVED;
}

bool ends(v1::ConditionVerificationStatus status) {
    return status == v1::CONDITION_VERIFICATION_STATUS_REFUTED ||
           status == v1::CONDITION_VERIFICATION_STATUS_ENTERED_IN_ERROR;
}

v1::MeasureStatus measure_status(const std::string& value) {
    v1::ServiceMeasure said;
    return said.ParseFromString(value) ? said.status() : v1::MEASURE_STATUS_UNSPECIFIED;
}

Ending ending_of(const GroupResource& resource) {
    Ending out;
    for (const auto& atom : resource.atoms) {
        for (const auto& write : atom.live) {
            if (is_end(resource.kind, atom.number, write.value)) out.ends.push_back(write.change);
        }
    }
    if (out.ends.empty() || !resource.forked()) return out;
    const Causality causality(resource);
    for (const auto number : telling_atoms(resource.kind)) {
        for (const auto& write : writes_of(resource, number)) {
            if (!write.effective || is_end(resource.kind, number, write.value)) continue;
            const bool apart =
                std::any_of(out.ends.begin(), out.ends.end(), [&](const ChangeId& end) {
                    return !causality.saw(end, write.change->id) &&
                           !causality.saw(write.change->id, end);
                });
            // A person who saw both and left the end standing has decided.
            const bool decided =
                std::any_of(resource.heads.begin(), resource.heads.end(), [&](const auto& head) {
                    return causality.saw(head, write.change->id) &&
                           std::any_of(out.ends.begin(), out.ends.end(),
                                       [&](const auto& end) { return causality.saw(head, end); });
                });
            if (apart && !decided) out.beside.push_back(write.change->id);
        }
    }
    std::sort(out.beside.begin(), out.beside.end());
    out.beside.erase(std::unique(out.beside.begin(), out.beside.end()), out.beside.end());
    return out;
}

Act act_of(const GroupResource& resource) {
    Act act;
    act.resource = &resource;
    act.visit = resource.kind == v1::KIND_ENCOUNTER;
    if (act.visit) {
        act.as_visit = merge::operative_as<v1::Encounter>(resource).visit();
    } else {
        act.as_procedure = merge::operative_as<v1::Procedure>(resource).procedure();
    }
    return act;
}

std::vector<ResourceId> named_by(const GroupResource& resource) {
    std::vector<ResourceId> named;
    const auto add = [&](const v1::Reference& reference) {
        if (const auto id = base::from_bytes<ResourceId>(reference.resource())) {
            named.push_back(*id);
        }
    };
    const Act act = act_of(resource);
    add(act.as_visit.plan());
    for (const auto& appointment : act.as_visit.appointment())
        add(appointment);
    add(act.as_procedure.about());
    for (const auto& plan : act.as_procedure.based_on())
        add(plan);
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named;
}

bool took_place(const v1::Visit& visit) {
    switch (visit.status()) {
        case v1::ENCOUNTER_STATUS_ARRIVED:
        case v1::ENCOUNTER_STATUS_TRIAGED:
        case v1::ENCOUNTER_STATUS_IN_PROGRESS:
        case v1::ENCOUNTER_STATUS_ONLEAVE:
        case v1::ENCOUNTER_STATUS_FINISHED:
            return true;
        default:
            return false;
    }
}

bool was_hindered(const v1::Visit& visit) {
    return visit.status() == v1::ENCOUNTER_STATUS_CANCELLED &&
           visit.hindrance() != v1::VISIT_HINDRANCE_UNSPECIFIED;
}

std::vector<ChangeId> version_seen(const v1::Performance& act) {
    std::vector<ChangeId> out;
    for (const auto& bytes : act.about_version()) {
        if (const auto id = base::from_bytes<ChangeId>(bytes)) out.push_back(*id);
    }
    return out;
}

bool was_done(const v1::Performance& act) {
    return act.status() == v1::PROCEDURE_STATUS_COMPLETED;
}

}  // namespace kari::chart
