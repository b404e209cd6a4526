// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/chain.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/written.hpp"

namespace kari::sync::test {
namespace {

ChangeId digest_id(const std::string& text) {
    ChangeId id;
    id.bytes = base::sha256(text).bytes;
    return id;
}

template <typename T>
T repeated(std::uint8_t byte) {
    T id;
    id.bytes.fill(byte);
    return id;
}

const RecordId k_record = an_id<RecordId>("record");

}  // namespace

TEST_CASE("the chain and the bytes under receipts are those of the specification") {
    const Point one = extend({}, digest_id("change 1"));
    const Point two = extend(one, digest_id("change 2"));
    CHECK(one.chain.text() == "097321aea049ad3129d1a074f6cd8f4c3276384bad1cd8f7b31b934366a85ae1");
    CHECK(two.chain.text() == "7bcab68677bbefc174e987800913e84cbde51a92e12860a14506501855aa68aa");
    CHECK(two.position == 2);

    const auto epoch = repeated<EpochId>(0xe0);
    const auto record = repeated<RecordId>(0xa1);
    CHECK(base::to_hex(range_receipt_input(epoch, record, {}, two)) ==
          "6b6172692072616e6765203100"
          "e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
          "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
          "00000000000000027bcab68677bbefc174e987800913e84cbde51a92e12860a14506501855aa68aa");
    CHECK(base::to_hex(pairs_receipt_input(epoch, record, {{2, digest_id("change 2")}})) ==
          "6b617269207061697273203100"
          "e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
          "00000000000000024e69b9e056b45b42b0d0c2ece95f8fc481bafda9d6b662f50c13dcd2674346c9");
}

TEST_CASE("a receipt as received gives the same bytes, and a false one none") {
    v1::PairsReceipt receipt;
    const auto epoch = an_id<EpochId>("epoch");
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(base::to_bytes(k_record));
    for (const std::uint64_t position : {3u, 7u}) {
        auto* pair = receipt.add_pairs();
        pair->set_position(position);
        pair->set_id(base::to_bytes(digest_id(std::to_string(position))));
    }
    CHECK(receipt_input(receipt) ==
          pairs_receipt_input(epoch, k_record, {{3, digest_id("3")}, {7, digest_id("7")}}));

    receipt.mutable_pairs(1)->set_position(3);
    CHECK(receipt_input(receipt).error().code == ErrorCode::malformed);
    receipt.mutable_pairs(1)->set_position(7);
    receipt.mutable_pairs(1)->set_id("short");
    CHECK(receipt_input(receipt).error().code == ErrorCode::malformed);

    v1::RangeReceipt range;
    range.set_epoch(base::to_bytes(epoch));
    range.set_record(base::to_bytes(k_record));
    *range.mutable_base() = to_wire(Point{5, base::sha256("five")});
    *range.mutable_end() = to_wire(Point{4, base::sha256("four")});
    CHECK(receipt_input(range).error().code == ErrorCode::malformed);
}

TEST_CASE("a header travels without prev and is set together again to the same bytes") {
    Writer writer("a");
    for (int i = 0; i < 3; ++i) {
        const StoredChange change = writer.write(k_record);
        const auto wire = to_wire(change);
        REQUIRE(wire);
        CHECK(wire->prev().empty() == (i == 0));
        CHECK(wire->header().size() + (i == 0 ? 0 : 34) == change.header_bytes->size());
        const auto back = from_wire(*wire);
        REQUIRE(back);
        CHECK(back->id == change.id);
        CHECK(back->header_bytes == change.header_bytes);
        CHECK(back->body_bytes == change.body_bytes);
    }
}

TEST_CASE("a change on the wire that is not what it says is refused") {
    Writer writer("a");
    writer.write(k_record);
    const StoredChange change = writer.write(k_record);
    const v1::WireChange good = *to_wire(change);

    auto without_prev = good;
    without_prev.clear_prev();
    CHECK(from_wire(without_prev).error().code == ErrorCode::malformed);

    auto short_prev = good;
    short_prev.set_prev("short");
    CHECK(from_wire(short_prev).error().code == ErrorCode::malformed);

    auto other_body = good;
    other_body.mutable_body()->back() ^= 1;
    CHECK(from_wire(other_body).error().code == ErrorCode::chain_broken);

    auto other_id = good;
    other_id.set_id(std::string(32, 'x'));
    CHECK(from_wire(other_id).error().code == ErrorCode::chain_broken);

    auto prev_twice = good;
    prev_twice.set_header(*change.header_bytes);
    CHECK(from_wire(prev_twice).error().code == ErrorCode::malformed);

    auto large = good;
    large.set_header(std::string(k_header_bytes + 1, 'x'));
    CHECK(from_wire(large).error().code == ErrorCode::too_large);

    CHECK(from_wire(v1::WireChange()).error().code == ErrorCode::malformed);
}

TEST_CASE("a header whose prev does not stand last cannot be split") {
    v1::ChangeHeader header;
    header.set_prev(std::string(32, 'p'));
    CHECK(split_prev(header.SerializeAsString() + std::string("\x08\x01", 2)).error().code ==
          ErrorCode::malformed);
    CHECK(split_prev("\xff\xff").error().code == ErrorCode::malformed);
}

TEST_CASE("a log point must have a chain of 32 bytes, and zeros at position 0") {
    v1::LogPoint point;
    CHECK(point_from(point) == Point{});
    point.set_position(1);
    CHECK(point_from(point).error().code == ErrorCode::malformed);
    point.set_chain(std::string(32, 'c'));
    CHECK(point_from(point)->position == 1);
    point.set_position(0);
    CHECK(point_from(point).error().code == ErrorCode::malformed);
}

TEST_CASE("a receipt with an id or a point that is none gives no bytes") {
    v1::RangeReceipt range;
    range.set_epoch(base::to_bytes(an_id<EpochId>("epoch")));
    range.set_record(base::to_bytes(k_record));
    *range.mutable_base() = to_wire(Point{3, base::sha256("three")});
    *range.mutable_end() = to_wire(Point{4, base::sha256("four")});
    REQUIRE(receipt_input(range));
    const auto refused = [&](const auto& change) {
        v1::RangeReceipt other = range;
        change(other);
        return !receipt_input(other) && receipt_input(other).error().code == ErrorCode::malformed;
    };
    CHECK(refused([](auto& receipt) { receipt.set_epoch("short"); }));
    CHECK(refused([](auto& receipt) { receipt.set_record("short"); }));
    CHECK(refused([](auto& receipt) { receipt.mutable_base()->set_chain("short"); }));
    CHECK(refused([](auto& receipt) { receipt.mutable_end()->set_chain("short"); }));
    v1::PairsReceipt pairs;
    pairs.set_epoch("short");
    pairs.set_record(base::to_bytes(k_record));
    CHECK(receipt_input(pairs).error().code == ErrorCode::malformed);
}

TEST_CASE("a change whose body is withheld travels, and one under another stream's name does not") {
    Writer writer("a");
    StoredChange change = writer.write(k_record);
    const v1::WireChange good = *to_wire(change);
    auto named = good;
    named.set_id(base::to_bytes(change.id));
    CHECK(from_wire(named)->id == change.id);
    change.body_bytes.reset();
    const v1::WireChange withheld = *to_wire(change);
    CHECK(withheld.body().empty());
    CHECK(from_wire(withheld)->id == change.id);
    CHECK_FALSE(from_wire(withheld)->body_bytes);

    const auto refusal = [&](const auto& alter) {
        v1::ChangeHeader header;
        REQUIRE(header.ParseFromString(good.header()));
        alter(header);
        auto altered = good;
        altered.set_header(header.SerializeAsString());
        return from_wire(altered).error().code;
    };
    CHECK(refusal([](auto& header) { header.set_incarnation("short"); }) == ErrorCode::malformed);
    CHECK(refusal([](auto& header) { header.set_record("short"); }) == ErrorCode::malformed);
    CHECK(refusal([](auto& header) { header.set_seq(0); }) == ErrorCode::malformed);
    auto garbled = good;
    garbled.set_header("\xff\xff");
    CHECK(from_wire(garbled).error().code == ErrorCode::malformed);
    auto large = good;
    large.set_body(std::string(k_body_bytes + 1, 'b'));
    CHECK(from_wire(large).error().code == ErrorCode::too_large);
}

TEST_CASE("a prev that is no digest, or stands twice, is not cut off a header") {
    v1::ChangeHeader header;
    header.set_prev("short");
    CHECK(split_prev(header.SerializeAsString()).error().code == ErrorCode::malformed);
    // Of two the last counts, and its bytes stand where the header ends.
    header.set_prev(std::string(32, 'p'));
    const std::string last = header.SerializeAsString();
    header.set_prev(std::string(31, 'q'));
    CHECK(split_prev(last + header.SerializeAsString()).error().code == ErrorCode::malformed);
    CHECK(split_prev(header.SerializeAsString() + last)->prev == std::string(32, 'p'));
    header.set_prev(std::string(70, 'z') + "\x7a\x20" + std::string(32, 'p'));
    CHECK(split_prev(header.SerializeAsString()).error().code == ErrorCode::malformed);
}

}  // namespace kari::sync::test
