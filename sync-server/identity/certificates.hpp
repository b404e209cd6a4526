// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// Keys and certificates of the server's own development authority. P-256 and SHA-256 throughout.
// Threads: any.
namespace kari::server::identity {

struct KeyPair {
    std::string private_pem;
    std::string public_point;  // uncompressed, 65 bytes
};
Result<KeyPair> make_key();

struct Issued {
    std::string der;
    std::string pem;
    std::string serial;  // hexadecimal
    Digest spki;         // SHA-256 of SubjectPublicKeyInfo
    Instant not_after;
};

// Self-signed, for `days` from a day before `now`: a clock that is a little slow is no obstacle.
Result<Issued> make_ca(std::string_view ca_private_pem, Instant now, int days);
// names: DNS names and IP addresses.
Result<Issued> make_server_certificate(std::string_view ca_private_pem, std::string_view ca_pem,
                                       std::string_view server_private_pem,
                                       const std::vector<std::string>& names, Instant now,
                                       int days);
enum class Purpose { tls_client, signing };
// A signing certificate names the incarnation whose seals it is for; a TLS one names none.
// Errors: malformed (no PKCS#10, bad proof of possession, another kind of key).
Result<Issued> certify(std::string_view ca_private_pem, std::string_view ca_pem,
                       std::string_view csr_der, Purpose purpose, std::string_view common_name,
                       const IncarnationId& incarnation, Instant now, int days);
// For the seals of one incarnation of the server itself, whose key needs no request.
Result<Issued> certify_server_seals(std::string_view ca_private_pem, std::string_view ca_pem,
                                    std::string_view signing_private_pem,
                                    const IncarnationId& incarnation, Instant now, int days);

// What a signing certificate says, checked against the authority. Its dates are not judged: a seal
// is as good after the certificate's end as before.
struct SigningKey {
    IncarnationId incarnation;
    std::string public_point;
};
// Errors: malformed (no certificate, no incarnation in it), signature_invalid (the authority did
// not issue it), not_permitted (it is for something else than seals).
Result<SigningKey> read_signing_certificate(std::string_view der, std::string_view ca_pem);

// Errors: malformed.
Result<Digest> spki_digest_of_certificate(std::string_view der);
Result<std::string> public_point_of_certificate(std::string_view der);
Result<std::string> pem_to_der(std::string_view certificate_pem);
Result<std::string> public_point_of_key(std::string_view private_pem);
Result<Instant> end_of_certificate(std::string_view pem);
// Whether the certificate is of this key. Errors: malformed (either).
Result<bool> is_of_key(std::string_view certificate_pem, std::string_view private_pem);

// ECDSA over a digest, r||s of 64 bytes. Errors of verify: signature_invalid, malformed.
Result<std::string> sign(std::string_view private_pem, const Digest& digest);
Result<void> verify(std::string_view public_point, const Digest& digest,
                    std::string_view signature);

}  // namespace kari::server::identity
