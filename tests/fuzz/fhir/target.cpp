// SPDX-License-Identifier: Apache-2.0
//
// FHIR as a source system gives it: read, imported, and given back as it came.
#include "tests/fuzz/target.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/kept_journal.hpp"

namespace kari::fuzz {

void take(std::span<const std::uint8_t> bytes) {
    const std::string text(Input(bytes).rest());
    if (const auto value = fhir::parse_json(text)) {
        const auto again = fhir::parse_json(fhir::to_text(*value));
        REQUIRE(again);
        REQUIRE(*again == *value);
        const std::string canonical = fhir::canonical_text(*value);
        const auto sorted = fhir::parse_json(canonical);
        REQUIRE(sorted);
        REQUIRE(fhir::canonical_text(*sorted) == canonical);
    }
    fhir::test::KeptJournal journal;
    const auto report = fhir::test::import_text(text, journal);
    static_cast<void>(report);
    for (const auto& imported : journal.kept) {
        REQUIRE(imported.message->ByteSizeLong() <= fhir::k_resource_bytes_max);
        const auto resource = fhir::test::folded(imported);
        const auto back = fhir::to_fhir(resource, {});
        REQUIRE(base::sha256(fhir::canonical_text(back)).bytes == imported.body_sha256.bytes);
    }
}

}  // namespace kari::fuzz
