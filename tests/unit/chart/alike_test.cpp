// SPDX-License-Identifier: Apache-2.0
//
// Rules about pairs, and what they cost.
#include "sdk/chart/alike.hpp"

#include <fmt/format.h>
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using chart::AlikeKeys;

std::multiset<std::pair<std::size_t, std::size_t>> visited(const AlikeKeys& things) {
    std::multiset<std::pair<std::size_t, std::size_t>> out;
    chart::each_alike(things, [&](std::size_t a, std::size_t b) { out.emplace(a, b); });
    return out;
}

TEST_CASE("two things that share a key are visited once, and no others") {
    CHECK(rc::check([] {
        AlikeKeys things;
        for (const auto& keys : *rc::gen::arbitrary<std::vector<std::vector<std::uint8_t>>>()) {
            things.emplace_back();
            for (const std::uint8_t key : keys)
                things.back().insert(std::to_string(key % 8));
        }
        std::multiset<std::pair<std::size_t, std::size_t>> expected;
        for (std::size_t i = 0; i < things.size(); ++i) {
            for (std::size_t j = i + 1; j < things.size(); ++j) {
                const bool alike =
                    std::any_of(things[i].begin(), things[i].end(),
                                [&](const std::string& key) { return things[j].contains(key); });
                if (alike) expected.emplace(i, j);
            }
        }
        RC_ASSERT(visited(things) == expected);
    }));
}

// To hold each beside each would be 37 million pairs.
TEST_CASE("five thousand orders, relatives and allergies that are not alike are reviewed at once") {
    constexpr int k_many = 5'000;
    Scene scene;
    for (int i = 0; i < k_many; ++i) {
        // Each of a group of its own.
        const std::string drug =
            fmt::format("Q{:02}{}{}02", i % 100, static_cast<char>('A' + i / 100 % 26),
                        static_cast<char>('A' + i / 2600));
        scene.order(drug);
        v1::RelatedPerson relative;
        relative.mutable_next_of_kin()->set_nearest(i < 2);
        scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, relative);
        scene.allergy(scene.a, Scene::reacts_to(atc(drug.c_str())));
    }
    scene.order("Q07AA02");
    const auto findings = scene.findings();
    CHECK(rules_of(findings) ==
          std::vector<std::string>{"order/possible-duplicate", "relative/nearest-contested"});
}

TEST_CASE("what is new among five thousand orders is held beside its own drug alone") {
    AlikeKeys things;
    for (std::size_t i = 0; i < 5'000; ++i)
        things.push_back({std::to_string(i)});
    CHECK(visited(things).empty());
    things.push_back({"7"});
    CHECK(visited(things).size() == 1);
}

}  // namespace
}  // namespace kari::test
