// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/signed_pack.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/id.hpp"
#include "sdk/crypto/signature.hpp"
#include "tests/unit/clinical/pack_text.hpp"
#include "tests/unit/clinical/whole_pack.hpp"

namespace kari::clinical {
namespace {

// Keys that are the same in every run.
class Counted : public Entropy {
public:
    explicit Counted(std::uint8_t from) : next_(from) {}
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out)
            byte = next_++;
    }

private:
    std::uint8_t next_;
};

crypto::KeyPair key(std::uint8_t from) {
    Counted entropy(from);
    return crypto::generate_key(entropy).value();
}

std::string payload() {
    pack::Places places;
    return pack::read_json_source(whole_text(R"({"format":"kari-pack-1","id":"p","version":"1",
        "label":"TEST","date":"2026-02-01","critical":["A10A"]})"),
                                  {}, places)
        .value()
        .SerializeAsString();
}

v1::SignedPack signed_by(const crypto::KeyPair& pair) {
    Counted entropy(0);
    v1::SignedPack envelope;
    envelope.set_pack(payload());
    const Digest id = pack_key_id(pair.public_point);
    envelope.set_key(base::to_bytes(id));
    envelope.set_signature(
        crypto::sign(pair.private_der, digest_to_sign(id, envelope.pack()), entropy).value());
    return envelope;
}

Error refusal(const v1::SignedPack& envelope, const std::vector<std::string>& trusted) {
    const auto opened = open_pack(envelope.SerializeAsString(), trusted, crypto::verify);
    REQUIRE_FALSE(opened);
    return opened.error();
}

TEST_CASE("a pack that a trusted key signed is opened, whichever of the keys it was") {
    const auto one = key(1);
    const auto other = key(2);
    const auto bytes = signed_by(other).SerializeAsString();
    const auto pack = open_pack(bytes, {one.public_point, other.public_point}, crypto::verify);
    REQUIRE(pack);
    CHECK(pack->name() == "p@1");
    CHECK(pack->content == read_pack(payload())->content);
}

TEST_CASE("a pack that nobody signed, or somebody unknown, is refused by name") {
    const auto pair = key(1);
    v1::SignedPack bare;
    bare.set_pack(payload());
    CHECK(refusal(bare, {pair.public_point}).what == "pack/not-signed");
    CHECK(refusal(signed_by(key(2)), {pair.public_point}).what == "pack/unknown-key");
    CHECK(refusal(signed_by(pair), {}).what == "pack/unknown-key");
    CHECK(refusal(bare, {pair.public_point}).code == ErrorCode::signature_invalid);
}

TEST_CASE("a signature fits one content and one key") {
    const auto pair = key(1);
    const std::vector<std::string> trusted{pair.public_point};
    auto altered = signed_by(pair);
    (*altered.mutable_pack())[altered.pack().size() - 1] ^= 1;
    CHECK(refusal(altered, trusted).what == "pack/bad-signature");
    auto cut = signed_by(pair);
    cut.mutable_signature()->pop_back();
    CHECK(refusal(cut, trusted).what == "pack/bad-signature");
    // What another key signed, said to be ours.
    auto claimed = signed_by(key(2));
    claimed.set_key(signed_by(pair).key());
    CHECK(refusal(claimed, trusted).what == "pack/bad-signature");
    // Signed without the name of what is signed.
    Counted entropy(0);
    auto bare = signed_by(pair);
    bare.set_signature(
        crypto::sign(pair.private_der, read_pack(bare.pack())->content, entropy).value());
    CHECK(refusal(bare, trusted).what == "pack/bad-signature");
}

TEST_CASE("an envelope that is no envelope, too large or of a newer program is refused") {
    const std::vector<std::string> trusted{key(1).public_point};
    const auto code = [&](std::string_view bytes) {
        return open_pack(bytes, trusted, crypto::verify).error().code;
    };
    CHECK(code("") == ErrorCode::malformed);
    CHECK(code("{\"format\":\"kari-pack-1\"}") == ErrorCode::malformed);
    CHECK(code(std::string(k_signed_pack_bytes_max + 1, 'x')) == ErrorCode::too_large);
    auto newer = signed_by(key(1));
    newer.GetReflection()->MutableUnknownFields(&newer)->AddVarint(9, 1);
    CHECK(code(newer.SerializeAsString()) == ErrorCode::schema_too_new);
}

}  // namespace
}  // namespace kari::clinical
