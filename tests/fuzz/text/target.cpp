// SPDX-License-Identifier: Apache-2.0
//
// Small texts from outside: numbers, units, times, identifiers, codes, labels, tokens, files of
// settings.
#include "tests/fuzz/target.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/id.hpp"
#include "sdk/base/national_id.hpp"
#include "sdk/base/quantity.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/gs1.hpp"
#include "sdk/clinical/knowledge_pack.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/invitation.hpp"
#include "sdk/fhir/base64.hpp"
#include "sdk/fhir/references.hpp"
#include "sync-server/config/config.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::fuzz {
namespace {

constexpr std::string_view k_zone = "Europe/Oslo";

// "NUMBER UNIT UNIT": the number, and converted to and fro.
void quantity(std::string_view text) {
    const auto first = text.find(' ');
    const auto value = Decimal::parse(text.substr(0, first));
    if (!value) return;
    REQUIRE(Decimal::parse(value->text()));
    REQUIRE((*value + *value - *value).same_value(*value));
    if (first == std::string_view::npos) return;
    text.remove_prefix(first + 1);
    const auto second = text.find(' ');
    const std::string from(text.substr(0, second));
    const std::string to(second == std::string_view::npos ? "" : text.substr(second + 1));
    const Quantity given{*value, from, ""};
    const auto converted = base::convert(given, to);
    if (!converted) return;
    const auto equal = base::compare(given, *converted);
    REQUIRE(equal);
    REQUIRE(*equal == std::strong_ordering::equal);
}

void times(std::string_view text) {
    if (const auto interval = base::parse_fhir_time(text, k_zone)) {
        REQUIRE(interval->start < interval->end);
    }
    if (const auto date = base::parse_date(text)) {
        REQUIRE(base::to_text(*date) == text);
        REQUIRE(base::days_between(*date, base::add_days(*date, 400)) == 400);
        const auto noon = base::resolve(*date, {12, 0, 0}, k_zone);
        REQUIRE(noon);
        REQUIRE(base::local_date(*noon) == *date);
    }
    if (const auto time = base::parse_time(text)) {
        const auto again = base::parse_time(base::to_text(*time));
        REQUIRE(again);
        REQUIRE(*again == *time);
    }
}

void names(std::string_view text) {
    if (const auto person = base::parse_national_id(text)) REQUIRE(person->digits == text);
    if (const auto bytes = base::from_hex(text)) REQUIRE(base::from_hex(base::to_hex(*bytes)));
    if (const auto id = RecordId::parse(text)) REQUIRE(RecordId::parse(id->text()) == id);
    if (const auto bytes = fhir::from_base64(text)) {
        REQUIRE(fhir::from_base64(fhir::to_base64(*bytes)) == bytes);
    }
    static_cast<void>(fhir::read_full_url(text));
    static_cast<void>(clinical::is_atc(text));
}

void codes(std::string_view text) {
    static_cast<void>(device::read_invitation(text));
    static_cast<void>(server::identity::digest_of_code(text));
    if (const auto seen = device::read_token({std::string(text)})) {
        const auto again = device::read_token(device::make_token(*seen));
        REQUIRE(again);
        REQUIRE(again->resource == seen->resource);
        REQUIRE(again->heads == seen->heads);
    }
}

// A label says the same once its elements are written anew.
void label(std::string_view text) {
    const auto read = clinical::read_label(text);
    if (!read) {
        REQUIRE(read.error().what.starts_with("entry/scan-unreadable: "));
        return;
    }
    REQUIRE(read->gtin.empty() != read->vnr.empty());
    if (read->gtin.empty()) return;
    REQUIRE(clinical::whole_gtin(read->gtin) == read->gtin);
    std::string anew = "]d201" + read->gtin;
    if (!read->lot.empty()) anew += "10" + read->lot + "\x1d";
    if (!read->serial.empty()) anew += "21" + read->serial;
    const auto again = clinical::read_label(anew);
    REQUIRE(again);
    REQUIRE(again->gtin == read->gtin);
    REQUIRE(again->lot == read->lot);
    REQUIRE(again->serial == read->serial);
}

void settings(std::string_view text) {
    const auto config = server::config::parse(text);
    if (!config) return;
    const auto again = server::config::parse(server::config::text_of(*config));
    REQUIRE(again);
    REQUIRE(server::config::text_of(*again) == server::config::text_of(*config));
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    Input input(bytes);
    const unsigned which = input.byte();
    const auto text = input.rest();
    switch (which % 7) {
        case 0:
            return quantity(text);
        case 1:
            return times(text);
        case 2:
            return names(text);
        case 3:
            return codes(text);
        case 4:
            return settings(text);
        case 6:
            return label(text);
        default:
            static_cast<void>(clinical::read_pack(text));
    }
}

}  // namespace kari::fuzz
