// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/attachment.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/running_digest.hpp"
#include "sdk/crypto/sealed_chunk.hpp"

using namespace kari;
using namespace kari::crypto;

namespace {

Secret key_of(char c) {
    return Secret(std::string(32, c));
}

std::string bytes_of(std::size_t count) {
    std::string out(count, '\0');
    std::uint32_t state = 1;
    for (char& c : out) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);
    }
    return out;
}

std::vector<std::string> seal_all(const Secret& key, std::string_view content) {
    const std::uint32_t chunks = base::chunks_of(content.size());
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < chunks; ++i) {
        const auto part =
            content.substr(i * base::k_chunk_content_bytes, base::k_chunk_content_bytes);
        const auto sealed = seal_chunk(key, i, i + 1 == chunks, part);
        if (!sealed) throw std::runtime_error(sealed.error().what);
        out.push_back(*sealed);
    }
    return out;
}

// What a reader of the whole gets: nothing unless every chunk stands where it was sealed.
std::optional<std::string> open_all(const Secret& key, const std::vector<std::string>& chunks) {
    std::string out;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto opened =
            open_chunk(key, static_cast<std::uint32_t>(i), i + 1 == chunks.size(), chunks[i]);
        if (!opened) return std::nullopt;
        out += opened->view();
    }
    return out;
}

// Sizes around the borders of chunks are met often.
std::size_t any_size() {
    const auto edge = base::k_chunk_content_bytes;
    return *rc::gen::elementOf(std::vector<std::size_t>{1, 2, 1000, edge - 1, edge, edge + 1,
                                                        2 * edge - 1, 2 * edge, 3 * edge + 7});
}

}  // namespace

TEST_CASE(
    "what was sealed in chunks opens to the same bytes, each chunk but the last 64 KiB long") {
    for (const std::size_t size : {std::size_t{1}, base::k_chunk_content_bytes,
                                   base::k_chunk_content_bytes + 1, std::size_t{300'000}}) {
        const std::string content = bytes_of(size);
        const auto chunks = seal_all(key_of('k'), content);
        REQUIRE(chunks.size() == base::chunks_of(size));
        std::size_t total = 0;
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            CHECK(chunks[i].size() ==
                  base::chunk_length(base::sealed_size(size), static_cast<std::uint32_t>(i)));
            total += chunks[i].size();
        }
        CHECK(total == base::sealed_size(size));
        CHECK(base::sealed_chunks(total) == chunks.size());
        CHECK(open_all(key_of('k'), chunks) == content);
    }
}

TEST_CASE("no truncation, flipped bit, swap, repetition or foreign chunk goes unnoticed") {
    REQUIRE(rc::check([] {
        const std::size_t size = any_size();
        const auto whole = seal_all(key_of('k'), bytes_of(size));
        auto chunks = whole;
        const auto at = *rc::gen::inRange<std::size_t>(0, chunks.size());
        switch (*rc::gen::inRange(0, 6)) {
            case 0: {  // a bit, wherever it stands
                const auto byte = *rc::gen::inRange<std::size_t>(0, chunks[at].size());
                chunks[at][byte] ^= static_cast<char>(1 << *rc::gen::inRange(0, 8));
                break;
            }
            case 1:  // chunks missing at the end
                chunks.resize(at);
                break;
            case 2: {  // bytes missing at the end
                const auto cut = *rc::gen::inRange<std::size_t>(1, chunks.back().size() + 1);
                chunks.back().resize(chunks.back().size() - cut);
                break;
            }
            case 3: {  // two that changed places
                const auto other = *rc::gen::inRange<std::size_t>(0, chunks.size());
                std::swap(chunks[at], chunks[other]);
                break;
            }
            case 4:  // one that stands twice
                chunks.insert(chunks.begin() + static_cast<std::ptrdiff_t>(at), chunks[at]);
                break;
            default:  // one of another attachment, at its own place
                chunks[at] = seal_all(key_of('o'), bytes_of(size))[at];
        }
        if (chunks == whole || chunks.empty()) return;
        RC_ASSERT_FALSE(open_all(key_of('k'), chunks).has_value());
    }));
}

TEST_CASE("a chunk of a length that is not its place's is neither sealed nor opened") {
    const Secret key = key_of('k');
    CHECK(seal_chunk(key, 0, true, "").error().code == ErrorCode::invalid_argument);
    CHECK(seal_chunk(key, 0, false, "short").error().code == ErrorCode::invalid_argument);
    CHECK(seal_chunk(key, 0, true, bytes_of(base::k_chunk_content_bytes + 1)).error().code ==
          ErrorCode::invalid_argument);
    CHECK(seal_chunk(Secret("short"), 0, true, "x").error().code == ErrorCode::invalid_argument);
    CHECK(open_chunk(key, 0, true, std::string(16, 'x')).error().code == ErrorCode::malformed);
    CHECK(open_chunk(key, 0, true, std::string(base::k_chunk_bytes + 1, 'x')).error().code ==
          ErrorCode::malformed);
}

TEST_CASE("the number of chunks follows from either size, and none is beyond what may be") {
    CHECK(base::chunks_of(0) == 0);
    CHECK(base::chunks_of(base::k_attachment_bytes_max) == base::k_chunks_max);
    CHECK(base::chunks_of(base::k_attachment_bytes_max + 1) == 0);
    CHECK(base::sealed_chunks(0) == 0);
    CHECK(base::sealed_chunks(16) == 0);
    CHECK(base::sealed_chunks(base::k_chunk_bytes + 16) == 0);
    CHECK(base::sealed_chunks(base::k_chunks_max * base::k_chunk_bytes) == base::k_chunks_max);
    CHECK(base::sealed_chunks(base::k_chunks_max * base::k_chunk_bytes + 17) == 0);
}

TEST_CASE("a digest of pieces is that of the whole") {
    const std::string bytes = bytes_of(100'000);
    auto running = base::RunningDigest::sha256();
    for (std::size_t at = 0; at < bytes.size(); at += 777)
        running.add(std::string_view(bytes).substr(at, 777));
    CHECK(running.finish() == base::to_bytes(base::sha256(bytes)));
    auto sha1 = base::RunningDigest::sha1();
    sha1.add("ab");
    sha1.add("c");
    CHECK(base::to_hex(sha1.finish()) == "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180
}
