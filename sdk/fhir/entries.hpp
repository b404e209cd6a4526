// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include <kari/error.hpp>

#include "sdk/fhir/json.hpp"

namespace kari::fhir {

// What shape an input has, found out by reading it once without building any of it.
struct InputForm {
    enum class Shape {
        bundle,  // one Bundle; its entries are read one by one
        single,  // one resource
        lines,   // one resource or Bundle a line
        none,    // nothing that can be read
    };
    Shape shape = Shape::none;
    // Entries that stand whole in the input. What comes after them is not read.
    std::uint64_t entries = 0;
    // What is wrong with the input as a whole, beside what may be wrong within an entry.
    std::optional<Error> problem;
};

// Requires: the stream stands at its start.
InputForm find_form(std::istream& input);

// Told of every entry: {"fullUrl", "resource", ...}, of a single resource {"resource"} alone; or
// why it could not be read. False ends the reading.
using EntryVisitor = std::function<bool(std::uint64_t index, Result<Json> entry)>;

// Reads the entries in their order, one in memory at a time. Requires: the stream stands at its
// start. Errors: storage_failed when the stream fails.
Result<void> each_entry(std::istream& input, const InputForm& form, const EntryVisitor& visit);

}  // namespace kari::fhir
