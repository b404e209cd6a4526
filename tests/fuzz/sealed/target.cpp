// SPDX-License-Identifier: Apache-2.0
//
// What is sealed, signed or certified, from outside: nothing that was not made by the key opens.
#include "tests/fuzz/target.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/crypto/sealed_chunk.hpp"
#include "sdk/crypto/signature.hpp"
#include "sync-server/http/compression.hpp"
#include "sync-server/identity/certificates.hpp"

namespace kari::fuzz {
namespace {

constexpr std::size_t k_unpacked_max = 1024 * 1024;

// The authority of the golden certificates, whose key nobody has.
struct Authority {
    std::string der;
    std::string pem;
};

const Authority& authority() {
    static const Authority made = [] {
        std::ifstream file(KARI_SOURCE_DIR "/tests/compat/golden/certificates.json");
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto golden = boost::json::parse(text);
        const auto der = base::from_hex(std::string(golden.at("authority").as_string()));
        REQUIRE(der);
        return Authority{*der, crypto::der_to_pem("CERTIFICATE", *der)};
    }();
    return made;
}

// One that certifies what it is asked to, with a key of this run.
struct Office {
    std::string key_pem;
    std::string ca_pem;
};

const Office& office() {
    static const Office made = [] {
        const auto key = server::identity::make_key();
        REQUIRE(key);
        const auto ca = server::identity::make_ca(key->private_pem, Instant{}, 10);
        REQUIRE(ca);
        return Office{key->private_pem, ca->pem};
    }();
    return made;
}

// Opened, it is what was sealed; anything else does not open.
void opened(std::string_view bytes) {
    const crypto::Secret key(std::string(32, 'k'));
    if (const auto content = crypto::open_chunk(key, 0, true, bytes)) {
        const auto sealed = crypto::seal_chunk(key, 0, true, content->view());
        REQUIRE(sealed);
        REQUIRE(*sealed == bytes);
    }
    REQUIRE_FALSE(crypto::open(key, bytes, "of nothing that was sealed"));
}

void certificates(std::string_view der) {
    static_cast<void>(crypto::certificate_public_point(der));
    static_cast<void>(server::identity::public_point_of_certificate(der));
    static_cast<void>(server::identity::spki_digest_of_certificate(der));
    // Tablet and server read with two libraries, and believe the same.
    const auto tablet = crypto::read_signing_certificate(der, authority().der);
    const auto server = server::identity::read_signing_certificate(der, authority().pem);
    REQUIRE(tablet.has_value() == server.has_value());
    if (!tablet) return;
    REQUIRE(tablet->incarnation == server->incarnation);
    REQUIRE(tablet->public_point == server->public_point);
}

void requests(std::string_view der) {
    const auto made =
        server::identity::certify(office().key_pem, office().ca_pem, der,
                                  server::identity::Purpose::signing, "name", {}, {}, 10);
    if (!made) REQUIRE(made.error().code == ErrorCode::malformed);
}

void signatures(Input& input) {
    const std::string point(input.piece());
    const std::string signature(input.piece());
    REQUIRE_FALSE(crypto::verify(point, base::sha256("nobody signed this"), signature));
    const auto leaf = input.piece();
    const std::uint32_t index = input.byte();
    const std::uint32_t leaves = input.byte();
    std::vector<Digest> path(input.byte() % 16);
    for (Digest& sibling : path)
        sibling = base::sha256(input.piece());
    REQUIRE_FALSE(crypto::merkle_verify(leaf, index, leaves, path, base::sha256("no such tree")));
}

void packed(std::string_view bytes) {
    using namespace server::http;
    const auto plain = unpack_zstd(bytes, k_unpacked_max);
    if (!plain) return;
    REQUIRE(plain->size() <= k_unpacked_max);
    REQUIRE(unpack_zstd(pack_zstd(*plain), k_unpacked_max) == *plain);
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    Input input(bytes);
    const unsigned which = input.byte();
    switch (which % 5) {
        case 0:
            return opened(input.rest());
        case 1:
            return certificates(input.rest());
        case 2:
            return requests(input.rest());
        case 3:
            return signatures(input);
        default:
            return packed(input.rest());
    }
}

}  // namespace kari::fuzz
