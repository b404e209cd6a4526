// SPDX-License-Identifier: Apache-2.0
#include "examples/district/json_text.hpp"

namespace kari::district {

std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string object(const Members& members) {
    std::string out = "{";
    for (const auto& [name, value] : members) {
        if (value.empty()) continue;
        if (out.size() > 1) out += ',';
        out += quote(name) + ':' + value;
    }
    return out + '}';
}

std::string array(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) {
        if (item.empty()) continue;
        if (out.size() > 1) out += ',';
        out += item;
    }
    return out + ']';
}

}  // namespace kari::district
