// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "sync-server/fhir/import_files.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;
using server::fhir::import_path;
using server::fhir::ImportOutcome;

namespace {

constexpr const char* k_system = "urn:test";

struct Folder {
    explicit Folder(const Ward& ward) : path(ward.folder / "in") {
        std::filesystem::create_directories(path);
    }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
    }
    std::filesystem::path path;
};

ImportOutcome import(Ward& ward, const std::filesystem::path& path) {
    auto outcome = import_path(*ward.parts, path, k_system);
    REQUIRE(outcome);
    return *outcome;
}

std::string observation(const std::string& id, const std::string& patient) {
    return R"({"resourceType":"Observation","id":")" + id +
           R"(","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/)" +
           patient + R"("}})";
}

void put_socket(const std::filesystem::path& path) {
    const int file = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(file);
}

}  // namespace

TEST_CASE("What is no file in a folder is skipped with its reason, and the rest is imported") {
    Ward ward;
    const Folder folder(ward);
    folder.put("b.json", R"({"resourceType":"Patient","id":"p1"})");
    folder.put("z.json", R"({"resourceType":"Patient","id":"p2"})");
    folder.put("c.json.gz", "packed");
    folder.put("readme.txt", "not for import");
    std::filesystem::create_symlink("nowhere", folder.path / "a.json");
    std::filesystem::create_symlink("/dev/zero", folder.path / "d.json");
    std::filesystem::create_directory(folder.path / "e.json");
    REQUIRE(::mkfifo((folder.path / "f.ndjson").c_str(), 0600) == 0);
    put_socket(folder.path / "g.json");
    std::filesystem::create_symlink("b.json", folder.path / "linked.json");
    const auto outcome = import(ward, folder.path);
    CHECK(outcome.records.size() == 2);
    CHECK(outcome.files_skipped == 6);
    CHECK_FALSE(outcome.complete());
    std::map<std::string, std::string> skipped;
    for (const auto& file : outcome.files)
        skipped[file.name] = file.skipped;
    REQUIRE(skipped.size() == 10);
    CHECK(skipped["a.json"] == "is not there, or is a link to nothing");
    CHECK(skipped["c.json.gz"] == "is compressed: unpack it first");
    CHECK(skipped["d.json"] == "is a device");
    CHECK(skipped["e.json"] == "is a folder");
    CHECK(skipped["f.ndjson"].starts_with("is a pipe"));
    CHECK(skipped["g.json"] == "is a socket or a device");
    CHECK(skipped["readme.txt"] == "is named neither .json nor .ndjson");
    CHECK(skipped["b.json"].empty());
    CHECK(skipped["linked.json"].empty());
}

TEST_CASE("A file named by itself that is none is refused at once") {
    Ward ward;
    const auto pipe = ward.folder / "pipe.json";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const std::filesystem::path& path : {pipe, std::filesystem::path("/dev/zero")}) {
        const auto outcome = import_path(*ward.parts, path, k_system);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == ErrorCode::invalid_argument);
    }
    const auto absent = import_path(*ward.parts, ward.folder / "absent.json", k_system);
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
}

TEST_CASE("No input passes silently that holds nothing") {
    const std::vector<std::string> nothings = {"",
                                               " \n",
                                               "{}",
                                               "[]",
                                               "null",
                                               "7",
                                               "hello",
                                               R"({"entry":{}})",
                                               R"({"resourceType":"Bundle","entry":{}})",
                                               R"({"resourceType":"Bundle","entry":null})",
                                               R"({"resourceType":"Bundle","entry":[null]})",
                                               R"([{"resourceType":"Patient","id":"p"}])",
                                               "\x1f\x8b\x08",
                                               "null\nnull\n",
                                               "{}\n{}\n"};
    Ward ward;
    const Folder folder(ward);
    for (std::size_t i = 0; i < nothings.size(); ++i) {
        CAPTURE(nothings[i]);
        const auto path = folder.path / (std::to_string(i) + ".json");
        std::ofstream(path) << nothings[i];
        const auto outcome = import(ward, path);
        CHECK_FALSE(outcome.complete());
        REQUIRE_FALSE(outcome.report.rejected.empty());
        CHECK_FALSE(outcome.report.rejected.front().path.empty());
        CHECK_FALSE(outcome.report.rejected.front().reason.empty());
    }
    // Together each is reported under its name.
    const auto all = import(ward, folder.path);
    CHECK(all.files.size() == nothings.size());
    for (const auto& line : all.report.rejected)
        CHECK(line.file.ends_with(".json"));
    CHECK(ward.storage->records().value().size() == 1);  // the unit's own
}

TEST_CASE("A Bundle without entries is no fault, and is remarked") {
    Ward ward;
    const auto path = ward.folder / "in.json";
    std::ofstream(path) << R"({"resourceType":"Bundle","type":"searchset","total":0})";
    const auto outcome = import(ward, path);
    CHECK(outcome.complete());
    REQUIRE(outcome.report.notes.size() == 1);
    CHECK(outcome.report.notes.front().reason == "holds no entry");
}

TEST_CASE("A folder of one file a type is taken in though the patients come last") {
    Ward ward;
    const Folder folder(ward);
    folder.put("Observation.ndjson", observation("o1", "p1") + "\n" + observation("o2", "p1") +
                                         "\n" + observation("o3", "nobody") + "\n");
    folder.put("Patient.ndjson", R"({"resourceType":"Patient","id":"p1"})");
    const auto outcome = import(ward, folder.path);
    CHECK(outcome.report.in == 4);
    CHECK(outcome.report.written == 3);
    CHECK(outcome.report.rejected_count == 1);
    CHECK(ward.log(outcome.records.at("p1")).size() == 3);
    const auto again = import(ward, folder.path);
    CHECK(again.report.written == 0);
    CHECK(again.report.unchanged == 3);
}

TEST_CASE("What stands whole before a fault of the file is in, and the fault is named") {
    Ward ward;
    const Folder folder(ward);
    folder.put("a.json", R"({"resourceType":"Bundle","entry":[)"
                         R"({"resource":{"resourceType":"Patient","id":"p1"}},{"resource":{"reso)");
    folder.put("b.json", observation("o1", "p1"));
    const auto outcome = import(ward, folder.path);
    CHECK(outcome.report.written == 2);
    REQUIRE(outcome.report.rejected_count == 1);
    CHECK(outcome.report.rejected.front().file == "a.json");
    CHECK(outcome.report.rejected.front().reason == "the input ends within this entry");
}
