// SPDX-License-Identifier: Apache-2.0
#include "examples/district/regimens.hpp"

#include <array>

#include "examples/district/elements.hpp"

namespace kari::district {

namespace {

using I = Illness;

constexpr std::array<Diagnosis, k_illnesses> k_diagnoses = {{
    {"Hypertensjon", "I10", "K86", 68},
    {"Hjertesvikt", "I50", "K77", 34},
    {"Atrieflimmer", "I48", "K78", 34},
    {"Diabetes type 2", "E11", "T90", 30},
    {"KOLS", "J44", "R95", 24},
    {"Demens ved Alzheimers sykdom", "F00", "P70", 34},
    {"Parkinsons sykdom", "G20", "N87", 10},
    {"Leggsår", "L97", "S97", 16},
    {"Artrose med smerter", "M15", "L89", 60},
    {"Osteoporose", "M81", "L95", 30},
    {"Hypotyreose", "E03", "T86", 16},
    {"Følgetilstand etter hjerneslag", "I69", "K90", 22},
    {"Depresjon", "F32", "P76", 24},
    {"Obstipasjon", "K59", "D12", 55},
    {"Søvnvansker", "G47", "P06", 36},
    {"Vitamin B12-mangel", "D51", "B81", 14},
}};

constexpr Drug k_drugs[] = {
    {I::hypertension, "bp", 90, "C08CA01", "Amlodipin", "tablett", "5", "mg", "{tablet}", "0.5 1 2",
     "{tablet}", "tablett", "08:00", "", "", true},
    {I::hypertension, "bp", 90, "C09CA01", "Losartan", "tablett", "50", "mg", "{tablet}", "0.5 1 2",
     "{tablet}", "tablett", "08:00", "", "", true},
    {I::heart_failure, "loop", 95, "C03CA01", "Furosemid", "tablett", "40", "mg", "{tablet}",
     "0.5 1 1.5 2", "{tablet}", "tablett", "08:00 14:00", "", "", true},
    {I::heart_failure, "loop", 95, "C03CA02", "Bumetanid", "tablett", "1", "mg", "{tablet}",
     "0.5 1 2", "{tablet}", "tablett", "08:00 14:00", "", "", true},
    {I::heart_failure, "beta", 80, "C07AB02", "Metoprolol", "depottablett", "47.5", "mg",
     "{tablet}", "0.5 1 2", "{tablet}", "tablett", "08:00", "", "", true},
    {I::heart_failure, "ace", 55, "C09AA05", "Ramipril", "tablett", "2.5", "mg", "{tablet}",
     "0.5 1 2", "{tablet}", "tablett", "08:00", "", "", true},
    {I::atrial_fibrillation, "anticoagulant", 100, k_warfarin, "Warfarin", "tablett", "2.5", "mg",
     "{tablet}", "1 1.5 2 2.5", "{tablet}", "tablett", "20:00", "", "", false},
    {I::atrial_fibrillation, "anticoagulant", 100, "B01AF02", "Apixaban", "tablett", "5", "mg",
     "{tablet}", "0.5 1", "{tablet}", "tablett", "08:00 20:00", "", "", true},
    {I::diabetes, "oral", 85, "A10BA02", "Metformin", "tablett", "500", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "08:00 20:00", "", "", true},
    {I::diabetes, "basal", 60, "A10AE04", "Insulin glargin", "injeksjonsvæske", "100", "[iU]", "mL",
     "8 10 12 14 16 18", "[iU]", "E", "08:00", "", "", false},
    {I::diabetes, "meal", 30, "A10AB05", "Insulin aspart", "injeksjonsvæske", "100", "[iU]", "mL",
     "4 6 8", "[iU]", "E", "08:00 14:00", "", "", false},
    {I::copd, "inhaled", 95, "R03BB04", "Tiotropium", "inhalasjonspulver", "18", "ug", "{capsule}",
     "1", "{capsule}", "kapsel", "08:00", "", "", false},
    {I::copd, "reliever", 95, "R03AC02", "Salbutamol", "inhalasjonspulver", "0.10", "mg", "{dose}",
     "1 2", "{dose}", "dose", "", "", "8", false},
    {I::dementia, "dementia", 60, "N06DX01", "Memantin", "tablett", "10", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "08:00", "", "", true},
    {I::dementia, "dementia", 60, "N06DA03", "Rivastigmin", "depotplaster", "9.5", "mg", "{patch}",
     "1", "{patch}", "plaster", "08:00", "", "", false},
    {I::parkinson, "levodopa", 100, "N04BA02", "Levodopa/benserazid", "kapsel", "100", "mg",
     "{capsule}", "1 1.5", "{capsule}", "kapsel", "07:00 10:30 14:00 17:30 21:00", "", "", false},
    {I::pain, "analgesic", 80, "N02BE01", "Paracetamol", "tablett", "500", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "08:00 14:00 20:00", "", "", true},
    {I::pain, "opioid patch", 15, "N02AE01", "Buprenorfin", "depotplaster", "5", "ug/h", "{patch}",
     "1 2", "{patch}", "plaster", "08:00", "mon", "", false},
    {I::pain, "opioid", 25, "N02AA05", "Oksykodon", "tablett", "5", "mg", "{tablet}", "0.5 1",
     "{tablet}", "tablett", "", "", "4", false},
    {I::osteoporosis, "bone", 70, "M05BA04", "Alendronat", "tablett", "70", "mg", "{tablet}", "1",
     "{tablet}", "tablett", "08:00", "sun", "", false},
    {I::osteoporosis, "calcium", 85, "A12AX", "Kalsium/kolekalsiferol", "tyggetablett", "500", "mg",
     "{tablet}", "1", "{tablet}", "tablett", "20:00", "", "", false},
    {I::hypothyroidism, "thyroid", 100, "H03AA01", "Levotyroksin", "tablett", "1e2", "ug",
     "{tablet}", "0.500 0.750 1 1.250", "{tablet}", "tablett", "08:00", "", "", true},
    {I::stroke, "platelets", 85, "B01AC04", "Klopidogrel", "tablett", "75", "mg", "{tablet}", "1",
     "{tablet}", "tablett", "08:00", "", "", true},
    {I::stroke, "lipids", 80, "C10AA05", "Atorvastatin", "tablett", "20.0", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "20:00", "", "", true},
    {I::depression, "mood", 90, "N06AB10", "Escitalopram", "tablett", "5", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "08:00", "", "", true},
    {I::depression, "mood", 90, "N06AX11", "Mirtazapin", "tablett", "15", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "21:00", "", "", false},
    {I::constipation, "laxative", 80, "A06AD11", "Laktulose", "mikstur", "670", "mg", "mL",
     "10.0 15.0 20.0", "mL", "ml", "08:00", "", "", false},
    {I::constipation, "laxative", 80, "A06AB08", "Natriumpikosulfat", "dråper", "7.5", "mg", "mL",
     "8 12", "{drop}", "dråpe", "", "", "20", false},
    {I::sleeplessness, "sleep", 70, "N05CF01", "Zopiklon", "tablett", "7.50", "mg", "{tablet}",
     "0.500 1", "{tablet}", "tablett", "21:00", "", "", false},
    {I::sleeplessness, "sleep", 70, "N05CH01", "Melatonin", "depottablett", "2", "mg", "{tablet}",
     "1", "{tablet}", "tablett", "", "", "1", false},
    {I::b12_deficiency, "b12", 100, k_b12, "Hydroksokobalamin", "injeksjonsvæske", "1", "mg", "mL",
     "1", "mL", "ml", "", "", "", false},
    {I::none, "Sure oppstøt", 40, "A02BC02", "Pantoprazol", "enterotablett", "20", "mg", "{tablet}",
     "1 2", "{tablet}", "tablett", "08:00", "", "", true},
    {I::none, "Mangel på vitamin D", 55, "A11CC05", "Kolekalsiferol", "kapsel", "20", "ug",
     "{capsule}", "1 2", "{capsule}", "kapsel", "08:00", "", "", true},
    {I::none, "Høyt trykk i øyet", 18, "S01EE01", "Latanoprost", "øyedråper", "50", "ug", "mL", "1",
     "{drop}", "dråpe", "21:00", "", "", false},
    {I::none, "Smerter", 55, "N02BE01", "Paracetamol", "tablett", "500", "mg", "{tablet}", "1 2",
     "{tablet}", "tablett", "", "", "6", false},
};

constexpr Course k_courses[] = {
    {"Urinveisinfeksjon",
     "N39",
     {I::none, "", 0, "J01CA08", "Pivmecillinam", "tablett", "200", "mg", "{tablet}", "1",
      "{tablet}", "tablett", "08:00 14:00 20:00", "", "", false},
     5},
    {"Urinveisinfeksjon",
     "N39",
     {I::none, "", 0, "J01EA01", "Trimetoprim", "tablett", "160", "mg", "{tablet}", "1", "{tablet}",
      "tablett", "08:00 20:00", "", "", false},
     5},
    {"Lungebetennelse",
     "J18",
     {I::none, "", 0, "J01CE02", "Fenoksymetylpenicillin", "tablett", "660", "mg", "{tablet}", "2",
      "{tablet}", "tablett", "08:00 14:00 20:00", "", "", false},
     7},
    {"Lungebetennelse",
     "J18",
     {I::none, "", 0, "J01AA02", "Doksysyklin", "kapsel", "100", "mg", "{capsule}", "1",
      "{capsule}", "kapsel", "08:00", "", "", false},
     8},
};

constexpr Allergen k_allergens[] = {
    {"Penicilliner", k_atc, "J01C", "medication", true, true, "Urticaria", "J01C J01D", 12},
    {"Acetylsalisylsyre", k_atc, "N02BA01", "medication", false, false, "Kvalme",
     "N02BA B01AC06 M01A", 8},
    {"ACE-hemmere", k_atc, "C09A", "medication", false, false, "Hoste", "C09", 7},
    {"Statiner", k_atc, "C10AA", "medication", false, false, "Muskelsmerter", "C10AA", 6},
    {"Morfin", k_atc, "N02AA01", "medication", false, false, "Forvirring", "N02A R05DA", 5},
    {"Nøtter", k_snomed, "91935009", "food", true, true, "Hevelse i munn", "", 4},
    {"Plaster (lim)", "", "", "environment", false, false, "Eksem", "", 4},
};

constexpr Measure k_measures[] = {
    {I::none, 90, "service", "Dusj og stell", "Hjelp til dusj og hårvask, smør leggene", "tue fri"},
    {I::none, 60, "service", "Måltid", "Sett fram frokost og noe å drikke", ""},
    {I::none, 35, "protective", "Trygghetsalarm", "Se at alarmen bæres og er ladet", "mon"},
    {I::heart_failure, 85, "service", "Vekt", "Før frokost, etter vannlating", "mon wed fri"},
    {I::heart_failure, 60, "service", "Støttestrømper", "På om morgenen og av om kvelden", ""},
    {I::diabetes, 90, "service", "Blodsukker", "Før frokost og før middag", ""},
    {I::copd, 60, "service", "Inhalasjonsteknikk", "Se på teknikken, skyll munnen", "wed"},
    {I::wound, 100, "service", "Sårstell", "Skift bandasje, mål såret", "mon wed fri"},
    {I::dementia, 70, "protective", "Komfyrvakt og dørvarsel", "Prøv varselet, se etter komfyren",
     ""},
    {I::dementia, 12, "restraint", "Låst medisinskap", "Vedtak etter kapittel 4 A, demo", ""},
    {I::parkinson, 90, "protective", "Fallforebygging", "Rullator, fri gangvei, øvelser", ""},
    {I::sleeplessness, 50, "service", "Kveldstilsyn", "Demp lyset, en rolig stund", ""},
};

}  // namespace

const Diagnosis& diagnosis(Illness illness) {
    return k_diagnoses[static_cast<std::size_t>(illness)];
}

std::span<const Drug> drugs() {
    return k_drugs;
}

std::span<const Course> courses() {
    return k_courses;
}

std::span<const Allergen> allergens() {
    return k_allergens;
}

std::span<const Measure> measures() {
    return k_measures;
}

}  // namespace kari::district
