// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/certificates.hpp"

#include <algorithm>
#include <ctime>
#include <memory>

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {
namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* p) const {
        Free(p);
    }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using CertPtr = std::unique_ptr<X509, Freed<X509_free>>;
using CsrPtr = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::size_t k_point_bytes = 65;

tl::unexpected<Error> broken(std::string what) {
    return fail(ErrorCode::internal, "OpenSSL: " + std::move(what));
}

BioPtr reading(std::string_view bytes) {
    return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string written(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(std::max(length, 0L)));
}

Result<KeyPtr> private_key(std::string_view pem) {
    const BioPtr bio = reading(pem);
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    if (!key) return fail(ErrorCode::malformed, "private key");
    return key;
}

Result<CertPtr> certificate_of_pem(std::string_view pem) {
    const BioPtr bio = reading(pem);
    CertPtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) return fail(ErrorCode::malformed, "certificate");
    return certificate;
}

Result<CertPtr> certificate_of_der(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    CertPtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate) return fail(ErrorCode::malformed, "certificate");
    return certificate;
}

Result<std::string> point_of(const EVP_PKEY* key) {
    std::size_t length = 0;
    std::string point(128, '\0');
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                        reinterpret_cast<unsigned char*>(point.data()),
                                        point.size(), &length) != 1 ||
        length != k_point_bytes || point[0] != 4) {
        return fail(ErrorCode::malformed, "public key is no uncompressed P-256 point");
    }
    point.resize(length);
    return point;
}

bool is_p256(const EVP_PKEY* key) {
    char group[64] = {};
    std::size_t length = 0;
    return EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
           (std::string_view(group, length) == "prime256v1" ||
            std::string_view(group, length) == "P-256");
}

Digest spki_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    const Digest digest = base::sha256(std::string_view(
        reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(length, 0))));
    OPENSSL_free(der);
    return digest;
}

bool add_to_name(X509_NAME* name, const char* field, int type, std::string_view text) {
    return X509_NAME_add_entry_by_txt(name, field, type,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

// The fields that every certificate of ours has.
Result<CertPtr> begin_certificate(EVP_PKEY* subject_key, std::string_view common_name, Instant now,
                                  int days, Issued& issued) {
    CertPtr made(X509_new());
    unsigned char serial[16];
    if (!made || RAND_bytes(serial, sizeof serial) != 1) return broken("certificate");
    serial[0] &= 0x7f;
    serial[0] |= 0x01;  // positive and never shorter
    const NumberPtr number(BN_bin2bn(serial, sizeof serial, nullptr));
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made.get()));
    issued.serial = base::to_hex({reinterpret_cast<const char*>(serial), sizeof serial});
    issued.not_after = Instant{now.ms + days * k_day_ms};
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_TIME_set(X509_getm_notBefore(made.get()), (now.ms - k_day_ms) / 1000);
    ASN1_TIME_set(X509_getm_notAfter(made.get()), issued.not_after.ms / 1000);
    X509_NAME* name = X509_get_subject_name(made.get());
    if (!add_to_name(name, "CN", MBSTRING_UTF8, common_name) ||
        X509_set_pubkey(made.get(), subject_key) != 1) {
        return broken("certificate");
    }
    return made;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Result<Issued> finish(CertPtr certificate, X509* issuer, EVP_PKEY* issuer_key, Issued issued) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
    if (X509_sign(certificate.get(), issuer_key, EVP_sha256()) == 0) return broken("signing");
    const BioPtr der(BIO_new(BIO_s_mem()));
    const BioPtr pem(BIO_new(BIO_s_mem()));
    if (i2d_X509_bio(der.get(), certificate.get()) != 1 ||
        PEM_write_bio_X509(pem.get(), certificate.get()) != 1) {
        return broken("writing a certificate");
    }
    issued.der = written(der.get());
    issued.pem = written(pem.get());
    issued.spki = spki_of(certificate.get());
    return issued;
}

// Before the extensions and the signature: it is part of the subject.
bool name_incarnation(X509* certificate, const IncarnationId& incarnation) {
    return add_to_name(X509_get_subject_name(certificate), "serialNumber", MBSTRING_ASC,
                       incarnation.text());
}

Result<KeyPtr> public_key_of_point(std::string_view point) {
    if (point.size() != k_point_bytes) return fail(ErrorCode::malformed, "public point");
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                         const_cast<char*>("prime256v1"), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<char*>(point.data()),
                                          point.size()),
        OSSL_PARAM_construct_end()};
    const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        return fail(ErrorCode::malformed, "public point");
    }
    return KeyPtr(key);
}

}  // namespace

