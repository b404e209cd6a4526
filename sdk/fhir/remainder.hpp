// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "sdk/fhir/json.hpp"

namespace kari::fhir {

// What of an imported resource no atom holds, and where it belongs.
//
// An element that no atom knows stands under its own name. What belongs to an element that an
// atom does hold (an extension of a name, an item's place in a set) is bound to the value that it
// came with and falls away when that value is changed: the position of an old address does not
// become that of a new one. FHIR names have no '$':
//   {"$is": H, "$rest": {...}}  the rest of the object whose mapped part has the fingerprint H
//   {"$is": H, "$whole": ...}   what stood where the mapped part with the fingerprint H is
//   {"$items": [...]}           of an array, in the order in which it came: {"$is": H} for an item
//                               that an atom holds whole, the above, or {"$whole": ...} alone for
//                               one that no atom holds
//   {"$absent": ["id"]}         what the mapped form has and the original had not
//
// `sets` names the top-level arrays whose atom does not keep order.
Json remainder_of(const Json& original, const Json& mapped, const std::set<std::string>& sets);

// The original when `mapped` is what it was; else with the changes.
Json with_remainder(Json mapped, const Json& remainder);

// 16 hexadecimal digits over the canonical text.
std::string fingerprint(const Json& value);

}  // namespace kari::fhir
