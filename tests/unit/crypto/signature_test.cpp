// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/private_key.hpp"
#include "sdk/crypto/signature.hpp"
#include "tests/unit/crypto/seeded_entropy.hpp"

using namespace kari;
using namespace kari::crypto;
using kari::base::from_hex;
using kari::base::sha256;
using kari::base::to_hex;

namespace {

// The P-256 key of RFC 6979, A.2.5.
constexpr const char* k_scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr const char* k_point =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

std::string rfc_key() {
    return sec1_der(*from_hex(k_scalar), *from_hex(k_point));
}

}  // namespace

TEST_CASE("signatures are those of RFC 6979") {
    SeededEntropy entropy(1);
    CHECK(to_hex(sign(rfc_key(), sha256("sample"), entropy).value()) ==
          "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
          "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    CHECK(to_hex(sign(rfc_key(), sha256("test"), entropy).value()) ==
          "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
          "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083");
}

TEST_CASE("a signature verifies with its key and digest, and with no other") {
    SeededEntropy entropy(2);
    const KeyPair key = generate_key(entropy).value();
    const KeyPair other = generate_key(entropy).value();
    const Digest digest = sha256("a seal");
    const std::string signature = sign(key.private_der, digest, entropy).value();
    CHECK(verify(key.public_point, digest, signature).has_value());
    CHECK(verify(other.public_point, digest, signature).error().code ==
          ErrorCode::signature_invalid);
    CHECK(verify(key.public_point, sha256("another"), signature).error().code ==
          ErrorCode::signature_invalid);
    for (std::size_t i = 0; i < signature.size(); i += 7) {
        std::string altered = signature;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        CHECK(verify(key.public_point, digest, altered).error().code ==
              ErrorCode::signature_invalid);
    }
}

TEST_CASE("malformed keys and signatures are told from wrong ones") {
    SeededEntropy entropy(3);
    const KeyPair key = generate_key(entropy).value();
    const Digest digest = sha256("a seal");
    const std::string signature = sign(key.private_der, digest, entropy).value();
    const auto refused = [&](std::string_view point, std::string_view bytes) {
        return verify(point, digest, bytes).error().code == ErrorCode::malformed;
    };
    CHECK(refused(key.public_point, signature.substr(1)));
    CHECK(refused(key.public_point, ""));
    CHECK(refused(key.public_point, signature + "x"));
    CHECK(refused("", signature));
    CHECK(refused(key.public_point.substr(0, 64), signature));
    CHECK(refused(std::string(65, '\x04'), signature));
    CHECK(refused("\x02" + key.public_point.substr(1), signature));
    CHECK_FALSE(verify(key.public_point, digest, std::string(64, '\0')).has_value());
    for (const std::string& der : {std::string(), std::string("x"), key.private_der.substr(0, 60),
                                   sec1_der(std::string(31, 'a'), key.public_point),
                                   sec1_der(std::string(32, '\0'), key.public_point),
                                   sec1_der(std::string(32, '\xff'), key.public_point)}) {
        CHECK(sign(der, digest, entropy).error().code == ErrorCode::malformed);
    }
    std::string other_curve = key.private_der;
    other_curve[50] = '\x02';  // inside the curve's name
    CHECK(sign(other_curve, digest, entropy).error().code == ErrorCode::malformed);
}

TEST_CASE("a private key in PKCS#8 signs as the same key in SEC1 does") {
    SeededEntropy entropy(4);
    const KeyPair key = generate_key(entropy).value();
    // The SEC1 structure without its curve, inside a PKCS#8 envelope that names it.
    const std::string point = key.private_der.substr(key.private_der.size() - 65);
    const std::string inner = *from_hex("306b0201010420") + key.private_der.substr(7, 32) +
                              *from_hex("a144034200") + point;
    const std::string pkcs8 =
        *from_hex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d") + inner;
    const Digest digest = sha256("x");
    CHECK(sign(pkcs8, digest, entropy).value() == sign(key.private_der, digest, entropy).value());
}

TEST_CASE("a key comes from the given entropy alone") {
    SeededEntropy first(5);
    SeededEntropy second(5);
    SeededEntropy third(6);
    CHECK(generate_key(first)->private_der == generate_key(second)->private_der);
    CHECK(generate_key(first)->private_der != generate_key(third)->private_der);
}

TEST_CASE("four threads sign and verify at once") {
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        threads.emplace_back([&good, seed] {
            SeededEntropy entropy(seed);
            const KeyPair key = generate_key(entropy).value();
            for (int i = 0; i < 10; ++i) {
                const Digest digest = sha256(std::to_string(i));
                const auto signature = sign(key.private_der, digest, entropy);
                if (signature && verify(key.public_point, digest, *signature)) ++good;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(good == 40);
}
