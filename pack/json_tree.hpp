// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

// JSON of which each value knows its line.
namespace kari::pack {

struct JsonNode {
    enum class Kind { text, whole, list, object, other };
    Kind kind = Kind::other;
    std::string name;  // in an object
    std::string text;
    std::int64_t whole = 0;
    std::vector<JsonNode> inside;
    int line = 0;  // from 1
};

// A place and what is wrong there.
struct SourceError {
    int line = 0;
    std::string what;
};

tl::expected<JsonNode, SourceError> read_json(std::string_view text);

}  // namespace kari::pack
