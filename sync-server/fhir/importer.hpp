// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sdk/fhir/import.hpp"
#include "sync-server/exchange/parts.hpp"

namespace kari::server::fhir {

// Enters what upstream says in the server's own streams. Of a resource that is here already only
// the atoms that upstream changed are written, having seen all that is here; the same body again
// writes nothing.
class Importer final : public kari::fhir::ImportSink {
public:
    // actor: the operator who imports, for the access log of each record that is written to.
    Importer(exchange::Parts& parts, std::string system, std::string actor = {});
    ~Importer() override;

    Result<std::optional<RecordId>> record_of(const kari::fhir::PatientKey& patient,
                                              bool create) override;
    Result<kari::fhir::Stored> store(kari::fhir::Imported resource) override;

    // Commits what is open and has the rules look at every record that changed.
    Result<void> finish();

    // The records of the patients that were named, by the source's logical id.
    const std::map<std::string, RecordId>& records() const { return records_; }
    std::size_t changed_records() const { return changed_.size(); }

private:
    struct Open;
    Result<void> open(const RecordId& record);
    Result<void> close();
    Result<kari::fhir::Stored> store_new(const kari::fhir::Imported& resource);
    Result<kari::fhir::Stored> store_again(const kari::fhir::Imported& resource,
                                           const std::vector<const merge::Change*>& known);
    Result<void> write(const kari::fhir::Imported& resource,
                       const google::protobuf::Message& message, std::vector<std::uint32_t> cleared,
                       std::vector<ChangeId> parents);

    exchange::Parts& parts_;
    std::string system_;
    std::string actor_;
    std::unique_ptr<Open> open_;
    std::map<std::string, RecordId> records_;
    std::set<RecordId> changed_;
};

// Imports one file, or every .json and .ndjson file of a folder in the order of their names.
// Errors: not_found; what is wrong inside a file is in the report.
struct ImportOutcome {
    kari::fhir::ImportReport report;
    std::vector<std::pair<std::string, std::uint64_t>> files;  // name and resources seen
    std::map<std::string, RecordId> records;
    std::size_t changed_records = 0;
};
Result<ImportOutcome> import_path(exchange::Parts& parts, const std::filesystem::path& path,
                                  const std::string& system, const std::string& actor = {});

}  // namespace kari::server::fhir
