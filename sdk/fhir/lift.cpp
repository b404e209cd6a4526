// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/lift.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/fhir/import.hpp"
#include "sdk/fhir/mapping.hpp"
#include "sdk/fhir/references.hpp"
#include "sdk/fhir/resource.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::fhir {

namespace {

struct Kept {
    const merge::Change* change = nullptr;
    v1::ForeignResource resource;
    Json json;  // null: the change took back what was kept
};

// Nothing: it is not ours to read.
std::optional<Kept> read_kept(const merge::Change& change) {
    v1::OtherResource message;
    if (!change.from_server() || change.header.kind() != v1::KIND_OTHER_RESOURCE ||
        !change.body_bytes || !message.ParseFromString(change.body.resource())) {
        return std::nullopt;
    }
    if (!message.has_resource()) return Kept{&change, {}, {}};
    if (!is_mapped(message.resource().type())) return std::nullopt;
    auto json = parse_json(message.resource().json());
    if (!json || unknown_modifier(*json) != nullptr) return std::nullopt;
    return Kept{&change, message.resource(), std::move(*json)};
}

bool is_newer(const merge::Change& a, const merge::Change& b) {
    return std::pair(a.header.tick(), a.id) > std::pair(b.header.tick(), b.id);
}

std::optional<MappedResource> map_kept(const Kept& kept, const Mapping& mapping) {
    Reading reading;
    reading.zone = ImportOptions{}.zone;
    const References references;
    reading.resolve = [&](std::string_view reference,
                          std::string_view expected) -> std::optional<ResourceId> {
        const auto target = references.resolve(reference, expected);
        if (!target || !is_mapped(target->type)) return std::nullopt;
        return imported_resource_id(kept.resource.source().system(), target->type,
                                    target->logical_id);
    };
    return map_as(mapping, kept.json, kept.resource.source(), kept.change->resource, {}, reading);
}

// As an import of today would have written it, each time with all atoms: what an import does not
// hold any more, it takes back. One that cannot be read says nothing; see lift().
chart::ChangePtr as_kind(const Kept& kept, const Mapping& mapping, bool& readable) {
    auto read = std::make_shared<merge::Change>(*kept.change);
    const auto kind = static_cast<std::uint32_t>(mapping.kind);
    read->header.set_kind(kind);
    read->header.clear_atom();
    read->body.clear_resource();
    std::optional<MappedResource> mapped;
    if (!kept.json.is_null()) mapped = map_kept(kept, mapping);
    readable = kept.json.is_null() || mapped.has_value();
    if (!readable) return read;
    for (const auto& atom : merge::schema_of(kind)->atoms)
        read->header.add_atom(atom.number);
    if (!mapped) return read;
    if (mapped->effective && !read->header.has_effective()) {
        *read->header.mutable_effective() = *mapped->effective;
    }
    read->body.set_resource(mapped->message->SerializeAsString());
    return read;
}

}  // namespace

std::vector<chart::ChangePtr> lift(const std::vector<chart::ChangePtr>& history) {
    std::vector<Kept> all;
    const Kept* newest = nullptr;
    std::vector<const merge::Change*> raw;
    all.reserve(history.size());
    for (const auto& change : history) {
        auto kept = read_kept(*change);
        if (!kept) return {};
        all.push_back(std::move(*kept));
        raw.push_back(change.get());
        if (newest == nullptr || is_newer(*change, *newest->change)) newest = &all.back();
    }
    if (newest == nullptr || newest->json.is_null()) return {};
    const Mapping* mapping = mapping_of(newest->resource.type(), newest->json);
    if (mapping == nullptr || !mapping->keep_unread) return {};
    std::vector<chart::ChangePtr> lifted;
    for (const Kept& kept : all) {
        bool readable = false;
        lifted.push_back(as_kind(kept, *mapping, readable));
        // What cannot be read may be passed over only where the newest has replaced it.
        if (!readable &&
            (&kept == newest || !merge::saw(raw, newest->change->id, kept.change->id))) {
            return {};
        }
    }
    return lifted;
}

}  // namespace kari::fhir
