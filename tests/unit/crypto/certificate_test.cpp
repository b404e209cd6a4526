// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>
#include <string>

#include <mbedtls/x509_csr.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/signature.hpp"
#include "tests/unit/crypto/seeded_entropy.hpp"

using namespace kari;
using namespace kari::crypto;

namespace {

constexpr std::string_view k_name = "00112233445566778899aabbccddeeff";

Signer signer_of(const KeyPair& key, Entropy& entropy) {
    return [&](const Digest& digest) {
        return sign(key.private_der, digest, entropy);
    };
}

// What another reader of PKCS#10 makes of it.
std::string subject_of(const std::string& der) {
    mbedtls_x509_csr request;
    mbedtls_x509_csr_init(&request);
    std::string name = "unreadable";
    if (mbedtls_x509_csr_parse_der(&request, reinterpret_cast<const unsigned char*>(der.data()),
                                   der.size()) == 0) {
        char buffer[256];
        const int length = mbedtls_x509_dn_gets(buffer, sizeof buffer, &request.subject);
        name.assign(buffer, static_cast<std::size_t>(length));
    }
    mbedtls_x509_csr_free(&request);
    return name;
}

// A self-signed P-256 certificate made by OpenSSL for this test; its key is gone.
constexpr const char* k_certificate =
    "3082017230820119a003020102021458e3673a333665c5075fc0b9812e354552f63a47300a06082a8648ce3d04"
    "0302300f310d300b06035504030c0430306161301e170d3236313132313231343335365a170d33363131313832"
    "31343335365a300f310d300b06035504030c04303061613059301306072a8648ce3d020106082a8648ce3d0301"
    "0703420004c4461056c9603b970499613eb5b9022f54e6cbe006498d09cb45d08de6411662d5a3685c6bd3e71d"
    "e19a42c2635756a0ad137814b00491ffb87e27fa817dbf04a3533051301d0603551d0e041604149d0161cd588d"
    "a54f0125a7cc6003b4be51f1fc69301f0603551d230418301680149d0161cd588da54f0125a7cc6003b4be51f1"
    "fc69300f0603551d130101ff040530030101ff300a06082a8648ce3d04030203470030440220103c60da1feddd"
    "7638d1a23dd98d64b784938f302e048e1e3bb74e0ff0c6595b022042b64b967658b3c60964c3015cf0108aaef7"
    "18f5c7cda49cfa9c5ea96ea4df99";
constexpr const char* k_certificate_point =
    "04c4461056c9603b970499613eb5b9022f54e6cbe006498d09cb45d08de6411662d5a3685c6bd3e71de19a42c2"
    "635756a0ad137814b00491ffb87e27fa817dbf04";
constexpr const char* k_rsa_certificate =
    "308201fa30820163a0030201020214603333afc2bd74cbe35e5b4e97aaf131624df078300d06092a864886f70d"
    "01010b0500300f310d300b06035504030c0430306161301e170d3236313132313231343335365a170d33363131"
    "31383231343335365a300f310d300b06035504030c043030616130819f300d06092a864886f70d010101050003"
    "818d0030818902818100b30228ef580a9cf96380e53b977c8dff61d0b1162cb2bfaf1fcba766692cd20917df6e"
    "859885ccb75d6ea60c117ddc8a66be3a0476ea023e8f632d390da8fd636936edcd1e8d27a068815755bdc1d587"
    "02965da10b17e6cfe65fb9d7d88ab23c28a16759bf684d9475614398debc037f2b3f025f28445d23c46155ff61"
    "0cd4210203010001a3533051301d0603551d0e04160414e18b318b550f671c0ded90e7c78de9ef2aef05eb301f"
    "0603551d23041830168014e18b318b550f671c0ded90e7c78de9ef2aef05eb300f0603551d130101ff04053003"
    "0101ff300d06092a864886f70d01010b050003818100a3f26dbb13bec61382a69a49aa430c4ac774e25319de7f"
    "f05dd0fe9354f5fdf3e3c5515ff23d9388b6611ae845783307711bec9ebf55cd40536c7a3e189eb7b91f227cdf"
    "e7309415bbb37cbd6a03958e5ad6f0a4777700a6d329f75aa0d565c0870e6d8a7c098eef5dbeacff66dd123b81"
    "6e914b6374b5fdf5d0bc7bb6cebc47";

}  // namespace

TEST_CASE("a request is signed by the callback and read by others") {
    SeededEntropy entropy(1);
    // many keys: r and s with and without a leading zero or a top bit
    for (int i = 0; i < 40; ++i) {
        const KeyPair key = generate_key(entropy).value();
        const auto request = make_csr(k_name, key.public_point, signer_of(key, entropy));
        REQUIRE(request.has_value());
        CHECK(subject_of(*request) == "CN=" + std::string(k_name));
        CHECK(request->find(key.public_point) != std::string::npos);
    }
}

