// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "examples/district/district.hpp"

namespace kari::district {

// Writes FOLDER/bundles/*.json, a FHIR R4 transaction Bundle for the directory and one for each
// citizen with an entry a line, and FOLDER/district.json: who belongs to which unit, and how many
// resources each journal holds. File names number people; they do not name them. Empty when all is
// written, else what failed. What a run that was ended has written is a valid part of the district.
std::string write_folder(const District& district, const std::filesystem::path& folder);

}  // namespace kari::district
