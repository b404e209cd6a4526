// SPDX-License-Identifier: Apache-2.0
#include "sdk/transport/zstd_body.hpp"

#include <memory>

#include <zstd.h>

namespace kari::transport {
namespace {

constexpr int k_level = 3;
constexpr int k_window_log_most = 23;

struct FreeStream {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

}  // namespace

Result<std::string> compress(std::string_view plain) {
    std::string packed(ZSTD_compressBound(plain.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), k_level);
    if (ZSTD_isError(size)) return fail(ErrorCode::internal, "compression of a request");
    packed.resize(size);
    return packed;
}

Result<std::string> decompress(std::string_view packed, std::size_t bytes_max) {
    const std::unique_ptr<ZSTD_DStream, FreeStream> stream(ZSTD_createDStream());
    if (!stream) return fail(ErrorCode::internal, "decompression of a reply");
    ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, k_window_log_most);
    std::string plain;
    std::string piece(ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::size_t wanted = 1;  // 0: a frame has ended
    bool full = false;       // more output may be waiting
    while (in.pos < in.size || full) {
        ZSTD_outBuffer out{piece.data(), piece.size(), 0};
        wanted = ZSTD_decompressStream(stream.get(), &out, &in);
        if (ZSTD_isError(wanted)) return fail(ErrorCode::malformed, "zstd body of a reply");
        if (plain.size() + out.pos > bytes_max) return fail(ErrorCode::too_large, "reply");
        plain.append(piece, 0, out.pos);
        full = out.pos == out.size && wanted != 0;
    }
    if (wanted != 0) return fail(ErrorCode::malformed, "zstd body of a reply ends too early");
    return plain;
}

}  // namespace kari::transport
