// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/identity.hpp"
#include "tests/unit/chart/scene.hpp"

using namespace kari;
using namespace kari::test;
using chart::AtHand;

namespace {

// Synthetic: the month is 80 more.
constexpr const char* k_number = "15855134559";
constexpr const char* k_another = "01814012324";

v1::Patient citizen(const std::string& birth, const std::string& number = {}) {
    v1::Patient out;
    if (!birth.empty()) out.set_birth_date(birth);
    if (!number.empty()) out.mutable_identifier()->add_items()->set_value(number);
    return out;
}

AtHand is(const Scene& scene, std::string_view said) {
    return chart::at_hand(scene.group(), said).value();
}

}  // namespace

TEST_CASE("a person is the record's by its number or its date of birth, however it is written") {
    Scene scene;
    const auto id = scene.next();
    scene.add(scene.server, {.record = scene.record, .resource = id},
              citizen("1951-05-15", k_number));
    CHECK(is(scene, k_number) == AtHand::same);
    CHECK(is(scene, "158551 34559") == AtHand::same);
    CHECK(is(scene, "1951-05-15") == AtHand::same);
    CHECK(is(scene, "15.05.1951") == AtHand::same);
    CHECK(is(scene, k_another) == AtHand::another);
    CHECK(is(scene, "1951-05-16") == AtHand::another);
    for (const char* word : {"Kari", "15.5.51", "1951-02-30", "12345678901"}) {
        INFO(word);
        const auto unread = chart::at_hand(scene.group(), word);
        REQUIRE_FALSE(unread.has_value());
        CHECK(unread.error().code == ErrorCode::malformed);
        CHECK(unread.error().what == "entry/identity-unread");
    }
}

TEST_CASE("where the record has nothing to compare, nobody is told that it is another") {
    Scene scene;
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, citizen("1951-05"));
    CHECK(is(scene, "1951-05-15") == AtHand::cannot_tell);
    CHECK(is(scene, "1951-06-15") == AtHand::another);
    CHECK(is(scene, k_number) == AtHand::cannot_tell);
    CHECK(is(Scene{}, "1951-05-15") == AtHand::cannot_tell);
}

TEST_CASE("what is only proposed, or contested, may be the person as well") {
    Scene scene;
    const auto id = scene.next();
    const auto first =
        scene.add(scene.server, {.record = scene.record, .resource = id}, citizen("1951-05-15"));
    // A tablet's word of a birth is a proposal until the server says so.
    scene.add(scene.a, {.record = scene.record, .resource = id, .parents = {first->id}},
              citizen("1951-05-16"));
    CHECK(is(scene, "1951-05-15") == AtHand::same);
    CHECK(is(scene, "1951-05-16") == AtHand::same);
    CHECK(is(scene, "1951-05-17") == AtHand::another);
}
