// SPDX-License-Identifier: Apache-2.0
//
// Seals that were spoilt before their answer was ended, so that its end vouches for them: a tablet
// keeps none of them, and gets them again.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "sdk/sync/reply_end.hpp"
#include "tests/benchmark/operation.hpp"
#include "tests/benchmark/stage.hpp"

namespace kari::bench {
namespace {

struct House {
    Folder folder;
    Server server{folder.path() / "server"};
    RecordId record = server.import_journal(20);
    std::unique_ptr<Tablet> writer = enrol(server, folder.path() / "writer", false);
    std::unique_ptr<Tablet> reader = enrol(server, folder.path() / "reader", false);

    House() {
        must((*writer)->sync({}), "sync");
        must((*reader)->sync({}), "sync");
    }
    void work() {
        must((*writer)->open_chart(record, {}), "chart");
        must((*writer)->record_observation(record, pulse(61)), "write");
        must((*writer)->lock(), "lock");  // which seals
        writer->reopen();
        must((*writer)->sync({}), "sync");
    }
    VerifyReport verified() { return must((*reader)->verify(), "verify"); }
};

void turn_a_bit(std::string& bytes) {
    if (!bytes.empty()) bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
}

using Spoil = void (*)(v1::RecordSeal&);
constexpr Spoil k_spoils[] = {
    [](v1::RecordSeal& seal) { turn_a_bit(*seal.mutable_signature()); },
    [](v1::RecordSeal& seal) { turn_a_bit(*seal.mutable_statement()); },
    [](v1::RecordSeal& seal) { turn_a_bit(*seal.mutable_leaf()); },
    [](v1::RecordSeal& seal) { seal.set_index(seal.index() + 1); },
    [](v1::RecordSeal& seal) {
        // The greatest number there is: nothing sound would ever replace it.
        v1::SealStatement statement;
        statement.ParseFromString(seal.statement());
        statement.set_number(INT64_MAX);
        seal.set_statement(statement.SerializeAsString());
    },
};

// All seals of a reply; how many there were.
std::size_t spoil_all(std::string& body, Spoil spoil) {
    v1::ExchangeReply reply;
    if (!reply.ParseFromString(body)) return 0;
    std::size_t spoilt = 0;
    for (auto& delta : *reply.mutable_delta()) {
        for (auto& seal : *delta.mutable_seal()) {
            spoil(seal);
            ++spoilt;
        }
    }
    reply.DiscardUnknownFields();  // its end
    body = sync::ended(reply.SerializeAsString());
    return spoilt;
}

}  // namespace

TEST_CASE("a seal that was spoilt is not kept, and comes again whole") {
    const Spoil spoil = k_spoils[GENERATE(range(0, 5))];
    const bool maker_known = GENERATE(false, true);
    House at;
    if (maker_known) {
        at.work();
        must((*at.reader)->sync({}), "sync");
        REQUIRE(at.verified().unproven_seals == 0);
    }
    at.work();
    const auto sound = at.verified();
    std::size_t spoilt = 0;
    at.reader->courier->on_the_way = [&](std::string& body) {
        spoilt += spoil_all(body, spoil);
    };
    must((*at.reader)->sync({}), "sync");
    REQUIRE(spoilt > 0);
    std::size_t came = 0;
    at.reader->courier->on_the_way = [&](std::string& body) {
        came += spoil_all(body, [](v1::RecordSeal&) {});
    };
    for (const std::string& problem : at.verified().problems)
        FAIL_CHECK(problem);

    must((*at.writer)->record_observation(at.record, pulse(62)), "write");
    must((*at.writer)->sync({}), "sync");
    must((*at.reader)->sync({}), "sync");
    const auto now = at.verified();
    for (const std::string& problem : now.problems)
        FAIL_CHECK(problem);
    CHECK(now.unproven_seals == 0);
    CHECK(came >= spoilt);
    CHECK(now.seals >= std::max<std::size_t>(sound.seals, 2));
}

}  // namespace kari::bench
