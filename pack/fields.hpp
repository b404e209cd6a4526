// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kari/v1/pack.pb.h"
#include "pack/json_tree.hpp"

// Readable sources into messages of a pack. The schema says which members there are, so that a new
// list of the pack needs nothing here.
namespace kari::pack {

// Where in the sources a part of the pack stands, by its name as in "holds[2].unit".
class Places {
public:
    void note(const std::string& part, std::string_view file, int line);
    // "holds.csv:3" of the part, or of what it stands in; the first line of pack.json for what
    // stands nowhere.
    std::string of(std::string part) const;

private:
    std::map<std::string, std::string> places_;
};

// The members of pack.json. What every pack says and this one does not is an error of line 1,
// unless `elsewhere` has it: lists that a table beside it fills.
std::optional<SourceError> fill_from_json(v1::Pack& pack, const JsonNode& object,
                                          const std::vector<std::string>& elsewhere,
                                          Places& places);

// A table (CSV, RFC 4180, UTF-8; a cell ends on its line) fills a list of the pack: its first line
// names the members, each other is an entry. A cell of several holds them with a space between;
// an empty one has none of them, or leaves out what need not be said.
std::optional<SourceError> fill_from_table(v1::Pack& pack, const std::string& list,
                                           std::string_view text, std::string_view file,
                                           Places& places);

// Whether the pack has a list of this name that a table can fill.
bool is_table(const std::string& list);

}  // namespace kari::pack
