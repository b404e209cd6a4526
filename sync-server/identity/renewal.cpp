// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/renewal.hpp"

#include <memory>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "sync-server/identity/certificates.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {

namespace fs = std::filesystem;

namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* p) const {
        Free(p);
    }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using CertPtr = std::unique_ptr<X509, Freed<X509_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

}  // namespace

Result<void> renew_server_certificate(const fs::path& folder, const Secrets& secrets,
                                      const std::vector<std::string>& server_names, Instant now) {
    KARI_LET(const auto made, make_server_certificate(secrets.ca_key.view(), secrets.ca_certificate,
                                                      secrets.server_key.view(), server_names, now,
                                                      k_server_certificate_days));
    const fs::path file = folder / "server.pem";
    const fs::path fresh = folder / "server.pem.new";
    const fs::path before = folder / "server.pem.before";
    std::error_code failed;
    fs::remove(fresh, failed);
    KARI_TRY(write_private_file(fresh, made.pem));
    fs::remove(before, failed);
    fs::create_hard_link(file, before, failed);
    if (!failed) fs::rename(fresh, file, failed);  // there is always one under the name
    if (failed) return fail(ErrorCode::storage_failed, file.string());
    return {};
}

Result<std::vector<std::string>> names_of_certificate(std::string_view pem) {
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const CertPtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) return fail(ErrorCode::malformed, "certificate");
    const NamesPtr all(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        int type = 0;
        const auto* value = static_cast<const ASN1_STRING*>(
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type));
        const unsigned char* bytes = ASN1_STRING_get0_data(value);
        const int length = ASN1_STRING_length(value);
        if (type == GEN_DNS) {
            names.emplace_back(reinterpret_cast<const char*>(bytes),
                               static_cast<std::size_t>(length));
        } else if (type == GEN_IPADD && (length == 4 || length == 16)) {
            char text[INET6_ADDRSTRLEN] = {};
            inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
            names.emplace_back(text);
        }
    }
    return names;
}

}  // namespace kari::server::identity
