// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/import.hpp"

#include <algorithm>
#include <istream>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/fhir/care.hpp"
#include "sdk/fhir/entries.hpp"
#include "sdk/fhir/mapping.hpp"
#include "sdk/fhir/references.hpp"
#include "sdk/fhir/resource.hpp"
#include "sdk/fhir/resource_types.hpp"
#include "sdk/fhir/seen_ids.hpp"

namespace kari::fhir {

namespace {

constexpr std::size_t k_logical_id_max = 128;

// What can stand in a reference and in a line of a report. FHIR is stricter; real sources are not.
bool is_logical_id(std::string_view id) {
    return std::all_of(id.begin(), id.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '/'; });
}

constexpr const char* k_no_entry = "holds no entry";

// Nothing but what FHIR calls an element, so that a name of ours ('$') is never one of theirs.
bool has_element_names(const Json& value) {
    if (const Json::Array* items = value.items()) {
        return std::all_of(items->begin(), items->end(), has_element_names);
    }
    const Json::Object* members = value.members();
    return members == nullptr ||
           std::all_of(members->begin(), members->end(), [](const Json::Member& member) {
               const std::string& name = member.first;
               return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_';
               }) && has_element_names(member.second);
           });
}

// An entry that names a resource: what the references of others may call it.
struct Entry {
    const Json* resource = nullptr;
    Target target;
    std::string_view full_url;
};

// Why an entry is none of ours.
struct Refusal {
    std::string type;
    std::string path;
    std::string reason;
};

tl::expected<Entry, Refusal> read_entry(const Json& entry) {
    const auto refuse = [](std::string type, std::string path, std::string reason) {
        return tl::unexpected(Refusal{std::move(type), std::move(path), std::move(reason)});
    };
    if (entry.members() == nullptr) return refuse({}, "entry", "is not an object");
    Entry out;
    out.resource = entry.find("resource");
    out.full_url = entry.text("fullUrl");
    if (out.resource == nullptr) return refuse({}, "entry.resource", "is not there");
    if (out.resource->members() == nullptr) return refuse({}, "entry.resource", "is not an object");
    const Json* request = entry.find("request");
    const std::string_view method = request != nullptr ? request->text("method") : "";
    const std::string_view type = out.resource->text("resourceType");
    if (type.empty()) return refuse({}, "resourceType", "is not there");
    if (!is_resource_type(type)) return refuse({}, "resourceType", "is none of FHIR R4");
    out.target.type = type;
    // Kept whole it would belong to nobody, with all that is in it.
    if (type == "Bundle") return refuse("Bundle", "Bundle", "stands within a Bundle");
    if (method == "DELETE" || method == "PATCH") {
        return refuse(out.target.type, "entry.request.method", "is not an import");
    }
    const Json* id = out.resource->find("id");
    if (id != nullptr && id->string() == nullptr) {
        return refuse(out.target.type, out.target.type + ".id", "is not a string");
    }
    out.target.logical_id =
        id != nullptr ? *id->string() : std::string(read_full_url(out.full_url).id);
    if (out.target.logical_id.empty()) {
        return refuse(out.target.type, out.target.type + ".id", "is not there, and no fullUrl");
    }
    if (out.target.logical_id.size() > k_logical_id_max) {
        return refuse(out.target.type, out.target.type + ".id", "is too long");
    }
    if (!is_logical_id(out.target.logical_id)) {
        return refuse(out.target.type, out.target.type + ".id", "is no id");
    }
    if (!has_element_names(*out.resource)) {
        return refuse(out.target.type, out.target.type, "has a name that is no element of FHIR");
    }
    return out;
}

// Whom a resource is about.
struct About {
    std::optional<Target> patient;
    std::string element;  // that says so
    bool nobody = false;  // the element is there, but names nobody that can be told
    bool several = false;
};

class Importer {
public:
    Importer(const ImportOptions& options, ImportSink& sink) : options_(options), sink_(sink) {}

    ImportReport run(std::istream& input);

private:
    // False: the import ends here.
    bool read(std::istream& input, const InputForm& form, const EntryVisitor& visit);
    // First reading: what references need, and the patients themselves.
    bool first(std::uint64_t index, Result<Json> entry);
    // Second reading: all the rest, and every refusal.
    bool second(std::uint64_t index, Result<Json> entry);

