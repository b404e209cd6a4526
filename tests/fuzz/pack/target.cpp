// SPDX-License-Identifier: Apache-2.0
//
// Knowledge packs: the envelope and the bytes that come from outside, and the readable sources that
// they are made of.
#include "tests/fuzz/target.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "pack/source.hpp"
#include "sdk/base/id.hpp"
#include "sdk/clinical/signed_pack.hpp"

namespace kari::fuzz {
namespace {

const std::string k_key = "\x04 the point of a key";

// A pack that is understood says the same once it is written anew.
void pack_bytes(std::string_view bytes) {
    const auto pack = clinical::read_pack(bytes);
    if (!pack) return;
    v1::Pack said;
    REQUIRE(said.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    const auto again = clinical::read_pack(said);
    REQUIRE(again);
    REQUIRE(again->name() == pack->name());
    REQUIRE(again->date == pack->date);
    REQUIRE(again->cross_allergies == pack->cross_allergies);
}

// Whatever comes: nothing is used that the key did not sign.
void envelope(std::string_view bytes) {
    const auto refused = clinical::open_pack(
        bytes, {k_key}, [](auto...) { return fail(ErrorCode::signature_invalid, ""); });
    REQUIRE_FALSE(refused);
    REQUIRE_FALSE(clinical::open_pack(bytes, {}, [](auto...) { return Result<void>{}; }));
    const auto read = clinical::read_envelope(bytes);
    if (!read) return;
    v1::SignedPack signed_one = *read;
    signed_one.set_key(base::to_bytes(clinical::pack_key_id(k_key)));
    signed_one.set_signature("of 64 bytes");
    const auto opened = clinical::open_pack(signed_one.SerializeAsString(), {k_key},
                                            [](auto...) { return Result<void>{}; });
    REQUIRE(opened.has_value() == clinical::read_pack(read->pack()).has_value());
}

void source(std::string_view text) {
    pack::Places places;
    const auto said = pack::read_json_source(text, {}, places);
    if (!said) {
        REQUIRE(said.error().what.starts_with("pack.json:"));
        return;
    }
    static_cast<void>(clinical::read_pack(*said));
}

void table(std::string_view text) {
    pack::Places places;
    v1::Pack said;
    const auto wrong = pack::fill_from_table(said, "holds", text, "holds.csv", places);
    REQUIRE((!wrong || wrong->line > 0));
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    Input input(bytes);
    const unsigned which = input.byte();
    const auto rest = input.rest();
    switch (which % 4) {
        case 0:
            return envelope(rest);
        case 1:
            return pack_bytes(rest);
        case 2:
            return source(rest);
        default:
            return table(rest);
    }
}

}  // namespace kari::fuzz
