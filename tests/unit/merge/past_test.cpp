// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/past.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

using test::History;

constexpr std::uint32_t k_future = 4711;

v1::AllergyIntolerance criticality(v1::AllergyCriticality value) {
    v1::AllergyIntolerance said;
    said.set_criticality(value);
    return said;
}

// What a later schema says, and asks to be understood.
v1::AllergyIntolerance of_the_future() {
    v1::AllergyIntolerance said;
    said.GetReflection()->MutableUnknownFields(&said)->AddVarint(k_future, 1);
    return said;
}

TEST_CASE("the past of a change is what it builds on, and nothing that stood beside it") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto low = criticality(v1::ALLERGY_CRITICALITY_LOW);
    const auto first = history.add({.resource = &low}).id;
    const auto left = history.add({.resource = &low, .parents = {first}}).id;
    const auto right = history.add({.resource = &low, .parents = {first}, .author = 2}).id;
    const auto ids = [&](const std::vector<ChangeId>& seen) {
        std::set<ChangeId> out;
        for (const Change* change : past_of(history.all(), seen))
            out.insert(change->id);
        return out;
    };
    CHECK(ids({left}) == std::set{first, left});
    CHECK(ids({left, right}) == std::set{first, left, right});
    CHECK(ids({}).empty());
    CHECK(ids({ChangeId{}}).empty());
}

TEST_CASE("what a statement names as seen ends before what its program cannot read") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto low = criticality(v1::ALLERGY_CRITICALITY_LOW);
    const auto future = of_the_future();
    const auto first = history.add({.resource = &low}).id;
    const auto beside = history.add({.resource = &low, .author = 2}).id;
    CHECK(readable_heads(history.all()) == history.fold().heads);

    const auto unread =
        history.add({.resource = &future, .parents = {first}, .must_understand = {k_future}}).id;
    // Whoever wrote this has read it; this program has not.
    history.add({.resource = &low, .parents = {unread}, .author = 3});
    REQUIRE(history.fold().unreadable);
    auto expected = std::vector{first, beside};
    std::sort(expected.begin(), expected.end());
    CHECK(readable_heads(history.all()) == expected);

    // One line that this program reads goes on; then what both lines build on is no head of it.
    const auto on = history.add({.resource = &low, .parents = {first, beside}, .author = 2}).id;
    CHECK(readable_heads(history.all()) == std::vector{on});
}

TEST_CASE("of a resource of which nothing can be read nothing is named") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto future = of_the_future();
    history.add({.resource = &future, .must_understand = {k_future}});
    CHECK(readable_heads(history.all()).empty());
}

TEST_CASE("what two unread changes build on is named once, and what is not here not at all") {
    History history(v1::KIND_ALLERGY_INTOLERANCE);
    const auto low = criticality(v1::ALLERGY_CRITICALITY_LOW);
    const auto future = of_the_future();
    const auto first = history.add({.resource = &low}).id;
    ChangeId missing;
    missing.bytes[0] = 4;
    history.add({.resource = &future, .parents = {first}, .must_understand = {k_future}});
    history.add({.resource = &future,
                 .parents = {first, missing},
                 .author = 2,
                 .must_understand = {k_future}});
    CHECK(readable_heads(history.all()) == std::vector{first});
}

}  // namespace
}  // namespace kari::merge
