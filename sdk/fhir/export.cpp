// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/export.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sdk/base/id.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/clinical/value_words.hpp"
#include "sdk/fhir/care.hpp"
#include "sdk/fhir/issue.hpp"
#include "sdk/fhir/mapping.hpp"
#include "sdk/fhir/medication.hpp"
#include "sdk/fhir/resource.hpp"

namespace kari::fhir {

namespace {

namespace pb = google::protobuf;

constexpr std::size_t k_id_max = 64;
constexpr std::string_view k_subset_system =
    "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

std::string_view type_of(std::uint32_t kind) {
    const Mapping* mapping = mapping_of(static_cast<v1::Kind>(kind));
    if (mapping != nullptr) return mapping->type;
    return kind == v1::KIND_DETECTED_ISSUE ? "DetectedIssue" : "";
}

void tag(Json& resource, std::string_view code, std::string_view system = k_state_system) {
    Json& meta = resource["meta"];
    if (meta.is_null()) meta = Json::object();
    if (meta.members() == nullptr) return;  // an imported one of the wrong kind stays as it is
    Json& tags = meta["tag"];
    if (tags.is_null()) tags = Json::array();
    if (tags.items() == nullptr) return;
    Json entry = Json::object();
    entry.set("system", Json(system));
    entry.set("code", Json(code));
    tags.push(std::move(entry));
}

void tag_state(const merge::Resource& resource, Json& out) {
    if (out.members() == nullptr) return;
    if (resource.contested()) tag(out, "contested");
    if (resource.incomplete()) tag(out, "incomplete");
    if (resource.unreadable) tag(out, "unreadable");
}

// What was written here names other resources by id; FHIR wants "Type/id".
void name_references(pb::Message& message, const ExportOptions& options) {
    if (!options.reference_of) return;
    if (auto* reference = dynamic_cast<v1::Reference*>(&message)) {
        const auto id = base::from_bytes<ResourceId>(reference->resource());
        if (id && reference->reference().empty() && !reference->has_identifier()) {
            reference->set_reference(options.reference_of(*id));
        }
    }
    std::vector<const pb::FieldDescriptor*> fields;
    const auto* reflection = message.GetReflection();
    reflection->ListFields(message, &fields);
    for (const pb::FieldDescriptor* field : fields) {
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
        if (!field->is_repeated()) {
            name_references(*reflection->MutableMessage(&message, field), options);
            continue;
        }
        for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
            name_references(*reflection->MutableRepeatedMessage(&message, field, i), options);
        }
    }
}

// "office", "car:2".
std::string kept_at(const v1::StockPlace& place) {
    std::string out =
        clinical::fhir_code(v1::StockPlaceKind_Name(place.kind()), "STOCK_PLACE_KIND_");
    if (!place.name().empty()) out += ":" + place.name();
    return out;
}

// An administration that was written here says more than FHIR has elements for.
void add_own_extensions(const v1::MedicationAdministration& given, Json& out) {
    const v1::Administration& administration = given.administration();
    Json extensions = Json::array();
    const auto text = [](std::string_view url, std::string value) {
        Json extension = Json::object();
        extension.set("url", Json(url));
        extension.set("valueString", Json(std::move(value)));
        return extension;
    };
    if (!administration.slot().empty()) {
        extensions.push(text("urn:kari:fhir:slot", base::to_hex(administration.slot())));
    }
    for (const std::string& version : administration.request_version()) {
        extensions.push(text("urn:kari:fhir:order-version", base::to_hex(version)));
    }
    if (!administration.allowance().empty()) {
        extensions.push(text("urn:kari:fhir:allowance", base::to_hex(administration.allowance())));
    }
    if (const auto code = clinical::intake_code(administration.intake()); !code.empty()) {
        extensions.push(text(k_intake_extension, std::string(code)));
    }
    if (!administration.effect_due().empty()) {
        extensions.push(text(k_effect_due_extension, administration.effect_due()));
    }
    if (administration.has_taken_from()) {
        extensions.push(text("urn:kari:fhir:taken-from", kept_at(administration.taken_from())));
    }
    for (const std::string& earlier : administration.follows()) {
        extensions.push(text("urn:kari:fhir:follows", base::to_hex(earlier)));
    }
    for (const v1::Override& override : administration.override()) {
        Json extension = Json::object();
        extension.set("url", Json("urn:kari:fhir:override"));
        extension.set("extension", Json(Json::Array{text("rule", override.rule()),
                                                    text("reason", override.reason())}));
        extensions.push(std::move(extension));
    }
    if (administration.has_scanned()) {
        const v1::ScannedPackage& scanned = administration.scanned();
        Json::Array parts;
        const auto part = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) parts.push_back(text(name, value));
        };
        part("gtin", scanned.gtin());
        part("vnr", scanned.vnr());
        part("expires", scanned.expires());
        part("lot", scanned.lot());
        part("serial", scanned.serial());
        Json extension = Json::object();
        extension.set("url", Json("urn:kari:fhir:scanned"));
        extension.set("extension", Json(std::move(parts)));
        extensions.push(std::move(extension));
    }
    if (!extensions.all_items().empty()) out.set("extension", std::move(extensions));
}

