// SPDX-License-Identifier: Apache-2.0
//
// Observations, doses, orders, allergies, notes and answers to findings.
#include "tests/simulation/chart_acts.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "sdk/base/time.hpp"

namespace kari::sim {
namespace {

const std::array<Coded, 4> k_allergens = {{{"http://www.whocc.no/atc", "J01C", "Penicilliner"},
                                           {"http://www.whocc.no/atc", "M01A", "NSAID"},
                                           {"http://www.whocc.no/atc", "N02BE01", "Paracetamol"},
                                           {"", "", "Jordbær"}}};

ObservationEntry pulse(Dice& dice) {
    ObservationEntry entry;
    entry.code = {"http://loinc.org", "8867-4", "Puls"};
    entry.value =
        Quantity{Decimal::of(50 + static_cast<long long>(dice.below(60))), "/min", "/min"};
    entry.confirmed = true;
    return entry;
}

Answer observe(Seen& seen) {
    return seen.tablet->record_observation(seen.chart.record, pulse(seen.dice));
}

Answer correct(Seen& seen) {
    const auto* item = pick(seen, seen.chart.observations);
    if (item == nullptr) return std::nullopt;
    return seen.tablet->correct_observation(item->token, pulse(seen.dice));
}

Answer retract(Seen& seen) {
    const auto* item = pick(seen, seen.chart.observations);
    if (item == nullptr) return std::nullopt;
    return seen.tablet->observation_entered_in_error(item->token, "wrong citizen");
}

std::optional<DoseSlot> due(Seen& seen) {
    const auto moment = base::in_zone(seen.tablet.machine.clock->wall(), "Europe/Oslo");
    if (!moment) return std::nullopt;
    const auto round = seen.tablet->doses_due(seen.chart.record, base::local_date(*moment));
    if (!round) {
        seen.world.check_error(seen.tablet, "doses", round.error());
        return std::nullopt;
    }
    if (round->slots.empty()) return std::nullopt;
    return round->slots[seen.dice.below(round->slots.size())];
}

Answer give(Seen& seen) {
    const auto slot = due(seen);
    if (!slot) return std::nullopt;
    DoseEntry entry;
    entry.token = slot->token;
    constexpr DoseIntake k_otherwise[] = {DoseIntake::self_observed, DoseIntake::self_reported,
                                          DoseIntake::handed_over, DoseIntake::by_other};
    if (seen.dice.chance(250)) entry.intake = k_otherwise[seen.dice.below(std::size(k_otherwise))];
    if (entry.intake == DoseIntake::by_other) entry.given_by = "her daughter";
    const auto warnings = seen.tablet->check_dose(entry);
    if (!warnings) return tl::unexpected(warnings.error());
    for (const DoseWarning& warning : *warnings) {
        if (warning.needs_reason) entry.overrides.push_back({warning.rule, "agreed by phone"});
    }
    auto written = seen.tablet->give(entry);
    if (written) {
        seen.world.ledger.gave({written->record, slot->order, slot->date, slot->nominal},
                               written->resource, seen.tablet.in_hand());
    }
    return written;
}

Answer not_given(Seen& seen) {
    const auto slot = due(seen);
    if (!slot) return std::nullopt;
    NotGivenEntry entry;
    entry.token = slot->token;
    entry.why = seen.dice.coin() ? NotGiven::refused : NotGiven::away;
    entry.reason = "did not want it";
    return seen.tablet->not_given(entry);
}

// Mostly one that was given, and often by another.
const AdministrationItem* pick_dose(Seen& seen) {
    const bool of_another = seen.dice.coin();
    std::vector<const AdministrationItem*> given;
    for (const AdministrationItem& one : seen.chart.administrations) {
        const auto& live = one.statement.live;
        if (live.size() != 1 || live.front().value.status != "completed") continue;
        const bool own = live.front().said.person == seen.tablet.in_hand();
        if (!own || !of_another) given.push_back(&one);
    }
    if (given.empty() || seen.dice.chance(200)) return pick(seen, seen.chart.administrations);
    return given[seen.dice.below(given.size())];
}

bool shows_drug(const AdministrationItem& item) {
    const auto& live = item.statement.live;
    return std::all_of(live.begin(), live.end(), [](const auto& one) {
        return !one.value.medication.text.empty() || !one.value.medication.code.empty() ||
               !one.value.order.is_zero();
    });
}

Answer correct_dose(Seen& seen) {
    const auto* item = pick_dose(seen);
    // What a later program said in words of its own shows no drug: there is nothing to correct.
    if (item == nullptr || !shows_drug(*item)) return std::nullopt;
    DoseCorrection entry;
    entry.token = item->token;
    entry.reason = "counted again";
    entry.entered_in_error = seen.dice.coin();
    if (!entry.entered_in_error) entry.dose = Quantity{Decimal::of(2), "{tablet}", "tablett"};
    auto written = seen.tablet->correct_dose(entry);
    // Of what was not given only the words are corrected.
    if (!written && written.error().what == "entry/not-given-amount") {
        entry.dose.reset();
        written = seen.tablet->correct_dose(entry);
    }
    // Where the disk failed it may be durable all the same.
    const bool done = written || written.error().code == ErrorCode::storage_failed ||
                      written.error().code == ErrorCode::storage_full;
    if (done && entry.entered_in_error)
        seen.world.ledger.entered_in_error(item->resource, seen.tablet.in_hand());
    return written;
}

Answer propose_stop(Seen& seen) {
    const auto* item = pick(seen, seen.chart.orders);
    if (item == nullptr) return std::nullopt;
    return seen.tablet->propose_stop(item->token, "too drowsy");
}

Answer propose_prescription(Seen& seen) {
    const auto* item = pick(seen, seen.chart.orders);
    if (item == nullptr) return std::nullopt;
    PrescriptionProposal entry;
    entry.token = item->token;
    entry.dose = Quantity{Decimal::of(1 + static_cast<long long>(seen.dice.below(3))), "{tablet}",
                          "tablett"};
    entry.reason = "as agreed with the doctor";
    return seen.tablet->propose_prescription(entry);
}

AllergyEntry allergy(Dice& dice) {
    AllergyEntry entry;
    entry.code = k_allergens[dice.below(k_allergens.size())];
    entry.criticality = dice.coin() ? "high" : "low";
    entry.reaction = "rash";
    return entry;
}

Answer add_allergy(Seen& seen) {
    return seen.tablet->add_allergy(seen.chart.record, allergy(seen.dice));
}

Answer allergy_evidence(Seen& seen) {
    const auto* item = pick(seen, seen.chart.allergies);
    if (item == nullptr) return std::nullopt;
    return seen.tablet->add_allergy_evidence(item->token, allergy(seen.dice));
}

Answer refute_allergy(Seen& seen) {
    const auto* item = pick(seen, seen.chart.allergies);
    if (item == nullptr) return std::nullopt;
    return seen.dice.coin() ? seen.tablet->refute_allergy(item->token, "tested")
                            : seen.tablet->retract_allergy(item->token, "of another citizen");
}

NoteEntry note_of(Dice& dice) {
    NoteEntry entry;
    entry.type = "note";
    entry.title = "Visit";
    entry.text = fmt::format("Said that {} of the last nights were bad.", dice.below(7));
    return entry;
}

Answer write_note(Seen& seen) {
    return seen.tablet->write_note(seen.chart.record, note_of(seen.dice));
}

Answer edit_note(Seen& seen) {
    const auto* item = pick(seen, seen.chart.notes);
    if (item == nullptr) return std::nullopt;
    switch (seen.dice.below(3)) {
        case 0:
            return seen.tablet->edit_note(item->token, note_of(seen.dice));
        case 1:
            return seen.tablet->sign_note(item->token);
        default:
            return seen.tablet->addend(item->token, note_of(seen.dice));
    }
}

Answer answer_finding(Seen& seen) {
    const auto& items = seen.chart.findings;
    if (items.empty()) return std::nullopt;
    const FindingItem& item = items[seen.dice.below(items.size())];
    switch (seen.dice.below(3)) {
        case 0:
            return seen.tablet->assign_finding(item.token, seen.tablet.nurses.front());
        case 1: {
            const auto until = seen.tablet.machine.clock->wall() + Duration::hours(8);
            return seen.tablet->defer_finding(item.token, {until, 0, "Europe/Oslo"},
                                              "after the round");
        }
        default:
            return seen.tablet->resolve_finding({item.token, "looked-at", "phoned"});
    }
}

Answer create_record(Seen& seen) {
    if (!seen.dice.chance(300)) return std::nullopt;
    NewPatient patient;
    patient.family = "Ukjent";
    patient.given = "Oppdiktet";
    patient.note = "Met at the door.";
    auto written = seen.tablet->create_record(patient);
    if (written) seen.world.granted.insert(written->record);
    return written;
}

constexpr Act k_acts[] = {
    {"observe", 20, observe},         {"correct", 6, correct},
    {"retract", 2, retract},          {"give", 14, give},
    {"not given", 4, not_given},      {"correct dose", 12, correct_dose},
    {"stop", 2, propose_stop},        {"prescribe", 3, propose_prescription},
    {"allergy", 2, add_allergy},      {"evidence", 2, allergy_evidence},
    {"refute", 2, refute_allergy},    {"note", 4, write_note},
    {"edit note", 6, edit_note},      {"answer", 4, answer_finding},
    {"new record", 1, create_record},
};

}  // namespace

std::span<const Act> medicine_acts() {
    return k_acts;
}

}  // namespace kari::sim
