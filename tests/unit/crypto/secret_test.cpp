// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <argon2.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/id.hpp"
#include "sdk/crypto/secret.hpp"
#include "sdk/crypto/signature.hpp"
#include "tests/unit/crypto/seeded_entropy.hpp"

using namespace kari;
using namespace kari::crypto;
using kari::base::from_hex;
using kari::base::to_hex;

namespace {

Secret key_of(char c) {
    return Secret(std::string(32, c));
}

}  // namespace

TEST_CASE("HMAC-SHA256 gives the values of RFC 4231") {
    const auto mac = [](const std::string& key, std::string_view bytes) {
        return to_hex(hmac_sha256(Secret(key), bytes));
    };
    CHECK(mac(std::string(20, '\x0b'), "Hi There") ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(mac("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(mac(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(mac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("HKDF-SHA256 gives the values of RFC 5869") {
    const std::string salt = *from_hex("000102030405060708090a0b0c");
    const std::string info = *from_hex("f0f1f2f3f4f5f6f7f8f9");
    CHECK(to_hex(hkdf_sha256(std::string(22, '\x0b'), salt, info, 42).view()) ==
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    CHECK(to_hex(hkdf_sha256(std::string(22, '\x0b'), "", "", 42).view()) ==
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("AES-256-GCM opens a published message") {
    // NIST's test case 16, with its nonce in front and its tag behind.
    const Secret key(*from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
    const std::string sealed = *from_hex(
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b");
    const std::string associated = *from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const auto plain = open(key, sealed, associated);
    REQUIRE(plain.has_value());
    CHECK(to_hex(plain->view()) ==
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
}

TEST_CASE("what is sealed opens again, whatever its length") {
    SeededEntropy entropy(1);
    for (const std::size_t length : {0U, 1U, 15U, 16U, 17U, 4096U, 100'000U}) {
        const std::string plain(length, 'p');
        const auto sealed = seal(key_of('k'), plain, "what it is", entropy);
        REQUIRE(sealed.has_value());
        CHECK(sealed->size() == length + 28);
        const auto opened = open(key_of('k'), *sealed, "what it is");
        REQUIRE(opened.has_value());
        CHECK(opened->view() == plain);
    }
}

TEST_CASE("the same plaintext is never sealed to the same bytes") {
    SeededEntropy entropy(2);
    CHECK(seal(key_of('k'), "p", "", entropy).value() !=
          seal(key_of('k'), "p", "", entropy).value());
}

TEST_CASE("an altered byte, another key or other associated bytes do not open") {
    SeededEntropy entropy(3);
    const std::string sealed = seal(key_of('k'), "a dose", "record 1", entropy).value();
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string altered = sealed;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        const auto opened = open(key_of('k'), altered, "record 1");
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code == ErrorCode::signature_invalid);
    }
    CHECK(open(key_of('l'), sealed, "record 1").error().code == ErrorCode::signature_invalid);
    CHECK(open(key_of('k'), sealed, "record 2").error().code == ErrorCode::signature_invalid);
    CHECK(open(key_of('k'), sealed.substr(0, 27), "").error().code == ErrorCode::malformed);
    CHECK(open(key_of('k'), "", "").error().code == ErrorCode::malformed);
}

TEST_CASE("a key that is not 32 bytes seals nothing") {
    SeededEntropy entropy(4);
    CHECK(seal(Secret("short"), "p", "", entropy).error().code == ErrorCode::invalid_argument);
    CHECK(open(Secret(), std::string(40, 'x'), "").error().code == ErrorCode::invalid_argument);
}

TEST_CASE("the library's Argon2id is the one that was published") {
    // The reference implementation's own test, version 1.3.
    std::string hash(32, '\0');
    REQUIRE(argon2id_hash_raw(2, 256, 1, "password", 8, "somesalt", 8, hash.data(), 32) ==
            ARGON2_OK);
    CHECK(to_hex(hash) == "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
}

TEST_CASE("a PIN key is that Argon2id with the parameters in their places") {
    const PinParameters parameters{3, 512, 2, "somesaltsomesalt"};
    std::string expected(32, '\0');
    REQUIRE(argon2id_hash_raw(3, 512, 2, "password", 8, "somesaltsomesalt", 16, expected.data(),
                              32) == ARGON2_OK);
    CHECK(to_hex(derive_pin_key("password", parameters)->view()) == to_hex(expected));
    PinParameters other = parameters;
    other.salt = "somesaltsomesalu";
    CHECK(to_hex(derive_pin_key("password", other)->view()) != to_hex(expected));
    CHECK(to_hex(derive_pin_key("passwore", parameters)->view()) != to_hex(expected));
}

TEST_CASE("parameters of a PIN key that we would not have written are refused") {
    const PinParameters good{1, 64, 1, std::string(16, 's')};
    REQUIRE(derive_pin_key("1234", good).has_value());
    for (int fault = 0; fault < 8; ++fault) {
        PinParameters bad = good;
        if (fault == 0) bad.iterations = 0;
        if (fault == 1) bad.iterations = 65;
        if (fault == 2) bad.memory_kib = 7;
        if (fault == 3) bad.memory_kib = 1024 * 1024 + 1;
        if (fault == 4) bad.lanes = 0;
        if (fault == 5) bad.lanes = 17;
        if (fault == 6) bad.salt = std::string(15, 's');
        const auto key = derive_pin_key(fault == 7 ? "" : "1234", bad);
        REQUIRE_FALSE(key.has_value());
        CHECK(key.error().code == ErrorCode::invalid_argument);
    }
}

TEST_CASE("what is sealed to a public key opens with its private key only") {
    SeededEntropy entropy(5);
    const KeyPair recipient = generate_key(entropy).value();
    const KeyPair other = generate_key(entropy).value();
    const std::string sealed = seal_to(recipient.public_point, "a key", entropy).value();
    CHECK(sealed.size() == 65 + 12 + 5 + 16);
    CHECK(open_with(recipient.private_der, sealed).value().view() == "a key");
    CHECK(open_with(other.private_der, sealed).error().code == ErrorCode::signature_invalid);
    CHECK(seal_to(recipient.public_point, "a key", entropy).value() != sealed);
    for (std::size_t i = 0; i < sealed.size(); i += 3) {
        std::string altered = sealed;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        CHECK_FALSE(open_with(recipient.private_der, altered).has_value());
    }
    CHECK(open_with(recipient.private_der, "short").error().code == ErrorCode::malformed);
    CHECK(open_with("no key", sealed).error().code == ErrorCode::malformed);
    CHECK(seal_to(std::string(65, '\x04'), "a key", entropy).error().code == ErrorCode::malformed);
}

TEST_CASE("a secret that moved leaves nothing behind") {
    Secret first(std::string("0123456789abcdef0123456789abcdef"));
    const Secret second = std::move(first);
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that is the question
    CHECK(second.view().size() == 32);
    const Secret third = second.copy();
    CHECK(third.view() == second.view());
    Secret fourth(std::string("old"));
    fourth = second.copy();
    CHECK(fourth.view() == second.view());
}

TEST_CASE("bytes are compared whole") {
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK(equal_in_constant_time("", ""));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("xbc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}
