// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"

using namespace kari;
using namespace kari::crypto;
using kari::base::from_hex;

namespace {

// The leaves with which certificate transparency logs are tested.
std::vector<std::string> published_leaves(std::size_t count) {
    std::vector<std::string> leaves;
    for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                            "606162636465666768696a6b6c6d6e6f"}) {
        if (leaves.size() < count) leaves.push_back(*from_hex(hex));
    }
    return leaves;
}

// The definition in RFC 6962, 2.1, word for word: split at the largest power of two below n.
Digest by_definition(const std::vector<std::string>& leaves) {
    if (leaves.size() == 1) return base::sha256(std::string(1, '\0') + leaves[0]);
    std::size_t split = 1;
    while (split * 2 < leaves.size())
        split *= 2;
    const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(split);
    return base::sha256("\x01" + base::to_bytes(by_definition({leaves.begin(), middle})) +
                        base::to_bytes(by_definition({middle, leaves.end()})));
}

std::vector<std::string> numbered(std::uint32_t count) {
    std::vector<std::string> leaves;
    for (std::uint32_t i = 0; i < count; ++i)
        leaves.push_back("leaf " + std::to_string(i));
    return leaves;
}

}  // namespace

TEST_CASE("roots are those published for certificate transparency") {
    CHECK(merkle_root({}).text() ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(merkle_root(published_leaves(1)).text() ==
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(merkle_root(published_leaves(2)).text() ==
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    CHECK(merkle_root(published_leaves(3)).text() ==
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    CHECK(merkle_root(published_leaves(7)).text() ==
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
    CHECK(merkle_root(published_leaves(8)).text() ==
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST_CASE("roots follow the definition for every number of leaves") {
    for (std::uint32_t count = 1; count <= 70; ++count) {
        CHECK(merkle_root(numbered(count)) == by_definition(numbered(count)));
    }
}

TEST_CASE("every leaf verifies with its path") {
    for (std::uint32_t count = 1; count <= 40; ++count) {
        const auto leaves = numbered(count);
        const Digest root = merkle_root(leaves);
        for (std::uint32_t index = 0; index < count; ++index) {
            CHECK(merkle_verify(leaves[index], index, count, merkle_path(leaves, index), root));
        }
    }
}

TEST_CASE("an altered leaf, index, count, path or root never verifies") {
    for (std::uint32_t count = 1; count <= 17; ++count) {
        const auto leaves = numbered(count);
        const Digest root = merkle_root(leaves);
        for (std::uint32_t index = 0; index < count; ++index) {
            const auto path = merkle_path(leaves, index);
            CHECK_FALSE(merkle_verify("other", index, count, path, root));
            for (std::uint32_t other = 0; other <= count; ++other) {
                if (other == index) continue;
                CHECK_FALSE(merkle_verify(leaves[index], other, count, path, root));
            }
            for (std::size_t step = 0; step < path.size(); ++step) {
                auto altered = path;
                altered[step].bytes[31] = static_cast<std::uint8_t>(altered[step].bytes[31] ^ 1);
                CHECK_FALSE(merkle_verify(leaves[index], index, count, altered, root));
            }
            auto longer = path;
            longer.push_back(root);
            CHECK_FALSE(merkle_verify(leaves[index], index, count, longer, root));
            if (!path.empty()) {
                auto shorter = path;
                shorter.pop_back();
                CHECK_FALSE(merkle_verify(leaves[index], index, count, shorter, root));
            }
            Digest wrong = root;
            wrong.bytes[0] = static_cast<std::uint8_t>(wrong.bytes[0] ^ 1);
            CHECK_FALSE(merkle_verify(leaves[index], index, count, path, wrong));
        }
    }
}

TEST_CASE("a tree of no leaves has none that verifies") {
    CHECK_FALSE(merkle_verify("", 0, 0, {}, merkle_root({})));
    CHECK_THROWS(merkle_path({}, 0));
    CHECK_THROWS(merkle_path({"a"}, 1));
}

TEST_CASE("an inner node cannot be passed off as a leaf") {
    const auto leaves = numbered(4);
    const std::string inner = base::to_bytes(base::sha256(std::string(1, '\0') + leaves[0])) +
                              base::to_bytes(base::sha256(std::string(1, '\0') + leaves[1]));
    const auto path = merkle_path(leaves, 0);
    CHECK_FALSE(merkle_verify(inner, 0, 2, {path[1]}, merkle_root(leaves)));
}

TEST_CASE("a random leaf of a random tree verifies where it stands and nowhere else") {
    CHECK(rc::check([] {
        const auto leaves = *rc::gen::nonEmpty<std::vector<std::string>>();
        const auto count = static_cast<std::uint32_t>(leaves.size());
        const std::uint32_t index = *rc::gen::inRange<std::uint32_t>(0, count);
        const auto path = merkle_path(leaves, index);
        const Digest root = merkle_root(leaves);
        RC_ASSERT(root == by_definition(leaves));
        RC_ASSERT(merkle_verify(leaves[index], index, count, path, root));
        const std::string other = *rc::gen::arbitrary<std::string>();
        RC_ASSERT(merkle_verify(other, index, count, path, root) == (other == leaves[index]));
    }));
}
