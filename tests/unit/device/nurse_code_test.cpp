// SPDX-License-Identifier: Apache-2.0
//
// How a nurse gets a PIN on a tablet that is there: by what she alone has.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

std::string rule_of(const Error& error) {
    return error.what.substr(0, error.what.find(':'));
}

}  // namespace

TEST_CASE("nobody sets a PIN for somebody else, whether she has one here or not") {
    Ward ward(71);
    Device& device = ward.device;
    const auto refused = device.add_nurse(k_bjorn, "9753");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_permitted);
    CHECK(explain(refused.error(), Language::en).what_to_do.find("code") != std::string::npos);
    CHECK(device.nurses().size() == 1);
    CHECK(device.unlock(k_bjorn, "9753").error().code == ErrorCode::not_found);
    // What is wrong with a PIN is said first: a code is not used up for one that is not taken.
    CHECK(rule_of(device.add_nurse(k_bjorn, "1234").error()) == "pin/easy");
    let_in(device, *ward.server, k_bjorn, "9753");
    // Ingrid is signed in, and would sign as Bjorn.
    CHECK(rule_of(device.add_nurse(k_bjorn, "8642").error()) == "nurse/own-pin-only");
    CHECK(device.unlock(k_bjorn, "8642").error().code == ErrorCode::wrong_pin);
    CHECK(device.unlock(k_bjorn, "9753").has_value());
    CHECK(rule_of(device.add_nurse(k_ingrid, "8642").error()) == "nurse/own-pin-only");
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
}

TEST_CASE("a tablet that was left open gives nobody a new PIN: she signs in again for it") {
    Ward ward(72);
    Device& device = ward.device;
    ward.machine.clock->advance(Duration::minutes(6));
    const auto late = device.add_nurse(k_ingrid, "8642");
    REQUIRE_FALSE(late);
    CHECK(rule_of(late.error()) == "nurse/sign-in-again");
    REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
    CHECK(device.add_nurse(k_ingrid, "8642").has_value());
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::wrong_pin);
    CHECK(device.unlock(k_ingrid, "8642").has_value());
}

TEST_CASE("a nurse's code signs her in once, and nobody else") {
    Ward ward(73);
    Device& device = ward.device;
    const std::string code = ward.server->nurse_code(k_bjorn);
    CHECK(device.unlock(k_ingrid, code).error().code == ErrorCode::code_refused);
    CHECK(device.signed_in()->person == k_ingrid);
    const SignedIn signed_in = take(device.unlock(k_bjorn, code));
    CHECK(signed_in.nurse.name == "Bjorn");
    CHECK(device.signed_in()->person == k_bjorn);
    // What Ingrid had opened is not his.
    CHECK(device.findings(ward.citizen.record).error().code == ErrorCode::not_permitted);
    // As a phone's keyboard writes it: it is no PIN, and counts as none.
    REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
    std::string typed = " " + ward.server->nurse_code(k_bjorn) + " ";
    typed[1] = 'N';
    REQUIRE(device.unlock(k_bjorn, typed).has_value());
    const auto twice = device.unlock(k_bjorn, code);
    REQUIRE_FALSE(twice);
    CHECK(rule_of(twice.error()) == "nurse/code-refused");
    // It is no PIN: without choosing one he has no way in after this.
    CHECK(device.add_nurse(k_bjorn, code).error().code == ErrorCode::value_out_of_range);
    REQUIRE(device.lock().has_value());
    CHECK(device.unlock(k_bjorn, code).error().code == ErrorCode::locked);
}

TEST_CASE("a nurse's code needs the server, and a tablet that somebody opened") {
    Ward ward(74);
    Device& device = ward.device;
    const std::string code = ward.server->nurse_code(k_bjorn);
    ward.server->offline = true;
    const auto offline = device.unlock(k_bjorn, code);
    REQUIRE_FALSE(offline);
    CHECK(rule_of(offline.error()) == "nurse/code-offline");
    CHECK(device.signed_in()->person == k_ingrid);
    // Whoever has a PIN needs nobody.
    REQUIRE(device.lock().has_value());
    CHECK(device.unlock(k_ingrid, k_pin).has_value());
    ward.server->offline = false;
    REQUIRE(device.lock().has_value());
    const std::size_t asked = ward.server->bodies.size();
    CHECK(rule_of(device.unlock(k_bjorn, code).error()) == "nurse/code-locked");
    CHECK(ward.server->bodies.size() == asked);
    REQUIRE(device.unlock(k_ingrid, k_pin).has_value());
    ward.server->loses_answer_to_code = true;
    CHECK(rule_of(device.unlock(k_bjorn, code).error()) == "nurse/code-unanswered");
    CHECK(device.signed_in()->person == k_ingrid);
}

TEST_CASE("ten wrong PINs of a colleague's cost a nurse nothing that a code does not mend") {
    Ward ward(75);
    Device& device = ward.device;
    let_in(device, *ward.server, k_bjorn, "9753");
    NoteEntry draft;
    draft.text = "half a sentence";
    REQUIRE(device.open_chart(ward.citizen.record, {}).has_value());
    REQUIRE(device.save_draft(ward.citizen.record, "visit", draft).has_value());
    const ChangeId unsent =
        take(device.record_observation(ward.citizen.record, weight("70"))).change;
    for (int i = 0; i < 9; ++i) {
        CHECK(device.unlock(k_ingrid, "5802").error().code == ErrorCode::wrong_pin);
        ward.machine.clock->advance(Duration::hours(2));
    }
    CHECK(device.unlock(k_ingrid, "5802").error().code == ErrorCode::wiped);
    CHECK(device.unlock(k_ingrid, k_pin).error().code == ErrorCode::not_found);
    REQUIRE(device.lock().has_value());
    REQUIRE(device.unlock(k_bjorn, "9753").has_value());
    REQUIRE(device.unlock(k_ingrid, ward.server->nurse_code(k_ingrid)).has_value());
    REQUIRE(device.add_nurse(k_ingrid, "8642").has_value());
    REQUIRE(device.lock().has_value());
    CHECK(take(device.unlock(k_ingrid, "8642")).unsent > 0);
    CHECK((*device.load_draft(ward.citizen.record, "visit"))->text == "half a sentence");
    ward.sync();
    CHECK(ward.server->model.has(unsent));
}
