// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace kari::demo {

// A patient as a folder of bundles has it.
struct FoundPatient {
    std::string logical_id;
    std::string name;
    bool deceased = false;
    std::uint64_t resources = 0;  // of the bundle that it stands in
    std::uint64_t allergies = 0;  // likewise
    boost::json::object resource;
};

// What a folder of R4 bundles and NDJSON files holds, counted by the demo itself.
struct Scan {
    std::uint64_t files = 0;
    std::uint64_t resources = 0;   // entries of bundles and single resources, fit or not
    std::uint64_t unreadable = 0;  // files and lines that are no JSON; not among the resources
    std::map<std::string, std::uint64_t> by_type;
    std::vector<FoundPatient> patients;  // in the order of the files' names
};

// Reads *.json and *.ndjson of `folder`. What is no JSON is counted apart.
Scan scan_folder(const std::filesystem::path& folder);
std::vector<std::filesystem::path> fhir_files(const std::filesystem::path& folder);

}  // namespace kari::demo
