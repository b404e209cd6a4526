// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sdk/fhir/import.hpp"
#include "sdk/fhir/seen_ids.hpp"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/fhir/withdrawal.hpp"

namespace kari::server::fhir {

// Enters what upstream says in the server's own streams. Of a resource that is here already only
// the atoms that upstream changed are written, having seen all that is here; the same body again
// writes nothing. A resource that names another patient than at an earlier import is entered there
// and withdrawn where it stood. Memory: that of one batch, however much a record holds.
//
// One importer is one run, of one or more inputs. When it ends half-way, a run over the same
// inputs completes it; until then nobody is given the records that it has made.
class Importer final : public kari::fhir::ImportSink {
public:
    // actor: the operator who imports, for the access log of each record that is written to.
    Importer(exchange::Parts& parts, std::string system, std::string actor = {});
    ~Importer() override;

    Result<std::optional<RecordId>> record_of(const kari::fhir::PatientKey& patient,
                                              bool create) override;
    Result<kari::fhir::Stored> store(kari::fhir::Imported resource) override;

    // Commits what is open, completes what an earlier run left half done, has the rules look at
    // every record that they owe a look, and lets go of the records that this run has made.
    Result<void> finish();

    // Beyond this many patients the list names no more; they are imported all the same.
    static constexpr std::size_t k_records_named_max = 20'000;
    // The records of the patients that were taken in, by the source's logical id.
    const std::map<std::string, RecordId>& records() const { return records_; }
    std::size_t changed_records() const { return reviewed_; }

private:
    struct Open;
    Result<void> open(const RecordId& record);
    Result<void> close();
    Result<kari::fhir::Stored> store_in_directory(
        const kari::fhir::Imported& resource,
        const std::optional<storage::ImportedResource>& stood);
    Result<kari::fhir::Stored> store_in_record(
        kari::fhir::Imported& resource, const std::optional<storage::ImportedResource>& stood);
    Result<kari::fhir::Stored> write_what_changed(kari::fhir::Imported& resource);
    Result<void> find_kept(kari::fhir::Imported& resource);
    // Withdraws a resource from the record that it has left.
    Result<void> leave(const ResourceId& resource);
    Result<void> contradicts_this_run(const kari::fhir::Imported& resource,
                                      const std::optional<storage::ImportedResource>& stood);
    Result<void> write(const exchange::ServerStatement& statement);

    exchange::Parts& parts_;
    std::string system_;
    std::string actor_;
    storage::ImportRun run_;
    std::unique_ptr<Open> open_;
    std::set<RecordId> logged_;   // whose access log names this run
    kari::fhir::SeenIds placed_;  // in which record this run has put each resource
    std::map<std::string, RecordId> records_;
    std::size_t reviewed_ = 0;
};

}  // namespace kari::server::fhir
