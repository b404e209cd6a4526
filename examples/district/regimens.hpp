// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace kari::district {

// DEMO, NOT FOR CLINICAL USE. Common conditions, drugs and doses that somebody might have; nobody
// approved them.
enum class Illness {
    hypertension,
    heart_failure,
    atrial_fibrillation,
    diabetes,
    copd,
    dementia,
    parkinson,
    wound,
    pain,
    osteoporosis,
    hypothyroidism,
    stroke,
    depression,
    constipation,
    sleeplessness,
    b12_deficiency,
    none,  // of a drug that anybody may have
};
inline constexpr unsigned k_illnesses = static_cast<unsigned>(Illness::none);

struct Diagnosis {
    std::string_view name;
    std::string_view icd10;
    std::string_view icpc2;
    unsigned percent;  // of the citizens
};
const Diagnosis& diagnosis(Illness illness);

// Drugs of one group are alternatives: who needs the group has one of them at a time. Where no
// illness is named the group's name is the reason.
struct Drug {
    Illness illness;
    std::string_view group;
    unsigned percent;  // of those who have the illness get the group; that of its first drug counts
    std::string_view atc;
    std::string_view name;
    std::string_view form;
    std::string_view strength;  // as written
    std::string_view strength_code;
    std::string_view per;    // what the strength is in: "{tablet}", "mL"
    std::string_view doses;  // the steps of the dose: "0.5 1 2"
    std::string_view dose_code;
    std::string_view dose_unit;
    std::string_view times;  // of the day: "08:00 20:00"; empty: as needed, or as `every` says
    std::string_view days;   // "mon thu"; empty: every day
    std::string_view max;    // of a drug as needed, in 24 hours
    bool packed = false;     // in the multidose pouches
};
std::span<const Drug> drugs();

// Warfarin follows a plan of its own for each day of the week.
inline constexpr std::string_view k_warfarin = "B01AA03";
// Given every three months, whenever that is.
inline constexpr std::string_view k_b12 = "B03BA03";

// A course against an infection.
struct Course {
    std::string_view infection;
    std::string_view icd10;
    Drug drug;
    int days;
};
std::span<const Course> courses();

struct Allergen {
    std::string_view name;
    std::string_view system;
    std::string_view code;
    std::string_view category;
    bool allergy;  // else an intolerance
    bool high;     // criticality
    std::string_view reaction;
    std::string_view avoid;  // ATC prefixes that whoever has it is not given: "J01C J01D"
    unsigned percent;
};
std::span<const Allergen> allergens();

struct Measure {
    Illness illness;  // none: for anybody
    unsigned percent;
    std::string_view kind;  // service, protective or restraint
    std::string_view name;
    std::string_view instruction;
    std::string_view days;  // "mon thu"; empty: every day
};
std::span<const Measure> measures();

}  // namespace kari::district
