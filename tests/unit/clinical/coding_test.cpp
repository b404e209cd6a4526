// SPDX-License-Identifier: Apache-2.0
//
// Codes and words of what others wrote, however they wrote them.
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

v1::CodeableConcept coded(const char* system, const char* code) {
    v1::CodeableConcept out;
    out.add_coding()->set_system(system);
    out.mutable_coding(0)->set_code(code);
    return out;
}

TEST_CASE("words are compared without their case, in Latin letters, and bytes that are none stay") {
    CHECK(folded("  Ærlig\tØye \n Å ") == "ærlig øye å");
    CHECK(folded("3 × 1") == "3 × 1");
    CHECK(folded("ÿ") == "ÿ");
    CHECK(folded("a\x01z") == "a\x01z");
    CHECK(folded("cut\xC3") == "cut\xC3");
    CHECK(folded("\xC3"
                 "A") ==
          "\xC3"
          "A");
}

TEST_CASE("an ATC code is told in either case, and what is none is no code") {
    CHECK(atc_codes(coded("http://www.whocc.no/atc", "n02be01")) ==
          std::vector<std::string>{"N02BE01"});
    CHECK(atc_codes(coded("http://www.whocc.no/atc", "paracetamol")).empty());
    CHECK(atc_codes(coded("http://www.whocc.no/atc", "N02{")).empty());
}

TEST_CASE("a coding without a code says nothing, and shares nothing") {
    CHECK(code_in(coded("http://loinc.org", ""), k_loinc).empty());
    CHECK(shown(coded("http://loinc.org", "")).empty());
    CHECK(shown(coded("http://loinc.org", "8867-4")) == "8867-4");
    CHECK_FALSE(share_coding(coded("http://loinc.org", ""), coded("http://loinc.org", "")));
    CHECK_FALSE(share_coding(coded("", "1"), coded("", "1")));
    CHECK(share_coding(coded("http://loinc.org", "1"), coded("http://loinc.org", "1")));
}

}  // namespace
}  // namespace kari::clinical
