// SPDX-License-Identifier: Apache-2.0
#include "pack/commands.hpp"

#include <filesystem>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "platform/linux/machine.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "tests/unit/clinical/whole_pack.hpp"
#include "tests/unit/pack/folder.hpp"

namespace kari::pack {
namespace {

struct Said {
    int code;
    std::string out, err;
};

Said kari_pack(const std::vector<std::string>& arguments) {
    platform_linux::SystemEntropy entropy;
    std::ostringstream out, err;
    const int code = run(arguments, entropy, out, err);
    return {code, out.str(), err.str()};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// What the demo pack is compiled of.
const std::string k_demo = std::string(KARI_SOURCE_DIR) + "/pack/demo";

TEST_CASE("a pack is compiled, signed, shown and checked, and what it says is the demo pack") {
    const Folder folder;
    const auto file = (folder.path() / "demo.pack").string();
    const auto key = (folder.path() / "key").string();
    REQUIRE(kari_pack({"compile", k_demo, "-o", file}).code == 0);
    auto shown = kari_pack({"show", file});
    CHECK(has(shown.out, "DEMO - not for clinical use"));
    CHECK(has(shown.out, "kari-demo@2026-03"));
    CHECK(has(shown.out, "2026-03-01"));
    CHECK(has(shown.out, "cross_allergies  18"));
    CHECK(has(shown.out, "nobody"));
    CHECK(clinical::read_pack(clinical::read_envelope(folder.read("demo.pack"))->pack())->content ==
          clinical::demo_pack().content);

    const auto made = kari_pack({"key", "-o", key});
    REQUIRE(made.code == 0);
    CHECK(made.out == folder.read("key.pub"));
    REQUIRE(kari_pack({"sign", file, "--key", key}).code == 0);
    shown = kari_pack({"show", file, "--key", key + ".pub"});
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "(checked)"));
    CHECK(has(kari_pack({"show", file}).out, "(not checked"));
}

TEST_CASE("a key is for its owner alone, and no key is written over") {
    namespace fs = std::filesystem;
    const Folder folder;
    const auto key = (folder.path() / "key").string();
    REQUIRE(kari_pack({"key", "-o", key}).code == 0);
    CHECK(fs::status(key).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    const auto before = folder.read("key");
    CHECK(kari_pack({"key", "-o", key}).code == 1);
    fs::remove(key + ".pub");
    CHECK(has(kari_pack({"key", "-o", key}).err, "is there already"));
    CHECK(folder.read("key") == before);
    fs::remove(key);
    folder.write("key.pub", "somebody's");
    CHECK(kari_pack({"key", "-o", key}).code == 1);
    CHECK(folder.read("key.pub") == "somebody's");
}

TEST_CASE("what another key signed, or what is no pack, is refused in words") {
    const Folder folder;
    const auto file = (folder.path() / "demo.pack").string();
    const auto one = (folder.path() / "one").string();
    const auto other = (folder.path() / "other").string();
    REQUIRE(kari_pack({"compile", k_demo, "-o", file}).code == 0);
    REQUIRE(kari_pack({"key", "-o", one}).code == 0);
    REQUIRE(kari_pack({"key", "-o", other}).code == 0);
    REQUIRE(kari_pack({"sign", file, "--key", one}).code == 0);
    const auto refused = kari_pack({"show", file, "--key", other + ".pub"});
    CHECK(refused.code == 1);
    CHECK(has(refused.err, "signed by somebody unknown"));
    // The two parts of a key are of two keys.
    folder.write("one.pub", folder.read("other.pub"));
    CHECK(has(kari_pack({"sign", file, "--key", one}).err, "is of another key"));
    folder.write("one.pub", "deadbeef");
    CHECK(has(kari_pack({"sign", file, "--key", one}).err, "no public key"));
    folder.write("other", "no key at all");
    CHECK(kari_pack({"sign", file, "--key", other}).code == 1);
    CHECK(has(kari_pack({"show", k_demo + "/pack.json"}).err, "cannot be read"));
    CHECK(kari_pack({"show", file + ".missing"}).code == 1);
    CHECK(has(kari_pack({"compile", folder.path().string(), "-o", file}).err, "pack.json"));
}

TEST_CASE("a pack of a day to come is compiled on any day, and signed by nobody") {
    const Folder source;
    const auto file = (source.path() / "out.pack").string();
    const auto key = (source.path() / "key").string();
    source.write("pack.json", clinical::whole_text(R"({"format":"kari-pack-1","id":"p",
        "version":"1","label":"TEST","date":"2999-01-01"})"));
    REQUIRE(kari_pack({"compile", source.path().string(), "-o", file}).code == 0);
    REQUIRE(kari_pack({"key", "-o", key}).code == 0);
    CHECK(has(kari_pack({"sign", file, "--key", key}).err, "2999-01-01"));
    CHECK(has(kari_pack({"show", file}).out, "nobody"));
}

TEST_CASE("a command that is none, or lacks its file, is wrong usage") {
    CHECK(kari_pack({}).code == 2);
    CHECK(kari_pack({"sing"}).code == 2);
    CHECK(kari_pack({"show"}).code == 2);
    CHECK(kari_pack({"--help"}).code == 0);
}

}  // namespace
}  // namespace kari::pack
