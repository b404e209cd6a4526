// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/empty.pb.h>
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "sdk/base/digest.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

v1::Observation pulse(const std::string& value) {
    v1::Observation observation;
    auto* quantity = observation.mutable_observation()->mutable_value()->mutable_quantity();
    quantity->set_value(value);
    quantity->set_code("/min");
    return observation;
}

const Change& second_change(test::History& history) {
    const auto first = pulse("71");
    const auto second = pulse("17");
    const auto& a = history.add({.resource = &first});
    return history.add({.resource = &second, .parents = {a.id}});
}

// Header bytes with one field altered and the body left alone.
template <typename Alter>
ErrorCode refusal(const Change& change, Alter alter) {
    v1::ChangeHeader header = change.header;
    alter(header);
    const auto decoded = decode_change(header.SerializeAsString(), change.body_bytes);
    REQUIRE_FALSE(decoded.has_value());
    return decoded.error().code;
}

TEST_CASE("a change decodes from its exact bytes to the same id and atoms") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    const auto decoded = decode_change(change.header_bytes, change.body_bytes);
    REQUIRE(decoded.has_value());
    CHECK(decoded->id == change.id);
    CHECK(base::to_bytes(decoded->id) == base::to_bytes(base::sha256(change.header_bytes)));
    REQUIRE(decoded->header.atom_size() == 1);
    CHECK(decoded->header.atom(0) == 1);
    CHECK(decoded->parents == change.parents);
}

TEST_CASE("prev stands last, is left out on the wire and put back byte for byte") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    const auto split = split_header(change.header_bytes);
    REQUIRE(split.has_value());
    CHECK(split->prev.size() == 32);
    CHECK(split->core.size() == change.header_bytes.size() - 34);
    CHECK(join_header(split->core, split->prev) == change.header_bytes);
    const auto without_prev = decode_change(std::string(split->core), change.body_bytes);
    CHECK_FALSE(without_prev.has_value());
}

TEST_CASE("a change without its body is a change: withheld or erased") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    const auto decoded = decode_change(change.header_bytes, std::nullopt);
    REQUIRE(decoded.has_value());
    CHECK(decoded->id == change.id);
    CHECK(fold({&*decoded}).withheld);
}

TEST_CASE("a body that the header does not commit to is refused") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    std::string other = *change.body_bytes;
    other.back() = static_cast<char>(other.back() ^ 1);
    const auto decoded = decode_change(change.header_bytes, other);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == ErrorCode::malformed);
}

TEST_CASE("a header whose fields break a rule is refused as malformed") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    CHECK(refusal(change, [](auto& h) { h.set_seq(0); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.set_tick(0); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.set_tick(UINT64_MAX); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.set_kind(0); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.set_record("short"); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.clear_prev(); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.set_seq(1); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.add_atom(2); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.clear_atom(); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.add_must_understand(9); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.add_parent(h.parent(0)); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) { h.add_parent("short"); }) == ErrorCode::malformed);
    CHECK(refusal(change, [](auto& h) {
              h.mutable_author()->set_role(std::string(k_header_bytes_max, 'x'));
          }) == ErrorCode::too_large);
}

TEST_CASE("an id in a header has its length or the change is refused") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    using Header = v1::ChangeHeader;
    const std::function<void(Header&)> all[] = {
        [](Header& h) { h.set_incarnation("short"); },
        [](Header& h) { h.set_resource("short"); },
        [](Header& h) { h.set_body_sha256("short"); },
        [](Header& h) { h.mutable_author()->set_practitioner("short"); },
        [](Header& h) { h.mutable_author()->set_organisation("short"); },
        [](Header& h) { h.mutable_author()->set_on_behalf_of("short"); },
        [](Header& h) { h.mutable_author()->set_role(std::string(65, 'r')); },
        [](Header& h) {
            h.clear_atom();
            h.add_atom(0);
        },
        [](Header& h) {
            h.clear_atom();
            h.add_atom(2);
            h.add_atom(1);
        },
        [](Header& h) {
            h.add_must_understand(1);
            h.add_must_understand(1);
        },
        [](Header& h) {
            h.clear_parent();
            for (std::size_t i = 0; i <= k_parents_max; ++i)
                h.add_parent(base::to_bytes(base::sha256(base::u64(i))));
            std::sort(h.mutable_parent()->begin(), h.mutable_parent()->end());
        },
    };
    for (const auto& alter : all)
        CHECK(refusal(change, alter) == ErrorCode::malformed);
    v1::ChangeHeader whole = change.header;
    whole.mutable_author()->set_practitioner(std::string(16, 'p'));
    whole.mutable_author()->set_organisation(std::string(16, 'o'));
    whole.mutable_author()->set_on_behalf_of(std::string(16, 'b'));
    whole.mutable_author()->set_role(std::string(64, 'r'));
    CHECK(decode_change(whole.SerializeAsString(), change.body_bytes));
}

