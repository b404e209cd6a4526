// SPDX-License-Identifier: Apache-2.0
#include "examples/district/elements.hpp"

#include <cstdint>

#include "examples/district/district.hpp"
#include "examples/district/json_text.hpp"

namespace kari::district {

namespace {

std::string base64(std::string_view bytes) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            const auto byte = i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u;
            group = group << 8 | byte;
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += i + j <= bytes.size() ? alphabet[group >> (18 - 6 * j) & 63] : '=';
        }
    }
    return out;
}

}  // namespace

std::string coded(std::string_view system, std::string_view code, std::string_view display) {
    return object({{"coding", array({object({{"system", quoted(system)},
                                             {"code", quoted(code)},
                                             {"display", quoted(display)}})})},
                   {"text", quoted(display)}});
}

std::string concept_text(std::string_view text) {
    return object({{"text", quoted(text)}});
}

std::string quantity(std::string_view value, std::string_view unit, std::string_view code) {
    return object({{"value", std::string(value)},
                   {"unit", quoted(unit)},
                   {"system", quoted(k_ucum)},
                   {"code", quoted(code)}});
}

std::string reference(std::string_view id, std::string_view display) {
    return object({{"reference", quoted("urn:uuid:" + std::string(id))},
                   {"display", display.empty() ? std::string() : quoted(display)}});
}

std::string note(std::string_view author_id, std::string_view time, std::string_view text) {
    return object({{"authorReference", reference(author_id)},
                   {"time", quoted(time)},
                   {"text", quoted(text)}});
}

std::string inline_text(std::string_view text) {
    return object({{"contentType", quoted("text/plain; charset=utf-8")},
                   {"language", quoted("nb-NO")},
                   {"data", quoted(base64(text))}});
}

std::string meta() {
    return object({{"tag", array({object({{"system", quoted("urn:kari:district")},
                                          {"code", quoted("synthetic")},
                                          {"display", quoted(k_label)}})})}});
}

}  // namespace kari::district
