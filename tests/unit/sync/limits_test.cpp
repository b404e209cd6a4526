// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/struct.pb.h>

#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/bounded.hpp"
#include "sdk/sync/decode.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/limits_table.hpp"

using namespace kari;
using namespace kari::sync;

namespace {

v1::ExchangeReply bare() {
    v1::ExchangeReply reply;
    reply.set_epoch(std::string(16, 'e'));
    return reply;
}

bool taken(const v1::ExchangeReply& reply) {
    return decode_reply(reply.SerializeAsString()).has_value();
}

ErrorCode refusal(const v1::ExchangeReply& reply) {
    const auto decoded = decode_reply(reply.SerializeAsString());
    REQUIRE_FALSE(decoded);
    return decoded.error().code;
}

std::string varint(std::size_t value) {
    std::string out;
    for (; value > 0x7f; value >>= 7)
        out += static_cast<char>(value % 0x80 + 0x80);
    return out + static_cast<char>(value);
}

// Values within lists within values, `depth` messages in all.
std::string nested(std::size_t depth) {
    std::string inner;
    for (std::size_t at = depth; at-- > 1;) {
        const char tag = at % 2 == 1 ? '\x32' : '\x0a';  // Value.list_value, ListValue.values
        inner = tag + varint(inner.size()) + inner;
    }
    return inner;
}

}  // namespace

TEST_CASE("row reply_bytes: a reply just within it is decoded, one byte more is not") {
    auto reply = bare();
    // Field 99 is unknown and is passed over, as that of a later version would be.
    const auto padded = [&](std::size_t size) {
        std::string bytes = reply.SerializeAsString();
        std::string pad = "\x9a\x06";
        pad += varint(size);
        const std::size_t room = size - bytes.size() - pad.size();
        pad = "\x9a\x06" + varint(room) + std::string(room, 'x');
        return bytes + pad;
    };
    const std::string within = padded(k_reply_bytes);
    REQUIRE(within.size() == k_reply_bytes);
    CHECK(decode_reply(within));
    CHECK(decode_reply(within + "\x08").error().code == ErrorCode::too_large);
}

TEST_CASE("row reply_records: as many deltas, entries and epoch starts as it says, each") {
    auto reply = bare();
    for (std::size_t i = 0; i < k_reply_records; ++i) {
        reply.add_delta();
        reply.add_caseload();
        reply.add_epoch_start();
    }
    CHECK(taken(reply));
    auto more = reply;
    more.add_delta();
    CHECK(refusal(more) == ErrorCode::too_many);
    more = reply;
    more.add_caseload();
    CHECK(refusal(more) == ErrorCode::too_many);
    more = reply;
    more.add_epoch_start();
    CHECK(refusal(more) == ErrorCode::too_many);
}

TEST_CASE("row reply_changes: counted over all deltas") {
    auto reply = bare();
    for (auto* delta : {reply.add_delta(), reply.add_delta()}) {
        for (std::size_t i = 0; i < k_reply_changes / 2; ++i)
            delta->add_change();
    }
    CHECK(taken(reply));
    reply.add_delta()->add_change();
    CHECK(refusal(reply) == ErrorCode::too_many);
}

TEST_CASE("row reply_people: as many as it says") {
    auto reply = bare();
    for (std::size_t i = 0; i < k_reply_people; ++i)
        reply.add_person();
    CHECK(taken(reply));
    reply.add_person();
    CHECK(refusal(reply) == ErrorCode::too_many);
}

TEST_CASE("row certificates: as many as it says") {
    auto reply = bare();
    for (std::size_t i = 0; i < k_certificates; ++i)
        reply.add_certificate();
    CHECK(taken(reply));
    reply.add_certificate();
    CHECK(refusal(reply) == ErrorCode::too_many);
}

TEST_CASE("row pushed_records and returned_records: as many answers as could be asked for") {
    auto pushed = bare();
    auto returned = bare();
    for (std::size_t i = 0; i < k_pushed_records; ++i)
        pushed.add_push();
    for (std::size_t i = 0; i < k_returned_records; ++i)
        returned.add_returned();
    CHECK(taken(pushed));
    CHECK(taken(returned));
    pushed.add_push();
    returned.add_returned();
    CHECK(refusal(pushed) == ErrorCode::too_many);
    CHECK(refusal(returned) == ErrorCode::too_many);
}

TEST_CASE(
    "row text_bytes: each text of the directory just within it is read, one byte more is not") {
    const auto check = [](const auto& text_of) {
        auto reply = bare();
        text_of(reply).assign(k_text_bytes, 't');
        CHECK(taken(reply));
        text_of(reply) += 't';
        CHECK(refusal(reply) == ErrorCode::too_large);
    };
    check([](auto& reply) -> std::string& { return *reply.mutable_unit()->mutable_display(); });
    check([](auto& reply) -> std::string& { return *reply.mutable_unit()->mutable_zone(); });
    check([&](auto& of) -> std::string& {
        if (of.person_size() == 0) of.add_person();
        return *of.mutable_person(0)->mutable_role();
    });
    check([&](auto& of) -> std::string& {
        if (of.person_size() == 0) of.add_person();
        return *of.mutable_person(0)->mutable_display();
    });
    // And a text that is none is no reply.
    v1::ExchangeReply name;
    name.add_person()->set_display("x");
    auto bytes = name.SerializeAsString();
    bytes.back() = '\xff';
    CHECK(decode_reply(bare().SerializeAsString() + bytes).error().code == ErrorCode::malformed);
}

TEST_CASE("row window_kinds: as many as it says") {
    auto reply = bare();
    auto& window = *reply.add_delta()->mutable_window();
    for (std::uint32_t kind = 1; kind <= k_window_kinds; ++kind)
        window.add_older(kind);
    CHECK(taken(reply));
    window.add_older(1);
    CHECK(refusal(reply) == ErrorCode::too_many);
}

TEST_CASE("row certificate_bytes: one just within it is read, one byte more is too_large") {
    auto reply = bare();
    auto& bytes = *reply.add_certificate()->mutable_certificate();
    bytes.assign(k_certificate_bytes, 'c');
    CHECK(taken(reply));
    bytes += 'c';
    CHECK(refusal(reply) == ErrorCode::too_large);
}

TEST_CASE("row message_depth: messages nested as deep as it says are read, one more is too_deep") {
    google::protobuf::Value value;
    CHECK(parse_bounded(nested(k_message_depth), 1024, value));
    const auto deep = parse_bounded(nested(k_message_depth + 1), 1024, value);
    REQUIRE_FALSE(deep);
    CHECK(deep.error().code == ErrorCode::too_deep);
}

TEST_CASE("row message_fields: as many fields as it says are read, one more is too_many") {
    google::protobuf::Value value;
    std::string fields;
    for (std::size_t i = 0; i < k_message_fields; ++i)
        fields += std::string("\x08\x00", 2);
    CHECK(parse_bounded(fields, k_reply_bytes, value));
    CHECK(parse_bounded(fields + std::string("\x08\x00", 2), k_reply_bytes, value).error().code ==
          ErrorCode::too_many);
}

TEST_CASE("Every limit has a name of its own and stands in the page with its figure") {
    std::set<std::string_view> names;
    const std::string page = to_markdown(limit_rows());
    for (const LimitRow& row : limit_rows()) {
        if (row.name.empty()) continue;
        CHECK(names.insert(row.name).second);
        CHECK(row.value > 0);
        CHECK(page.find("| `" + std::string(row.name) + "` |") != std::string::npos);
    }
    CHECK(page.find("| `request_bytes` | 1,179,648 bytes |") != std::string::npos);
}