Result<KeyPair> make_key() {
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "prime256v1"));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!key || PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                         nullptr) != 1) {
        return broken("key");
    }
    KARI_LET(auto point, point_of(key.get()));
    return KeyPair{written(bio.get()), std::move(point)};
}

Result<Issued> make_ca(std::string_view ca_private_pem, Instant now, int days) {
    Issued issued;
    KARI_LET(const auto key, private_key(ca_private_pem));
    KARI_LET(auto made, begin_certificate(key.get(), "Kari development CA", now, days, issued));
    if (!add_extension(made.get(), made.get(), NID_basic_constraints,
                       "critical,CA:TRUE,pathlen:0") ||
        !add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign")) {
        return broken("extension");
    }
    X509* self = made.get();
    return finish(std::move(made), self, key.get(), std::move(issued));
}

Result<Issued> make_server_certificate(std::string_view ca_private_pem, std::string_view ca_pem,
                                       std::string_view server_private_pem,
                                       const std::vector<std::string>& names, Instant now,
                                       int days) {
    Issued issued;
    KARI_LET(const auto ca_key, private_key(ca_private_pem));
    KARI_LET(const auto ca, certificate_of_pem(ca_pem));
    KARI_LET(const auto key, private_key(server_private_pem));
    KARI_LET(auto made, begin_certificate(key.get(), "Kari sync server", now, days, issued));
    std::string alternatives;
    for (const std::string& name : names) {
        in6_addr address{};
        const bool is_address = inet_pton(AF_INET, name.c_str(), &address) == 1 ||
                                inet_pton(AF_INET6, name.c_str(), &address) == 1;
        if (name.find_first_of(",\n\r") != std::string::npos) {
            return fail(ErrorCode::invalid_argument, "name of the server");
        }
        alternatives += (alternatives.empty() ? "" : ",");
        alternatives += (is_address ? "IP:" : "DNS:") + name;
    }
    if (!add_extension(made.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(made.get(), ca.get(), NID_key_usage, "critical,digitalSignature") ||
        !add_extension(made.get(), ca.get(), NID_ext_key_usage, "serverAuth") ||
        (!names.empty() &&
         !add_extension(made.get(), ca.get(), NID_subject_alt_name, alternatives.c_str()))) {
        return broken("extension");
    }
    return finish(std::move(made), ca.get(), ca_key.get(), std::move(issued));
}

Result<Issued> certify(std::string_view ca_private_pem, std::string_view ca_pem,
                       std::string_view csr_der, Purpose purpose, std::string_view common_name,
                       const IncarnationId& incarnation, Instant now, int days) {
    const auto* at = reinterpret_cast<const unsigned char*>(csr_der.data());
    const CsrPtr csr(d2i_X509_REQ(nullptr, &at, static_cast<long>(csr_der.size())));
    if (!csr) return fail(ErrorCode::malformed, "certificate request");
    EVP_PKEY* subject = X509_REQ_get0_pubkey(csr.get());
    if (subject == nullptr || !is_p256(subject)) {
        return fail(ErrorCode::malformed, "certificate request: not a P-256 key");
    }
    if (X509_REQ_verify(csr.get(), subject) != 1) {
        return fail(ErrorCode::malformed, "certificate request: its signature is wrong");
    }
    Issued issued;
    KARI_LET(const auto ca_key, private_key(ca_private_pem));
    KARI_LET(const auto ca, certificate_of_pem(ca_pem));
    KARI_LET(auto made, begin_certificate(subject, common_name, now, days, issued));
    if (purpose == Purpose::signing && !name_incarnation(made.get(), incarnation)) {
        return broken("certificate");
    }
    if (!add_extension(made.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(made.get(), ca.get(), NID_key_usage, "critical,digitalSignature") ||
        (purpose == Purpose::tls_client &&
         !add_extension(made.get(), ca.get(), NID_ext_key_usage, "clientAuth"))) {
        return broken("extension");
    }
    return finish(std::move(made), ca.get(), ca_key.get(), std::move(issued));
}

Result<Issued> certify_server_seals(std::string_view ca_private_pem, std::string_view ca_pem,
                                    std::string_view signing_private_pem,
                                    const IncarnationId& incarnation, Instant now, int days) {
    Issued issued;
    KARI_LET(const auto ca_key, private_key(ca_private_pem));
    KARI_LET(const auto ca, certificate_of_pem(ca_pem));
    KARI_LET(const auto key, private_key(signing_private_pem));
    KARI_LET(auto made, begin_certificate(key.get(), "Kari sync server", now, days, issued));
    if (!name_incarnation(made.get(), incarnation) ||
        !add_extension(made.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(made.get(), ca.get(), NID_key_usage, "critical,digitalSignature")) {
        return broken("extension");
    }
    return finish(std::move(made), ca.get(), ca_key.get(), std::move(issued));
}

Result<SigningKey> read_signing_certificate(std::string_view der, std::string_view ca_pem) {
    KARI_LET(const auto ca, certificate_of_pem(ca_pem));
    KARI_LET(const auto certificate, certificate_of_der(der));
    EVP_PKEY* authority = X509_get0_pubkey(ca.get());
    if (authority == nullptr || X509_verify(certificate.get(), authority) != 1 ||
        X509_NAME_cmp(X509_get_issuer_name(certificate.get()), X509_get_subject_name(ca.get())) !=
            0) {
        return fail(ErrorCode::signature_invalid, "certificate: not of this authority");
    }
    const std::uint32_t flags = X509_get_extension_flags(certificate.get());
    if ((flags & EXFLAG_CA) != 0 || (flags & EXFLAG_XKUSAGE) != 0 || (flags & EXFLAG_KUSAGE) == 0 ||
        (X509_get_key_usage(certificate.get()) & KU_DIGITAL_SIGNATURE) == 0) {
        return fail(ErrorCode::not_permitted, "certificate: not for seals");
    }
    char text[64] = {};
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()),
                                                 NID_serialNumber, text, sizeof text);
    const auto incarnation =
        length > 0 ? IncarnationId::parse({text, static_cast<std::size_t>(length)}) : std::nullopt;
    if (!incarnation) return fail(ErrorCode::malformed, "certificate: names no incarnation");
    const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
    if (key == nullptr || !is_p256(key)) {
        return fail(ErrorCode::malformed, "certificate: not a P-256 key");
    }
    KARI_LET(auto point, point_of(key));
    return SigningKey{*incarnation, std::move(point)};
}

Result<Digest> spki_digest_of_certificate(std::string_view der) {
    KARI_LET(const auto certificate, certificate_of_der(der));
    return spki_of(certificate.get());
}

Result<std::string> public_point_of_certificate(std::string_view der) {
    KARI_LET(const auto certificate, certificate_of_der(der));
    const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
    if (key == nullptr) return fail(ErrorCode::malformed, "certificate without key");
    return point_of(key);
}

Result<std::string> pem_to_der(std::string_view certificate_pem) {
    KARI_LET(const auto certificate, certificate_of_pem(certificate_pem));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (i2d_X509_bio(bio.get(), certificate.get()) != 1) return broken("certificate");
    return written(bio.get());
}

Result<std::string> public_point_of_key(std::string_view private_pem) {
    KARI_LET(const auto key, private_key(private_pem));
    return point_of(key.get());
}

Result<std::string> sign(std::string_view private_pem, const Digest& digest) {
    KARI_LET(const auto key, private_key(private_pem));
    const ContextPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
    std::string der(128, '\0');
    std::size_t length = der.size();
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
        EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &length,
                      digest.bytes.data(), digest.bytes.size()) != 1) {
        return broken("signing");
    }
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const SignaturePtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
    if (!signature) return broken("signature");
    std::string out(64, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), to, 32) != 32 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), to + 32, 32) != 32) {
        return broken("signature");
    }
    return out;
}

