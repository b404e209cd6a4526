// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/importer.hpp"

#include <algorithm>
#include <fstream>

#include <google/protobuf/descriptor.h>

#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "sdk/merge/schema.hpp"
#include "sync-server/access/entry.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {

using google::protobuf::Message;
using kari::fhir::Imported;
using kari::fhir::Stored;

namespace {

constexpr std::size_t k_batch = 500;  // resources to a transaction

// An import is the only change of the server's that accepts nothing and carries a source.
bool is_import(const merge::Change& change) {
    return change.from_server() && change.body.accepts().empty() && change.body_bytes;
}

std::unique_ptr<Message> message_of(const merge::Change& change) {
    const merge::KindSchema* schema = merge::schema_of(change.header.kind());
    if (schema == nullptr) return nullptr;
    std::unique_ptr<Message> message(schema->prototype->New());
    if (!message->ParseFromString(change.body.resource())) return nullptr;
    return message;
}

// The ImportSource of a resource, an atom of its own or inside its only one.
std::string source_digest(const Message& message, int depth = 0) {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->is_repeated() || field->message_type() == nullptr) continue;
        const Message& inner = message.GetReflection()->GetMessage(message, field);
        if (field->message_type() == v1::ImportSource::descriptor()) {
            v1::ImportSource source;
            source.CopyFrom(inner);
            return source.body_sha256();
        }
        if (depth == 0) {
            if (auto found = source_digest(inner, 1); !found.empty()) return found;
        }
    }
    return {};
}

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

// The newest import that wrote this atom.
const merge::Change* last_import(const std::vector<const merge::Change*>& known,
                                 std::optional<std::uint32_t> atom) {
    const merge::Change* last = nullptr;
    for (const merge::Change* change : known) {
        if (!is_import(*change)) continue;
        const auto& atoms = change->header.atom();
        if (atom && std::find(atoms.begin(), atoms.end(), *atom) == atoms.end()) continue;
        if (last == nullptr || std::make_pair(change->header.tick(), change->id) >
                                   std::make_pair(last->header.tick(), last->id)) {
            last = change;
        }
    }
    return last;
}

}  // namespace

// The record that is being written, under its lock.
struct Importer::Open {
    std::unique_ptr<storage::RecordTransaction> transaction;
    std::shared_ptr<const exchange::RecordLog> log;
    std::map<ResourceId, std::vector<std::shared_ptr<const merge::Change>>> by_resource;
    std::size_t written = 0;
    std::size_t seen = 0;
};

Importer::Importer(exchange::Parts& parts, std::string system, std::string actor)
    : parts_(parts), system_(std::move(system)), actor_(std::move(actor)) {}
Importer::~Importer() = default;

Result<std::optional<RecordId>> Importer::record_of(const kari::fhir::PatientKey& patient,
                                                    bool create) {
    const storage::ImportKey key{patient.system, patient.logical_id};
    KARI_LET(auto known, parts_.storage.imported(key));
    if (!known && create) {
        KARI_TRY(close());
        const auto id = identity::random_id<RecordId>(parts_.entropy);
        KARI_LET(const auto made, parts_.storage.begin_or_create(id, false));
        KARI_TRY(parts_.storage.set_imported(key, id));
        KARI_TRY(made->commit());
        known = id;
    }
    if (known) records_[patient.logical_id] = *known;
    return known;
}

Result<void> Importer::open(const RecordId& record) {
    if (open_ && open_->transaction->state().id == record && open_->seen < k_batch) return {};
    KARI_TRY(close());
    auto opened = std::make_unique<Open>();
    KARI_LET(opened->transaction, parts_.storage.begin(record));
    KARI_LET(opened->log, parts_.logs.read(parts_.storage, record));
    for (const auto& change : opened->log->changes) {
        opened->by_resource[change->resource].push_back(change);
    }
    open_ = std::move(opened);
    return {};
}

Result<void> Importer::close() {
    if (!open_) return {};
    const auto opened = std::move(open_);
    if (opened->written == 0) return {};  // nothing to commit
    if (changed_.insert(opened->transaction->state().id).second) {
        KARI_TRY(
            access::add_entry(*opened->transaction, parts_.stream.incarnation(),
                              access::look_of_operator(actor_, "import", v1::PURPOSE_ADMINISTRATION,
                                                       parts_.stream.now())));
    }
    return parts_.stream.commit(*opened->transaction);
}

