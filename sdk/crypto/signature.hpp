// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/platform.hpp>

// ECDSA over P-256 with SHA-256. Threads: any; calls are serialised inside.
namespace kari::crypto {

// A P-256 key pair in software: the TLS key, and the signing key of a platform without a store.
struct KeyPair {
    std::string private_der;   // SEC1 DER
    std::string public_point;  // uncompressed, 65 bytes
};

// The key is what `entropy` gives, so a seeded entropy gives the same key again.
Result<KeyPair> generate_key(Entropy& entropy);
// r||s, 64 bytes, over the digest. Deterministic (RFC 6979): no entropy is drawn for the nonce, so
// a weak source cannot give the key away. Requires: SEC1 or PKCS#8 DER. Errors: malformed.
Result<std::string> sign(std::string_view private_der, const Digest& digest, Entropy& entropy);
// Errors: signature_invalid, malformed.
Result<void> verify(std::string_view public_point, const Digest& digest,
                    std::string_view signature);

// A PKCS#10 request (DER) whose signature is made by a callback, so that the key need not be
// exportable. common_name is a random id in hexadecimal, at most 64 characters.
// Errors: invalid_argument, malformed, and the signer's own.
using Signer = std::function<Result<std::string>(const Digest&)>;
Result<std::string> make_csr(std::string_view common_name, std::string_view public_point,
                             const Signer& signer);

// The public point of an X.509 certificate (DER) with a P-256 key. Errors: malformed.
Result<std::string> certificate_public_point(std::string_view certificate_der);
// Between which instants a certificate is to hold, by its own words. Errors: malformed.
struct Validity {
    Instant from;
    Instant until;
};
Result<Validity> certificate_validity(std::string_view certificate_der);
// What a signing certificate says of an incarnation's key, checked against the authority that
// issued it. Its dates are not judged: a tablet's clock may be wrong, and a seal stays one.
struct SigningKey {
    IncarnationId incarnation;
    std::string public_point;
};
// Errors: malformed (no certificate, no incarnation in it), signature_invalid (another authority),
// not_permitted (it is for something else than seals).
Result<SigningKey> read_signing_certificate(std::string_view certificate_der,
                                            std::string_view ca_der);
std::string der_to_pem(std::string_view label, std::string_view der);

}  // namespace kari::crypto
