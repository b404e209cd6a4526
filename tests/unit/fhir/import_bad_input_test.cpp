// SPDX-License-Identifier: Apache-2.0
// What is broken, too large, or refused: told with its index, and nothing else is lost by it.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/import_scene.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;

TEST_CASE("one bad entry is rejected alone") {
    const std::string deep = R"({"resourceType":"Basic","id":"d","extension":)" +
                             std::string(10'000, '[') + std::string(10'000, ']') + '}';
    KeptJournal sink;
    const auto report = import_text(
        bundle_of({k_patient, R"({"resourceType":"Observation","id":"x",,"status":1})", deep,
                   R"({"resourceType":"Observation","resourceType":"Patient","id":"x"})",
                   "\"text\"", "null", "{}", R"({"resourceType":"Gadget","id":"x"})",
                   R"({"resourceType":"Basic","id":7})", R"({"resourceType":"Basic"})",
                   R"({"resourceType":"Basic","id":"x","$is":"y"})", k_weight}),
        sink);
    check_sums(report);
    CHECK(report.in == 12);
    CHECK(report.rejected_count == 10);
    CHECK(sink.kept.size() == 2);
    CHECK(report.rejected[1].index == 2);
    CHECK(report.rejected[1].reason.find("resource.extension") == 0);
    CHECK(report.rejected[1].reason.find("nested too deep") != std::string::npos);
}

TEST_CASE("what is no bundle at all is one rejection and stores nothing") {
    for (const std::string text : {"", "  \n", "hello", "[1,2]", "<Bundle/>", "{\"a\":1}", "{",
                                   "42", "{\"resourceType\":\"Bundle\"",
                                   "{\"resourceType\":\"Bundle\",}", "\"\xff\xfe\"", "null"}) {
        CAPTURE(text);
        KeptJournal sink;
        const auto report = import_text(text, sink);
        check_sums(report);
        CHECK(report.rejected_count == 1);
        CHECK(sink.kept.empty());
    }
}

TEST_CASE("an input nested 10,000 deep is one rejection") {
    for (const char* unit : {"[", "{\"resourceType\":\"Bundle\",\"entry\":[", "{\"a\":"}) {
        std::string text;
        for (int i = 0; i < 10'000; ++i)
            text += unit;
        KeptJournal sink;
        const auto report = import_text(text, sink);
        check_sums(report);
        CHECK(report.rejected_count >= 1);
        CHECK(sink.kept.empty());
    }
}

TEST_CASE("a truncated bundle gives its whole entries and one rejection for the rest") {
    const std::string whole = bundle_of({k_patient, k_weight, k_patient});
    for (std::size_t cut = whole.size() - 1; cut > 60; --cut) {
        KeptJournal sink;
        const auto report = import_text(whole.substr(0, cut), sink);
        check_sums(report);
        CHECK(report.rejected_count == 1);
        CHECK_FALSE(report.stopped);
    }
    KeptJournal sink;
    const auto report = import_text(whole.substr(0, whole.size() - 10), sink);
    CHECK(sink.kept.size() == 2);
    CHECK(only_rejection(report).index == 2);
}

TEST_CASE("commas too many and text after the end are told") {
    KeptJournal sink;
    const auto after = import_text("{\n" + bundle_of({k_patient}).substr(1) + " x", sink);
    check_sums(after);
    CHECK(only_rejection(after).reason == "text after the end of the Bundle");
    CHECK(sink.kept.size() == 1);
    KeptJournal second;
    const auto comma = import_text(
        R"({"resourceType":"Bundle","entry":[{"resource":)" + k_patient + "},]}", second);
    check_sums(comma);
    CHECK(only_rejection(comma).reason == "Bundle.entry: a comma too many");
    KeptJournal third;
    const auto missing = import_text(R"({"resourceType":"Bundle","entry":[{"resource":)" +
                                         k_patient + R"(} {"resource":)" + k_weight + "}]}",
                                     third);
    check_sums(missing);
    CHECK(missing.rejected_count == 1);
    CHECK(third.kept.empty());
}

TEST_CASE("a broken line is rejected alone") {
    KeptJournal sink;
    const auto report = import_text(
        "{\"resourceType\":\"Obs\n" + k_patient + "\n{\"a\n" + k_weight + "\nnull\n", sink);
    check_sums(report);
    CHECK(report.in == 5);
    CHECK(report.rejected_count == 3);
    CHECK(sink.kept.size() == 2);
}

TEST_CASE("a resource of more than 16 MiB is rejected with its index") {
    const std::string big = R"({"resourceType":"Binary","id":"b","data":")" +
                            std::string(17 * 1024 * 1024, 'A') + "\"}";
    KeptJournal sink;
    const auto report = import_text(bundle_of({k_patient, big, k_weight}), sink);
    check_sums(report);
    CHECK(only_rejection(report).index == 1);
    CHECK(sink.kept.size() == 2);
    const std::string too_large_to_keep = R"({"resourceType":"Binary","id":"b","data":")" +
                                          std::string(k_resource_bytes_max, 'A') + "\"}";
    KeptJournal other;
    const auto second = import_text(bundle_of({k_patient, too_large_to_keep}), other);
    CHECK(only_rejection(second).reason.find("is larger than") == 0);
}

TEST_CASE("what the sink refuses is rejected, and what fails it ends the import") {
    KeptJournal sink;
    sink.refusal = Error{ErrorCode::too_large, "does not fit"};
    sink.refused_at = 1;
    const auto report = import_text(bundle_of({k_patient, k_weight}), sink);
    check_sums(report);
    CHECK(only_rejection(report).reason == "does not fit");
    CHECK_FALSE(report.stopped);
    sink.refusal = Error{ErrorCode::storage_full, "disk full"};
    const auto stopped = import_text(k_weight, sink);
    REQUIRE(stopped.stopped);
    CHECK(stopped.stopped->code == ErrorCode::storage_full);
}

TEST_CASE("an entry that asks for a deletion is not an import") {
    KeptJournal sink;
    const auto report = import_text(
        R"({"resourceType":"Bundle","type":"transaction","entry":[)"
        R"({"request":{"method":"DELETE","url":"Patient/1"}},{"request":{"method":"PATCH"},)"
        R"("resource":)" +
            k_patient + "}]}",
        sink);
    check_sums(report);
    CHECK(report.rejected_count == 2);
    CHECK(sink.kept.empty());
}

TEST_CASE("the report says no value of what it rejects") {
    KeptJournal sink;
    const auto report = import_text(
        bundle_of({R"({"resourceType":"Patient","id":"p1","birthDate":"Nordmann"})",
                   R"({"resourceType":"Nordmann","id":"p1"})",
                   R"({"resourceType":"Patient","id":"p1","name":{"Nordmann":"Nordmann"}})"}),
        sink);
    check_sums(report);
    CHECK(report.rejected_count == 3);
    CHECK(to_text(to_json(report)).find("Nordmann") == std::string::npos);
    CHECK(to_json(report).find("rejected")->all_items().size() == 3);
}
