// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <google/protobuf/message.h>

#include "sdk/merge/fold.hpp"

namespace kari::merge {

// What the policies say about an atom's values.

// Does a write take effect? Under AUTHORITY only a server's, or one of a restrictive value. The
// schema is of the kind that the resource is believed to be; a change may claim another.
bool takes_effect(const KindSchema* kind, const AtomSchema* schema, const Change& change,
                  const AtomWrite& write);

// Do the live values differ in a way that the policy does not let stand together?
bool values_collide(const KindSchema& kind, const AtomSchema& atom, const AtomState& state);

// The write to act on; null when a person must choose. Not for UNION.
const AtomWrite* choose(const KindSchema& kind, const AtomSchema& atom, const AtomState& state);

// UNION: all elements of the live values, each exact element once. A single live value keeps its
// author's order; several are ordered by their bytes.
void unite(const AtomSchema& atom, const AtomState& state, google::protobuf::Message& out);

// A value of a known kind that this build cannot parse must not pass for an empty one.
bool parses(const KindSchema& kind, const std::string& value);

// The kind's message with this one atom; the message is empty when the write has no value.
std::unique_ptr<google::protobuf::Message> parse_value(const KindSchema& kind,
                                                       const std::string& value);

}  // namespace kari::merge