    void learn(const Entry& entry);
    About about(const Entry& entry) const;
    void note_patient(const Json& reference, std::string_view element, bool must_be_patient,
                      About& out) const;
    ResourceId id_of(const Target& target) const {
        return imported_resource_id(options_.system, target.type, target.logical_id);
    }
    bool take(std::uint64_t index, const Entry& entry, const About& about);
    bool contradicts_earlier(const Target& target, const Digest& digest);
    bool store(std::uint64_t index, const Entry& entry, MappedResource mapped,
               std::optional<PatientKey> patient, Digest digest);
    std::optional<MappedResource> map(std::uint64_t index, const Entry& entry, bool whole,
                                      const v1::ImportSource& source);
    void reject(std::uint64_t index, const Refusal& why) {
        report_.reject({index, {}, why.type, why.path, why.reason});
    }
    bool stop(const Error& error) {
        report_.stopped = error;
        return false;
    }

    const ImportOptions& options_;
    ImportSink& sink_;
    SeenIds bodies_;
    bool bodies_full_ = false;
    References references_;
    ImportReport report_;
};

ImportReport Importer::run(std::istream& input) {
    const InputForm form = find_form(input);
    if (form.shape != InputForm::Shape::none) {
        read(input, form,
             [this](std::uint64_t index, Result<Json> entry) {
                 return first(index, std::move(entry));
             }) &&
            read(input, form, [this](std::uint64_t index, Result<Json> entry) {
                return second(index, std::move(entry));
            });
    }
    if (form.problem) {
        ++report_.in;
        const bool whole = form.shape == InputForm::Shape::none;
        reject(form.entries, {{}, whole ? "input" : "Bundle", form.problem->what});
    } else if (form.shape == InputForm::Shape::bundle && form.entries == 0) {
        report_.remark({0, {}, {}, "Bundle", k_no_entry});
    }
    if (references_.full()) {
        report_.remark({0,
                        {},
                        {},
                        "Bundle",
                        "too many addresses to remember: some references to "
                        "entries whose fullUrl is not their id do not resolve"});
    }
    if (bodies_full_) {
        report_.remark({0,
                        {},
                        {},
                        "Bundle",
                        "too many resources to remember: of those that stand here twice with two "
                        "bodies, some were taken in twice"});
    }
    return std::move(report_);
}

bool Importer::read(std::istream& input, const InputForm& form, const EntryVisitor& visit) {
    input.clear();
    input.seekg(0);
    Result<void> done = fail(ErrorCode::storage_failed, "cannot be read from its start again");
    if (input) done = each_entry(input, form, visit);
    if (!done && !report_.stopped) {
        ++report_.in;
        reject(0, {{}, "input", done.error().what});
    }
    return done && !report_.stopped;
}

bool Importer::first(std::uint64_t index, Result<Json> entry) {
    if (!entry) return true;
    const auto read = read_entry(*entry);
    if (!read || !references_.accept_base(read_full_url(read->full_url).base)) return true;
    learn(*read);
    if (read->target.type != "Patient") return true;
    ++report_.in;
    About self;
    self.patient = read->target;
    return take(index, *read, self);
}

bool Importer::second(std::uint64_t index, Result<Json> entry) {
    if (!entry && entry.error().code == ErrorCode::not_found) {
        report_.remark({index, {}, {}, "Bundle", k_no_entry});
        return true;
    }
    if (!entry) {
        ++report_.in;
        reject(index, {{}, "entry", entry.error().what});
        return true;
    }
    const auto read = read_entry(*entry);
    if (!read) {
        ++report_.in;
        reject(index, read.error());
        return true;
    }
    if (!references_.accept_base(read_full_url(read->full_url).base)) {
        ++report_.in;
        reject(index, {read->target.type, "entry.fullUrl", "is of another server than the rest"});
        return true;
    }
    if (read->target.type == "Patient") return true;
    ++report_.in;
    return take(index, *read, about(*read));
}

