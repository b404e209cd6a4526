// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <google/protobuf/message.h>

#include "sdk/merge/change.hpp"

namespace kari::server::fhir {

// Changes of one resource in one record.
using Changes = std::vector<const merge::Change*>;

// An import is the only change of the server's that accepts nothing and carries a source, or takes
// back what carried one.
bool is_import(const merge::Change& change);
std::unique_ptr<google::protobuf::Message> message_of(const merge::Change& change);

// The newest import, or the newest that wrote an atom.
const merge::Change* last_import(const Changes& known, std::optional<std::uint32_t> atom);
// The digest of what the newest import said; zero when that was a withdrawal, or nothing is known.
Digest last_body(const Changes& known);

// The statement that a resource was never about this patient: entered in error, where the kind has
// a word for it; else no value. Everything that was said stays in the log.
struct Withdrawal {
    std::unique_ptr<google::protobuf::Message> message;
    std::vector<std::uint32_t> cleared;
    // What the imports said and no more: what people did with the resource here is not answered
    // by it, so that it is shown beside it and a person decides.
    std::vector<ChangeId> parents;
};
// Requires: the newest import among `known` is no withdrawal.
Withdrawal withdraw(const Changes& known);

}  // namespace kari::server::fhir
