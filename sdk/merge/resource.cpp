// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/merge/atom_value.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::merge {
namespace {

void append_part(std::string& out, std::string_view part) {
    out += base::u32(static_cast<std::uint32_t>(part.size()));
    out += part;
}

void append_ids(std::string& out, const std::vector<ChangeId>& ids) {
    out += base::u32(static_cast<std::uint32_t>(ids.size()));
    for (const auto& id : ids)
        out += base::to_bytes(id);
}

void append_writes(std::string& out, const std::vector<AtomWrite>& writes) {
    out += base::u32(static_cast<std::uint32_t>(writes.size()));
    for (const auto& write : writes) {
        out += base::to_bytes(write.change);
        out.push_back(write.cleared ? '\1' : '\0');
        append_part(out, write.value);
    }
}

}  // namespace

bool Resource::contested() const {
    return std::any_of(atoms.begin(), atoms.end(),
                       [](const AtomState& atom) { return atom.contested; });
}

const AtomState* Resource::atom(std::uint32_t number) const {
    for (const auto& state : atoms) {
        if (state.number == number) return &state;
    }
    return nullptr;
}

const AtomWrite* Resource::operative_write(std::uint32_t number) const {
    const auto* kind_schema = schema_of(kind);
    const auto* schema = kind_schema != nullptr ? kind_schema->atom(number) : nullptr;
    const auto* state = atom(number);
    if (schema == nullptr || state == nullptr) return nullptr;
    return choose(*kind_schema, *schema, *state);
}

std::unique_ptr<google::protobuf::Message> Resource::operative() const {
    const auto* schema = schema_of(kind);
    if (schema == nullptr) return nullptr;
    std::unique_ptr<google::protobuf::Message> message(schema->prototype->New());
    for (const auto& state : atoms) {
        const auto* atom_schema = schema->atom(state.number);
        if (atom_schema == nullptr || state.live.empty()) continue;
        if (atom_schema->policy == v1::POLICY_UNION) {
            unite(*atom_schema, state, *message);
        } else if (const auto* write = choose(*schema, *atom_schema, state)) {
            message->MergeFrom(*parse_value(*schema, write->value));
        }
    }
    return message;
}

std::unique_ptr<google::protobuf::Message> Resource::value_of(const AtomWrite& write) const {
    const auto* schema = schema_of(kind);
    return schema != nullptr ? parse_value(*schema, write.value) : nullptr;
}

std::string canonical(const Resource& resource) {
    std::string out = base::to_bytes(resource.record) + base::to_bytes(resource.id);
    out += base::u32(resource.kind);
    append_ids(out, resource.heads);
    append_ids(out, resource.changes);
    append_ids(out, resource.missing);
    out += base::u64(resource.tick);
    out.push_back(resource.withheld ? '\1' : '\0');
    out.push_back(resource.unreadable ? '\1' : '\0');
    out += base::u32(static_cast<std::uint32_t>(resource.atoms.size()));
    for (const auto& atom : resource.atoms) {
        out += base::u32(atom.number);
        out.push_back(atom.contested ? '\1' : '\0');
        out.push_back(atom.unreadable ? '\1' : '\0');
        append_writes(out, atom.live);
        append_writes(out, atom.pending);
    }
    return out;
}

Digest state_digest(const std::vector<Resource>& resources) {
    std::vector<const Resource*> ordered;
    for (const auto& resource : resources)
        ordered.push_back(&resource);
    std::sort(ordered.begin(), ordered.end(), [](const Resource* a, const Resource* b) {
        return std::pair(a->record, a->id) < std::pair(b->record, b->id);
    });
    std::string all;
    for (const auto* resource : ordered)
        append_part(all, canonical(*resource));
    return base::sha256_of("kari state", {all});
}

}  // namespace kari::merge
