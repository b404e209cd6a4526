// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "kari/v1/care.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/clinical/code_words.hpp"

namespace kari::clinical {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;

// "STATUS_ON_HOLD" as "on-hold".
std::string code_of(const std::string& value, std::size_t prefix) {
    std::string out = value.substr(prefix);
    for (char& c : out)
        c = c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return out;
}

TEST_CASE("every code that a statement can be shown with has a word in both languages") {
    std::size_t seen = 0;
    for (const FileDescriptor* file :
         {v1::MedicationRequest::descriptor()->file(), v1::Encounter::descriptor()->file()}) {
        for (int i = 0; i < file->enum_type_count(); ++i) {
            const EnumDescriptor& one = *file->enum_type(i);
            if (one.name() == "Kind") continue;  // never an atom's value
            const auto prefix = one.value(0)->name().rfind("UNSPECIFIED");
            REQUIRE(prefix != std::string::npos);
            for (int value = 1; value < one.value_count(); ++value) {
                const std::string code = code_of(one.value(value)->name(), prefix);
                INFO(one.name() << " " << code);
                ++seen;
                const auto nb = code_words(one.name(), code, Language::bokmaal);
                CHECK_FALSE(nb.empty());
                // A word that happens to be the code is in the table all the same.
                const bool listed = nb != code || code == "mild";
                CHECK(listed);
            }
        }
    }
    CHECK(seen > 100);
}

TEST_CASE("a dose is given where an order is completed") {
    CHECK(code_words("AdministrationStatus", "completed", Language::english) == "given");
    CHECK(code_words("MedicationRequestStatus", "completed", Language::english) == "completed");
    CHECK(code_words("AdministrationStatus", "of-tomorrow", Language::english) == "of-tomorrow");
}

}  // namespace
}  // namespace kari::clinical
