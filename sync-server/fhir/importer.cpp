// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/importer.hpp"

#include <algorithm>

#include <google/protobuf/descriptor.h>

#include "sdk/base/id.hpp"
#include "sdk/fhir/mapping.hpp"
#include "sdk/fhir/resource.hpp"
#include "sdk/merge/past.hpp"
#include "sdk/merge/schema.hpp"
#include "sync-server/access/entry.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/fhir/version.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {

using google::protobuf::Message;
using kari::fhir::Imported;
using kari::fhir::SeenIds;
using kari::fhir::Stored;
using storage::ImportedResource;

namespace {

// To a transaction: others wait for it, and its pages lie in memory.
constexpr std::size_t k_batch = 500;
constexpr std::size_t k_batch_bytes = 4 * 1024 * 1024;

constexpr const char* k_another_kind =
    "was taken in as another kind than it is read as now, as when a modifier comes or goes or a "
    "part cannot be read: what stands in the record is unchanged, and needs a person to look";

std::string bytes_of_atom(const Message& message, const merge::AtomSchema& atom) {
    const std::unique_ptr<Message> alone(message.New());
    alone->CopyFrom(message);
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    alone->GetReflection()->ListFields(*alone, &fields);
    for (const auto* field : fields) {
        if (field != atom.field) alone->GetReflection()->ClearField(alone.get(), field);
    }
    return alone->SerializeAsString();
}

// The changes of one resource, decoded.
struct History {
    std::vector<merge::Change> changes;
    Changes all() const {
        Changes out;
        for (const merge::Change& change : changes)
            out.push_back(&change);
        return out;
    }
};

Result<History> read_history(storage::Storage& storage, const RecordId& record,
                             const ResourceId& resource) {
    History history;
    std::optional<Error> broken;
    KARI_TRY(storage.changes_of(record, resource, [&](const storage::StoredChange& stored) {
        auto decoded = merge::decode_change(stored.header_bytes, stored.body_bytes);
        if (!decoded) {
            broken = Error{ErrorCode::storage_corrupt, "a stored change: " + decoded.error().what};
            return false;
        }
        history.changes.push_back(std::move(*decoded));
        return true;
    }));
    if (broken) return tl::unexpected(*broken);
    return history;
}

// An old bundle run again would start a stopped order anew.
Result<void> refuse_older(const Imported& resource, const Changes& known) {
    if (!is_older(*resource.message, known)) return {};
    return fail(ErrorCode::invalid_argument,
                "is an earlier version than what is here, by its meta: not taken in");
}

// Taken in whole, by a build that had no schema for it or could not read what it said then.
bool kept_without_schema(const Changes& known) {
    return !known.empty() &&
           std::all_of(known.begin(), known.end(), [](const merge::Change* change) {
               const auto message = is_import(*change) ? message_of(*change) : nullptr;
               const auto* kept = dynamic_cast<const v1::OtherResource*>(message.get());
               if (kept == nullptr) return false;
               const auto json = kari::fhir::parse_json(kept->resource().json());
               return json && kari::fhir::unknown_modifier(*json) == nullptr;
           });
}

// FHIR forbids to act on it, so it cannot go on as what is read and acted on.
bool has_modifier(const Imported& resource) {
    const auto* kept = dynamic_cast<const v1::OtherResource*>(resource.message.get());
    const auto json = kari::fhir::parse_json(kept == nullptr ? "" : kept->resource().json());
    return json && kari::fhir::unknown_modifier(*json) != nullptr;
}

// A resource keeps the kind of its first change: what began whole goes on whole, and is read as
// what it holds (fhir::lift).
Imported kept_whole(Imported resource) {
    const auto* source = kari::fhir::source_of(*resource.message);
    auto kept = kari::fhir::keep_whole(kari::fhir::write_resource(*resource.message, {}), *source);
    resource.kind = kept.kind;
    resource.message = std::move(kept.message);
    return resource;
}

exchange::ServerStatement statement_of(const Imported& resource, const Message& message) {
    exchange::ServerStatement statement;
    statement.resource = resource.resource;
    statement.kind = resource.kind;
    statement.message = &message;
    statement.effective = resource.effective;
    return statement;
}

}  // namespace

// The record that is being written, under its lock.
struct Importer::Open {
    std::unique_ptr<storage::RecordTransaction> transaction;
    bool changed = false;
    std::size_t seen = 0;
    std::size_t bytes = 0;
};

Importer::Importer(exchange::Parts& parts, std::string system, std::string actor)
    : parts_(parts),
      system_(std::move(system)),
      actor_(std::move(actor)),
      run_(identity::random_id<storage::ImportRun>(parts.entropy)) {}
Importer::~Importer() = default;

