// SPDX-License-Identifier: Apache-2.0
//
// Where the fields of a message begin and end, by its bytes alone.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "sdk/merge/wire_scan.hpp"

namespace kari::merge {
namespace {

// The number of fields; nothing when the bytes are no message.
std::optional<std::size_t> fields(const std::string& bytes) {
    const auto found = scan_fields(bytes);
    return found ? std::optional(found->size()) : std::nullopt;
}

std::string bytes(std::initializer_list<int> of) {
    std::string out;
    for (const int byte : of)
        out.push_back(static_cast<char>(byte));
    return out;
}

TEST_CASE("each field is told apart, of whatever wire type it is") {
    const std::string varint = bytes({0x08, 0x96, 0x01});
    const std::string fixed64 = bytes({0x11, 1, 2, 3, 4, 5, 6, 7, 8});
    const std::string text = bytes({0x1a, 2, 'a', 'b'});
    const std::string fixed32 = bytes({0x25, 1, 2, 3, 4});
    const std::string whole = varint + fixed64 + text + fixed32;
    const auto found = scan_fields(whole);
    REQUIRE(found);
    REQUIRE(found->size() == 4);
    CHECK((*found)[0].bytes == varint);
    CHECK((*found)[1].bytes == fixed64);
    CHECK((*found)[2].bytes == text);
    CHECK((*found)[3].bytes == fixed32);
    CHECK((*found)[3].number == 4);
    CHECK(fields("") == 0);
}

TEST_CASE("bytes that end within a field, or hold a group, are no message") {
    CHECK_FALSE(fields(bytes({0x08})));
    CHECK_FALSE(fields(bytes({0x11, 1, 2, 3, 4, 5, 6, 7})));
    CHECK_FALSE(fields(bytes({0x25, 1, 2, 3})));
    CHECK_FALSE(fields(bytes({0x1a, 3, 'a', 'b'})));
    CHECK_FALSE(fields(bytes({0x1a, 0x80})));
    CHECK_FALSE(fields(bytes({0x1b})));  // a group begins
    CHECK_FALSE(fields(bytes({0x1c})));  // and ends
    CHECK_FALSE(fields(bytes({0x1e})));
}

TEST_CASE("a number of 64 bits is the longest there is, and a field has a number that may be") {
    const std::string most = bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
    CHECK(fields(bytes({0x08}) + most) == 1);
    auto beyond = most;
    beyond.back() = 2;
    CHECK_FALSE(fields(bytes({0x08}) + beyond));
    CHECK_FALSE(fields(bytes({0x00, 0x01})));
    CHECK(fields(bytes({0xf8, 0xff, 0xff, 0xff, 0x0f, 1})) == 1);   // 2^29 - 1
    CHECK_FALSE(fields(bytes({0x80, 0x80, 0x80, 0x80, 0x10, 1})));  // 2^29
}

}  // namespace
}  // namespace kari::merge
