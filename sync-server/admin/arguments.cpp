// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/arguments.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sdk/base/time.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {
namespace {

constexpr std::size_t k_host_bytes_max = 253;

// Volven 9060, categories of health personnel.
constexpr std::array<std::string_view, 36> k_roles = {
    "AA", "AT", "AU", "BI", "ET", "FA1", "FA2", "FB", "FO", "FT", "HE", "HF",
    "HP", "JO", "KE", "KI", "LE", "MT",  "NP",  "OA", "OI", "OP", "OR", "OS",
    "PE", "PM", "PS", "RA", "SP", "TH",  "TL",  "TP", "TT", "VE", "VP", "XX"};

tl::unexpected<Error> wrong(std::string_view option, std::string_view what) {
    return fail(ErrorCode::invalid_argument, fmt::format("{} {}", option, what));
}

bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

// Whole UTF-8 sequences; a terminal set otherwise sends other bytes.
bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80             ? 1
                                   : (lead & 0xe0) == 0xc0 ? 2
                                   : (lead & 0xf0) == 0xe0 ? 3
                                   : (lead & 0xf8) == 0xf0 ? 4
                                                           : 0;
        if (length == 0 || at + length > text.size()) return false;
        for (std::size_t i = 1; i < length; ++i) {
            if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return false;
        }
        at += length;
    }
    return true;
}

}  // namespace

Result<void> check_text(std::string_view text, std::string_view option) {
    if (text.size() > sync::k_text_bytes) {
        return wrong(option, fmt::format("is longer than {} bytes", sync::k_text_bytes));
    }
    if (has_control(text) || !is_utf8(text)) {
        return wrong(option, "holds something that is no text (UTF-8 without control characters)");
    }
    return {};
}

Result<void> check_name(std::string_view text, std::string_view option) {
    if (text.find_first_not_of(' ') == std::string_view::npos) return wrong(option, "is empty");
    if (text.size() > storage::k_name_bytes_max) {
        return wrong(option, fmt::format("is longer than {} bytes", storage::k_name_bytes_max));
    }
    return check_text(text, option);
}

Result<void> check_zone(std::string_view zone, std::string_view option) {
    const bool letters = std::all_of(zone.begin(), zone.end(), [](char c) {
        return is_alnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
    });
    if (letters && !zone.empty() && zone.size() <= storage::k_name_bytes_max &&
        base::in_zone(Instant{0}, zone)) {
        return {};
    }
    return wrong(option, "is no time zone that this machine knows; say for example Europe/Oslo");
}

Result<void> check_role(std::string_view role, std::string_view option) {
    if (std::find(k_roles.begin(), k_roles.end(), role) != k_roles.end()) return {};
    return wrong(option,
                 "is no code of Volven 9060; for example SP nurse, VP social educator, HF "
                 "health worker, LE physician, FA1 pharmacist");
}

Result<void> check_uri(std::string_view uri, std::string_view option) {
    const auto colon = uri.find(':');
    const std::string_view scheme = uri.substr(0, colon);
    const bool letters = colon != std::string_view::npos && !scheme.empty() &&
                         is_alnum(scheme[0]) && !(scheme[0] >= '0' && scheme[0] <= '9') &&
                         std::all_of(scheme.begin(), scheme.end(), [](char c) {
                             return is_alnum(c) || c == '+' || c == '-' || c == '.';
                         });
    if (!letters || colon + 1 == uri.size() || uri.size() > sync::k_text_bytes ||
        uri.find_first_of(" \"<>\\^`{|}") != std::string_view::npos || has_control(uri)) {
        return wrong(option,
                     "is no URI; say for example urn:example:hospital or https://host/fhir");
    }
    return {};
}

Result<void> check_address(std::string_view address, std::string_view option) {
    std::array<unsigned char, 16> bytes{};
    const std::string text(address);
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {};
    return wrong(option, "is no IP address; 127.0.0.1 is this machine alone, 0.0.0.0 any network");
}

Result<void> check_host(std::string_view host, std::string_view option) {
    if (check_address(host, option)) return {};
    const bool letters = std::all_of(host.begin(), host.end(), [](char c) {
        return is_alnum(c) || c == '-' || c == '.' || c == '*';
    });
    if (host.empty() || host.size() > k_host_bytes_max || !letters) {
        return wrong(option, "is neither a host name nor an IP address");
    }
    return {};
}

Result<storage::Unit> find_unit(storage::Storage& storage, std::string_view text) {
    KARI_LET(const auto id, parse_id<UnitId>(text, "--unit"));
    KARI_LET(const auto unit, storage.unit(id));
    if (!unit) return fail(ErrorCode::not_found, "--unit: no such unit; `status` lists them");
    return *unit;
}

Result<RecordId> find_record(storage::Storage& storage, std::string_view text,
                             std::string_view option) {
    KARI_LET(const auto id, parse_id<RecordId>(text, option));
    KARI_LET(const auto known, storage.state(id));
    if (!known) {
        return fail(ErrorCode::not_found,
                    fmt::format("{}: no record {} here; `import` prints them", option, id.text()));
    }
    return id;
}

}  // namespace kari::server::admin
