// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <kari.h>
#include <kari/chart_view.hpp>

#include "bindings/c/src/shelf.hpp"

// A chart and its items.
namespace kari::c {

void fill_chart(kari_chart& c, const ChartView& chart, Shelf& shelf);
const kari_patient* patient_in(Shelf& shelf, const std::optional<PatientItem>& patient);
void fill_allergy(kari_allergy& c, const AllergyItem& item, Shelf& shelf);
void fill_order(kari_order& c, const OrderItem& item, Shelf& shelf);
void fill_administration(kari_administration& c, const AdministrationItem& item, Shelf& shelf);
void fill_score(kari_score& c, const ScoreItem& item, Shelf& shelf);
void fill_observation(kari_observation& c, const ObservationItem& item, Shelf& shelf);
void fill_note(kari_note& c, const NoteItem& item, Shelf& shelf);

}  // namespace kari::c
