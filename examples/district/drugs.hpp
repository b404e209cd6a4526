// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace kari::district {

// DEMO, NOT FOR CLINICAL USE. Common drugs with doses somebody might have; nobody approved them.
struct Drug {
    std::string_view atc;
    std::string_view name;
    std::string_view form;
    std::string_view strength;  // as written
    std::string_view strength_code;
    std::string_view per;  // what the strength is in: "{tablet}", "mL"
    std::string_view dose;
    std::string_view dose_code;
    std::string_view dose_unit;
    std::string_view times;  // of the day, hours: "8 14 20"; empty: as needed
    std::string_view reason;
};

inline constexpr std::array<Drug, 12> k_drugs = {{
    {"N02BE01", "Paracetamol", "tablett", "500", "mg", "{tablet}", "2", "{tablet}", "tablett",
     "8 14 20", "Smerter"},
    {"C03CA01", "Furosemid", "tablett", "40", "mg", "{tablet}", "1", "{tablet}", "tablett", "8",
     "Hjertesvikt"},
    {"B01AF02", "Apixaban", "tablett", "5", "mg", "{tablet}", "1", "{tablet}", "tablett", "8 20",
     "Atrieflimmer"},
    {"A10BA02", "Metformin", "tablett", "500", "mg", "{tablet}", "1", "{tablet}", "tablett", "8 20",
     "Diabetes type 2"},
    {"C07AB02", "Metoprolol", "depottablett", "47.5", "mg", "{tablet}", "1", "{tablet}", "tablett",
     "8", "Hypertensjon"},
    {"J01CE02", "Fenoksymetylpenicillin", "tablett", "660", "mg", "{tablet}", "1", "{tablet}",
     "tablett", "8 14 20", "Luftveisinfeksjon"},
    {"N05CF01", "Zopiklon", "tablett", "7.50", "mg", "{tablet}", "0.500", "{tablet}", "tablett",
     "20", "Søvnvansker"},
    {"H03AA01", "Levotyroksin", "tablett", "1e2", "ug", "{tablet}", "1", "{tablet}", "tablett", "8",
     "Hypotyreose"},
    {"A10AE04", "Insulin glargin", "injeksjonsvæske", "100", "[iU]", "mL", "12", "[iU]", "E", "8",
     "Diabetes type 2"},
    {"N02AA01", "Morfin", "tablett", "10", "mg", "{tablet}", "0.5", "{tablet}", "tablett", "",
     "Sterke smerter"},
    {"A06AD11", "Laktulose", "mikstur", "670", "mg", "mL", "15.0", "mL", "ml", "", "Obstipasjon"},
    {"R03AC02", "Salbutamol", "inhalasjonspulver", "0.10", "mg", "{dose}", "2", "{dose}", "dose",
     "", "Tung pust"},
}};

}  // namespace kari::district