Result<void> Importer::write(const Imported& resource, const Message& message,
                             std::vector<std::uint32_t> cleared, std::vector<ChangeId> parents) {
    exchange::ServerStatement statement;
    statement.resource = resource.resource;
    statement.kind = resource.kind;
    statement.message = &message;
    statement.cleared = std::move(cleared);
    statement.parents = std::move(parents);
    statement.effective = resource.effective;
    KARI_LET(auto change, parts_.stream.write(*open_->transaction, statement));
    open_->by_resource[resource.resource].push_back(
        std::make_shared<merge::Change>(std::move(change)));
    ++open_->written;
    return {};
}

Result<Stored> Importer::store_new(const Imported& resource) {
    KARI_TRY(write(resource, *resource.message, {}, {}));
    return Stored::written;
}

Result<Stored> Importer::store_again(const Imported& resource,
                                     const std::vector<const merge::Change*>& known) {
    if (const auto* last = last_import(known, std::nullopt); last != nullptr) {
        // The digest of the newest import that stated one.
        std::string digest;
        std::uint64_t tick = 0;
        for (const merge::Change* change : known) {
            if (!is_import(*change) || change->header.tick() < tick) continue;
            const auto message = message_of(*change);
            if (const auto said = message ? source_digest(*message) : ""; !said.empty()) {
                digest = said;
                tick = change->header.tick();
            }
        }
        if (digest == base::to_bytes(resource.body_sha256)) return Stored::unchanged;
    }
    const merge::KindSchema* schema = merge::schema_of(static_cast<std::uint32_t>(resource.kind));
    if (schema == nullptr) return fail(ErrorCode::invalid_argument, "kind");
    const std::unique_ptr<Message> changed(resource.message->New());
    changed->CopyFrom(*resource.message);
    std::vector<std::uint32_t> cleared;
    for (const merge::AtomSchema& atom : schema->atoms) {
        const merge::Change* last = last_import(known, atom.number);
        const auto before = last != nullptr ? message_of(*last) : nullptr;
        const std::string was = before ? bytes_of_atom(*before, atom) : std::string();
        const std::string is = bytes_of_atom(*resource.message, atom);
        if (was != is && is.empty()) cleared.push_back(atom.number);
        if (was == is) changed->GetReflection()->ClearField(changed.get(), atom.field);
    }
    if (cleared.empty() && changed->ByteSizeLong() == 0) return Stored::unchanged;
    KARI_TRY(write(resource, *changed, std::move(cleared), merge::fold(known).heads));
    return Stored::written;
}

Result<Stored> Importer::store(Imported resource) {
    if (!resource.record) {
        KARI_TRY(close());
        KARI_LET(const bool fresh,
                 parts_.storage.put_directory_resource(system_, resource.type, resource.logical_id,
                                                       resource.message->SerializeAsString()));
        return fresh ? Stored::written : Stored::unchanged;
    }
    KARI_TRY(open(*resource.record));
    ++open_->seen;
    const auto found = open_->by_resource.find(resource.resource);
    if (found == open_->by_resource.end()) return store_new(resource);
    std::vector<const merge::Change*> known;
    for (const auto& change : found->second)
        known.push_back(change.get());
    return store_again(resource, known);
}

Result<void> Importer::finish() {
    KARI_TRY(close());
    for (const RecordId& record : changed_)
        KARI_TRY(exchange::review(parts_, record));
    return {};
}

namespace {

Result<std::vector<std::filesystem::path>> files_below(const std::filesystem::path& path) {
    std::error_code gone;
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(path, gone)) {
        for (const auto& entry : std::filesystem::directory_iterator(path, gone)) {
            const auto kind = entry.path().extension();
            if (kind == ".json" || kind == ".ndjson") files.push_back(entry.path());
        }
        std::sort(files.begin(), files.end());
    } else if (std::filesystem::exists(path, gone)) {
        files.push_back(path);
    }
    if (files.empty()) {
        return fail(ErrorCode::not_found, path.string() + " holds no .json or .ndjson file");
    }
    return files;
}

}  // namespace

Result<ImportOutcome> import_path(exchange::Parts& parts, const std::filesystem::path& path,
                                  const std::string& system, const std::string& actor) {
    KARI_LET(const auto files, files_below(path));
    ImportOutcome outcome;
    Importer importer(parts, system, actor);
    kari::fhir::ImportOptions options;
    options.system = system;
    options.zone = parts.config.zone;
    for (const auto& file : files) {
        std::ifstream input(file, std::ios::binary);
        if (!input) return fail(ErrorCode::not_found, file.string());
        const auto report = kari::fhir::import_resources(input, options, importer);
        outcome.files.emplace_back(file.filename().string(), report.in);
        outcome.report.add(report);
        if (report.stopped) break;
    }
    KARI_TRY(importer.finish());
    outcome.records = importer.records();
    outcome.changed_records = importer.changed_records();
    return outcome;
}

}  // namespace kari::server::fhir
