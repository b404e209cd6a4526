// SPDX-License-Identifier: Apache-2.0
// Orders, and what follows a dose: a second person's check, a patch that is off. And a new record.
#include <optional>
#include <string>
#include <vector>

#include <kari/care_actions.hpp>

#include "bindings/c/src/writing.hpp"

namespace kari::c {

namespace {

// Nothing where it is null, which is not the same as none.
std::optional<std::vector<std::string>> texts_of(Arguments& read, const kari_text* texts,
                                                 std::size_t count, const char* name) {
    if (texts == nullptr && count == 0) return std::nullopt;
    std::vector<std::string> out;
    for (std::size_t at = 0; read.few(count, texts, name) && at < count; ++at)
        out.push_back(read.text(texts[at], name));
    return out;
}

PrescriptionProposal proposal_of(Arguments& read, const kari_prescription_proposal* proposal) {
    const auto given = read.sized(proposal, "proposal");
    PrescriptionProposal out;
    out.token = read.token(given.token);
    if (given.medication != nullptr) out.medication = read.coded(*given.medication, "medication");
    out.strength = read.quantity(given.strength, "strength");
    out.strength_per = read.quantity(given.strength_per, "strength_per");
    out.dose = read.quantity(given.dose, "dose");
    if (given.dosage_text != nullptr) {
        out.dosage_text = read.text(*given.dosage_text, "dosage_text");
    }
    out.times_of_day = texts_of(read, given.times_of_day, given.time_of_day_count, "times_of_day");
    out.days_of_week = texts_of(read, given.days_of_week, given.day_of_week_count, "days_of_week");
    out.reason = read.text(given.reason, "reason");
    out.overrides = read.overrides(given.overrides, given.override_count);
    return out;
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_order_stop(kari_device* device, kari_text token, kari_text reason,
                            const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return reasoned(read, token, reason); },
        [](kari::Device& tablet, const Reasoned& said) {
            return tablet.propose_stop(said.token, said.reason);
        });
}

kari_status kari_prescription_propose(kari_device* device,
                                      const kari_prescription_proposal* proposal,
                                      const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return proposal_of(read, proposal); },
        [](kari::Device& tablet, const kari::PrescriptionProposal& said) {
            return tablet.propose_prescription(said);
        });
}

kari_status kari_dose_check_given(kari_device* device, kari_text token, kari_text note,
                                  const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) { return Reasoned{read.token(token), read.text(note, "note")}; },
        [](kari::Device& tablet, const Reasoned& said) {
            return tablet.care().check_given_dose(said.token, said.reason);
        });
}

kari_status kari_allowance_ask_for(kari_device* device, const kari_allowance_ask* entry,
                                   const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            return kari::AllowanceAsk{read.token(given.token), given.doses, given.hours};
        },
        [](kari::Device& tablet, const kari::AllowanceAsk& ask) {
            return tablet.care().ask_allowance(ask);
        });
}

kari_status kari_allowance_return(kari_device* device, kari_text token, kari_text reason,
                                  const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return reasoned(read, token, reason); },
        [](kari::Device& tablet, const Reasoned& said) {
            return tablet.care().return_allowance(said.token, said.reason);
        });
}

kari_status kari_patch_take_off(kari_device* device, const kari_patch_off_entry* entry,
                                const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            return kari::PatchOffEntry{read.token(given.token), read.time(given.at, "at"),
                                       given.not_found, read.text(given.note, "note"),
                                       read.overrides(given.overrides, given.override_count)};
        },
        [](kari::Device& tablet, const kari::PatchOffEntry& off) {
            return tablet.care().take_off_patch(off);
        });
}

kari_status kari_record_create(kari_device* device, const kari_new_patient* patient,
                               const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(patient, "patient");
            return kari::NewPatient{read.text(given.family, "family"),
                                    read.text(given.given, "given"),
                                    read.text(given.birth_date, "birth_date"),
                                    read.text(given.gender, "gender"),
                                    read.text(given.identifier_system, "identifier_system"),
                                    read.text(given.identifier_value, "identifier_value"),
                                    read.text(given.note, "note")};
        },
        [](kari::Device& tablet, const kari::NewPatient& person) {
            return tablet.create_record(person);
        });
}

}  // extern "C"