TEST_CASE("a body that its header commits to is refused all the same when it breaks a rule") {
    test::History history(v1::KIND_OBSERVATION);
    const Change& change = second_change(history);
    const auto refused = [&](const std::string& body) {
        v1::ChangeHeader header = change.header;
        header.set_body_sha256(base::to_bytes(base::sha256(body)));
        const auto decoded = decode_change(header.SerializeAsString(), body);
        REQUIRE_FALSE(decoded);
        return decoded.error().code;
    };
    const std::string salt(16, 's');
    const auto body = [&](auto set) {
        v1::ChangeBody out;
        REQUIRE(out.ParseFromString(change.body_bytes->substr(16)));
        set(out);
        return salt + out.SerializeAsString();
    };
    CHECK(refused("short") == ErrorCode::malformed);
    CHECK(refused(salt + "\xff\xff") == ErrorCode::malformed);
    CHECK(refused(std::string(k_body_bytes_max + 1, 's')) == ErrorCode::too_large);
    CHECK(refused(body([](auto& b) { b.set_resource("\xff"); })) == ErrorCode::malformed);
    CHECK(refused(body([](auto& b) { b.clear_resource(); })) == ErrorCode::malformed);
    CHECK(refused(body([](auto& b) { b.add_cleared(1); })) == ErrorCode::malformed);
    CHECK(refused(body([](auto& b) { b.add_cleared(2); })) == ErrorCode::malformed);
    CHECK(refused(body([](auto& b) {
              b.add_cleared(3);
              b.add_cleared(2);
          })) == ErrorCode::malformed);
    // One atom twice: which of the two was meant?
    CHECK(refused(body([](auto& b) { b.set_resource(b.resource() + b.resource()); })) ==
          ErrorCode::malformed);
}

TEST_CASE("prev anywhere but last in a header is refused") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    const auto split = split_header(change.header_bytes);
    REQUIRE(split);
    const std::string prev = join_header("", split->prev);
    CHECK_FALSE(decode_change(prev + std::string(split->core), change.body_bytes));
    CHECK_FALSE(split_header("\xff" + std::string(40, '\xff')));
    CHECK(split_header("short")->prev.empty());
}

TEST_CASE(
    "a draft with no resource, no salt, one atom both set and cleared or too much is refused") {
    const v1::Observation observation = pulse("71");
    Draft draft;
    draft.salt = std::string(16, 's');
    CHECK(author_change(draft).error().code == ErrorCode::invalid_argument);
    draft.resource = &observation;
    draft.salt = "short";
    CHECK(author_change(draft).error().code == ErrorCode::invalid_argument);
    draft.salt = std::string(16, 's');
    draft.cleared = {1};
    CHECK(author_change(draft).error().code == ErrorCode::invalid_argument);
    draft.cleared = {};
    v1::Observation long_one = pulse("71");
    long_one.mutable_observation()->add_note()->set_text(std::string(k_body_bytes_max, 'x'));
    draft.resource = &long_one;
    CHECK(author_change(draft).error().code == ErrorCode::too_large);
}

TEST_CASE("a draft that writes nothing is refused before there is a change") {
    Draft draft;
    const v1::Observation empty;
    draft.resource = &empty;
    draft.salt = std::string(16, 's');
    const auto change = author_change(draft);
    REQUIRE_FALSE(change.has_value());
    CHECK(change.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a text that is not UTF-8 is refused before there is a change") {
    test::History history(v1::KIND_OBSERVATION);
    v1::Observation observation = pulse("71");
    observation.mutable_observation()->add_note()->set_text("bl\xe5");
    CHECK_THROWS(history.add({.resource = &observation}));
}

TEST_CASE("a change that another build let through with bytes nobody can parse is unreadable") {
    test::History history(v1::KIND_OBSERVATION);
    google::protobuf::Empty carrier;  // field 1 as opaque bytes: no build of ours would write it
    carrier.GetReflection()->MutableUnknownFields(&carrier)->AddLengthDelimited(1, "\xff\xff");
    const auto& change = history.add({.resource = &carrier});
    CHECK(fold({&change}).unreadable);
}

TEST_CASE("bytes of any kind are decoded or refused, never more") {
    test::History history(v1::KIND_OBSERVATION);
    const auto& change = second_change(history);
    CHECK(rc::check("mutated headers and bodies", [&] {
        std::string header = change.header_bytes;
        std::string body = *change.body_bytes;
        const int edits = *rc::gen::inRange(1, 6);
        for (int i = 0; i < edits; ++i) {
            std::string& target = *rc::gen::arbitrary<bool>() ? header : body;
            const auto at = *rc::gen::inRange<std::size_t>(0, target.size());
            switch (*rc::gen::inRange(0, 3)) {
                case 0:
                    target[at] = *rc::gen::arbitrary<char>();
                    break;
                case 1:
                    target.resize(at + 1);
                    break;
                default:
                    target.insert(at, 1, *rc::gen::arbitrary<char>());
            }
        }
        const auto decoded = decode_change(header, body);
        if (decoded && header == change.header_bytes) RC_ASSERT(body == *change.body_bytes);
        if (decoded) RC_ASSERT((decoded->id == change.id) == (header == change.header_bytes));
    }));
}

TEST_CASE("only a last field of prev's very bytes is cut off a header") {
    const std::string start("\x0a\x02", 2);
    const auto has_prev = [&](const std::string& last) {
        const auto split = split_header(start + "ab" + last);
        REQUIRE(split);
        return !split->prev.empty();
    };
    CHECK(has_prev("\x7a\x20" + std::string(32, 'p')));
    CHECK_FALSE(has_prev("\x7a\x28" + std::string(40, 'p')));                      // longer
    CHECK_FALSE(has_prev(std::string("\xfa\x00\x1f", 3) + std::string(31, 'p')));  // as long
    CHECK_FALSE(has_prev("\x72\x20" + std::string(32, 'p')));                      // another
    CHECK_FALSE(split_header(std::string(40, '\xff')));
}

}  // namespace
}  // namespace kari::merge
