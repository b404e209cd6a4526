// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "bindings/c/src/writing.hpp"

namespace kari::c {

namespace {

AllergyEntry allergy_of(Arguments& read, const kari_allergy_entry* entry) {
    const auto given = read.sized(entry, "entry");
    return {read.coded(given.code, "code"),
            read.text(given.criticality, "criticality"),
            read.text(given.verification, "verification"),
            read.text(given.type, "type"),
            read.text(given.reaction, "reaction"),
            read.text(given.note, "note")};
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_allergy_add(kari_device* device, const kari_record_id* record,
                             const kari_allergy_entry* entry, const kari_written** out,
                             kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            return std::pair(read.id<kari::RecordId>(record, "record"), allergy_of(read, entry));
        },
        [](kari::Device& tablet, const std::pair<kari::RecordId, kari::AllergyEntry>& said) {
            return tablet.add_allergy(said.first, said.second);
        });
}

kari_status kari_allergy_evidence_add(kari_device* device, kari_text token,
                                      const kari_allergy_entry* entry, const kari_written** out,
                                      kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) { return std::pair(read.token(token), allergy_of(read, entry)); },
        [](kari::Device& tablet, const std::pair<kari::EditToken, kari::AllergyEntry>& said) {
            return tablet.add_allergy_evidence(said.first, said.second);
        });
}

kari_status kari_allergy_refute(kari_device* device, kari_text token, kari_text reason,
                                const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return reasoned(read, token, reason); },
        [](kari::Device& tablet, const Reasoned& said) {
            return tablet.refute_allergy(said.token, said.reason);
        });
}

kari_status kari_allergy_retract(kari_device* device, kari_text token, kari_text reason,
                                 const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return reasoned(read, token, reason); },
        [](kari::Device& tablet, const Reasoned& said) {
            return tablet.retract_allergy(said.token, said.reason);
        });
}

}  // extern "C"
