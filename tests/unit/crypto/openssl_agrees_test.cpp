// SPDX-License-Identifier: Apache-2.0
// The server speaks OpenSSL, the tablet mbedTLS: each must take what the other makes.
#include <memory>
#include <string>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/crypto/secret.hpp"
#include "sdk/crypto/signature.hpp"
#include "tests/unit/crypto/seeded_entropy.hpp"

using namespace kari;
using namespace kari::crypto;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const unsigned char* octets(const std::string& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Key read_private(const std::string& der) {
    const unsigned char* at = octets(der);
    return {d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free};
}

// r||s as the DER that OpenSSL takes.
std::string der_of(const std::string& signature) {
    ECDSA_SIG* parts = ECDSA_SIG_new();
    ECDSA_SIG_set0(parts, BN_bin2bn(octets(signature), 32, nullptr),
                   BN_bin2bn(octets(signature) + 32, 32, nullptr));
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(parts, nullptr)), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_ECDSA_SIG(parts, &at);
    ECDSA_SIG_free(parts);
    return der;
}

std::string raw_of(const std::string& der) {
    const unsigned char* at = octets(der);
    ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(parts);
    return raw;
}

bool openssl_verifies(EVP_PKEY* key, const std::string& signature, const std::string& message) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const std::string der = der_of(signature);
    const bool good =
        EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestVerify(context, octets(der), der.size(), octets(message), message.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

std::string openssl_signature(EVP_PKEY* key, const std::string& message) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::string der(128, '\0');
    std::size_t length = der.size();
    REQUIRE(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key) == 1);
    REQUIRE(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(der.data()), &length,
                           octets(message), message.size()) == 1);
    EVP_MD_CTX_free(context);
    return raw_of(der.substr(0, length));
}

}  // namespace

TEST_CASE("OpenSSL reads our private key and verifies what it signs") {
    SeededEntropy entropy(1);
    for (int i = 0; i < 20; ++i) {
        const KeyPair pair = generate_key(entropy).value();
        const Key key = read_private(pair.private_der);
        REQUIRE(key != nullptr);
        const std::string message = "seal " + std::to_string(i);
        const std::string signature =
            sign(pair.private_der, base::sha256(message), entropy).value();
        CHECK(openssl_verifies(key.get(), signature, message));
        CHECK_FALSE(openssl_verifies(key.get(), signature, message + "x"));
    }
}

TEST_CASE("what OpenSSL signs we verify, and its keys sign and open with us") {
    SeededEntropy entropy(2);
    for (int i = 0; i < 20; ++i) {
        const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
        unsigned char* point = nullptr;
        const std::size_t length = EVP_PKEY_get1_encoded_public_key(key.get(), &point);
        const std::string public_point(reinterpret_cast<char*>(point), length);
        OPENSSL_free(point);
        const std::string message = "seal " + std::to_string(i);
        const Digest digest = base::sha256(message);
        CHECK(verify(public_point, digest, openssl_signature(key.get(), message)).has_value());

        // SEC1 as OpenSSL writes it
        std::string der(static_cast<std::size_t>(i2d_PrivateKey(key.get(), nullptr)), '\0');
        auto* at = reinterpret_cast<unsigned char*>(der.data());
        i2d_PrivateKey(key.get(), &at);
        CHECK(verify(public_point, digest, sign(der, digest, entropy).value()).has_value());
        const std::string sealed = seal_to(public_point, "a key", entropy).value();
        CHECK(open_with(der, sealed).value().view() == "a key");

        // PKCS#8 as OpenSSL writes it
        PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key.get());
        std::string pkcs8(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(info, nullptr)), '\0');
        at = reinterpret_cast<unsigned char*>(pkcs8.data());
        i2d_PKCS8_PRIV_KEY_INFO(info, &at);
        PKCS8_PRIV_KEY_INFO_free(info);
        CHECK(sign(pkcs8, digest, entropy).value() == sign(der, digest, entropy).value());
    }
}

TEST_CASE("OpenSSL takes our certificate request, and not an altered one") {
    SeededEntropy entropy(3);
    for (int i = 0; i < 20; ++i) {
        const KeyPair pair = generate_key(entropy).value();
        std::string der =
            make_csr("00112233445566778899aabbccddeeff", pair.public_point,
                     [&](const Digest& digest) { return sign(pair.private_der, digest, entropy); })
                .value();
        const auto verifies = [&] {
            const unsigned char* at = octets(der);
            X509_REQ* request = d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size()));
            REQUIRE(request != nullptr);
            const bool good = X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) == 1;
            X509_REQ_free(request);
            return good;
        };
        CHECK(verifies());
        der[der.find("00112233")] = '1';
        CHECK_FALSE(verifies());
    }
}