Result<void> verify(std::string_view public_point, const Digest& digest,
                    std::string_view signature) {
    if (signature.size() != 64) return fail(ErrorCode::malformed, "signature is not r||s");
    KARI_LET(const auto key, public_key_of_point(public_point));
    const auto* from = reinterpret_cast<const unsigned char*>(signature.data());
    const SignaturePtr pair(ECDSA_SIG_new());
    NumberPtr r(BN_bin2bn(from, 32, nullptr));
    NumberPtr s(BN_bin2bn(from + 32, 32, nullptr));
    if (!pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return broken("signature");
    r.release();  // owned by the pair now
    s.release();
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    const ContextPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
    const bool good = length > 0 && context && EVP_PKEY_verify_init(context.get()) == 1 &&
                      EVP_PKEY_verify(context.get(), der, static_cast<std::size_t>(length),
                                      digest.bytes.data(), digest.bytes.size()) == 1;
    OPENSSL_free(der);
    if (!good) return fail(ErrorCode::signature_invalid, "signature");
    return {};
}

Result<Instant> end_of_certificate(std::string_view pem) {
    KARI_LET(const auto certificate, certificate_of_pem(pem));
    tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
        return fail(ErrorCode::malformed, "the end of a certificate");
    }
    return Instant{std::int64_t{timegm(&end)} * 1000};
}

Result<bool> is_of_key(std::string_view certificate_pem, std::string_view private_pem) {
    KARI_LET(const auto der, pem_to_der(certificate_pem));
    KARI_LET(const auto certified, public_point_of_certificate(der));
    KARI_LET(const auto own, public_point_of_key(private_pem));
    return certified == own;
}

}  // namespace kari::server::identity
