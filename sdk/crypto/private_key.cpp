// SPDX-License-Identifier: Apache-2.0
#include "sdk/crypto/private_key.hpp"

#include <mbedtls/asn1.h>

namespace kari::crypto {
namespace {

constexpr std::size_t k_scalar_bytes = 32;
constexpr std::size_t k_point_bytes = 65;

// 1.2.840.10045.3.1.7 as a DER object identifier.
constexpr std::string_view k_oid_p256("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10);

// Reads DER values one after another; false at the first that is not as asked.
class DerReader {
public:
    explicit DerReader(std::string_view der)
        // mbedTLS takes a pointer to non-const and does not write through it.
        : at_(reinterpret_cast<unsigned char*>(const_cast<char*>(der.data()))),
          end_(at_ + der.size()) {}

    bool done() const { return at_ == end_; }

    // The content of the next value, which must have this tag.
    bool take(int tag, std::string_view& content) {
        std::size_t length = 0;
        if (mbedtls_asn1_get_tag(&at_, end_, &length, tag) != 0) return false;
        content = {reinterpret_cast<const char*>(at_), length};
        at_ += length;
        return true;
    }

    bool take_integer(int expected) {
        int value = 0;
        return mbedtls_asn1_get_int(&at_, end_, &value) == 0 && value == expected;
    }

private:
    unsigned char* at_;
    unsigned char* end_;
};

constexpr int k_sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
constexpr int k_parameters = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED | 0;

// ECPrivateKey: version 1, the scalar, the curve, the point. PKCS#8 names the curve outside.
bool read_sec1(std::string_view der, bool curve_known, std::string_view& scalar) {
    std::string_view content;
    if (!DerReader(der).take(k_sequence, content)) return false;
    DerReader fields(content);
    if (!fields.take_integer(1) || !fields.take(MBEDTLS_ASN1_OCTET_STRING, scalar)) return false;
    if (scalar.size() != k_scalar_bytes) return false;
    std::string_view curve;
    if (fields.take(k_parameters, curve)) return curve == k_oid_p256;
    return curve_known;
}

bool read_pkcs8(std::string_view der, std::string_view& scalar) {
    // id-ecPublicKey with the curve
    static constexpr std::string_view k_algorithm(
        "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 19);
    std::string_view content;
    if (!DerReader(der).take(k_sequence, content)) return false;
    DerReader fields(content);
    std::string_view algorithm;
    std::string_view inner;
    return fields.take_integer(0) && fields.take(k_sequence, algorithm) &&
           algorithm == k_algorithm && fields.take(MBEDTLS_ASN1_OCTET_STRING, inner) &&
           read_sec1(inner, true, scalar);
}

}  // namespace

Result<Secret> scalar_of(std::string_view private_der) {
    std::string_view scalar;
    if (!read_sec1(private_der, false, scalar) && !read_pkcs8(private_der, scalar)) {
        return fail(ErrorCode::malformed, "key: not a P-256 private key");
    }
    return Secret(std::string(scalar));
}

std::string sec1_der(std::string_view scalar, std::string_view public_point) {
    std::string der("\x30\x77\x02\x01\x01\x04\x20", 7);
    der.reserve(121);
    der += scalar;
    der.append("\xa0\x0a", 2);
    der += k_oid_p256;
    der.append("\xa1\x44\x03\x42\x00", 5);
    der += public_point;
    return der;
}

bool point_shaped(std::string_view public_point) {
    return public_point.size() == k_point_bytes && public_point[0] == '\x04';
}

}  // namespace kari::crypto
