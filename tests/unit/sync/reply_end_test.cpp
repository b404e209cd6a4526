// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/reply_end.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/decode.hpp"
#include "tests/unit/sync/model_server.hpp"

namespace kari::sync::test {
namespace {

std::string an_answer() {
    ModelServer server;
    server.assign(an_id<RecordId>("ada"));
    v1::ExchangeRequest request;
    request.set_holdings_complete(true);
    return server.answer(request).SerializeAsString();
}

}  // namespace

TEST_CASE("an answer that ends with its digest says the same to whoever does not know of it") {
    const std::string plain = an_answer();
    const std::string whole = ended(plain);
    CHECK(whole.size() == plain.size() + 35);
    CHECK(ends_well(whole));
    auto read = decode_reply(whole);
    REQUIRE(read);
    read->DiscardUnknownFields();
    CHECK(read->SerializeAsString() == plain);
    // Empty ones end too, and one without an end is of an older server.
    CHECK(ends_well(ended("")));
    CHECK(ends_well(plain));
    CHECK(ends_well(""));
}

TEST_CASE("a bit that turned over in an answer is seen, or changes nothing of what it says") {
    const std::string plain = an_answer();
    const std::string whole = ended(plain);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string turned = whole;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
        if (!ends_well(turned)) continue;
        // It was in the mark of the end itself.
        CAPTURE(bit);
        CHECK(turned.substr(0, plain.size()) == plain);
        if (auto read = decode_reply(turned)) {
            read->DiscardUnknownFields();
            CHECK(read->SerializeAsString() == plain);
        }
    }
}

}  // namespace kari::sync::test
