// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sdk/fhir/report.hpp"
#include "sync-server/exchange/parts.hpp"

namespace kari::server::fhir {

// What became of one name in a folder.
struct ImportedFile {
    std::string name;
    std::uint64_t in = 0;  // resources seen
    // Why it was not read. Nothing: it was.
    std::string skipped;
};

struct ImportOutcome {
    kari::fhir::ImportReport report;
    std::vector<ImportedFile>
        files;  // the first k_report_lines_max that were skipped, and all read
    std::uint64_t files_skipped = 0;
    std::map<std::string, RecordId> records;
    std::size_t changed_records = 0;

    // Everything that was given was taken in.
    bool complete() const { return report.complete() && files_skipped == 0; }
};

// Imports one file, or every .json and .ndjson file of a folder in the order of their names, each
// on its own: what is wrong with one costs no other. Only regular files are read (or links to
// them), up to the length that they have when they are opened. "-" is standard input, when that is
// a file.
// Errors: not_found, invalid_argument (named by itself, and no regular file), storage_*; what is
// wrong inside a folder or a file is in the outcome.
Result<ImportOutcome> import_path(exchange::Parts& parts, const std::filesystem::path& path,
                                  const std::string& system);

}  // namespace kari::server::fhir
