// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/compression.hpp"

#include <bit>
#include <memory>
#include <stdexcept>

#include <zstd.h>

#include "sync-server/http/limits.hpp"

namespace kari::server::http {
namespace {

constexpr int k_level = 3;
// What a hostile frame may make us hold.
constexpr int k_window_log_max = std::bit_width(k_window_bytes) - 1;
constexpr std::size_t k_step = 64 * 1024;

struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

Result<std::string> unpack_zstd(std::string_view packed, std::size_t most) {
    const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    if (!context) return fail(ErrorCode::internal, "zstd");
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, k_window_log_max);
    std::string plain;
    std::string step(k_step, '\0');
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::size_t wanted = 1;
    while (in.pos < in.size || wanted != 0) {
        ZSTD_outBuffer out{step.data(), step.size(), 0};
        const std::size_t before = in.pos;
        wanted = ZSTD_decompressStream(context.get(), &out, &in);
        if (ZSTD_isError(wanted) != 0) return fail(ErrorCode::malformed, "zstd");
        if (plain.size() + out.pos > most) return fail(ErrorCode::too_large, "unpacked body");
        plain.append(step.data(), out.pos);
        if (wanted == 0 && in.pos == in.size) break;
        if (in.pos == before && out.pos == 0) return fail(ErrorCode::malformed, "zstd: cut short");
    }
    return plain;
}

std::string pack_zstd(std::string_view plain) {
    std::string packed(ZSTD_compressBound(plain.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), k_level);
    if (ZSTD_isError(size) != 0) throw std::runtime_error("zstd cannot compress");
    packed.resize(size);
    return packed;
}

}  // namespace kari::server::http