// Who a resource made here is about.
void name_patient(const Mapping& mapping, const std::string& patient, Json& out) {
    if (mapping.subject.empty()) return;
    Json reference(Json::Object{{"reference", Json(patient)}});
    if (mapping.kind != v1::KIND_APPOINTMENT) {
        out.set(mapping.subject, std::move(reference));
        return;
    }
    Json participant(Json::Object{{"actor", std::move(reference)}, {"status", Json("accepted")}});
    out[mapping.subject].push(std::move(participant));
}

Json write_made_or_imported(const pb::Message& operative, std::string_view id,
                            const ExportOptions& options) {
    const std::unique_ptr<pb::Message> message(operative.New());
    message->CopyFrom(operative);
    name_references(*message, options);
    Json out = write_resource(*message, id);
    if (out.members() == nullptr) return out;
    const bool imported = source_of(*message) != nullptr;
    add_own(*message, imported, out);
    if (imported) return out;
    const Mapping* mapping = mapping_of(*message->GetDescriptor());
    if (mapping != nullptr && !options.patient.empty())
        name_patient(*mapping, options.patient, out);
    if (const auto* given = dynamic_cast<const v1::MedicationAdministration*>(message.get())) {
        add_own_extensions(*given, out);
    }
    return out;
}

// The one atom of which every statement stands, when there are several and none is operative.
const merge::AtomState* open_atom(const merge::Resource& resource) {
    const merge::KindSchema* schema = merge::schema_of(resource.kind);
    if (schema == nullptr || schema->atoms.size() != 1) return nullptr;
    const merge::AtomState* atom = resource.atom(schema->atoms.front().number);
    if (atom == nullptr || atom->live.size() < 2) return nullptr;
    const bool all_stand = schema->atoms.front().policy == v1::POLICY_FORK;
    return all_stand || resource.operative_write(atom->number) == nullptr ? atom : nullptr;
}

std::string statement_id(std::string id, const ChangeId& change) {
    const std::string suffix = '-' + change.text().substr(0, 12);
    if (id.size() + suffix.size() > k_id_max) id.resize(k_id_max - suffix.size());
    return id + suffix;
}

