// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/running_digest.hpp"

#include <stdexcept>

#include <mbedtls/md.h>

namespace kari::base {

struct RunningDigest::Context {
    explicit Context(mbedtls_md_type_t type) {
        mbedtls_md_init(&md);
        const auto* info = mbedtls_md_info_from_type(type);
        require(info != nullptr && mbedtls_md_setup(&md, info, 0) == 0 &&
                mbedtls_md_starts(&md) == 0);
        length = mbedtls_md_get_size(info);
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { mbedtls_md_free(&md); }

    // Out of memory, or a library without the algorithm; a wrong digest must never be used.
    static void require(bool done) {
        if (!done) throw std::runtime_error("digest failed");
    }

    mbedtls_md_context_t md;
    std::size_t length = 0;
};

RunningDigest::RunningDigest(std::unique_ptr<Context> context) : context_(std::move(context)) {}
RunningDigest::RunningDigest(RunningDigest&&) noexcept = default;
RunningDigest& RunningDigest::operator=(RunningDigest&&) noexcept = default;
RunningDigest::~RunningDigest() = default;

RunningDigest RunningDigest::sha256() {
    return RunningDigest(std::make_unique<Context>(MBEDTLS_MD_SHA256));
}
RunningDigest RunningDigest::sha1() {
    return RunningDigest(std::make_unique<Context>(MBEDTLS_MD_SHA1));
}

void RunningDigest::add(std::string_view bytes) {
    Context::require(mbedtls_md_update(&context_->md,
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       bytes.size()) == 0);
}

std::string RunningDigest::finish() {
    std::string out(context_->length, '\0');
    Context::require(
        mbedtls_md_finish(&context_->md, reinterpret_cast<unsigned char*>(out.data())) == 0);
    return out;
}

}  // namespace kari::base
