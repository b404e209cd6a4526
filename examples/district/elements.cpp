// SPDX-License-Identifier: Apache-2.0
#include "examples/district/elements.hpp"

#include <cstdint>

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

std::string coding(std::string_view system, std::string_view code, std::string_view display) {
    return object({{"system", quote(system)}, {"code", quote(code)}, {"display", quote(display)}});
}

std::string coded(std::string_view system, std::string_view code, std::string_view display) {
    return object({{"coding", array({coding(system, code, display)})}, {"text", quote(display)}});
}

std::string concept_text(std::string_view text) {
    return object({{"text", quote(text)}});
}

std::string quantity(std::string_view value, std::string_view unit, std::string_view code) {
    return object({{"value", std::string(value)},
                   {"unit", quote(unit)},
                   {"system", quote(k_ucum)},
                   {"code", quote(code)}});
}

std::string reference(std::string_view id, std::string_view display) {
    return object({{"reference", quote("urn:uuid:" + std::string(id))},
                   {"display", display.empty() ? std::string() : quote(display)}});
}

std::string period(std::string_view start, std::string_view end) {
    return object({{"start", quote(start)}, {"end", end.empty() ? std::string() : quote(end)}});
}

std::string note(std::string_view author_id, std::string_view time, std::string_view text) {
    return object(
        {{"authorReference", reference(author_id)}, {"time", quote(time)}, {"text", quote(text)}});
}

std::string inline_text(std::string_view text) {
    return object({{"contentType", quote("text/plain; charset=utf-8")},
                   {"language", quote("nb-NO")},
                   {"data", quote(base64(text))}});
}

const std::string& meta() {
    static const std::string same =
        object({{"security", array({coding(std::string(k_terminology) + "v3-ActReason", "HTEST",
                                           "test health data")})},
                {"tag", array({coding("urn:kari:district", "synthetic", k_label)})}});
    return same;
}

}  // namespace kari::district
