// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>

#include "examples/kari/references.hpp"

namespace kari::app {
namespace {

namespace fs = std::filesystem;

PersonId person(std::uint8_t number) {
    PersonId out;
    out.bytes[0] = number;
    return out;
}

struct Folder {
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "kari-shown-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path file() const { return path / "shown"; }
    fs::path path;
};

TEST_CASE("one wrong digit, or two swapped, names nothing") {
    for (std::uint32_t number = 1; number <= 9'999; ++number) {
        const std::string name = reference_name(number);
        const std::string digits = name.substr(0, name.size() - 1);
        for (std::size_t at = 0; at < digits.size(); ++at) {
            for (char c = '0'; c <= '9'; ++c) {
                std::string slip = digits;
                slip[at] = c;
                if (slip == digits || slip[0] == '0') continue;
                if (reference_name(static_cast<std::uint32_t>(std::stoul(slip))).back() ==
                    name.back()) {
                    FAIL(name << " and " << slip);
                }
            }
            if (at + 1 == digits.size() || digits[at] == digits[at + 1]) continue;
            std::string swapped = digits;
            std::swap(swapped[at], swapped[at + 1]);
            if (swapped[0] == '0') continue;
            if (reference_name(static_cast<std::uint32_t>(std::stoul(swapped))).back() ==
                name.back()) {
                FAIL(name << " and " << swapped);
            }
        }
    }
    SUCCEED();
}

TEST_CASE("a name means what it was shown for, also when the list has changed meanwhile") {
    const Folder folder;
    References first(folder.file());
    const std::string anne = first.name(person(1), "record", "anne");
    const std::string berit = first.name(person(1), "record", "berit");
    REQUIRE(first.save());
    // The next list has a newcomer first: nobody's name moves to somebody else.
    References second(folder.file());
    const std::string newcomer = second.name(person(1), "record", "agnes");
    const std::string anne_again = second.name(person(1), "record", "anne");
    REQUIRE(second.save());
    CHECK(newcomer != anne);
    CHECK(anne_again != anne);
    References third(folder.file());
    CHECK(third.find(person(1), anne)->target == "anne");
    CHECK(third.find(person(1), berit)->target == "berit");
    CHECK(third.find(person(1), newcomer)->target == "agnes");
    CHECK(third.find(person(1), anne)->kind == "record");
}

TEST_CASE("a name that was not shown, or to somebody else, or is mistyped, means nothing") {
    const Folder folder;
    References shown(folder.file());
    const std::string name = shown.name(person(1), "dose", "token");
    CHECK(shown.find(person(2), name).error().code == ErrorCode::not_permitted);
    CHECK(shown.find(person(1), reference_name(500)).error().code == ErrorCode::not_found);
    std::string slip = name;
    slip.back() = slip.back() == 'a' ? 'b' : 'a';
    CHECK(shown.find(person(1), slip).error().code == ErrorCode::invalid_argument);
    std::string loud = name;
    loud.back() = static_cast<char>(loud.back() - 0x20);
    CHECK(shown.find(person(1), loud).has_value());
}

TEST_CASE("a name is forgotten after twelve hours, and a broken file names nothing") {
    const Folder folder;
    {
        std::ofstream out(folder.file());
        out << "7 1000 " << person(1).text() << " record anne\n";
        out << "8 not a line\n" << std::string(5000, 'x') << "\n";
    }
    const References shown(folder.file());
    CHECK(shown.find(person(1), reference_name(7)).error().code == ErrorCode::not_found);
    CHECK(shown.find(person(1), reference_name(8)).error().code == ErrorCode::not_found);
}

TEST_CASE("the file is its owner's alone and does not grow without end") {
    const Folder folder;
    References shown(folder.file());
    std::string last;
    for (int i = 0; i < 12'000; ++i)
        last = shown.name(person(1), "record", "target" + std::to_string(i));
    REQUIRE(shown.save());
    const auto mode = fs::status(folder.file()).permissions();
    CHECK((mode & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
    CHECK(fs::file_size(folder.file()) < 400'000);
    CHECK(References(folder.file()).find(person(1), last)->target == "target11999");
}

TEST_CASE("an id is not taken for a name") {
    CHECK(looks_like_reference("12p"));
    CHECK(looks_like_reference("9999Z"));
    CHECK_FALSE(looks_like_reference("12"));
    CHECK_FALSE(looks_like_reference("p"));
    CHECK_FALSE(looks_like_reference("00112233445566778899aabbccddeeff"));
    CHECK_FALSE(looks_like_reference("anne"));
}

}  // namespace
}  // namespace kari::app
