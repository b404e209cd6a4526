// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <kari/error.hpp>

#include "pack/fields.hpp"

namespace kari::pack {

// The pack that the text of a pack.json says, lists that tables fill left out. Not yet checked for
// what it means. Errors: malformed; `what` begins with "pack.json:LINE: ".
Result<v1::Pack> read_json_source(std::string_view text, const std::vector<std::string>& tables,
                                  Places& places);

// A folder of readable files, pack.json and for each list that is a table LIST.csv, as the bytes
// of an unsigned envelope. The same files give the same bytes.
// Errors: not_found; too_large; malformed (what a tablet would refuse too, among others): `what`
// names file and line.
Result<std::string> compile(const std::filesystem::path& folder);

}  // namespace kari::pack