void Importer::learn(const Entry& entry) {
    const Json& resource = *entry.resource;
    references_.add_entry(entry.full_url, entry.target);
    if (entry.target.type == "Patient") {
        const Json* identifiers = resource.find("identifier");
        if (identifiers == nullptr || identifiers->items() == nullptr) return;
        for (const Json& identifier : identifiers->all_items()) {
            const std::string_view system = identifier.text("system");
            const std::string_view value = identifier.text("value");
            if (is_national(system) && !value.empty()) {
                references_.add_identifier(system, value, entry.target.logical_id);
            }
        }
    } else if (entry.target.type == "Medication") {
        Reading reading;
        const v1::Prescription facts = read_medication(resource, reading);
        if (!reading.refusal) references_.add_medication(entry.target.logical_id, facts);
    } else if (entry.target.type == "MedicationRequest") {
        const Json* prior = resource.find("priorPrescription");
        const auto target = prior != nullptr
                                ? references_.resolve(prior->text("reference"), "MedicationRequest")
                                : std::nullopt;
        if (target && target->type == "MedicationRequest") {
            references_.add_prior(id_of(entry.target), id_of(*target));
        }
    }
}

void Importer::note_patient(const Json& reference, std::string_view element, bool must_be_patient,
                            About& out) const {
    const std::string_view text = reference.text("reference");
    const std::string_view type = reference.text("type");
    if (!type.empty() && type != "Patient") return;
    std::optional<Target> target = references_.resolve(text, must_be_patient ? "Patient" : "");
    if (!target && !must_be_patient) {
        // An address without a type may be anybody's: it is the patient's whom the sink knows by
        // it.
        const auto patient = references_.resolve(text, "Patient");
        const auto record = patient ? sink_.record_of({options_.system, patient->logical_id}, false)
                                    : Result<std::optional<RecordId>>(std::nullopt);
        if (record && *record) target = patient;
    }
    const Json* identifier = reference.find("identifier");
    if (text.empty() && identifier != nullptr) {
        target = references_.patient_by_identifier(identifier->text("system"),
                                                   identifier->text("value"));
    }
    if (out.element.empty()) out.element = element;
    if (!target) {
        out.nobody = out.nobody || must_be_patient;
    } else if (target->type == "Patient") {
        out.several = out.several || (out.patient && *out.patient != *target);
        out.patient = target;
    }
}

About Importer::about(const Entry& entry) const {
    About out;
    for (const std::string_view name : patient_elements(entry.target.type)) {
        const Json* element = entry.resource->find(name);
        if (element == nullptr) continue;
        const bool participants = name == "participant";
        if (const Json::Array* items = element->items()) {
            for (const Json& item : *items) {
                const Json* reference = participants ? item.find("actor") : &item;
                if (reference != nullptr) note_patient(*reference, name, !participants, out);
            }
        } else if (element->members() != nullptr) {
            note_patient(*element, name, true, out);
        }
    }
    return out;
}

bool Importer::take(std::uint64_t index, const Entry& entry, const About& about) {
    const std::string& type = entry.target.type;
    const std::string path = type + '.' + about.element;
    if (about.several) {
        reject(index, {type, path, "names two patients"});
        return true;
    }
    if (about.nobody && !about.patient) {
        reject(index, {type, path, "refers to a patient that is not here"});
        return true;
    }
    const Mapping* mapping = mapping_of(type, *entry.resource);
    if (!about.patient && mapping != nullptr && !mapping->keep_unread && about.element.empty()) {
        reject(index, {type, type + '.' + std::string(mapping->subject), "names no patient"});
        return true;
    }
    const Digest digest = base::sha256(canonical_text(*entry.resource));
    if (contradicts_earlier(entry.target, digest)) {
        reject(index, {type, type + ".id", "stands twice in this input, with two bodies"});
        return true;
    }
    v1::ImportSource source;
    source.set_system(options_.system);
    source.set_type(type);
    source.set_logical_id(entry.target.logical_id);
    source.set_body_sha256(base::to_bytes(digest));
    auto mapped = map(index, entry, !about.patient, source);
    if (!mapped) return true;
    if (mapped->message->ByteSizeLong() > k_resource_bytes_max) {
        reject(index,
               {type, type, "is larger than " + std::to_string(k_resource_bytes_max) + " bytes"});
        return true;
    }
    std::optional<PatientKey> patient;
    if (about.patient) patient = PatientKey{options_.system, about.patient->logical_id};
    return store(index, entry, std::move(*mapped), std::move(patient), digest);
}