Result<std::optional<RecordId>> Importer::record_of(const kari::fhir::PatientKey& patient,
                                                    bool create) {
    const storage::ImportKey key{patient.system, patient.logical_id};
    KARI_LET(auto known, parts_.storage.imported(key));
    if (!create) return known;
    if (!known) {
        // The record comes to be with its patient or not at all.
        KARI_TRY(close());
        known = identity::random_id<RecordId>(parts_.entropy);
        auto opened = std::make_unique<Open>();
        KARI_LET(opened->transaction, parts_.storage.begin_or_create(*known, false));
        KARI_TRY(parts_.storage.set_imported(key, *known));
        KARI_TRY(parts_.storage.fill(*known, run_));
        open_ = std::move(opened);
    } else {
        KARI_LET(const bool half_done, parts_.storage.being_filled(*known));
        if (half_done) KARI_TRY(parts_.storage.fill(*known, run_));
    }
    return known;
}

Result<void> Importer::open(const RecordId& record) {
    if (open_ && open_->transaction->state().id == record && open_->seen < k_batch &&
        open_->bytes < k_batch_bytes) {
        return {};
    }
    KARI_TRY(close());
    auto opened = std::make_unique<Open>();
    KARI_LET(opened->transaction, parts_.storage.begin(record));
    open_ = std::move(opened);
    return {};
}

Result<void> Importer::close() {
    if (!open_) return {};
    const auto opened = std::move(open_);
    if (!opened->changed) return {};                             // nothing to commit
    if (logged_.size() == k_records_named_max) logged_.clear();  // then some are named twice
    if (logged_.insert(opened->transaction->state().id).second) {
        KARI_TRY(
            access::add_entry(*opened->transaction, parts_.stream.incarnation(),
                              access::look_of_operator(actor_, "import", v1::PURPOSE_ADMINISTRATION,
                                                       parts_.stream.now())));
    }
    return parts_.stream.commit(*opened->transaction);
}

Result<void> Importer::write(const exchange::ServerStatement& statement) {
    KARI_LET(const auto change, parts_.stream.write(*open_->transaction, statement));
    open_->changed = true;
    open_->bytes += change.header_bytes.size() + change.body_bytes.value_or("").size();
    return {};
}

Result<Stored> Importer::write_what_changed(Imported& resource) {
    KARI_LET(const History history,
             read_history(parts_.storage, *resource.record, resource.resource));
    if (history.changes.empty()) {
        KARI_TRY(write(statement_of(resource, *resource.message)));
        return Stored::written;
    }
    const Changes known = history.all();
    if (last_body(known) == resource.body_sha256) return Stored::unchanged;
    const bool kept = kept_without_schema(known);
    if (resource.kind != v1::KIND_OTHER_RESOURCE && kept) {
        resource = kept_whole(std::move(resource));
    } else if (kept && kari::fhir::is_mapped(resource.type) && has_modifier(resource)) {
        return fail(ErrorCode::invalid_argument, k_another_kind);
    }
    const merge::KindSchema* schema = merge::schema_of(static_cast<std::uint32_t>(resource.kind));
    if (schema == nullptr) return fail(ErrorCode::invalid_argument, "kind");
    for (const merge::Change* change : known) {
        if (change->header.kind() == static_cast<std::uint32_t>(resource.kind)) continue;
        return fail(ErrorCode::invalid_argument, k_another_kind);
    }
    KARI_TRY(refuse_older(resource, known));
    const std::unique_ptr<Message> changed(resource.message->New());
    changed->CopyFrom(*resource.message);
    auto statement = statement_of(resource, *changed);
    for (const merge::AtomSchema& atom : schema->atoms) {
        const merge::Change* last = last_import(known, atom.number);
        const auto before = last != nullptr ? message_of(*last) : nullptr;
        const std::string was = before ? bytes_of_atom(*before, atom) : std::string();
        const std::string is = bytes_of_atom(*resource.message, atom);
        if (was != is && is.empty()) statement.cleared.push_back(atom.number);
        if (was == is) changed->GetReflection()->ClearField(changed.get(), atom.field);
    }
    if (statement.cleared.empty() && changed->ByteSizeLong() == 0) return Stored::unchanged;
    statement.parents = merge::readable_heads(known);
    KARI_TRY(write(statement));
    return Stored::written;
}

// One id for two patients is two resources, when one run says both; at a later run it is a
// correction. What cannot be told apart is refused.
Result<void> Importer::contradicts_this_run(const Imported& resource,
                                            const std::optional<ImportedResource>& stood) {
    const SeenIds::Answer answer =
        placed_.see(resource.resource, resource.record.value_or(RecordId{}));
    if (answer == SeenIds::Answer::other) {
        return fail(ErrorCode::invalid_argument,
                    "names two patients in one import: is its id "
                    "unique in the source system?");
    }
    if (answer == SeenIds::Answer::unknown && stood && stood->record != resource.record) {
        return fail(ErrorCode::invalid_argument,
                    "names another patient than it did: import it in a smaller input");
    }
    return {};
}

