// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/chart_view.hpp>

#include "sdk/chart/chart.hpp"
#include "sdk/chart/slots.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/value_words.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// Plain values from a chart, for screens.
Coded coded(const v1::CodeableConcept& concept_);
v1::CodeableConcept concept_of(const Coded& coded);
// Nothing when there is no value or it is no decimal.
std::optional<Quantity> quantity(const v1::Quantity& quantity);
v1::Quantity quantity_of(const Quantity& quantity);
using clinical::fhir_code;
std::string fhir_code(v1::AllergyClinicalStatus status);
std::string fhir_code(v1::AllergyVerificationStatus status);
std::string fhir_code(v1::AllergyCriticality criticality);
std::string fhir_code(v1::MedicationRequestStatus status);
std::string fhir_code(v1::AdministrationStatus status);
std::string fhir_code(v1::ObservationStatus status);

std::string shown_name(const v1::Patient& patient);
// As it stands; of a person met by a nurse, whom the server has not taken up yet, what she wrote.
v1::Patient shown_patient(const merge::Resource& resource);
PrescriptionText prescription_text(const v1::Prescription& prescription, Language language);
clinical::Language spoken(Language language);
// Nothing: nobody says that the citizen is dead.
std::optional<Suspension> suspension(chart::Death death, Language language);

EditToken token_of(const chart::Version& version, const DataAge& age);
// Of a row: what of an order it shows, and for which dose of the plan.
EditToken row_token(const chart::Version& order, const SeenLine& line,
                    const std::optional<SlotId>& slot, const DataAge& age);

// Who said something, with the name that the directory has.
Said said_of(const Session& session, const chart::Authorship& by);

// What every item has.
template <typename Item>
Item head_of(const chart::Item& item, const DataAge& age) {
    Item out;
    out.record = item.version.record;
    out.resource = item.version.resource;
    out.token = token_of(item.version, age);
    out.incomplete = item.incomplete;
    out.unreadable = item.unreadable;
    out.kept_whole = item.lifted;
    out.heads = item.version.heads;
    return out;
}

ChartView chart_view(const Session& session, const RecordId& record, const chart::Group& group,
                     const chart::Chart& chart, const DataAge& age);
// `group` has the doses of the slot, `after` what came of them as far as it is here.
DoseSlot dose_slot(const Session& session, const chart::SlotView& slot, const chart::Group& group,
                   const chart::AfterDoses& after, const DataAge& age);

FindingItem finding_item(const Session& session, const RecordId& record,
                         const chart::TrackedFinding& tracked, const chart::Group& group);
void sort_by_severity(std::vector<FindingItem>& findings);

}  // namespace kari::device
