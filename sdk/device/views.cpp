// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/views.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/clinical/code_words.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"

namespace kari::device {

Coded coded(const v1::CodeableConcept& concept_) {
    Coded out;
    if (concept_.coding_size() > 0) {
        out.system = concept_.coding(0).system();
        out.code = concept_.coding(0).code();
    }
    out.text = clinical::shown(concept_);
    return out;
}

v1::CodeableConcept concept_of(const Coded& coded) {
    v1::CodeableConcept out;
    if (!coded.code.empty()) {
        v1::Coding* coding = out.add_coding();
        coding->set_system(coded.system);
        coding->set_code(coded.code);
        coding->set_display(coded.text);
    }
    out.set_text(coded.text);
    return out;
}

std::optional<Quantity> quantity(const v1::Quantity& quantity) {
    const auto value = Decimal::parse(quantity.value());
    if (!value) return std::nullopt;
    return Quantity{*value, quantity.code().empty() ? quantity.unit() : quantity.code(),
                    quantity.unit()};
}

v1::Quantity quantity_of(const Quantity& quantity) {
    v1::Quantity out;
    out.set_value(quantity.value.text());
    out.set_unit(quantity.unit.empty() ? quantity.code : quantity.unit);
    out.set_system(std::string(clinical::k_ucum));
    out.set_code(quantity.code);
    return out;
}

std::string fhir_code(v1::AllergyClinicalStatus status) {
    return fhir_code(v1::AllergyClinicalStatus_Name(status), "ALLERGY_CLINICAL_STATUS_");
}
std::string fhir_code(v1::AllergyVerificationStatus status) {
    return fhir_code(v1::AllergyVerificationStatus_Name(status), "ALLERGY_VERIFICATION_STATUS_");
}
std::string fhir_code(v1::AllergyCriticality criticality) {
    return fhir_code(v1::AllergyCriticality_Name(criticality), "ALLERGY_CRITICALITY_");
}
std::string fhir_code(v1::MedicationRequestStatus status) {
    return fhir_code(v1::MedicationRequestStatus_Name(status), "MEDICATION_REQUEST_STATUS_");
}
std::string fhir_code(v1::AdministrationStatus status) {
    return fhir_code(v1::AdministrationStatus_Name(status), "ADMINISTRATION_STATUS_");
}
std::string fhir_code(v1::ObservationStatus status) {
    return fhir_code(v1::ObservationStatus_Name(status), "OBSERVATION_STATUS_");
}

std::string shown_name(const v1::Patient& patient) {
    if (patient.name().items_size() == 0) return {};
    const v1::HumanName& name = patient.name().items(0);
    if (!name.text().empty()) return name.text();
    std::string out;
    for (const std::string& given : name.given())
        out += given + " ";
    out += name.family();
    return out;
}

v1::Patient shown_patient(const merge::Resource& resource) {
    auto out = merge::operative_as<v1::Patient>(resource);
    const auto proposed = [&](std::uint32_t atom) {
        const merge::AtomState* state = resource.atom(atom);
        if (state == nullptr || state->pending.empty()) return v1::Patient{};
        return merge::value_as<v1::Patient>(resource, state->pending.back());
    };
    if (!out.has_name()) {
        const auto said = proposed(v1::Patient::kNameFieldNumber);
        if (said.has_name()) *out.mutable_name() = said.name();
    }
    if (!out.has_birth_date()) {
        const auto said = proposed(v1::Patient::kBirthDateFieldNumber);
        if (said.has_birth_date()) out.set_birth_date(said.birth_date());
    }
    if (!out.has_gender()) {
        const auto said = proposed(v1::Patient::kGenderFieldNumber);
        if (said.has_gender()) out.set_gender(said.gender());
    }
    return out;
}

clinical::Language spoken(Language language) {
    return language == Language::nb ? clinical::Language::bokmaal : clinical::Language::english;
}

std::optional<Suspension> suspension(chart::Death death, Language language) {
    const std::string_view rule = chart::suspended_by(death);
    const auto* said = clinical::sentences(rule, spoken(language));
    if (said == nullptr) return std::nullopt;
    return Suspension{std::string(rule), std::string(said->title), std::string(said->meaning),
                      std::string(said->next)};
}

PrescriptionText prescription_text(const v1::Prescription& prescription, Language language) {
    PrescriptionText out;
    out.medication = coded(prescription.medication());
    if (out.medication.empty()) out.medication.text = prescription.medication_reference().display();
    out.form = clinical::shown(prescription.form());
    if (prescription.has_strength()) {
        out.strength = quantity(prescription.strength().numerator());
        out.strength_per = quantity(prescription.strength().denominator());
    }
    out.starts = prescription.validity().start();
    out.ends = prescription.validity().end();
    if (prescription.do_not_perform()) {
        out.dosage_shown = clinical::code_words("", "do_not_perform", spoken(language));
    }
    if (prescription.dosage_size() == 0) return out;
    const v1::Dosage& dosage = prescription.dosage(0);
    out.dosage_text = dosage.text();
    out.route = clinical::shown(dosage.route());
    out.site = clinical::shown(dosage.site());
    out.as_needed = dosage.as_needed();
    if (dosage.dose_and_rate_size() > 0 && dosage.dose_and_rate(0).has_dose_quantity()) {
        out.dose = quantity(dosage.dose_and_rate(0).dose_quantity());
    }
    for (const v1::Dosage& one : prescription.dosage()) {
        const auto& times = one.timing().repeat().time_of_day();
        out.times_of_day.insert(out.times_of_day.end(), times.begin(), times.end());
        const std::string words = clinical::shown_dosage(one, spoken(language));
        if (words.empty()) continue;
        out.dosage_shown += (out.dosage_shown.empty() ? "" : "; ") + words;
    }
    return out;
}

namespace {

SeenResource seen_of(const chart::Version& version, const DataAge& age) {
    SeenResource seen;
    seen.record = version.record;
    seen.resource = version.resource;
    seen.heads = version.heads;
    if (age.as_of) seen.age_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, age.age.ms));
    return seen;
}

}  // namespace

EditToken token_of(const chart::Version& version, const DataAge& age) {
    return make_token(seen_of(version, age));
}

EditToken row_token(const chart::Version& order, const SeenLine& line,
                    const std::optional<SlotId>& slot, const DataAge& age) {
    SeenResource seen = seen_of(order, age);
    seen.line = line;
    seen.slot = slot;
    return make_token(seen);
}

Said said_of(const Session& session, const chart::Authorship& by) {
    Said out;
    out.change = by.change;
    out.person = by.person.value_or(PersonId{});
    out.person_name = person_name(session.settings, out.person);
    out.recorded = by.recorded;
    out.by_server = by.from_server;
    return out;
}

void sort_by_severity(std::vector<FindingItem>& findings) {
    std::sort(findings.begin(), findings.end(), [](const FindingItem& a, const FindingItem& b) {
        return std::tie(a.severity, a.id) < std::tie(b.severity, b.id);
    });
}

}  // namespace kari::device
