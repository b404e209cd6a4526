// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>

#include "examples/demo/bundle_scan.hpp"
#include "examples/demo/hazards.hpp"
#include "examples/demo/process.hpp"
#include "examples/demo/tell.hpp"
#include "examples/demo/whole_file.hpp"

using namespace kari::demo;
namespace fs = std::filesystem;

namespace {

class Folder {
public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "kari-parts-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::vector<Hazard> planted() {
    return load_hazards(fs::path(KARI_SOURCE_DIR) / "examples" / "demo" / "hazards.json");
}

}  // namespace

TEST_CASE("every planted finding names changes that the story makes") {
    const auto hazards = planted();
    REQUIRE(hazards.size() >= 6);
    for (const Hazard& hazard : hazards) {
        INFO(hazard.name);
        REQUIRE_FALSE(hazard.findings.empty());
        for (const PlantedFinding& finding : hazard.findings) {
            CHECK(finding.severity >= 1);
            CHECK(finding.severity <= 4);
            for (std::string label : finding.changes) {
                const bool known =
                    std::any_of(hazard.acts.begin(), hazard.acts.end(), [&](const Act& act) {
                        return label == act.label || label == "accept:" + act.label ||
                               label == "import:" + act.order;
                    });
                INFO(label);
                CHECK(known);
            }
        }
    }
}

TEST_CASE("every hazard that the job names is planted") {
    std::set<std::string> rules;
    for (const Hazard& hazard : planted()) {
        for (const auto& finding : hazard.findings)
            rules.insert(finding.rule);
    }
    for (const char* rule :
         {"dose/possible-double", "dose/given-after-stop", "dose/given-against-allergy",
          "merge/allergy-status", "merge/order-prescription", "merge/observation"}) {
        CHECK(rules.contains(rule));
    }
}

TEST_CASE("a file of hazards that lacks a member says which") {
    const Folder folder;
    write_whole(folder.path() / "h.json",
                R"({"format":"kari-demo-hazards-1","hazards":[{"name":"x","told":"y"}]})");
    CHECK_THROWS_WITH(load_hazards(folder.path() / "h.json"),
                      "hazards: the text 'patient' is missing");
    write_whole(folder.path() / "h.json", "{");
    CHECK_THROWS_AS(load_hazards(folder.path() / "h.json"), Trouble);
}

TEST_CASE("a central stop changes nothing in an order but its status") {
    for (const Hazard& hazard : planted()) {
        for (const PlantedOrder& order : hazard.orders) {
            const boost::json::object patient = {{"resourceType", "Patient"}, {"id", "p"}};
            auto before = orders_bundle(hazard, patient, "");
            auto after = orders_bundle(hazard, patient, order.key);
            CHECK(before != after);
            for (auto& entry : after.at("entry").as_array()) {
                auto& resource = entry.as_object().at("resource").as_object();
                if (resource.contains("status")) resource["status"] = "active";
            }
            CHECK(before == after);
        }
    }
}

TEST_CASE("the scan counts the entries of bundles and the lines of NDJSON") {
    const Folder folder;
    write_whole(folder.path() / "a.json",
                R"({"resourceType":"Bundle","entry":[
                    {"resource":{"resourceType":"Patient","id":"p1",
                     "name":[{"given":["Ola"],"family":"Dal"}]}},
                    {"resource":{"resourceType":"Observation"}},{"fullUrl":"x"}]})");
    write_whole(folder.path() / "b.ndjson",
                "{\"resourceType\":\"Patient\",\"id\":\"p2\",\"deceasedBoolean\":true}\n"
                "{broken\n{\"resourceType\":\"Observation\"}\n");
    write_whole(folder.path() / "c.json", "not JSON");
    write_whole(folder.path() / "d.txt", "{}");
    const Scan scan = scan_folder(folder.path());
    CHECK(scan.files == 3);
    CHECK(scan.resources == 5);  // an entry without a resource is one too
    CHECK(scan.unreadable == 2);
    CHECK(scan.by_type.at("Observation") == 2);
    CHECK(scan.patients.at(0).allergies == 0);
    REQUIRE(scan.patients.size() == 2);
    CHECK(scan.patients[0].name == "Ola Dal");
    CHECK(scan.patients[0].resources == 3);
    CHECK(scan.patients[1].deceased);
}

TEST_CASE("text is wrapped by characters, not bytes, and a long word stands alone") {
    CHECK(wrapped("blå blå blå", 7) == std::vector<std::string>{"blå blå", "blå"});
    CHECK(wrapped("a bbbbbbbbbb c", 4) == std::vector<std::string>{"a", "bbbbbbbbbb", "c"});
    CHECK(wrapped("  ", 4).empty());
}

TEST_CASE("a program's output, errors and status are told apart") {
    const Completed done =
        run({{"/bin/sh", "-c", "read x; echo out $x; echo err >&2; exit 3"}, {}, {}}, "word\n",
            std::chrono::seconds(20));
    CHECK(done.status == 3);
    CHECK(done.output == "out word\n");
    CHECK(done.errors == "err\n");
    CHECK_THROWS_AS(run({{"/bin/sh", "-c", "sleep 60"}, {}, {}}, "", std::chrono::milliseconds(50)),
                    Trouble);
    CHECK_THROWS_AS(run({{"/no/such/program"}, {}, {}}, "", std::chrono::seconds(1)), Trouble);
}

TEST_CASE("a child is given its lines one by one and dies with its owner") {
    pid_t pid = 0;
    {
        Process child({{"/bin/cat"}, {}, {}});
        pid = child.pid();
        REQUIRE(child.write("one\ntwo\n"));
        CHECK(child.read_line(std::chrono::seconds(10)) == "one");
        CHECK(child.read_line(std::chrono::seconds(10)) == "two");
        CHECK_FALSE(child.read_line(std::chrono::milliseconds(20)));
        CHECK(child.alive());
    }
    CHECK(::kill(pid, 0) != 0);
}
