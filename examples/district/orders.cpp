// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "examples/district/elements.hpp"
#include "examples/district/journal.hpp"

namespace kari::district {

namespace {

std::string medication(const Drug& drug) {
    const std::string strength =
        object({{"numerator", quantity(drug.strength, drug.strength_code, drug.strength_code)},
                {"denominator", quantity("1", drug.per, drug.per)}});
    return object(
        {{"resourceType", quote("Medication")},
         {"id", quote("drug")},
         {"code", drug_concept(drug)},
         {"form", concept_text(drug.form)},
         {"ingredient",
          array({object({{"itemCodeableConcept", drug_concept(drug)}, {"strength", strength}})})}});
}

// `days`: the days of the week, empty for every day.
std::string timing_of(const Order& order, const Lineage& lineage,
                      const std::vector<std::string_view>& days) {
    const Drug& drug = *order.drug;
    std::vector<std::string> times;
    for (const std::string_view time : words(drug.times))
        times.push_back(quote(std::string(time) + ":00"));
    std::vector<std::string> on;
    for (const std::string_view each : days)
        on.push_back(quote(each));
    const bool course = lineage.course != nullptr;
    const bool months = drug.atc == k_b12;
    const std::string frequency =
        std::to_string(months ? 1 : (on.empty() ? times.size() : on.size() * times.size()));
    const std::string repeat =
        object({{"boundsPeriod",
                 period(text_of(order.from), course ? text_of(order.until - 1) : std::string())},
                {"frequency", frequency},
                {"period", months ? "3" : "1"},
                {"periodUnit", quote(months       ? "mo"
                                     : on.empty() ? "d"
                                                  : "wk")},
                {"dayOfWeek", on.empty() ? "" : array(on)},
                {"timeOfDay", times.empty() ? "" : array(times)}});
    return object({{"repeat", repeat}});
}

std::string when_in_words(const Drug& drug, const std::vector<std::string_view>& days) {
    if (drug.atc == k_b12) return " hver 3. måned";
    if (drug.times.empty()) return " ved behov";
    constexpr std::array<std::string_view, 7> names = {"mandag", "tirsdag", "onsdag", "torsdag",
                                                       "fredag", "lørdag",  "søndag"};
    std::string out = " kl.";
    for (const std::string_view time : words(drug.times))
        out += (out.back() == '.' ? " " : ", ") + std::string(time);
    for (const std::string_view day : days) {
        const auto at = std::find(k_weekdays.begin(), k_weekdays.end(), day) - k_weekdays.begin();
        out += (day == days.front() ? ", " : " og ") +
               std::string(names[static_cast<std::size_t>(at)]);
    }
    return out;
}

std::string dosage(const Order& order, const Lineage& lineage, const std::string& dose,
                   const std::vector<std::string_view>& days, std::string_view reason) {
    const Drug& drug = *order.drug;
    const bool as_needed = drug.times.empty() && drug.atc != k_b12;
    const std::string max =
        object({{"numerator", quantity(drug.max, drug.dose_unit, drug.dose_code)},
                {"denominator", quantity("24", "t", "h")}});
    const std::string amount = quantity(dose, drug.dose_unit, drug.dose_code);
    return object(
        {{"sequence", "1"},
         {"text", quote(dose + ' ' + std::string(drug.dose_unit) + when_in_words(drug, days))},
         {"timing", as_needed ? "" : timing_of(order, lineage, days)},
         {"asNeededCodeableConcept", as_needed ? concept_text(reason) : ""},
         {"route", route_of(drug)},
         {"doseAndRate", array({object({{"doseQuantity", amount}})})},
         {"maxDosePerPeriod", as_needed ? max : ""}});
}

// One for each dose that differs; warfarin has two.
std::vector<std::string> dosages(const Order& order, const Lineage& lineage) {
    const std::string reason = reason_of(*order.drug, lineage.course);
    if (order.drug->atc != k_warfarin || dose_on(order, 0) == dose_on(order, 1)) {
        return {dosage(order, lineage, dose_on(order, 1), words(order.drug->days), reason)};
    }
    return {dosage(order, lineage, dose_on(order, 0), {"mon", "thu"}, reason),
            dosage(order, lineage, dose_on(order, 1), {"tue", "wed", "fri", "sat", "sun"}, reason)};
}

}  // namespace

std::string drug_concept(const Drug& drug) {
    return coded(k_atc, drug.atc, drug.name);
}

std::string reason_of(const Drug& drug, const Course* course) {
    if (course != nullptr) return std::string(course->infection);
    return std::string(drug.illness == Illness::none ? drug.group : diagnosis(drug.illness).name);
}

std::string route_of(const Drug& drug) {
    if (drug.form == "injeksjonsvæske") {
        return drug.atc == k_b12 ? coded(k_snomed, "78421000", "Intramuskulært")
                                 : coded(k_snomed, "34206005", "Subkutant");
    }
    if (drug.form == "øyedråper") return coded(k_snomed, "54485002", "I øyet");
    if (drug.form == "depotplaster") return coded(k_snomed, "45890007", "Transdermalt");
    if (drug.form == "inhalasjonspulver") return coded(k_snomed, "447694001", "Inhalasjon");
    return coded(k_snomed, "26643006", "Oralt");
}

void Journal::add_lineage(const Lineage& lineage) const {
    const Order* prior = nullptr;
    for (const Order& order : lineage.orders) {
        if (order.from > day_) return;
        add_order(order, lineage, prior);
        prior = &order;
    }
}

void Journal::add_order(const Order& order, const Lineage& lineage, const Order* prior) const {
    const Drug& drug = *order.drug;
    const bool over = order.until <= day_;
    const bool last = order.id == lineage.orders.back().id;
    const bool course = lineage.course != nullptr;
    const std::string_view category = course ? "Kur" : drug.packed ? "Multidose" : "Fast i hjemmet";
    std::string_view why;
    if (over && !course) why = last ? "Ny resept" : "Endret dose";
    std::string remark(k_label);
    if (order.after_stay) remark += ". Endret ved utskrivning fra sykehus";
    if (drug.atc == k_warfarin) remark += ". Dose etter INR";
    add("MedicationRequest", order.id,
        {{"contained", array({medication(drug)})},
         {"status", quote(!over    ? "active"
                          : course ? "completed"
                                   : "stopped")},
         {"statusReason", why.empty() ? "" : concept_text(why)},
         {"intent", quote("order")},
         {"category",
          array({concept_text(drug.times.empty() && drug.atc != k_b12 ? "Ved behov" : category)})},
         {"medicationReference",
          object({{"reference", quote("#drug")}, {"display", quote(drug.name)}})},
         {"subject", subject()},
         {"authoredOn", quote(moment(order.from - 1, 13 * 60 + 15))},
         {"requester", reference(staff_.doctor_id)},
         {"reasonCode", array({concept_text(reason_of(drug, lineage.course))})},
         {"note", array({object({{"text", quote(remark)}})})},
         {"dosageInstruction", array(dosages(order, lineage))},
         {"priorPrescription", prior == nullptr ? "" : reference(prior->id)}});
}

}  // namespace kari::district
