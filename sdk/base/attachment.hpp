// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// How an attachment's bytes are cut: docs/formats/attachment.md. Every sealed chunk but the last is
// k_chunk_bytes long, so that chunk n begins at n * k_chunk_bytes.
namespace kari::base {

inline constexpr std::size_t k_chunk_bytes = 64 * 1024;  // sealed: content and tag
inline constexpr std::size_t k_chunk_tag_bytes = 16;
inline constexpr std::size_t k_chunk_content_bytes = k_chunk_bytes - k_chunk_tag_bytes;
inline constexpr std::size_t k_chunks_max = 512;
inline constexpr std::uint64_t k_attachment_bytes_max = k_chunks_max * k_chunk_content_bytes;

// Of content of so many bytes; 0 for none, and for more than there may be.
constexpr std::uint32_t chunks_of(std::uint64_t size) {
    if (size > k_attachment_bytes_max) return 0;
    return static_cast<std::uint32_t>((size + k_chunk_content_bytes - 1) / k_chunk_content_bytes);
}
constexpr std::uint64_t sealed_size(std::uint64_t size) {
    return size + std::uint64_t{chunks_of(size)} * k_chunk_tag_bytes;
}
// Of ciphertext of so many bytes; 0 where no content has so many.
constexpr std::uint32_t sealed_chunks(std::uint64_t sealed) {
    if (sealed > k_chunks_max * k_chunk_bytes) return 0;
    if (sealed % k_chunk_bytes != 0 && sealed % k_chunk_bytes <= k_chunk_tag_bytes) return 0;
    return static_cast<std::uint32_t>((sealed + k_chunk_bytes - 1) / k_chunk_bytes);
}
// Of chunk `number` of ciphertext of `sealed` bytes.
constexpr std::size_t chunk_length(std::uint64_t sealed, std::uint32_t number) {
    const std::uint64_t begin = std::uint64_t{number} * k_chunk_bytes;
    if (begin >= sealed) return 0;
    return static_cast<std::size_t>(sealed - begin < k_chunk_bytes ? sealed - begin
                                                                   : k_chunk_bytes);
}

}  // namespace kari::base
