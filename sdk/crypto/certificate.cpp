// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <vector>

#include <mbedtls/asn1.h>
#include <mbedtls/asn1write.h>
#include <mbedtls/base64.h>
#include <mbedtls/oid.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509_crt.h>

#include "sdk/base/digest.hpp"
#include "sdk/crypto/mbedtls_private.hpp"
#include "sdk/crypto/private_key.hpp"
#include "sdk/crypto/signature.hpp"

namespace kari::crypto {
namespace {

constexpr std::size_t k_name_max = 64;  // ub-common-name of RFC 5280
constexpr std::size_t k_signature_bytes = 64;

// SubjectPublicKeyInfo of a P-256 point, up to the point.
constexpr std::string_view k_spki_prefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03\x42\x00",
    26);
// AlgorithmIdentifier ecdsa-with-SHA256.
constexpr std::string_view k_ecdsa_sha256("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 12);
constexpr std::string_view k_oid_common_name("\x55\x04\x03", 3);

constexpr int k_constructed_sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
constexpr int k_constructed_set = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET;

// Writes DER from the end of a buffer towards its start, as mbedtls_asn1_write_* do: what stands
// last is written first.
class DerWriter {
public:
    std::size_t written() const {
        return static_cast<std::size_t>(buffer_.data() + buffer_.size() - at_);
    }
    std::string bytes() const { return {reinterpret_cast<const char*>(at_), written()}; }

    void raw(std::string_view bytes) {
        check(mbedtls_asn1_write_raw_buffer(&at_, buffer_.data(),
                                            reinterpret_cast<const unsigned char*>(bytes.data()),
                                            bytes.size()));
    }
    // Puts tag and length before all that was written since `mark` (a value of written()).
    void wrap(int tag, std::size_t mark) {
        const std::size_t length = written() - mark;
        check(mbedtls_asn1_write_len(&at_, buffer_.data(), length));
        check(mbedtls_asn1_write_tag(&at_, buffer_.data(), static_cast<unsigned char>(tag)));
    }
    void value(int tag, std::string_view content) {
        const std::size_t mark = written();
        raw(content);
        wrap(tag, mark);
    }
    // A positive integer of big-endian bytes: no leading zeros, a zero where the top bit is set.
    void integer(std::string_view bytes) {
        const std::size_t mark = written();
        const std::size_t zeros = std::min(bytes.find_first_not_of('\0'), bytes.size() - 1);
        const std::string_view trimmed = bytes.substr(zeros);
        raw(trimmed);
        if ((static_cast<unsigned char>(trimmed[0]) & 0x80) != 0) raw(std::string_view("\0", 1));
        wrap(MBEDTLS_ASN1_INTEGER, mark);
    }

private:
    // The buffer holds any request with a name of 64 characters; less would be a defect.
    static void check(int result) {
        if (result < 0) throw std::length_error("DER buffer");
    }
    std::array<unsigned char, 1024> buffer_{};
    unsigned char* at_ = buffer_.data() + buffer_.size();
};

// CertificationRequestInfo of RFC 2986.
std::string request_info(std::string_view common_name, std::string_view public_point) {
    DerWriter der;
    der.value(MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED, "");  // no attributes
    der.raw(public_point);
    der.raw(k_spki_prefix);
    const std::size_t name = der.written();
    der.value(MBEDTLS_ASN1_UTF8_STRING, common_name);
    der.value(MBEDTLS_ASN1_OID, k_oid_common_name);
    der.wrap(k_constructed_sequence, name);
    der.wrap(k_constructed_set, name);
    der.wrap(k_constructed_sequence, name);
    der.integer(std::string_view("\0", 1));  // version 1
    der.wrap(k_constructed_sequence, 0);
    return der.bytes();
}

std::string request(std::string_view info, std::string_view signature) {
    DerWriter der;
    der.integer(signature.substr(k_signature_bytes / 2));
    der.integer(signature.substr(0, k_signature_bytes / 2));
    der.wrap(k_constructed_sequence, 0);
    der.raw(std::string_view("\0", 1));  // no unused bits
    der.wrap(MBEDTLS_ASN1_BIT_STRING, 0);
    der.raw(k_ecdsa_sha256);
    der.raw(info);
    der.wrap(k_constructed_sequence, 0);
    return der.bytes();
}

constexpr std::string_view k_oid_serial_number("\x55\x04\x05", 3);

// A parsed certificate, freed at the end of its scope.
class Certificate {
public:
    explicit Certificate(std::string_view der) {
        mbedtls_x509_crt_init(&parsed_);
        read_ = mbedtls_x509_crt_parse_der(
                    &parsed_, reinterpret_cast<const unsigned char*>(der.data()), der.size()) == 0;
    }
    ~Certificate() { mbedtls_x509_crt_free(&parsed_); }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    bool read() const { return read_; }
    mbedtls_x509_crt* get() { return &parsed_; }
    std::string_view spki() const {
        return {reinterpret_cast<const char*>(parsed_.pk_raw.p), parsed_.pk_raw.len};
    }

private:
    mbedtls_x509_crt parsed_;
    bool read_ = false;
};

Result<std::string> point_of(const Certificate& certificate) {
    const std::string_view spki = certificate.spki();
    if (!spki.starts_with(k_spki_prefix) || !point_shaped(spki.substr(k_spki_prefix.size()))) {
        return fail(ErrorCode::malformed, "certificate: none with a P-256 key");
    }
    return std::string(spki.substr(k_spki_prefix.size()));
}

Instant instant_of(const mbedtls_x509_time& time) {
    using namespace std::chrono;
    const sys_days day = year(time.year) / month(static_cast<unsigned>(time.mon)) /
                         std::chrono::day(static_cast<unsigned>(time.day));
    const auto at = day + hours(time.hour) + minutes(time.min) + seconds(time.sec);
    return {duration_cast<milliseconds>(at.time_since_epoch()).count()};
}

// The first part of the subject with this type; empty when there is none.
std::string_view name_part(const mbedtls_x509_crt& certificate, std::string_view oid) {
    for (const mbedtls_x509_name* part = &certificate.subject; part != nullptr; part = part->next) {
        const std::string_view type(reinterpret_cast<const char*>(part->oid.p), part->oid.len);
        if (type == oid) return {reinterpret_cast<const char*>(part->val.p), part->val.len};
    }
    return {};
}

bool hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<std::string> make_csr(std::string_view common_name, std::string_view public_point,
                             const Signer& signer) {
    if (common_name.empty() || common_name.size() > k_name_max || !hexadecimal(common_name)) {
        return fail(ErrorCode::invalid_argument, "request: common name");
    }
    if (!point_shaped(public_point)) {
        return fail(ErrorCode::malformed, "public key: not an uncompressed point");
    }
    const std::string info = request_info(common_name, public_point);
    const auto signature = signer(base::sha256(info));
    if (!signature) return tl::unexpected<Error>(signature.error());
    if (signature->size() != k_signature_bytes) {
        return fail(ErrorCode::malformed, "signature: not 64 bytes");
    }
    return request(info, *signature);
}

Result<std::string> certificate_public_point(std::string_view certificate_der) {
    const Certificate certificate(certificate_der);
    if (!certificate.read()) return fail(ErrorCode::malformed, "certificate");
    return point_of(certificate);
}

Result<Validity> certificate_validity(std::string_view certificate_der) {
    Certificate certificate(certificate_der);
    if (!certificate.read()) return fail(ErrorCode::malformed, "certificate");
    return Validity{instant_of(certificate.get()->valid_from),
                    instant_of(certificate.get()->valid_to)};
}

Result<SigningKey> read_signing_certificate(std::string_view certificate_der,
                                            std::string_view ca_der) {
    Certificate certificate(certificate_der);
    Certificate authority(ca_der);
    if (!certificate.read() || !authority.read()) {
        return fail(ErrorCode::malformed, "certificate");
    }
    std::uint32_t flags = 0;
    mbedtls_x509_crt_verify(certificate.get(), authority.get(), nullptr, nullptr, &flags, nullptr,
                            nullptr);
    flags &=
        ~static_cast<std::uint32_t>(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    if (flags != 0) {
        return fail(ErrorCode::signature_invalid, "certificate: not of this authority");
    }
    const mbedtls_x509_crt& read = *certificate.get();
    const auto extensions = read.MBEDTLS_PRIVATE(ext_types);
    if (read.MBEDTLS_PRIVATE(ca_istrue) != 0 ||
        (extensions & MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE) != 0 ||
        (extensions & MBEDTLS_X509_EXT_KEY_USAGE) == 0 ||
        (read.MBEDTLS_PRIVATE(key_usage) & MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0) {
        return fail(ErrorCode::not_permitted, "certificate: not for seals");
    }
    const auto incarnation = IncarnationId::parse(name_part(read, k_oid_serial_number));
    if (!incarnation) return fail(ErrorCode::malformed, "certificate: names no incarnation");
    auto point = point_of(certificate);
    if (!point) return tl::unexpected<Error>(point.error());
    return SigningKey{*incarnation, std::move(*point)};
}

std::string der_to_pem(std::string_view label, std::string_view der) {
    constexpr std::size_t k_line = 64;
    std::vector<unsigned char> encoded(der.size() / 3 * 4 + 8);
    std::size_t length = 0;
    if (mbedtls_base64_encode(encoded.data(), encoded.size(), &length,
                              reinterpret_cast<const unsigned char*>(der.data()),
                              der.size()) != 0) {
        throw std::length_error("base64 buffer");
    }
    const std::string_view text(reinterpret_cast<const char*>(encoded.data()), length);
    // At its full length from the start, since it may be a key: see wipe().
    std::string pem;
    pem.reserve(text.size() + text.size() / k_line + 2 * label.size() + 40);
    pem.append("-----BEGIN ").append(label).append("-----\n");
    for (std::size_t at = 0; at < text.size(); at += k_line)
        pem.append(text.substr(at, k_line)).append("\n");
    pem.append("-----END ").append(label).append("-----\n");
    mbedtls_platform_zeroize(encoded.data(), encoded.size());
    return pem;
}

}  // namespace kari::crypto
