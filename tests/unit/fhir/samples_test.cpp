// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream input(path, std::ios::binary);
    std::ostringstream out;
    out << input.rdbuf();
    return out.str();
}

}  // namespace

TEST_CASE("every resource of the sample bundles is imported and given back as it came") {
    const char* folder = std::getenv("KARI_FHIR_SAMPLES");
    if (folder == nullptr) SKIP("KARI_FHIR_SAMPLES names no folder of R4 bundles");
    std::size_t files = 0;
    std::size_t resources = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() != ".json") continue;
        ++files;
        CAPTURE(files);
        const std::string text = text_of(file.path());
        KeptJournal sink;
        const auto report = import_text(text, sink);
        REQUIRE(report.rejected_count == 0);
        JsonLimits all;
        all.text = all.memory = std::size_t{1} << 30;
        const auto bundle = parse_json(text, all);
        REQUIRE(bundle);
        const auto originals = resources_of(*bundle);
        REQUIRE(originals.size() == bundle->find("entry")->all_items().size());
        CHECK(report.in == originals.size());
        REQUIRE(sink.kept.size() == originals.size());
        std::size_t differing = 0;
        for (const Imported& kept : sink.kept) {
            const Json back = to_fhir(folded(kept), {});
            const Json& original = originals.at(kept.type + '/' + kept.logical_id);
            if (!(back == original) || canonical_text(back) != canonical_text(original)) {
                ++differing;
            }
        }
        CHECK(differing == 0);
        const auto again = import_text(text, sink);
        CHECK(again.written == 0);
        CHECK(again.unchanged == originals.size());
        resources += originals.size();
    }
    CHECK(files > 0);
    CHECK(resources > 0);
}
