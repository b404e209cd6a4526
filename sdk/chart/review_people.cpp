// SPDX-License-Identifier: Apache-2.0
//
// The citizen, and whom the record is linked with.
#include "sdk/chart/death.hpp"
#include "sdk/chart/rules.hpp"

namespace kari::chart {
namespace {

// Doses and visits wait for an answer, so one is asked for. Two words that are in effect are one
// conflict, and merge/patient-deceased is its finding.
void review_death(Case& the_case, const GroupResource& patient) {
    const auto words = death_words_of(patient);
    const auto* atom = patient.atom(k_patient_deceased);
    if (words.death != Death::told || (atom->contested && !patient.incomplete())) return;
    the_case.find("patient/death-unconfirmed", v1::SEVERITY_S1,
                  Subject::atom(patient.id, k_patient_deceased), words.inputs, {&patient});
}

}  // namespace

void review_people(Case& the_case) {
    for (const auto& resource : the_case.group.resources) {
        if (resource.kind == v1::KIND_PATIENT && the_case.asks(resource.id)) {
            review_death(the_case, resource);
        }
    }
}

}  // namespace kari::chart
