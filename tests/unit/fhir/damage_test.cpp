// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/examples.hpp"
#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;

namespace {

std::string all_examples() {
    std::vector<std::string> resources;
    for (const Example& each : examples())
        resources.emplace_back(each.json);
    return bundle_of(resources);
}

// Pieces of JSON that tend to be misread where they do not belong.
const std::vector<std::string> k_pieces = {"{",
                                           "}",
                                           "[",
                                           "]",
                                           ",",
                                           ":",
                                           "\"",
                                           "\\",
                                           "null",
                                           "1e999",
                                           "-",
                                           "\xff",
                                           "{\"$is\":\"x\"}",
                                           "\"resourceType\":\"Bundle\",",
                                           "[[[[[[[[",
                                           "\n",
                                           "\"entry\":[",
                                           "\"id\":null,",
                                           "0"};

}  // namespace

TEST_CASE("a damaged bundle is reported in full, and what is taken in is given back") {
    const std::string whole = all_examples();
    CHECK(rc::check([&] {
        std::string text = whole;
        const int wounds = *rc::gen::inRange(1, 5);
        for (int i = 0; i < wounds; ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            const auto length = *rc::gen::inRange<std::size_t>(0, 12);
            text.replace(at, length, *rc::gen::elementOf(k_pieces));
        }
        KeptJournal sink;
        const auto report = import_text(text, sink);
        std::uint64_t taken = 0;
        for (const auto& [type, count] : report.by_kind)
            taken += count;
        RC_ASSERT(!report.stopped);
        RC_ASSERT(report.in == taken + report.rejected_count);
        RC_ASSERT(report.written == sink.kept.size());
        for (const Imported& kept : sink.kept) {
            const Json back = to_fhir(folded(kept), {});
            RC_ASSERT(base::sha256(canonical_text(back)) == kept.body_sha256);
        }
    }));
}

TEST_CASE("a value of the wrong shape anywhere in a resource is refused or given back") {
    CHECK(rc::check([] {
        const Example& example = *rc::gen::elementOf(examples());
        Json resource = *parse_json(example.json);
        const std::vector<Json> strange = {Json(),
                                           Json(true),
                                           Json(""),
                                           Json("x"),
                                           Json::array(),
                                           Json::object(),
                                           Json::number("1e400"),
                                           Json(Json::Array{Json()})};
        // Down a random way, and something else put there.
        Json* at = &resource;
        while (true) {
            std::vector<Json*> parts;
            if (Json::Array* items = at->items()) {
                for (Json& item : *items)
                    parts.push_back(&item);
            } else if (Json::Object* members = at->members()) {
                for (auto& [name, member] : *members) {
                    if (at != &resource || (name != "resourceType" && name != "id")) {
                        parts.push_back(&member);
                    }
                }
            }
            if (parts.empty() || (at != &resource && *rc::gen::inRange(0, 3) == 0)) break;
            at = *rc::gen::elementOf(parts);
        }
        *at = *rc::gen::elementOf(strange);
        KeptJournal sink;
        const auto report = import_text(k_patient + '\n' + to_text(resource) + '\n', sink);
        RC_ASSERT(!report.stopped);
        RC_ASSERT(report.written + report.unchanged + report.rejected_count == report.in);
        for (const Imported& kept : sink.kept) {
            const Json back = to_fhir(folded(kept), {});
            RC_ASSERT(base::sha256(canonical_text(back)) == kept.body_sha256);
        }
    }));
}
