// SPDX-License-Identifier: Apache-2.0
//
// Rows of folded state, from a database that may be damaged.
#include "tests/fuzz/target.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/store/state_codec.hpp"

namespace kari::fuzz {
namespace {

// What was read is written as it stood, or reads the same again.
template <typename Encode, typename Decode>
void round(std::string_view bytes, Encode encode, Decode decode) {
    const auto value = decode(bytes);
    if (!value) {
        REQUIRE(value.error().code == ErrorCode::storage_corrupt);
        return;
    }
    const std::string written = encode(*value);
    const auto again = decode(written);
    REQUIRE(again);
    REQUIRE(encode(*again) == written);
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    Input input(bytes);
    const unsigned which = input.byte();
    const auto row = input.rest();
    switch (which % 5) {
        case 0:
            return round(row, store::encode_resource, store::decode_resource);
        case 1:
            return round(row, store::encode_finding, store::decode_finding);
        case 2:
            return round(row, store::encode_addresses, store::decode_addresses);
        case 3:
            return round(row, store::encode_traces, store::decode_traces);
        default:
            return round(row, store::encode_parts, store::decode_parts);
    }
}

}  // namespace kari::fuzz
