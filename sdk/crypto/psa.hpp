// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string_view>

#include <psa/crypto.h>

#include <kari/error.hpp>

namespace kari::crypto {

// PSA in mbedTLS 2.28 is not safe from two threads, so every call to psa_* stands in the lifetime
// of one of these: it holds the one mutex of the process. Never held while a callback runs.
class PsaSession {
public:
    PsaSession();
    // False when the library could not be initialised; no psa_* call may then be made.
    bool ready() const { return ready_; }

private:
    std::unique_lock<std::mutex> lock_;
    bool ready_ = false;
};

// An imported key, destroyed at the end of its scope. Requires: a PsaSession that outlives it.
class PsaKey {
public:
    PsaKey(std::string_view bytes, psa_key_type_t type, psa_algorithm_t algorithm,
           psa_key_usage_t usage);
    ~PsaKey();
    PsaKey(const PsaKey&) = delete;
    PsaKey& operator=(const PsaKey&) = delete;

    psa_status_t status() const { return status_; }
    psa_key_id_t id() const { return id_; }

private:
    psa_key_id_t id_ = 0;
    psa_status_t status_ = PSA_ERROR_BAD_STATE;
};

inline const unsigned char* octets(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

// `what` names the step; the number is PSA's.
tl::unexpected<Error> psa_failure(std::string_view what, psa_status_t status);

}  // namespace kari::crypto
