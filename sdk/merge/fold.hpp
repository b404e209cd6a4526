// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "sdk/merge/change.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::merge {

// One write of an atom, by a change that is here.
struct AtomWrite {
    ChangeId change;
    std::uint64_t tick = 0;
    bool effective = true;  // AUTHORITY: written by the server, or restrictive
    bool cleared = false;   // written as "no value"
    // Exact bytes: of the atom's field (tag, length and value) as written.
    std::string value;
    bool operator==(const AtomWrite&) const = default;
};

// What is known of one atom after folding.
struct AtomState {
    std::uint32_t number = 0;
    // Writes that no other (effective) write of the atom has seen, ascending by change id.
    std::vector<AtomWrite> live;
    // AUTHORITY: proposals that nothing has answered, ascending by change id.
    std::vector<AtomWrite> pending;
    // More than one live value, with different bytes, and a policy that does not let them stand
    // together. Never set while the resource is incomplete.
    bool contested = false;
    // The last write was one that this build must understand and cannot.
    bool unreadable = false;
};

// A resource: a pure function of the set of its changes. Equal sets give equal bytes of
// canonical() on every replica and build that knows the same schema.
struct Resource {
    RecordId record;
    ResourceId id;
    std::uint32_t kind = 0;
    std::vector<ChangeId> heads;    // changes that no other change names, ascending
    std::vector<ChangeId> changes;  // all, ascending
    std::vector<ChangeId> missing;  // parents that are not here, ascending
    std::vector<AtomState> atoms;   // ascending by number; every atom ever written
    std::uint64_t tick = 0;         // highest
    bool withheld = false;          // a body is not here
    bool unreadable = false;        // an atom is

    bool incomplete() const { return !missing.empty() || withheld; }
    bool forked() const { return heads.size() > 1; }
    bool contested() const;
    const AtomState* atom(std::uint32_t number) const;

    // The operative values as the kind's message: what a nurse acts on. An atom without an
    // operative value (contested REVIEW without a risk order) is absent. For UNION the elements
    // of all live values, each exact element once; several values are ordered by their bytes.
    // Null when this build does not know the kind.
    std::unique_ptr<google::protobuf::Message> operative() const;
    // The operative write of an atom; null when there is none.
    const AtomWrite* operative_write(std::uint32_t atom) const;
    // One atom's value as the kind's message with that atom alone.
    std::unique_ptr<google::protobuf::Message> value_of(const AtomWrite& write) const;
};

// Typed reading: operative_as<v1::Observation>(resource).
template <typename T>
T operative_as(const Resource& resource) {
    T out;
    const auto message = resource.operative();
    if (message && message->GetDescriptor() == T::descriptor()) out.CopyFrom(*message);
    return out;
}
template <typename T>
T value_as(const Resource& resource, const AtomWrite& write) {
    T out;
    const auto message = resource.value_of(write);
    if (message && message->GetDescriptor() == T::descriptor()) out.CopyFrom(*message);
    return out;
}

// Folds the changes of one resource. Requires: all are of one record and resource. Order and
// duplicates do not matter. Cost: linear in changes times heads, for histories without many forks.
Resource fold(const std::vector<const Change*>& changes);

// Canonical bytes of the state, for comparing replicas.
std::string canonical(const Resource& resource);
Digest state_digest(const std::vector<Resource>& resources);

// True when `ancestor` is among what `change` had seen (or is it). Within the given changes.
bool saw(const std::vector<const Change*>& changes, const ChangeId& change,
         const ChangeId& ancestor);

}  // namespace kari::merge
