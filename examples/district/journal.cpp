// SPDX-License-Identifier: Apache-2.0
#include "examples/district/journal.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <vector>

#include "examples/district/drugs.hpp"
#include "examples/district/elements.hpp"
#include "examples/district/json_text.hpp"

namespace kari::district {

namespace {

// Family names that nobody has: "test", "example", "sample" and the like with a Norwegian ending.
constexpr std::array<std::string_view, 12> k_family = {
    "Testesen",  "Prøvedal",  "Eksempelvik", "Syntesen",  "Demohaug",     "Liksomstad",
    "Attrappås", "Oppdiktet", "Modellmo",    "Tenktenes", "Fantasifjell", "Skinnvoll"};
constexpr std::array<std::string_view, 8> k_women = {"Kari",   "Synnøve", "Åse",   "Ingrid",
                                                     "Astrid", "Solveig", "Berit", "Gunhild"};
constexpr std::array<std::string_view, 8> k_men = {"Ola",    "Bjørn",   "Knut", "Harald",
                                                   "Sverre", "Øystein", "Arne", "Torleif"};

std::string two(unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string route_of(const Drug& drug) {
    if (drug.dose_code == "[iU]") return coded(k_snomed, "34206005", "Subkutant");
    if (drug.atc.starts_with("R03")) return coded(k_snomed, "447694001", "Inhalasjon");
    return coded(k_snomed, "26643006", "Oralt");
}

// What a bundle is put together from.
class Journal {
public:
    Journal(unsigned number, const Staff& staff, std::string_view day, Dice& dice)
        : number_(number), staff_(staff), day_(day), dice_(dice), patient_(dice.uuid()) {}

    Citizen make();

private:
    std::string at(std::string_view time) const {
        return day_ + 'T' + std::string(time) + ":00+01:00";
    }
    std::string add(std::string_view type, Members members);
    std::string subject() const { return reference(patient_); }

    void add_patient(Citizen& out);
    void add_allergies();
    void add_orders();
    std::string add_order(const Drug& drug);
    void add_administrations(const Drug& drug, const std::string& order);
    void add_observations();
    void add_simple(std::string_view loinc, std::string_view name, std::string_view value,
                    std::string_view unit, std::string_view code);
    void add_blood_pressure();
    void add_notes();
    void add_unmapped();

    unsigned number_;
    const Staff& staff_;
    std::string day_;
    Dice& dice_;
    std::string patient_;
    std::vector<std::string> entries_;
};

std::string Journal::add(std::string_view type, Members members) {
    std::string id = type == "Patient" ? patient_ : dice_.uuid();
    Members all = {{"resourceType", quoted(type)}, {"id", quoted(id)}, {"meta", meta()}};
    all.insert(all.end(), members.begin(), members.end());
    const std::string request =
        object({{"method", quoted("PUT")}, {"url", quoted(std::string(type) + '/' + id)}});
    entries_.push_back(object(
        {{"fullUrl", quoted("urn:uuid:" + id)}, {"resource", object(all)}, {"request", request}}));
    return id;
}

void Journal::add_patient(Citizen& out) {
    const bool woman = dice_.one_in(2);
    const unsigned year = 1925 + dice_.below(35);
    const unsigned month = 1 + dice_.below(12);
    const unsigned day = 1 + dice_.below(28);
    out.logical_id = patient_;
    out.national_id = synthetic_national_id(static_cast<int>(year), static_cast<int>(month),
                                            static_cast<int>(day), number_);
    const std::string street = "Oppdiktet vei " + std::to_string(1 + dice_.below(99));
    Members name = {{"use", quoted("official")},
                    {"family", quoted(dice_.pick(k_family))},
                    {"given", array({quoted(woman ? dice_.pick(k_women) : dice_.pick(k_men))})}};
    add("Patient",
        {{"identifier", array({object({{"use", quoted("official")},
                                       {"system", quoted(k_fnr)},
                                       {"value", quoted(out.national_id)}})})},
         {"active", "true"},
         {"name", array({object(name)})},
         {"telecom", array({object({{"system", quoted("phone")},
                                    {"value", quoted("000 00 " + two(number_ % 100) + "0")},
                                    {"use", quoted("home")}})})},
         {"gender", quoted(woman ? "female" : "male")},
         {"birthDate", quoted(std::to_string(year) + '-' + two(month) + '-' + two(day))},
         {"address", array({object({{"use", quoted("home")},
                                    {"line", array({quoted(street)})},
                                    {"city", quoted("Eksempelby")},
                                    {"postalCode", quoted("0000")},
                                    {"country", quoted("NO")}})})},
         {"communication",
          array({object({{"language", coded("urn:ietf:bcp:47", "nb", "Norsk bokmål")},
                         {"preferred", "true"}})})},
         {"managingOrganization", reference(staff_.unit_id)}});
}

void Journal::add_allergies() {
    const auto status = [](std::string_view which, std::string_view code) {
        return object(
            {{"coding",
              array({object({{"system", quoted(std::string(k_terminology) + std::string(which))},
                             {"code", quoted(code)}})})}});
    };
    const std::string active = status("allergyintolerance-clinical", "active");
    const std::string confirmed = status("allergyintolerance-verification", "confirmed");
    if (number_ % 4 == 0) {
        const std::string reaction =
            object({{"manifestation", array({coded(k_snomed, "126485001", "Urticaria")})},
                    {"onset", quoted("1998")},
                    {"severity", quoted("severe")}});
        add("AllergyIntolerance",
            {{"clinicalStatus", active},
             {"verificationStatus", confirmed},
             {"type", quoted("allergy")},
             {"category", array({quoted("medication")})},
             {"criticality", quoted("high")},
             {"code", coded(k_atc, "J01C", "Penicilliner")},
             {"patient", subject()},
             {"onsetDateTime", quoted("1998")},
             {"recordedDate", quoted("2019-05-02")},
             {"recorder", reference(staff_.doctor_id)},
             {"reaction", array({reaction})},
             {"note", array({note(staff_.nurse_id, "2019-05-02", "Oppgitt av pårørende")})}});
    } else if (number_ % 4 == 1) {
        add("AllergyIntolerance", {{"clinicalStatus", active},
                                   {"verificationStatus", confirmed},
                                   {"code", coded(k_snomed, "716186003", "No known allergy")},
                                   {"patient", subject()},
                                   {"recordedDate", quoted("2024-11")}});
    } else if (number_ % 4 == 2) {
        add("AllergyIntolerance",
            {{"clinicalStatus", active},
             {"verificationStatus", status("allergyintolerance-verification", "unconfirmed")},
             {"type", quoted("intolerance")},
             {"category", array({quoted("medication"), quoted("environment")})},
             {"criticality", quoted("low")},
             {"code", coded(k_atc, "N02BA01", "Acetylsalisylsyre")},
             {"patient", subject()},
             {"onsetString", quoted("i voksen alder")},
             {"recordedDate", quoted("2021-08-17T10:30:00+02:00")}});
    }
}

std::string Journal::add_order(const Drug& drug) {
    const bool as_needed = drug.times.empty();
    std::vector<std::string> times;
    std::string spoken;
    for (std::size_t from = 0; from < drug.times.size();) {
        const std::size_t end = std::min(drug.times.find(' ', from), drug.times.size());
        const std::string hour(drug.times.substr(from, end - from));
        times.push_back(quoted((hour.size() == 1 ? "0" : "") + hour + ":00:00"));
        spoken += (spoken.empty() ? "kl. " : ", ") + hour;
        from = end + 1;
    }
    const std::string dose = quantity(drug.dose, drug.dose_unit, drug.dose_code);
    const std::string count = std::to_string(times.size());
    const std::string repeat = object({{"boundsPeriod", object({{"start", quoted("2024-11-01")}})},
                                       {"frequency", count},
                                       {"period", "1"},
                                       {"periodUnit", quoted("d")},
                                       {"timeOfDay", array(times)}});
    const std::string max = object({{"numerator", quantity("3.0", drug.dose_unit, drug.dose_code)},
                                    {"denominator", quantity("24", "t", "h")}});
    const std::string text = std::string(drug.dose) + ' ' + std::string(drug.dose_unit) +
                             (as_needed ? " ved behov" : ' ' + spoken);
    const std::string dosage =
        object({{"sequence", "1"},
                {"text", quoted(text)},
                {"timing", as_needed ? "" : object({{"repeat", repeat}})},
                {"asNeededCodeableConcept", as_needed ? concept_text(drug.reason) : ""},
                {"route", route_of(drug)},
                {"doseAndRate", array({object({{"doseQuantity", dose}})})},
                {"maxDosePerPeriod", as_needed ? max : ""}});
    const std::string drug_concept = coded(k_atc, drug.atc, drug.name);
    const std::string medication = object(
        {{"resourceType", quoted("Medication")},
         {"id", quoted("drug")},
         {"code", drug_concept},
         {"form", concept_text(drug.form)},
         {"ingredient",
          array({object(
              {{"itemCodeableConcept", drug_concept},
               {"strength", object({{"numerator", quantity(drug.strength, drug.strength_code,
                                                           drug.strength_code)},
                                    {"denominator", quantity("1", drug.per, drug.per)}})}})})}});
    return add("MedicationRequest",
               {{"contained", array({medication})},
                {"status", quoted("active")},
                {"intent", quoted("order")},
                {"category", array({concept_text("Fast ordinasjon i hjemmet")})},
                {"medicationReference",
                 object({{"reference", quoted("#drug")}, {"display", quoted(drug.name)}})},
                {"subject", subject()},
                {"authoredOn", quoted("2024-11-01T09:15:00+01:00")},
                {"requester", reference(staff_.doctor_id)},
                {"reasonCode", array({concept_text(drug.reason)})},
                {"note", array({object({{"text", quoted(k_label)}})})},
                {"dosageInstruction", array({dosage})}});
}

void Journal::add_administrations(const Drug& drug, const std::string& order) {
    if (drug.times.empty()) return;
    const bool refused = dice_.one_in(6);
    const std::string dosage =
        object({{"text", quoted(std::string(drug.dose) + ' ' + std::string(drug.dose_unit))},
                {"route", route_of(drug)},
                {"dose", quantity(drug.dose, drug.dose_unit, drug.dose_code)}});
    add("MedicationAdministration",
        {{"status", quoted(refused ? "not-done" : "completed")},
         {"statusReason", refused ? array({concept_text("Ønsket ikke dosen")}) : ""},
         {"medicationCodeableConcept", coded(k_atc, drug.atc, drug.name)},
         {"subject", subject()},
         {"effectiveDateTime", quoted(at("08:05"))},
         {"performer", array({object({{"actor", reference(staff_.nurse_id)}})})},
         {"request", reference(order)},
         {"dosage", refused ? "" : dosage}});
}

void Journal::add_orders() {
    // No penicillin for those with a recorded allergy to it: hazards are planted by the demo.
    const bool allergic = number_ % 4 == 0;
    std::set<std::string_view> chosen;
    const std::size_t count = 2 + dice_.below(3);
    // The first drug is one that every citizen takes three times a day.
    for (const Drug* drug = &k_drugs[0]; chosen.size() < count; drug = &dice_.pick(k_drugs)) {
        if ((allergic && drug->atc.starts_with("J01C")) || !chosen.insert(drug->atc).second) {
            continue;
        }
        add_administrations(*drug, add_order(*drug));
    }
}

void Journal::add_simple(std::string_view loinc, std::string_view name, std::string_view value,
                         std::string_view unit, std::string_view code) {
    add("Observation",
        {{"status", quoted("final")},
         {"category", array({coded(std::string(k_terminology) + "observation-category",
                                   "vital-signs", "Vital Signs")})},
         {"code", coded(k_loinc, loinc, name)},
         {"subject", subject()},
         {"effectiveDateTime", quoted(at("08:10"))},
         {"issued", quoted(day_ + "T08:12:00.250+01:00")},
         {"performer", array({reference(staff_.nurse_id)})},
         {"valueQuantity", quantity(value, unit, code)}});
}

void Journal::add_blood_pressure() {
    const auto part = [](std::string_view loinc, std::string_view name, unsigned value) {
        return object({{"code", coded(k_loinc, loinc, name)},
                       {"valueQuantity", quantity(std::to_string(value), "mmHg", "mm[Hg]")}});
    };
    const unsigned systolic = 105 + dice_.below(60);
    add("Observation",
        {{"status", quoted("final")},
         {"category", array({coded(std::string(k_terminology) + "observation-category",
                                   "vital-signs", "Vital Signs")})},
         {"code", coded(k_loinc, "85354-9", "Blodtrykk")},
         {"subject", subject()},
         {"effectiveDateTime", quoted(at("08:09"))},
         {"performer", array({reference(staff_.nurse_id)})},
         {"interpretation", array({concept_text("Målt sittende")})},
         {"bodySite", coded(k_snomed, "368209003", "Right upper arm")},
         {"component", array({part("8480-6", "Systolisk", systolic),
                              part("8462-4", "Diastolisk", systolic - 40 - dice_.below(20))})}});
}

void Journal::add_observations() {
    add_blood_pressure();
    add_simple("8867-4", "Puls", std::to_string(58 + dice_.below(40)), "/min", "/min");
    add_simple("8310-5", "Temperatur", "36." + std::to_string(dice_.below(10)) + '0', "°C", "Cel");
    add_simple("29463-7", "Vekt", std::to_string(48 + dice_.below(50)) + ".10", "kg", "kg");
    if (dice_.one_in(3)) {
        add_simple("15074-8", "Blodsukker", std::to_string(4 + dice_.below(8)) + ".50", "mmol/L",
                   "mmol/L");
    }
    add("Observation",
        {{"status", quoted("final")},
         {"category",
          array({coded(std::string(k_terminology) + "observation-category", "survey", "Survey")})},
         {"code", coded(k_loinc, "72514-3", "Smerte 0-10")},
         {"subject", subject()},
         {"effectivePeriod",
          object({{"start", quoted(at("08:00"))}, {"end", quoted(at("08:15"))}})},
         {"valueInteger", std::to_string(dice_.below(8))},
         {"note", array({object({{"text", quoted("Oppgitt av pasienten selv")}})})}});
}

void Journal::add_notes() {
    add("DocumentReference",
        {{"status", quoted("current")},
         {"docStatus", quoted("final")},
         {"type", coded(k_loinc, "34746-8", "Sykepleienotat")},
         {"category", array({concept_text("Hjemmesykepleie")})},
         {"subject", subject()},
         {"date", quoted(day_ + "T08:30:00.000+01:00")},
         {"author", array({reference(staff_.nurse_id)})},
         {"authenticator", reference(staff_.nurse_id)},
         {"description", quoted("Morgenbesøk")},
         {"content",
          array({object(
              {{"attachment", inline_text("Sov godt. Spist frokost, går med rullator.\nHuden på "
                                          "hælene er hel. (Oppdiktet notat.)")}})})}});
}

// Kinds that are kept whole and given back.
void Journal::add_unmapped() {
    const std::string condition = add(
        "Condition", {{"clinicalStatus", coded(std::string(k_terminology) + "condition-clinical",
                                               "active", "Active")},
                      {"code", coded("urn:oid:2.16.578.1.12.4.1.1.7110", "I50", "Hjertesvikt")},
                      {"subject", subject()},
                      {"onsetDateTime", quoted("2017")},
                      {"recordedDate", quoted("2017-03-04")}});
    add("CarePlan",
        {{"status", quoted("active")},
         {"intent", quoted("plan")},
         {"subject", subject()},
         {"addresses", array({reference(condition)})},
         {"activity",
          array({object({{"detail", object({{"kind", quoted("Task")},
                                            {"status", quoted("scheduled")},
                                            {"description", quoted("Dusj tirsdag og fredag")},
                                            {"dailyAmount", quantity("1.0", "gang", "1")}})}})})}});
    add("Encounter",
        {{"status", quoted("finished")},
         {"class", object({{"system", quoted(std::string(k_terminology) + "v3-ActCode")},
                           {"code", quoted("HH")},
                           {"display", quoted("home health")}})},
         {"subject", subject()},
         {"period", object({{"start", quoted(at("08:00"))}, {"end", quoted(at("08:30"))}})}});
}

Citizen Journal::make() {
    Citizen out;
    add_patient(out);
    add_allergies();
    add_orders();
    add_observations();
    add_notes();
    add_unmapped();
    // References may not depend on who comes first.
    if (number_ % 2 == 1) std::rotate(entries_.begin(), entries_.begin() + 1, entries_.end());
    out.resources = static_cast<unsigned>(entries_.size());
    out.bundle = object({{"resourceType", quoted("Bundle")},
                         {"meta", meta()},
                         {"type", quoted("transaction")},
                         {"entry", array(entries_)}});
    return out;
}

}  // namespace

Citizen make_citizen(unsigned number, const Staff& staff, std::string_view day, Dice& dice) {
    return Journal(number, staff, day, dice).make();
}

}  // namespace kari::district