// Two bodies under one id would be written in turn at every import.
bool Importer::contradicts_earlier(const Target& target, const Digest& digest) {
    const SeenIds::Answer answer = bodies_.see(id_of(target), digest);
    bodies_full_ = bodies_full_ || answer == SeenIds::Answer::unknown;
    return answer == SeenIds::Answer::other;
}

std::optional<MappedResource> Importer::map(std::uint64_t index, const Entry& entry, bool whole,
                                            const v1::ImportSource& source) {
    // A kind that has a schema but speaks of a group or a place has no record to stand in.
    if (whole) return keep_whole(*entry.resource, source);
    Reading reading;
    reading.zone = options_.zone;
    reading.resolve = [this](std::string_view reference,
                             std::string_view expected) -> std::optional<ResourceId> {
        const auto target = references_.resolve(reference, expected);
        if (!target || !is_mapped(target->type)) return std::nullopt;
        return id_of(*target);
    };
    Surroundings surroundings;
    surroundings.medication_of = [this](std::string_view reference) {
        return references_.medication(reference);
    };
    surroundings.first_order_of = [this](const ResourceId& prior) {
        return references_.first_order(prior);
    };
    auto mapped = map_resource(*entry.resource, source, id_of(entry.target), surroundings, reading);
    if (!mapped) {
        reject(index, {source.type(), reading.refusal->path, reading.refusal->reason});
        return std::nullopt;
    }
    for (const ElementNote& note : reading.notes) {
        report_.remark({index, {}, source.type(), note.path, note.reason});
    }
    return mapped;
}

bool Importer::store(std::uint64_t index, const Entry& entry, MappedResource mapped,
                     std::optional<PatientKey> patient, Digest digest) {
    const std::string& type = entry.target.type;
    Imported out;
    out.index = index;
    if (patient) {
        const auto record = sink_.record_of(*patient, type == "Patient");
        if (!record) return stop(record.error());
        if (!*record) {
            ++report_.without_patient;
            const std::string_view subject = patient_elements(type).front();
            reject(index, {type, type + '.' + std::string(subject),
                           "refers to a patient that is not here"});
            return true;
        }
        out.record = **record;
    }
    const bool to_directory = !patient.has_value();
    const bool unmapped = mapped.kind == v1::KIND_OTHER_RESOURCE;
    out.patient = std::move(patient);
    out.resource = id_of(entry.target);
    if (mapped.kind == v1::KIND_PLANNED_ENCOUNTER) {
        out.kept_whole_as = out.resource;
        out.resource = planned_encounter_id(options_.system, entry.target.logical_id);
    }
    out.kind = mapped.kind;
    out.type = type;
    out.logical_id = entry.target.logical_id;
    out.body_sha256 = digest;
    out.message = std::move(mapped.message);
    out.effective = std::move(mapped.effective);
    const auto stored = sink_.store(std::move(out));
    if (!stored) {
        const ErrorCode code = stored.error().code;
        if (code != ErrorCode::malformed && code != ErrorCode::too_large &&
            code != ErrorCode::invalid_argument) {
            return stop(stored.error());
        }
        reject(index, {type, type, stored.error().what});
        return true;
    }
    ++report_.by_kind[type];
    if (unmapped) ++report_.unmapped[type];
    if (to_directory) ++report_.directory;
    ++(*stored == Stored::unchanged ? report_.unchanged : report_.written);
    if (*stored == Stored::moved) {
        ++report_.moved;
        report_.remark({index,
                        {},
                        type,
                        type + '.' + std::string(patient_elements(type).front()),
                        "names another patient than it did: withdrawn there, entered here"});
    }
    return true;
}

}  // namespace

ImportReport import_resources(std::istream& input, const ImportOptions& options, ImportSink& sink) {
    return Importer(options, sink).run(input);
}

ResourceId imported_resource_id(std::string_view system, std::string_view type,
                                std::string_view logical_id) {
    return base::shorten<ResourceId>(base::sha256_of("kari import", {system, type, logical_id}));
}

}  // namespace kari::fhir
