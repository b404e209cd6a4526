// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/upstream.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kari::sim {
namespace {

struct Substance {
    const char* atc;
    const char* name;
};
constexpr std::array<Substance, 6> k_drugs = {{{"N02BE01", "Paracetamol"},
                                               {"C07AB02", "Metoprolol"},
                                               {"C03CA01", "Furosemid"},
                                               {"B01AC06", "Acetylsalisylsyre"},
                                               {"J01CE02", "Fenoksymetylpenicillin"},
                                               {"M01AE01", "Ibuprofen"}}};
constexpr Substance k_opioid = {k_opioid_atc, "Oksykodon"};
// Some of an hour that others have too.
const std::array<std::vector<int>, 4> k_times = {{{8, 20}, {14, 20}, {8, 14, 20}, {20}}};
constexpr std::array<Substance, 3> k_allergies = {
    {{"J01C", "Penicilliner"}, {"J01E", "Sulfonamider"}, {"M01A", "NSAID"}}};

std::string coding(const Substance& substance) {
    return fmt::format(R"({{"coding":[{{"system":"http://www.whocc.no/atc","code":"{}",)"
                       R"("display":"{}"}}],"text":"{}"}})",
                       substance.atc, substance.name, substance.name);
}

}  // namespace

Upstream::Upstream(unsigned number, bool in_pain, LocalDate today, platform_simulated::Dice& dice)
    : number_(number),
      since_(fmt::format("{:04}-{:02}-{:02}", today.year, today.month, today.day)),
      allergy_(static_cast<unsigned>(dice.below(k_allergies.size()))) {
    const std::size_t count = 2 + dice.below(3);
    for (std::size_t i = 0; i < count; ++i)
        orders_.push_back({static_cast<unsigned>(dice.below(k_drugs.size())), 1, 0, true});
    if (in_pain) orders_.push_back({.as_needed = true});
}

void Upstream::revise(platform_simulated::Dice& dice) {
    Order& one = orders_[dice.below(orders_.size())];
    if (one.as_needed) {
        one.active = !one.active;
        return;
    }
    switch (dice.below(5)) {
        case 3:
        case 4:
            one.times = dice.below(k_times.size());
            break;
        case 0:
            one.tablets = 1 + (one.tablets % 3);
            break;
        case 1:
            one.active = !one.active;
            break;
        default:
            if (orders_.size() < 8) {
                orders_.push_back({static_cast<unsigned>(dice.below(k_drugs.size())), 1, 0, true});
            }
    }
}

std::string Upstream::order_as_needed(std::size_t index) const {
    const auto tablets = [](unsigned number) {
        return fmt::format(R"({{"value":{},"unit":"tablett",)"
                           R"("system":"http://unitsofmeasure.org","code":"{{tablet}}"}})",
                           number);
    };
    return fmt::format(
        R"({{"resource":{{"resourceType":"MedicationRequest","id":"c{0}-o{1}","status":"{2}",)"
        R"("intent":"order","subject":{{"reference":"Patient/c{0}"}},)"
        R"("medicationCodeableConcept":{3},"dosageInstruction":[{{"text":"1 tabl ved smerter",)"
        R"("asNeededBoolean":true,"doseAndRate":[{{"doseQuantity":{4}}}],"maxDosePerPeriod":)"
        R"({{"numerator":{5},"denominator":{{"value":{6},"unit":"t",)"
        R"("system":"http://unitsofmeasure.org","code":"h"}}}}}}]}}}})",
        number_, index, orders_[index].active ? "active" : "stopped", coding(k_opioid), tablets(1),
        tablets(k_pain_most), k_pain_hours);
}

std::string Upstream::order(std::size_t index) const {
    const Order& one = orders_[index];
    if (one.as_needed) return order_as_needed(index);
    const std::vector<int>& hours = k_times[one.times];
    std::string times;
    for (const int hour : hours)
        times += fmt::format(R"({}"{:02}:00:00")", times.empty() ? "" : ",", hour);
    return fmt::format(
        R"({{"resource":{{"resourceType":"MedicationRequest","id":"c{0}-o{1}","status":"{2}",)"
        R"("intent":"order","subject":{{"reference":"Patient/c{0}"}},)"
        R"("medicationCodeableConcept":{3},"dosageInstruction":[{{"text":"{4} tabl kl. {6}",)"
        R"("doseAndRate":[{{"doseQuantity":{{"value":{4},"unit":"tablett",)"
        R"("system":"http://unitsofmeasure.org","code":"{{tablet}}"}}}}],)"
        R"("timing":{{"repeat":{{"boundsPeriod":{{"start":"{5}"}},"frequency":{7},"period":1,)"
        R"("periodUnit":"d","timeOfDay":[{8}]}}}}}}]}}}})",
        number_, index, one.active ? "active" : "stopped", coding(k_drugs[one.drug]), one.tablets,
        since_, fmt::join(hours, " og "), hours.size(), times);
}

std::string Upstream::bundle() const {
    constexpr const char* terms = "http://terminology.hl7.org/CodeSystem/allergyintolerance-";
    std::string out = fmt::format(
        R"({{"resourceType":"Bundle","type":"collection","entry":[{{"resource":)"
        R"({{"resourceType":"Patient","id":"c{0}","active":true,"name":[{{"family":"Oppdiktet",)"
        R"("given":["Nummer {0}"]}}],"birthDate":"1931-05-04"}}}},{{"resource":)"
        R"({{"resourceType":"AllergyIntolerance","id":"c{0}-a","clinicalStatus":{{"coding":[)"
        R"({{"system":"{1}clinical","code":"active"}}]}},"verificationStatus":{{"coding":[)"
        R"({{"system":"{1}verification","code":"confirmed"}}]}},"criticality":"high",)"
        R"("code":{2},"patient":{{"reference":"Patient/c{0}"}}}}}})",
        number_, terms, coding(k_allergies[allergy_]));
    for (std::size_t i = 0; i < orders_.size(); ++i)
        out += "," + order(i);
    return out + "]}";
}

}  // namespace kari::sim
