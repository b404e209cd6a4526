// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <kari/error.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"

using namespace kari;
using namespace kari::base;

TEST_CASE("SHA-256 gives the published digests") {
    CHECK(sha256("").text() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc").text() ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").text() ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256(std::string(1'000'000, 'a')).text() ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest of parts tells where one part ends") {
    const std::set<Digest> digests{
        sha256_of("kari test", {"ab", "c"}), sha256_of("kari test", {"a", "bc"}),
        sha256_of("kari test", {"abc"}),     sha256_of("kari test", {"abc", ""}),
        sha256_of("kari tes", {"t", "abc"}), sha256_of("kari test", {})};
    CHECK(digests.size() == 6);
    CHECK(sha256_of("x", {"ab"}) == sha256(std::string("x\0\0\0\0\2ab", 8)));
}

TEST_CASE("numbers are hashed big-endian") {
    CHECK(to_hex(u32(0x01020304)) == "01020304");
    CHECK(to_hex(u64(0x0102030405060708)) == "0102030405060708");
}

TEST_CASE("ids go through bytes and text unchanged") {
    CHECK(rc::check([] {
        RecordId id;
        for (auto& byte : id.bytes)
            byte = *rc::gen::arbitrary<std::uint8_t>();
        RC_ASSERT(from_bytes<RecordId>(to_bytes(id)).value() == id);
        RC_ASSERT(RecordId::parse(id.text()).value() == id);
        RC_ASSERT(from_hex(id.text()).value() == to_bytes(id));
        RC_ASSERT(to_hex(to_bytes(id)) == id.text());
    }));
}

TEST_CASE("an id of the wrong length or with other characters is none") {
    CHECK_FALSE(from_bytes<RecordId>(std::string(15, 'x')).has_value());
    CHECK_FALSE(from_bytes<RecordId>(std::string(17, 'x')).has_value());
    CHECK_FALSE(RecordId::parse(std::string(31, '0')).has_value());
    CHECK_FALSE(RecordId::parse(std::string(31, '0') + "g").has_value());
    CHECK(RecordId::parse(std::string(31, '0') + "F").has_value());
    CHECK_FALSE(from_hex("abc").has_value());
    CHECK_FALSE(from_hex("zz").has_value());
}

TEST_CASE("an id is shortened to its first bytes") {
    const auto id = shorten<ResourceId>(sha256("abc"));
    CHECK(id.text() == "ba7816bf8f01cfea414140de5dae2223");
}

TEST_CASE("every error has a name, an advice and a number that comes back") {
    CHECK(name(ErrorCode::storage_full) == "storage_full");
    CHECK(advice(ErrorCode::storage_full) == Advice::user);
    CHECK(advice(ErrorCode::offline) == Advice::retry);
    CHECK(advice(ErrorCode::device_revoked) == Advice::operator_);
    CHECK(advice(ErrorCode::internal) == Advice::defect);
    std::set<std::string_view> names;
    std::size_t count = 0;
#define KARI_ERROR(number, name_, advice_)                         \
    CHECK(error_code_from(number) == ErrorCode::name_);            \
    CHECK(static_cast<std::uint32_t>(ErrorCode::name_) == number); \
    names.insert(name(ErrorCode::name_));                          \
    ++count;
#include <kari/errors.def>
#undef KARI_ERROR
    CHECK(names.size() == count);
}

TEST_CASE("a number from the wire that this build does not know is an internal error") {
    CHECK(error_code_from(0) == ErrorCode::internal);
    CHECK(error_code_from(4'000'000'000) == ErrorCode::internal);
}
