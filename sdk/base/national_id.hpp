// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::base {

// Norwegian identifiers of persons. Never logged, never in an error, never part of an id.
enum class NationalIdKind {
    fnr,        // fødselsnummer
    d_number,   // day + 40
    h_number,   // local help number: month + 40; means nothing without its assigner
    fh_number,  // common help number: starts with 8 or 9, holds no date
    duf,        // immigration authorities' number: 12 digits
};

// Since 2032 the first control digit may be off by up to three; older numbers stay valid.
enum class ControlRule { rule_1964, rule_2032, none };

struct NationalId {
    NationalIdKind kind = NationalIdKind::fnr;
    ControlRule rule = ControlRule::rule_1964;  // the strictest that it satisfies
    bool synthetic = false;                     // month + 80: a test population
    std::string digits;
};

// Who may stand in an installation's records.
enum class Population { any, real, synthetic };

struct NationalIdPolicy {
    bool accept_2032 = true;
    Population population = Population::any;
};

// Requires: digits only; spaces are the caller's to remove.
// Errors: malformed (not 11 or 12 digits, a date that no calendar has, wrong control digits),
// not_permitted (a 2032 number, or a population, that the policy excludes).
//
// Neither birth year nor sex is derived: numbers of the 2032 rule do not tell.
// Source: the tax administration's rule for control digits; HL7 Norway's naming systems.
Result<NationalId> parse_national_id(std::string_view text, const NationalIdPolicy& policy = {});

// "urn:oid:..." of the naming system; empty for an H-number, which has none.
std::string_view naming_system(NationalIdKind kind);

}  // namespace kari::base
