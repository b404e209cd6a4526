// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kari::district {

// What the synthetic people and drugs of a district are labelled with.
inline constexpr std::string_view k_label = "demo, not for clinical use";

struct Options {
    unsigned citizens = 40;
    std::uint64_t seed = 1;
    std::string day = "2025-03-10";  // the last day of which the journals tell
};

struct Citizen {
    std::string logical_id;  // of the Patient resource
    std::string national_id;
    std::string bundle;  // FHIR R4 transaction Bundle, JSON
    unsigned unit = 0;   // index
    unsigned resources = 0;
};

struct Nurse {
    std::string id;
    std::string name;
    std::string role;  // code of Volven 9060
    unsigned unit = 0;
};

struct Unit {
    std::string id;
    std::string name;
};

// A tablet of the shift: who carries it and whom they visit.
struct Tablet {
    std::string name;
    unsigned unit = 0;
    unsigned nurse = 0;
    std::vector<unsigned> citizens;  // indices, ascending
};

// A small home-care district that nobody lives in. The same options give the same bytes on every
// machine. National identifiers have 80 added to the month; family names are made up.
struct District {
    Options options;
    std::vector<Unit> units;
    std::vector<Nurse> nurses;
    std::vector<Tablet> tablets;
    std::vector<Citizen> citizens;
    std::string directory;  // Bundle of those who belong to no patient
};

District make_district(const Options& options);

// Units, nurses, tablets and caseloads as JSON.
std::string roster(const District& district);

// An eleven-digit identifier of somebody who does not exist, with valid control digits. Requires:
// the birth date is real. `serial` counts those born that day.
std::string synthetic_national_id(int year, int month, int day, unsigned serial);

}  // namespace kari::district
