// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>
#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "kari/v1/change.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/fhir/json.hpp"
#include "sdk/fhir/report.hpp"

namespace kari::fhir {

// A patient as the source system names one. Which record that is, the sink decides: record ids
// are random and never derive from what came from outside.
struct PatientKey {
    std::string system;
    std::string logical_id;
    auto operator<=>(const PatientKey&) const = default;
};

// One resource, ready to become a change in a stream of the server.
struct Imported {
    std::uint64_t index = 0;
    std::optional<PatientKey> patient;  // nothing: it belongs to the directory
    std::optional<RecordId> record;     // of that patient
    ResourceId resource;                // imported_resource_id(system, type, logical id)
    // Where a planned encounter would stand that was taken in before there was such a kind.
    std::optional<ResourceId> kept_whole_as;
    v1::Kind kind = v1::KIND_UNSPECIFIED;
    std::string type;
    std::string logical_id;
    // SHA-256 of the canonical JSON. Equal to that of the stored source: nothing is to be written.
    Digest body_sha256;
    // The kind's message with all atoms, the source among them.
    std::unique_ptr<google::protobuf::Message> message;
    std::optional<v1::EffectiveTime> effective;
};

enum class Stored {
    written,
    unchanged,
    moved,  // written, and withdrawn from the patient whom it named at an earlier import
};

// What the importer asks of its caller. Called on the caller's thread, one call at a time.
class ImportSink {
public:
    virtual ~ImportSink() = default;
    // The record of a patient; nothing when the source system's patient is not known. With
    // `create` (the Patient resource itself is about to be stored) one is made when there is none.
    virtual Result<std::optional<RecordId>> record_of(const PatientKey& patient, bool create) = 0;
    // Takes one resource. malformed, too_large and invalid_argument reject the resource; any other
    // error ends the import.
    virtual Result<Stored> store(Imported resource) = 0;
};

struct ImportOptions {
    std::string system;                // the source system's name, a URI; part of every derived id
    std::string zone = "Europe/Oslo";  // of times that are written without offset
};

// Largest message of one resource: a change's body holds it with its salt and basis.
inline constexpr std::size_t k_resource_bytes_max = 1024 * 1024 - 4096;

// What it is: the stream of resources of any Bundle, single resource or NDJSON.
// Requires: `input` can be rewound (it is read three times: form, patients and references, rest).
// Returns and errors: never fails as a whole; the report says what became of each resource, and of
//   an input that could not be read on. A resource is handed to the sink complete or not at all.
//   Patients are handed over first, then the rest in the order of the input.
// Units and limits: at most 64 MiB of memory whatever the size of the input; a resource of more
//   than 16 MiB of text, or whose message exceeds k_resource_bytes_max, is rejected.
// Threads: any; one import at a time on one stream and sink.
ImportReport import_resources(std::istream& input, const ImportOptions& options, ImportSink& sink);

// The id of an imported resource: H("kari import", system, type, logical id), shortened.
ResourceId imported_resource_id(std::string_view system, std::string_view type,
                                std::string_view logical_id);

}  // namespace kari::fhir
