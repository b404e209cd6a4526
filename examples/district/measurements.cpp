// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "examples/district/elements.hpp"
#include "examples/district/journal.hpp"

namespace kari::district {

// What was measured and how it was coded.
struct Journal::Measured {
    std::string_view system;
    std::string_view code;
    std::string_view name;
    std::string value;  // JSON of a Quantity; empty for `whole` alone
    std::string whole;  // an integer
    std::string category = "vital-signs";
    int minutes = 5;      // after the arrival
    std::string parts{};  // components
};

namespace {

bool insulin(const Life& life, Day day) {
    return std::any_of(life.lineages.begin(), life.lineages.end(), [day](const Lineage& lineage) {
        return lineage.from() <= day && day < lineage.until() &&
               lineage.orders.front().drug->atc.starts_with("A10A");
    });
}

bool warfarin(const Life& life, Day day) {
    return std::any_of(life.lineages.begin(), life.lineages.end(), [day](const Lineage& lineage) {
        return lineage.from() <= day && day < lineage.until() &&
               lineage.orders.front().drug->atc == k_warfarin;
    });
}

std::string component(std::string_view system, std::string_view code, std::string_view name,
                      const std::string& value) {
    return object({{"code", coded(system, code, name)}, {"valueQuantity", value}});
}

std::string count_quantity(int number, std::string_view unit, std::string_view code) {
    return quantity(std::to_string(number), unit, code);
}

}  // namespace

void Journal::add_observation(Day day, const Visit& visit, const Measured& measured) const {
    Dice dice = life_.dice(Throw::vital, day,
                           1000 + visit.part * 100 + static_cast<unsigned>(measured.minutes));
    add("Observation", dice.uuid(),
        {{"status", quote("final")},
         {"category",
          array({coded(std::string(k_terminology) + "observation-category", measured.category,
                       measured.category == "survey" ? "Survey" : "Vital Signs")})},
         {"code", coded(measured.system, measured.code, measured.name)},
         {"subject", subject()},
         {"encounter", reference(visit.id)},
         {"effectiveDateTime", quote(moment(day, visit.minute + 1, measured.minutes * 5))},
         {"performer", array({reference(visit.nurse)})},
         {"valueQuantity", measured.value},
         {"valueInteger", measured.whole},
         {"component", measured.parts}});
}

void Journal::add_pressure(Day day, const Visit& visit, const Vitals& found) const {
    add_observation(day, visit,
                    {k_loinc,
                     "85354-9",
                     "Blodtrykk",
                     {},
                     {},
                     "vital-signs",
                     1,
                     array({component(k_loinc, "8480-6", "Systolisk",
                                      count_quantity(found.systolic, "mmHg", "mm[Hg]")),
                            component(k_loinc, "8462-4", "Diastolisk",
                                      count_quantity(found.diastolic, "mmHg", "mm[Hg]"))})});
    add_observation(day, visit,
                    {k_loinc,
                     "8867-4",
                     "Puls",
                     count_quantity(found.pulse, "/min", "/min"),
                     {},
                     "vital-signs",
                     2});
}

// The seven inputs and the score that they make.
void Journal::add_news(Day day, const Visit& visit, const Vitals& found) const {
    add_pressure(day, visit, found);
    add_observation(day, visit,
                    {k_loinc,
                     "9279-1",
                     "Respirasjonsfrekvens",
                     count_quantity(found.breaths, "/min", "/min"),
                     {},
                     "vital-signs",
                     3});
    add_observation(day, visit,
                    {k_loinc,
                     "2708-6",
                     "Oksygenmetning",
                     count_quantity(found.saturation, "%", "%"),
                     {},
                     "vital-signs",
                     4});
    add_observation(day, visit,
                    {k_loinc,
                     "8310-5",
                     "Temperatur",
                     quantity(tenths(found.temperature_tenths), "°C", "Cel"),
                     {},
                     "vital-signs",
                     5});
    // The codes of the UK extension, as Norway has none of its own yet.
    const auto part = [](std::string_view code, std::string_view name, const std::string& value) {
        return component(k_snomed, code, name, value);
    };
    const std::string acvpu = object({{"code", coded(k_snomed, "1104361000000100", "Bevissthet")},
                                      {"valueString", quote(found.confused ? "C" : "A")}});
    add_observation(
        day, visit,
        {k_snomed,
         "1104051000000101",
         "NEWS2",
         quantity(std::to_string(news2(found)), "{score}", "{score}"),
         {},
         "survey",
         6,
         array({part("1104301000000104", "RF", count_quantity(found.breaths, "/min", "/min")),
                part("1104311000000102", "SpO2", count_quantity(found.saturation, "%", "%")),
                part("1104341000000101", "BT", count_quantity(found.systolic, "mmHg", "mm[Hg]")),
                part("1104351000000103", "Puls", count_quantity(found.pulse, "/min", "/min")),
                acvpu,
                part("1104371000000107", "Temp",
                     quantity(tenths(found.temperature_tenths), "°C", "Cel"))})});
}

void Journal::add_measurements(Day day, const Visit& visit) const {
    const Vitals found = vitals(life_, day, visit.part);
    const int weekday_now = weekday(day);
    const int turn = day + static_cast<int>(life_.person.number);
    const bool heart = life_.has(Illness::heart_failure);
    const bool whole_set = life_.infection(day) != nullptr || turn % 45 == 0;
    if (whole_set) {
        add_news(day, visit, found);
    } else if (heart ? weekday_now % 3 == 0
                     : turn % (life_.has(Illness::hypertension) ? 7 : 30) == 0) {
        add_pressure(day, visit, found);
    }
    if (heart ? weekday_now % 2 == 0 && weekday_now < 5 : turn % 30 == 3) {
        add_observation(day, visit,
                        {k_loinc,
                         "29463-7",
                         "Vekt",
                         quantity(tenths(found.weight_hectograms) + '0', "kg", "kg"),
                         {},
                         "vital-signs",
                         7});
    }
    if (life_.has(Illness::copd) && !whole_set && turn % 7 == 2) {
        add_observation(day, visit,
                        {k_loinc,
                         "2708-6",
                         "Oksygenmetning",
                         count_quantity(found.saturation, "%", "%"),
                         {},
                         "vital-signs",
                         4});
    }
    if (life_.has(Illness::pain) && turn % 7 == 4) {
        const int pain = life_.dice(Throw::vital, day, 90).between(0, 6);
        add_observation(day, visit,
                        {k_loinc, "72514-3", "Smerte 0-10", {}, std::to_string(pain), "survey", 8});
    }
    if (warfarin(life_, day) && turn % 21 == 5) {
        const int inr = life_.dice(Throw::vital, day, 91).between(16, 36);
        add_observation(day, visit,
                        {k_loinc,
                         "34714-6",
                         "INR",
                         quantity(tenths(inr), "{INR}", "{INR}"),
                         {},
                         "vital-signs",
                         9});
    }
    if (life_.has(Illness::wound) && weekday_now == 0) add_wound(day, visit);
}

// Insulin takes a measurement before it; others are measured once a week.
void Journal::add_glucose(Day day, const Visit& visit) const {
    if (!life_.has(Illness::diabetes)) return;
    const bool morning = visit.minute < 10 * 60 + 30;
    if (!insulin(life_, day) && (!morning || weekday(day) != 2)) return;
    const Vitals found = vitals(life_, day, visit.part);
    add_observation(day, visit,
                    {k_loinc,
                     "15074-8",
                     "Blodsukker",
                     quantity(tenths(found.glucose_tenths) + '0', "mmol/L", "mmol/L"),
                     {},
                     "vital-signs",
                     10});
}

void Journal::add_wound(Day day, const Visit& visit) const {
    Dice dice = life_.dice(Throw::vital, day / 14, 92);
    const int length = dice.between(12, 45);
    const int width = dice.between(8, 30);
    add_observation(
        day, visit,
        {k_loinc,
         "72287-6",
         "Sårmål",
         {},
         {},
         "survey",
         11,
         array({component(k_loinc, "39126-8", "Lengde", quantity(tenths(length), "cm", "cm")),
                component(k_loinc, "39125-0", "Bredde", quantity(tenths(width), "cm", "cm"))})});
}

}  // namespace kari::district
