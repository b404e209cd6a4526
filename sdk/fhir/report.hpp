// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <kari/error.hpp>

#include "sdk/fhir/json.hpp"

namespace kari::fhir {

// One thing that an importer has to say about one resource. Holds no value of the input.
struct ImportNote {
    std::uint64_t index = 0;  // of the entry in the bundle, or of the line
    std::string file;         // set by whoever imports several; empty for one
    std::string type;         // FHIR resource type; empty when it could not be told
    std::string path;         // element path: "MedicationRequest.dosageInstruction[0].text"
    std::string reason;
};

// What became of an input. in == sum of by_kind + rejected_count.
struct ImportReport {
    std::uint64_t in = 0;  // resources seen
    // Taken in, by FHIR resource type, the unmapped ones included.
    std::map<std::string, std::uint64_t> by_kind;
    // Of these: kept whole because there is no schema (or one that may not be used, see notes).
    std::map<std::string, std::uint64_t> unmapped;
    std::uint64_t written = 0;    // of those taken in
    std::uint64_t unchanged = 0;  // the same body was here already
    // Of those written: named another patient before, and were withdrawn there.
    std::uint64_t moved = 0;
    std::uint64_t directory = 0;  // of those taken in: belong to no patient
    std::uint64_t rejected_count = 0;
    std::uint64_t without_patient = 0;  // of those: a later input may bring the patient
    // The first k_report_lines_max of each; nothing is lost from the counts.
    std::vector<ImportNote> rejected;
    // Taken in, but worth a look: an element that only the remainder holds though it matters.
    std::vector<ImportNote> notes;
    std::uint64_t notes_count = 0;
    // The import ended before the input did: the sink failed.
    std::optional<Error> stopped;

    void reject(ImportNote note);
    void remark(ImportNote note);
    // Adds the counts and lines of another input, under the name of its file.
    void add(const ImportReport& other, const std::string& file = {});
    // Everything that was seen was taken in.
    bool complete() const { return rejected_count == 0 && !stopped; }
};

inline constexpr std::size_t k_report_lines_max = 1000;

// {"in", "by_kind", "unmapped", "rejected": [{"index", "type", "path", "reason"}], ...}
Json to_json(const ImportReport& report);

}  // namespace kari::fhir
