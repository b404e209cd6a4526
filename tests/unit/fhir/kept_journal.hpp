// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/fhir/export.hpp"
#include "sdk/fhir/import.hpp"

namespace kari::fhir::test {

inline constexpr const char* k_system = "urn:example:source";

// Keeps what it is given, and says "unchanged" to a body that it has, as the server does.
class KeptJournal : public ImportSink {
public:
    Result<std::optional<RecordId>> record_of(const PatientKey& patient, bool create) override {
        const auto found = records.find(patient);
        if (found != records.end()) return found->second;
        if (!create) return std::nullopt;
        const auto id = base::shorten<RecordId>(base::sha256(std::to_string(records.size() + 1)));
        records.emplace(patient, id);
        return id;
    }
    Result<Stored> store(Imported resource) override {
        if (refusal && refused_at == kept.size()) return tl::unexpected(*refusal);
        const auto found = bodies.find(resource.resource);
        if (found != bodies.end() && found->second == resource.body_sha256) {
            return Stored::unchanged;
        }
        bodies[resource.resource] = resource.body_sha256;
        kept.push_back(std::move(resource));
        return Stored::written;
    }

    const Imported* find(std::string_view type, std::string_view logical_id) const {
        for (const Imported& each : kept) {
            if (each.type == type && each.logical_id == logical_id) return &each;
        }
        return nullptr;
    }

    std::map<PatientKey, RecordId> records;
    std::map<ResourceId, Digest> bodies;
    std::vector<Imported> kept;
    std::optional<Error> refusal;
    std::size_t refused_at = 0;
};

inline ImportReport import_text(const std::string& text, ImportSink& sink) {
    std::istringstream input(text);
    return import_resources(input, {.system = k_system}, sink);
}

// As the server writes it: one change of its own stream.
inline merge::Change change_of(const Imported& imported, std::uint64_t seq = 1) {
    merge::Draft draft;
    draft.header.set_incarnation(std::string(16, 's'));
    draft.header.set_record(imported.record ? base::to_bytes(*imported.record)
                                            : std::string(16, 'd'));
    draft.header.set_seq(seq);
    if (seq > 1) draft.header.set_prev(std::string(32, 'p'));
    draft.header.set_resource(base::to_bytes(imported.resource));
    draft.header.set_kind(static_cast<std::uint32_t>(imported.kind));
    draft.header.set_tick(seq);
    draft.header.mutable_recorded()->set_wall_ms(1);
    draft.header.mutable_recorded()->set_boot(std::string(16, 'b'));
    draft.header.mutable_author()->set_assurance(v1::ASSURANCE_SYSTEM);
    draft.header.set_origin(v1::ORIGIN_SERVER);
    draft.resource = imported.message.get();
    draft.salt = std::string(16, 'x');
    auto change = merge::author_change(draft);
    if (!change) throw std::runtime_error(change.error().what);
    return std::move(*change);
}

inline merge::Resource folded(const Imported& imported) {
    const merge::Change change = change_of(imported);
    return merge::fold({&change});
}

// {"resourceType": "Bundle", "entry": [{"fullUrl", "resource"}, ...]}
inline std::string bundle_of(const std::vector<std::string>& resources) {
    std::string out = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (std::size_t i = 0; i < resources.size(); ++i) {
        if (i != 0) out += ',';
        out += R"({"resource":)" + resources[i] + '}';
    }
    return out + "]}";
}

inline const std::string k_patient = R"({"resourceType":"Patient","id":"p1"})";

// All resources of an input, apart from the importer: by the logical id.
inline std::map<std::string, Json> resources_of(const Json& bundle) {
    std::map<std::string, Json> out;
    for (const Json& entry : bundle.find("entry")->all_items()) {
        const Json* resource = entry.find("resource");
        out.emplace(
            std::string(resource->text("resourceType")) + '/' + std::string(resource->text("id")),
            *resource);
    }
    return out;
}

}  // namespace kari::fhir::test
