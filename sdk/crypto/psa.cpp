// SPDX-License-Identifier: Apache-2.0
#include "sdk/crypto/psa.hpp"

#include <fmt/format.h>

namespace kari::crypto {
namespace {

std::mutex& the_mutex() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace

PsaSession::PsaSession() : lock_(the_mutex()), ready_(psa_crypto_init() == PSA_SUCCESS) {}

PsaKey::PsaKey(std::string_view bytes, psa_key_type_t type, psa_algorithm_t algorithm,
               psa_key_usage_t usage) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    status_ = psa_import_key(&attributes, octets(bytes), bytes.size(), &id_);
}

PsaKey::~PsaKey() {
    if (status_ == PSA_SUCCESS) psa_destroy_key(id_);
}

tl::unexpected<Error> psa_failure(std::string_view what, psa_status_t status) {
    return fail(ErrorCode::internal, fmt::format("crypto: {} ({})", what, status));
}

}  // namespace kari::crypto