bool is_uuid(std::string_view id) {
    if (id.size() != 36) return false;
    for (std::size_t i = 0; i < id.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = id[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

void add_entry(Json& entries, Json resource, const ExportOptions& options) {
    if (resource.members() == nullptr) return;
    const std::string id(resource.text("id"));
    Json entry = Json::object();
    // Imported references name urn:uuid:ID; they must find their entry.
    if (is_uuid(id)) {
        entry.set("fullUrl", Json("urn:uuid:" + id));
    } else if (!options.base_url.empty() && !id.empty()) {
        entry.set("fullUrl", Json(options.base_url + '/' +
                                  std::string(resource.text("resourceType")) + '/' + id));
    }
    entry.set("resource", std::move(resource));
    entry.set("search", Json(Json::Object{{"mode", Json("match")}}));
    entries.push(std::move(entry));
}

// What the resources of a bundle call each other.
struct Names {
    std::map<ResourceId, std::string> of_resource;
    std::set<std::string> visits;
    std::string patient;

    explicit Names(const chart::Group& group) {
        for (const auto& resource : group.resources) {
            const std::string name = exported_reference(resource);
            if (name.empty()) continue;
            of_resource.emplace(resource.id, name);
            if (resource.kind == v1::KIND_PATIENT && patient.empty()) patient = name;
            if (resource.kind == v1::KIND_ENCOUNTER) visits.insert(name);
        }
    }
    // A source has one encounter for what is a plan and a visit here: the visit tells more.
    bool carried_out(const merge::Resource& resource) const {
        return resource.kind == v1::KIND_PLANNED_ENCOUNTER &&
               visits.contains(exported_reference(resource));
    }
};

ExportOptions with_names(const ExportOptions& options, const Names& names) {
    ExportOptions out = options;
    if (!names.patient.empty()) out.patient = names.patient;
    out.reference_of = [&options, &names](const ResourceId& id) {
        const auto at = names.of_resource.find(id);
        if (at != names.of_resource.end()) return at->second;
        return options.reference_of ? options.reference_of(id) : std::string();
    };
    return out;
}

// An order that nobody has answered is told as what it is: a draft, with what is proposed in it.
void lay_proposal(const merge::Resource& resource, v1::MedicationRequest& order) {
    const auto proposed = [&](int number) {
        const auto* atom = resource.atom(static_cast<std::uint32_t>(number));
        if (atom == nullptr || atom->pending.empty()) return v1::MedicationRequest();
        return merge::value_as<v1::MedicationRequest>(resource, atom->pending.front());
    };
    *order.mutable_prescription() =
        proposed(v1::MedicationRequest::kPrescriptionFieldNumber).prescription();
    *order.mutable_authoring() = proposed(v1::MedicationRequest::kAuthoringFieldNumber).authoring();
    order.mutable_authoring()->set_intent("proposal");
    order.set_status(v1::MEDICATION_REQUEST_STATUS_DRAFT);
}

}  // namespace

Json to_fhir(const merge::Resource& resource, const ExportOptions& options) {
    if (resource.kind == v1::KIND_DETECTED_ISSUE) return write_stated_issue(resource, options);
    const auto operative = resource.operative();
    if (operative == nullptr) return Json();
    if (auto* order = dynamic_cast<v1::MedicationRequest*>(operative.get());
        order != nullptr && chart::is_verbal_order(resource)) {
        lay_proposal(resource, *order);
    }
    Json out = write_made_or_imported(*operative, resource.id.text(), options);
    tag_state(resource, out);
    return out;
}

std::vector<Json> to_fhir_statements(const merge::Resource& resource,
                                     const ExportOptions& options) {
    const merge::AtomState* atom = open_atom(resource);
    if (atom == nullptr) {
        Json one = to_fhir(resource, options);
        return one.is_null() ? std::vector<Json>() : std::vector<Json>{std::move(one)};
    }
    std::vector<Json> out;
    for (const merge::AtomWrite& write : atom->live) {
        const auto message = resource.value_of(write);
        if (message == nullptr || write.cleared) continue;
        Json one = write_made_or_imported(*message, resource.id.text(), options);
        if (one.members() == nullptr) continue;
        one.set("id", Json(statement_id(std::string(one.text("id")), write.change)));
        if (!resource.contested()) tag(one, "contested");
        tag_state(resource, one);
        out.push_back(std::move(one));
    }
    return out;
}

namespace {

Json searchset(Json entries, bool subset) {
    Json bundle = Json::object();
    bundle.set("resourceType", Json("Bundle"));
    if (subset) tag(bundle, "SUBSETTED", k_subset_system);
    bundle.set("type", Json("searchset"));
    bundle.set("total", Json::number(static_cast<long long>(entries.all_items().size())));
    bundle.set("entry", std::move(entries));
    return bundle;
}

void add_issues(const chart::Group& group, const std::vector<chart::TrackedFinding>& findings,
                const ExportOptions& options, Json& entries) {
    for (const chart::TrackedFinding& finding : findings)
        add_entry(entries, write_issue(group, finding, options), options);
}

}  // namespace

Json to_bundle(const chart::Group& group, const std::vector<chart::TrackedFinding>& findings,
               const ExportOptions& options) {
    const Names names(group);
    const ExportOptions inner = with_names(options, names);
    Json entries = Json::array();
    std::set<ResourceId> issues;  // a finding of several records is one
    for (const auto& finding : findings)
        issues.insert(chart::issue_resource(finding.finding.id));
    for (const auto& resource : group.resources) {
        if (names.carried_out(resource)) continue;
        if (resource.kind == v1::KIND_DETECTED_ISSUE && !issues.insert(resource.id).second) {
            continue;
        }
        for (Json& each : to_fhir_statements(resource, inner)) {
            add_entry(entries, std::move(each), inner);
        }
    }
    add_issues(group, findings, inner, entries);
    return searchset(std::move(entries), options.subset);
}

Json to_issue_bundle(const chart::Group& group, const std::vector<chart::TrackedFinding>& findings,
                     const ExportOptions& options) {
    const Names names(group);
    Json entries = Json::array();
    add_issues(group, findings, with_names(options, names), entries);
    return searchset(std::move(entries), options.subset);
}

std::string exported_reference(const merge::Resource& resource) {
    const auto operative = resource.operative();
    const v1::ImportSource* source = operative != nullptr ? source_of(*operative) : nullptr;
    if (source != nullptr) return source->type() + '/' + source->logical_id();
    const std::string_view type = type_of(resource.kind);
    return type.empty() ? std::string() : std::string(type) + '/' + resource.id.text();
}

}  // namespace kari::fhir