Result<Stored> Importer::store_in_directory(const Imported& resource,
                                            const std::optional<ImportedResource>& stood) {
    KARI_TRY(close());
    KARI_LET(const bool fresh,
             parts_.storage.put_directory_resource(system_, resource.type, resource.logical_id,
                                                   resource.message->SerializeAsString()));
    if (!stood || !stood->record) return fresh ? Stored::written : Stored::unchanged;
    KARI_TRY(parts_.storage.set_imported_resource(
        resource.resource, {std::nullopt, resource.body_sha256, stood->record}));
    KARI_TRY(leave(resource.resource));
    return Stored::moved;
}

// Where a planned encounter stands that came before there was a kind for it: there it goes on.
Result<void> Importer::find_kept(Imported& resource) {
    if (!resource.kept_whole_as) return {};
    KARI_LET(const auto stood, parts_.storage.imported_resource(*resource.kept_whole_as));
    if (!stood || !stood->record) return {};
    KARI_LET(const History there,
             read_history(parts_.storage, *stood->record, *resource.kept_whole_as));
    if (kept_without_schema(there.all())) resource.resource = *resource.kept_whole_as;
    return {};
}

Result<Stored> Importer::store_in_record(Imported& resource,
                                         const std::optional<ImportedResource>& stood) {
    ImportedResource stands{resource.record, resource.body_sha256, std::nullopt};
    if (stood && *stood == stands) return Stored::unchanged;
    const bool moved = stood && stood->record && stood->record != resource.record;
    if (moved) {
        KARI_LET(const History there,
                 read_history(parts_.storage, *stood->record, resource.resource));
        KARI_TRY(refuse_older(resource, there.all()));
    }
    KARI_TRY(open(*resource.record));
    ++open_->seen;
    KARI_LET(const Stored stored, write_what_changed(resource));
    // Written here first: should the run end now, it stands twice and not nowhere.
    if (moved) stands.leaving = stood->record;
    KARI_TRY(parts_.storage.set_imported_resource(resource.resource, stands));
    open_->changed = true;
    if (!moved) return stored;
    KARI_TRY(leave(resource.resource));
    return Stored::moved;
}

Result<Stored> Importer::store(Imported resource) {
    KARI_TRY(find_kept(resource));
    KARI_LET(auto stood, parts_.storage.imported_resource(resource.resource));
    KARI_TRY(contradicts_this_run(resource, stood));
    if (stood && stood->leaving) {
        KARI_TRY(leave(resource.resource));  // of a run that ended before it could
        stood->leaving.reset();
    }
    if (!resource.record) return store_in_directory(resource, stood);
    auto stored = store_in_record(resource, stood);
    // A record that was made for a patient who was refused is not made.
    if (!stored && open_ && !open_->changed) open_.reset();
    if (stored && resource.type == "Patient" && records_.size() < k_records_named_max) {
        records_[resource.logical_id] = *resource.record;
    }
    return stored;
}

Result<void> Importer::leave(const ResourceId& resource) {
    KARI_TRY(close());
    KARI_LET(auto stands, parts_.storage.imported_resource(resource));
    if (!stands || !stands->leaving) return {};
    KARI_TRY(open(*stands->leaving));
    KARI_LET(const History history, read_history(parts_.storage, *stands->leaving, resource));
    const Changes known = history.all();
    if (!last_body(known).is_zero()) {
        const Withdrawal withdrawal = withdraw(known);
        exchange::ServerStatement statement;
        statement.resource = resource;
        statement.kind = known.front()->header.kind();
        statement.message = withdrawal.message.get();
        statement.cleared = withdrawal.cleared;
        statement.parents = withdrawal.parents;
        KARI_TRY(write(statement));
    }
    stands->leaving.reset();
    KARI_TRY(parts_.storage.set_imported_resource(resource, *stands));
    open_->changed = true;
    return close();
}

Result<void> Importer::finish() {
    KARI_TRY(close());
    KARI_LET(const auto leaving, parts_.storage.leaving());
    for (const ResourceId& resource : leaving)
        KARI_TRY(leave(resource));
    KARI_LET(const auto owed, parts_.storage.unreviewed());
    for (const RecordId& record : owed)
        KARI_TRY(exchange::review_lean(parts_, record));
    reviewed_ = owed.size();
    return parts_.storage.end_filling(run_);
}

}  // namespace kari::server::fhir
