// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/chart_items.hpp"

#include "bindings/c/src/views.hpp"

namespace kari::c {

namespace {

const kari_prescription* prescription_in(Shelf& shelf, const PrescriptionText& text) {
    auto* const c = shelf.make<kari_prescription>();
    c->medication = coded_of(text.medication);
    c->form = shown(text.form);
    c->strength = quantity_in(shelf, text.strength);
    c->strength_per = quantity_in(shelf, text.strength_per);
    c->dose = quantity_in(shelf, text.dose);
    c->dosage_shown = shown(text.dosage_shown);
    c->route = shown(text.route);
    c->site = shown(text.site);
    c->times_of_day = shelf.texts(text.times_of_day, c->time_of_day_count);
    c->as_needed = text.as_needed;
    c->starts = shown(text.starts);
    c->ends = shown(text.ends);
    return c;
}

const kari_scanned_package* package_in(Shelf& shelf, const std::optional<PackageText>& package) {
    if (!package) return nullptr;
    auto* const c = shelf.make<kari_scanned_package>();
    c->gtin = shown(package->gtin);
    c->vnr = shown(package->vnr);
    c->expires = shown(package->expires);
    c->lot = shown(package->lot);
    c->serial = shown(package->serial);
    return c;
}

const kari_administration_text* administration_in(Shelf& shelf, const AdministrationText& text) {
    auto* const c = shelf.make<kari_administration_text>();
    c->status = shown(text.status);
    c->status_reasons =
        shelf.array<kari_coded>(text.status_reason, c->status_reason_count, coded_of);
    c->medication = coded_of(text.medication);
    c->order = id_as<kari_resource_id>(text.order);
    c->effective = shown(text.effective);
    c->dose = quantity_in(shelf, text.dose);
    c->site = coded_of(text.site);
    c->performers = shelf.texts(text.performers, c->performer_count);
    c->notes = shelf.texts(text.notes, c->note_count);
    c->overrides = shelf.array<kari_override>(text.overrides, c->override_count, override_of);
    c->intake = shown(text.intake);
    c->effect_due = shown(text.effect_due);
    c->scanned = package_in(shelf, text.package);
    return c;
}

const kari_observation_text* observation_in(Shelf& shelf, const ObservationText& text) {
    auto* const c = shelf.make<kari_observation_text>();
    c->status = shown(text.status);
    c->code = coded_of(text.code);
    c->value = quantity_in(shelf, text.value);
    c->text = shown(text.text);
    c->components = shelf.array<kari_observation_part>(
        text.components, c->component_count, [&](const ObservationPart& part) {
            return kari_observation_part{coded_of(part.code), quantity_in(shelf, part.value),
                                         shown(part.text)};
        });
    c->effective = shown(text.effective);
    c->notes = shelf.texts(text.notes, c->note_count);
    return c;
}

const kari_note_text* note_in(Shelf& shelf, const NoteText& text) {
    auto* const c = shelf.make<kari_note_text>();
    c->status = shown(text.status);
    c->is_signed = text.is_signed;
    c->type = shown(text.type);
    c->title = shown(text.title);
    c->text = shown(text.text);
    c->date = shown(text.date);
    c->authors = shelf.texts(text.authors, c->author_count);
    c->appends_to = id_as<kari_resource_id>(text.appends_to);
    return c;
}

}  // namespace

const kari_patient* patient_in(Shelf& shelf, const std::optional<PatientItem>& patient) {
    if (!patient) return nullptr;
    auto* const c = shelf.make<kari_patient>();
    c->item = item_in(shelf, *patient);
    c->name = shown(patient->name);
    c->birth_date = shown(patient->birth_date);
    c->gender = shown(patient->gender);
    c->address = shown(patient->address);
    c->telecom = shown(patient->telecom);
    c->identifiers = shelf.texts(patient->identifiers, c->identifier_count);
    c->name_contested = patient->name_contested;
    c->deceased = patient->deceased;
    return c;
}

void fill_allergy(kari_allergy& c, const AllergyItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.code = field_of<kari_coded_field, kari_coded_statement>(shelf, item.code, coded_in);
    c.clinical_status = text_field(shelf, item.clinical_status);
    c.verification_status = text_field(shelf, item.verification_status);
    c.criticality = text_field(shelf, item.criticality);
    c.reactions = shelf.texts(item.reactions, c.reaction_count);
    c.notes = shelf.texts(item.notes, c.note_count);
    c.active = item.active;
}

void fill_order(kari_order& c, const OrderItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.status = text_field(shelf, item.status);
    c.prescription = field_of<kari_prescription_field, kari_prescription_statement>(
        shelf, item.prescription, prescription_in);
    c.prescriber = shown(item.prescriber);
    c.status_reason = shown(item.status_reason);
    c.notes = shelf.texts(item.notes, c.note_count);
    c.active = item.active;
}

void fill_administration(kari_administration& c, const AdministrationItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.statement = field_of<kari_administration_field, kari_administration_statement>(
        shelf, item.statement, administration_in);
    c.earlier = statements_in<kari_administration_statement>(shelf, item.earlier, c.earlier_count,
                                                             administration_in);
    c.checks = shelf.list<kari_check>(item.checks, c.check_count,
                                      [&](kari_check& row, const CheckItem& check) {
                                          row.said = said_in(shelf, check.said);
                                          row.standing = shown(check.standing);
                                      });
    c.counts = item.counts;
    c.correction_unconfirmed = item.correction_unconfirmed;
    c.after = shelf.list<kari_after_dose>(item.after, c.after_count,
                                          [&](kari_after_dose& row, const AfterDoseItem& one) {
                                              row.what = shown(one.what);
                                              row.at = shown(one.at);
                                              row.outcome = shown(one.outcome);
                                              row.note = shown(one.note);
                                              row.token = shown(one.token.text);
                                              row.said = said_in(shelf, one.said);
                                          });
}

void fill_score(kari_score& c, const ScoreItem& item, Shelf& shelf) {
    c.effective = shown(item.effective);
    c.total = item.total.value_or(-1);
    c.at_least = item.at_least.value_or(-1);
    c.parts = item.parts;
    c.scale = item.scale;
    c.by_scale_2 = item.by_scale_2.value_or(-1);
    c.level = shown(item.level);
    c.title = shown(item.title);
    c.action = shown(item.action);
    c.reservations = shelf.texts(item.reservations, c.reservation_count);
    c.decision = id_as<kari_resource_id>(item.decision);
}

void fill_observation(kari_observation& c, const ObservationItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.statement = field_of<kari_observation_field, kari_observation_statement>(
        shelf, item.statement, observation_in);
    c.earlier = statements_in<kari_observation_statement>(shelf, item.earlier, c.earlier_count,
                                                          observation_in);
}

void fill_note(kari_note& c, const NoteItem& item, Shelf& shelf) {
    c.item = item_in(shelf, item);
    c.document = field_of<kari_note_field, kari_note_statement>(shelf, item.document, note_in);
}

}  // namespace kari::c