TEST_CASE("small numbers in a signature are written as DER wants them") {
    SeededEntropy entropy(2);
    const KeyPair key = generate_key(entropy).value();
    const auto with = [&](const std::string& signature) {
        return make_csr(k_name, key.public_point,
                        [&](const Digest&) -> Result<std::string> { return signature; })
            .value();
    };
    const std::string zeros(31, '\0');
    CHECK(with(zeros + "\x7f" + zeros + "\x01")
              .ends_with(std::string("\x30\x06\x02\x01\x7f\x02\x01\x01", 8)));
    CHECK(with(zeros + "\x80" + zeros + "\x01")
              .ends_with(std::string("\x30\x07\x02\x02\x00\x80\x02\x01\x01", 9)));
}

TEST_CASE("a signer that fails gives its own error") {
    SeededEntropy entropy(3);
    const KeyPair key = generate_key(entropy).value();
    const auto request =
        make_csr(k_name, key.public_point, [](const Digest&) -> Result<std::string> {
            return fail(ErrorCode::key_store_failed, "no key");
        });
    CHECK(request.error().code == ErrorCode::key_store_failed);
    const auto odd = make_csr(k_name, key.public_point,
                              [](const Digest&) -> Result<std::string> { return "short"; });
    CHECK(odd.error().code == ErrorCode::malformed);
}

TEST_CASE("a name that is no random id is refused") {
    SeededEntropy entropy(4);
    const KeyPair key = generate_key(entropy).value();
    for (const std::string& name :
         {std::string(), std::string("Kari Nordmann"), std::string(65, 'a'), std::string("AB")}) {
        CHECK(make_csr(name, key.public_point, signer_of(key, entropy)).error().code ==
              ErrorCode::invalid_argument);
    }
    CHECK(make_csr(std::string(64, 'a'), key.public_point, signer_of(key, entropy)).has_value());
    CHECK(make_csr(k_name, "no point", signer_of(key, entropy)).error().code ==
          ErrorCode::malformed);
}

TEST_CASE("a certificate tells its public point") {
    const std::string der = *base::from_hex(k_certificate);
    CHECK(base::to_hex(certificate_public_point(der).value()) == k_certificate_point);
}

TEST_CASE("a certificate says between which instants it holds") {
    const auto valid = certificate_validity(*base::from_hex(k_certificate));
    REQUIRE(valid.has_value());
    CHECK(valid->from.ms == 1'795'297'436'000);   // 2026-11-21 21:43:56 UTC
    CHECK(valid->until.ms == 2'110'657'436'000);  // 2036-11-18 21:43:56 UTC
    CHECK(certificate_validity("x").error().code == ErrorCode::malformed);
}

TEST_CASE("what is no certificate with a P-256 key is refused") {
    const std::string der = *base::from_hex(k_certificate);
    CHECK(certificate_public_point("").error().code == ErrorCode::malformed);
    CHECK(certificate_public_point("x").error().code == ErrorCode::malformed);
    CHECK(certificate_public_point(*base::from_hex(k_rsa_certificate)).error().code ==
          ErrorCode::malformed);
    for (std::size_t length = 0; length < der.size(); length += 5) {
        CHECK_FALSE(certificate_public_point(der.substr(0, length)).has_value());
    }
}

TEST_CASE("PEM has lines of 64 characters") {
    const std::string pem = der_to_pem("EC PRIVATE KEY", std::string(100, 'x'));
    CHECK(pem.starts_with("-----BEGIN EC PRIVATE KEY-----\neHh4"));
    CHECK(pem.ends_with("\n-----END EC PRIVATE KEY-----\n"));
    CHECK(pem.find('\n', 31) == 31 + 64);
    CHECK(der_to_pem("X", "") == "-----BEGIN X-----\n-----END X-----\n");
}

namespace {

// A value of tests/compat/golden/certificates.json.
std::string golden(const std::string& name) {
    std::ifstream file(KARI_SOURCE_DIR "/tests/compat/golden/certificates.json");
    std::ostringstream text;
    text << file.rdbuf();
    const std::string json = text.str();
    const std::size_t at = json.find('"' + name + "\": \"");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 5;
    return base::from_hex(json.substr(begin, json.find('"', begin) - begin)).value_or("");
}

}  // namespace

TEST_CASE("a signing certificate names the incarnation and key that its authority certified") {
    const auto key = read_signing_certificate(golden("seals"), golden("authority"));
    REQUIRE(key);
    CHECK(key->incarnation.text() == "d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1");
    CHECK(key->public_point == certificate_public_point(golden("seals")).value());
}

TEST_CASE("a certificate for TLS, of another authority, of nobody or altered proves no seal") {
    const auto refused = [](const std::string& der) {
        const auto key = read_signing_certificate(der, golden("authority"));
        REQUIRE_FALSE(key);
        return key.error().code;
    };
    CHECK(refused(golden("for_tls")) == ErrorCode::not_permitted);
    CHECK(refused(golden("of_another_authority")) == ErrorCode::signature_invalid);
    CHECK(refused(golden("names_no_incarnation")) == ErrorCode::malformed);
    CHECK(refused(golden("authority")) != ErrorCode::internal);
    CHECK(refused("") == ErrorCode::malformed);
    const std::string whole = golden("seals");
    for (std::size_t at = 60; at < whole.size(); at += 37) {
        std::string altered = whole;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        INFO(at);
        CHECK_FALSE(read_signing_certificate(altered, golden("authority")).has_value());
    }
}
