// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/medication.hpp"

#include "sdk/fhir/remainder.hpp"

namespace kari::fhir {

namespace {

constexpr std::string_view k_made_here = "medication";

// Drug, form, strength and reference of either kind, as an order has them.
v1::Prescription medication_in(const google::protobuf::Message& message) {
    v1::Prescription facts;
    if (const auto* order = dynamic_cast<const v1::MedicationRequest*>(&message)) {
        const v1::Prescription& prescription = order->prescription();
        if (prescription.has_medication()) {
            *facts.mutable_medication() = prescription.medication();
        }
        if (prescription.has_medication_reference()) {
            *facts.mutable_medication_reference() = prescription.medication_reference();
        }
        if (prescription.has_form()) *facts.mutable_form() = prescription.form();
        if (prescription.has_strength()) *facts.mutable_strength() = prescription.strength();
    } else if (const auto* given = dynamic_cast<const v1::MedicationAdministration*>(&message)) {
        const v1::Administration& administration = given->administration();
        if (administration.has_medication()) {
            *facts.mutable_medication() = administration.medication();
        }
        if (administration.has_medication_reference()) {
            *facts.mutable_medication_reference() = administration.medication_reference();
        }
        if (administration.has_strength()) *facts.mutable_strength() = administration.strength();
    }
    return facts;
}

bool has_facts(const v1::Prescription& facts) {
    return facts.has_medication() || facts.has_form() || facts.has_strength();
}

std::string fingerprint_of(v1::Prescription facts) {
    facts.clear_medication_reference();
    return fingerprint(write_message(facts));
}

Json contained_medication(const v1::Prescription& facts, std::string_view id, bool with_name) {
    Json medication = Json::object();
    medication.set("resourceType", Json("Medication"));
    medication.set("id", Json(id));
    if (facts.has_medication()) medication.set("code", write_message(facts.medication()));
    if (facts.has_form()) medication.set("form", write_message(facts.form()));
    if (facts.has_strength()) {
        Json ingredient = Json::object();
        if (with_name && facts.has_medication()) {
            ingredient.set("itemCodeableConcept", write_message(facts.medication()));
        }
        ingredient.set("strength", write_message(facts.strength()));
        medication.set("ingredient", Json(Json::Array{std::move(ingredient)}));
    }
    return medication;
}

const Json* contained_of(const Json& resource, std::string_view id) {
    const Json* contained = resource.find("contained");
    if (contained == nullptr || contained->items() == nullptr) return nullptr;
    for (const Json& item : contained->all_items()) {
        if (item.text("id") == id && item.text("resourceType") == "Medication") return &item;
    }
    return nullptr;
}

// Fills what is absent.
void fill(const v1::Prescription& found, google::protobuf::Message& message) {
    if (auto* order = dynamic_cast<v1::MedicationRequest*>(&message)) {
        v1::Prescription& prescription = *order->mutable_prescription();
        if (found.has_medication()) *prescription.mutable_medication() = found.medication();
        if (found.has_form()) *prescription.mutable_form() = found.form();
        if (found.has_strength()) *prescription.mutable_strength() = found.strength();
    } else if (auto* given = dynamic_cast<v1::MedicationAdministration*>(&message)) {
        v1::Administration& administration = *given->mutable_administration();
        if (found.has_medication()) *administration.mutable_medication() = found.medication();
        if (found.has_strength()) *administration.mutable_strength() = found.strength();
    }
}

}  // namespace

v1::Prescription read_medication(const Json& medication, Reading& reading) {
    v1::Prescription facts;
    const auto read = [&](const Json* element, google::protobuf::Message* into, const char* path) {
        return element != nullptr && read_message(*element, *into, path, reading);
    };
    v1::CodeableConcept code;
    if (read(medication.find("code"), &code, "Medication.code")) {
        *facts.mutable_medication() = code;
    }
    v1::CodeableConcept form;
    if (read(medication.find("form"), &form, "Medication.form")) *facts.mutable_form() = form;
    const Json* ingredients = medication.find("ingredient");
    if (ingredients != nullptr && ingredients->items() != nullptr &&
        ingredients->all_items().size() == 1) {
        v1::Ratio strength;
        if (read(ingredients->all_items().front().find("strength"), &strength,
                 "Medication.ingredient[0].strength")) {
            *facts.mutable_strength() = strength;
        }
    }
    return facts;
}

void fill_medication(const Json& resource, google::protobuf::Message& message,
                     const Surroundings& surroundings, Json& remainder, Reading& reading) {
    const v1::Prescription own = medication_in(message);
    if (!own.has_medication_reference()) return;
    if (own.has_medication()) {
        reading.refuse(std::string(resource.text("resourceType")) + ".medication[x]",
                       "stands twice");
        return;
    }
    const std::string& reference = own.medication_reference().reference();
    std::optional<v1::Prescription> found;
    if (reference.starts_with('#')) {
        const Json* contained = contained_of(resource, std::string_view(reference).substr(1));
        if (contained != nullptr) found = read_medication(*contained, reading);
    } else if (!reference.empty() && surroundings.medication_of) {
        found = surroundings.medication_of(reference);
    }
    if (!found || !has_facts(*found)) return;
    fill(*found, message);
    if (!reference.starts_with('#')) {
        remainder.set("$medication", Json(fingerprint_of(medication_in(message))));
    }
}

void settle_medication(const google::protobuf::Message& message, const Json& remainder, Json& out) {
    const v1::Prescription facts = medication_in(message);
    const std::string& reference = facts.medication_reference().reference();
    const auto contain = [&](std::string_view id, bool with_name) {
        out.erase("medicationCodeableConcept");
        out.set("contained", Json(Json::Array{contained_medication(facts, id, with_name)}));
    };
    if (reference.starts_with('#') && has_facts(facts)) {
        contain(std::string_view(reference).substr(1), false);
    } else if (facts.has_medication_reference() &&
               (!has_facts(facts) || remainder.text("$medication") == fingerprint_of(facts))) {
        out.erase("medicationCodeableConcept");
    } else if (facts.has_form() || facts.has_strength()) {
        contain(k_made_here, true);
        Json to = Json::object();
        to.set("reference", Json('#' + std::string(k_made_here)));
        out.set("medicationReference", std::move(to));
    } else {
        out.erase("medicationReference");
    }
}

void name_ingredient(const google::protobuf::Message& message, const Json& remainder, Json& out) {
    const v1::Prescription facts = medication_in(message);
    const std::string& reference = facts.medication_reference().reference();
    if (!reference.starts_with('#') || !facts.has_strength() || !facts.has_medication()) return;
    // As it came: nothing is added to it, whatever it lacks.
    const Json mapped = contained_medication(facts, std::string_view(reference).substr(1), false);
    if (canonical_text(remainder).find(fingerprint(mapped)) != std::string::npos) return;
    Json* contained = out.find("contained");
    if (contained == nullptr || contained->items() == nullptr) return;
    for (Json& item : *contained->items()) {
        if (item == mapped) {
            item = contained_medication(facts, std::string_view(reference).substr(1), true);
        }
    }
}

}  // namespace kari::fhir
