// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>

#include "tests/unit/sync/transfer_run.hpp"

namespace kari::sync::transfer_test {

TEST_CASE("an upload sends each chunk once, one request each, and notes the fate at the end") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(server.words ==
          std::vector<std::string>{"offer", "chunk 0", "chunk 1", "chunk 2", "chunk 3", "chunk 4"});
    CHECK(tablet.all[name_no(1)].fate == AttachmentFate::stored);
    CHECK(transfer.progress().uploaded == 1);
    CHECK_FALSE(transfer.interrupted());
}

TEST_CASE(
    "an upload that was cut anywhere goes on with what the server lacks and sends nothing twice") {
    REQUIRE(rc::check([] {
        Tablet tablet;
        Server server;
        server.secured = true;  // else each begins by asking
        tablet.waits = {name_no(1), name_no(2)};
        while (!tablet.all[name_no(2)].fate) {
            auto transfer = begun(tablet);  // as after a crash: nothing of it is remembered
            run(transfer, server, *rc::gen::inRange<std::size_t>(2, 9));
        }
        std::map<std::string, int> sent;
        for (const auto& word : server.words)
            ++sent[word];
        for (std::uint32_t i = 0; i < k_chunks; ++i)
            RC_ASSERT(sent["chunk " + std::to_string(i)] == 2);  // once for each of the two
    }));
}

TEST_CASE(
    "a download asks only for what is missing and asks again for the one chunk that was bad") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    tablet.all[name_no(1)].up = false;
    tablet.all[name_no(1)].here = {0, 2};
    server.has_whole(name_no(1));
    server.damages = 1;
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(server.words == std::vector<std::string>{"want 1", "want 1", "want 3", "want 4"});
    CHECK(tablet.refused == 1);
    CHECK(transfer.progress().fetched == 1);
    CHECK(tablet.all[name_no(1)].fate == AttachmentFate::stored);
}

TEST_CASE(
    "a server that gives the wrong bytes again and again is asked twice and the rest goes on") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1), name_no(2)};
    for (const std::uint32_t n : {1u, 2u}) {
        tablet.all[name_no(n)].up = false;
        server.has_whole(name_no(n));
    }
    server.damages = 2;
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(tablet.refused == 2);
    CHECK(tablet.all[name_no(1)].trouble == ErrorCode::signature_invalid);
    CHECK(tablet.all[name_no(2)].here.size() == k_chunks);
    CHECK(transfer.problems().size() == 1);
}

TEST_CASE(
    "what the server has not got yet is left for another sync and is no problem of this one") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    tablet.all[name_no(1)].up = false;
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(server.words == std::vector<std::string>{"want 0"});
    CHECK(tablet.all[name_no(1)].trouble == ErrorCode::not_found);
    CHECK(transfer.problems().empty());
}

TEST_CASE("news from the server or from the nurse stops a transfer between two chunks") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    auto transfer = begun(tablet);
    run(transfer, server, 2);
    SECTION("the unit's feed moved on") {
        server.feed = 8;
        run(transfer, server);
        CHECK(server.words.size() == 3);
        CHECK(transfer.feed() == 8);
        // What was moved with that reply counts.
        CHECK(server.held[Server::key(name_no(1))].size() == 2);
    }
    SECTION("a change waits on the tablet") {
        tablet.news = true;
        run(transfer, server);
        CHECK(server.words.size() == 2);
    }
    SECTION("the server was restored: not a word is believed until the exchange has heard") {
        server.epoch = id_no<EpochId>(9);
        server.has_whole(name_no(1));
        run(transfer, server);
        CHECK_FALSE(tablet.all[name_no(1)].fate);
    }
    CHECK(transfer.interrupted());
    // The next one goes on where this stood.
    server.epoch = k_epoch;
    tablet.news = false;
    Transfer next(tablet, k_incarnation, k_epoch, server.feed);
    run(next, server);
    CHECK(tablet.all[name_no(1)].fate == AttachmentFate::stored);
}

TEST_CASE("somebody who begins to wait for a photo gets it before an upload under way goes on") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    auto transfer = begun(tablet);
    run(transfer, server, 3);
    tablet.waits = {name_no(2), name_no(1)};
    tablet.all[name_no(2)].up = false;
    server.has_whole(name_no(2));
    run(transfer, server);
    CHECK(server.words == std::vector<std::string>{"offer", "chunk 0", "chunk 1", "want 0",
                                                   "want 1", "want 2", "want 3", "want 4",
                                                   "chunk 2", "chunk 3", "chunk 4"});
}

TEST_CASE("what is stored is asked about once, and what is gone is offered again") {
    Tablet tablet;
    Server server;
    server.secured = true;
    tablet.waits = {name_no(1), name_no(2)};
    for (const std::uint32_t n : {1u, 2u})
        tablet.all[name_no(n)].fate = AttachmentFate::stored;
    server.has_whole(name_no(1));
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(tablet.all[name_no(1)].fate == AttachmentFate::secured);
    CHECK(tablet.all[name_no(2)].fate == AttachmentFate::secured);
    CHECK(server.words.front() == "query");
    CHECK(std::count(server.words.begin(), server.words.end(), "query") == 1);
    CHECK(std::count(server.words.begin(), server.words.end(), "offer") == 1);
}

TEST_CASE("a server that refuses one attachment is not asked again, and the next one goes") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1), name_no(2)};
    auto transfer = begun(tablet);
    REQUIRE(transfer.next().value());
    CHECK_FALSE(transfer.on_failure({{ErrorCode::quota_exceeded, "full"}, {}, true, false}));
    run(transfer, server);
    CHECK(tablet.all[name_no(1)].trouble == ErrorCode::quota_exceeded);
    CHECK_FALSE(tablet.all[name_no(1)].fate);
    CHECK(tablet.all[name_no(2)].fate == AttachmentFate::stored);
}

TEST_CASE(
    "what may pass gives the same request again, and what ends the session ends the transfer") {
    Tablet tablet;
    tablet.waits = {name_no(1)};
    auto transfer = begun(tablet);
    const auto first = transfer.next().value();
    CHECK(transfer.on_failure({{ErrorCode::timed_out, ""}, {}, false, false}));
    CHECK(transfer.on_failure({{ErrorCode::storage_full, ""}, {}, true, false}));
    CHECK(transfer.next().value()->body == first->body);
    CHECK_FALSE(transfer.on_failure({{ErrorCode::device_revoked, ""}, {}, true, false}));
    CHECK(transfer.next().error().code == ErrorCode::device_revoked);
}

TEST_CASE(
    "a server that answers without keeping, or with nonsense, does not hold the tablet for ever") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    SECTION("it keeps nothing") {
        server.keeps = false;
        auto transfer = begun(tablet);
        run(transfer, server, 20);
        CHECK(server.words.size() == 2);
    }
    SECTION("it says that it has every chunk and not the whole") {
        auto transfer = begun(tablet);
        REQUIRE(transfer.next().value());
        v1::AttachmentReply reply;
        reply.set_epoch(base::to_bytes(k_epoch));
        reply.set_feed_position(7);
        reply.add_fate(v1::ATTACHMENT_FATE_PARTLY);
        reply.set_held("\xff");
        transfer.on_reply(reply.SerializeAsString());
        CHECK_FALSE(transfer.next().value());
    }
    SECTION("its reply cannot be read, or is larger than any may be") {
        auto transfer = begun(tablet);
        for (const std::string& body :
             {std::string("\xff\xff"), std::string(), std::string(k_transfer_bytes + 1, '\0')}) {
            auto fresh = begun(tablet);
            REQUIRE(fresh.next().value());
            fresh.on_reply(body);
            CHECK_FALSE(fresh.next().value());
        }
        REQUIRE(transfer.next().value());
    }
    CHECK_FALSE(tablet.all[name_no(1)].fate);
}

TEST_CASE("while the server has no room one upload is asked for, all wait, and downloads go on") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1), name_no(2), name_no(3)};
    tablet.all[name_no(3)].up = false;
    server.has_whole(name_no(3));
    server.full = true;
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(server.words ==
          std::vector<std::string>{"refused", "want 0", "want 1", "want 2", "want 3", "want 4"});
    // The server's disk is no word about the tablet's.
    CHECK(tablet.all[name_no(1)].trouble == ErrorCode::server_busy);
    CHECK(transfer.problems().size() == 1);
    CHECK_FALSE(tablet.all[name_no(2)].fate);
    server.full = false;
    auto next = begun(tablet);
    run(next, server);
    CHECK(tablet.all[name_no(1)].fate == AttachmentFate::stored);
    CHECK(tablet.all[name_no(2)].fate == AttachmentFate::stored);
}

TEST_CASE("every refusal of one attachment leaves the others, and only when the server says it") {
    for (const ErrorCode code :
         {ErrorCode::not_found, ErrorCode::malformed, ErrorCode::invalid_argument,
          ErrorCode::too_large, ErrorCode::quota_exceeded, ErrorCode::not_permitted}) {
        CAPTURE(name(code));
        Tablet tablet;
        Server server;
        tablet.waits = {name_no(1), name_no(2)};
        auto transfer = begun(tablet);
        REQUIRE(transfer.next().value());
        CHECK_FALSE(transfer.on_failure({{code, "test"}, {}, true, false}));
        run(transfer, server);
        CHECK(tablet.all[name_no(1)].trouble == code);
        CHECK(tablet.all[name_no(2)].fate == AttachmentFate::stored);
        auto here = begun(tablet);
        tablet.waits = {name_no(3)};
        REQUIRE(here.next().value());
        CHECK_FALSE(here.on_failure({{code, "test"}, {}, false, false}));
        CHECK(here.next().error().code == code);
    }
}

TEST_CASE("what passes by itself is tried again as it was, whoever says it") {
    for (const ErrorCode code :
         {ErrorCode::offline, ErrorCode::timed_out, ErrorCode::server_busy, ErrorCode::in_use,
          ErrorCode::internal, ErrorCode::storage_full, ErrorCode::storage_failed}) {
        Tablet tablet;
        tablet.waits = {name_no(1)};
        auto transfer = begun(tablet);
        REQUIRE(transfer.next().value());
        CHECK(transfer.on_failure({{code, "test"}, {}, true, false}));
        CHECK(transfer.next().value());
    }
}

TEST_CASE(
    "what the server says of itself is no word about the tablet, and the rest is as it says") {
    const auto told = [](ErrorCode code) {
        Tablet tablet;
        tablet.waits = {name_no(1)};
        auto transfer = begun(tablet);
        REQUIRE(transfer.next().value());
        v1::AttachmentReply reply;
        reply.set_epoch(base::to_bytes(k_epoch));
        reply.set_feed_position(7);
        reply.add_fate(v1::ATTACHMENT_FATE_UNSPECIFIED);
        reply.set_error(static_cast<std::uint32_t>(code));
        transfer.on_reply(reply.SerializeAsString());
        return *tablet.all[name_no(1)].trouble;
    };
    CHECK(told(ErrorCode::storage_failed) == ErrorCode::server_busy);
    CHECK(told(ErrorCode::quota_exceeded) == ErrorCode::quota_exceeded);
    CHECK(told(ErrorCode::malformed) == ErrorCode::malformed);
    CHECK(told(ErrorCode::device_revoked) == ErrorCode::device_revoked);
}

TEST_CASE("of more than a hundred refused attachments a hundred are told, and all are noted") {
    Tablet tablet;
    auto transfer = begun(tablet);
    for (std::uint32_t n = 1; n <= 101; ++n) {
        tablet.waits.push_back(name_no(n));
        REQUIRE(transfer.next().value());
        transfer.on_failure({{ErrorCode::quota_exceeded, "test"}, {}, true, false});
    }
    CHECK(transfer.problems().size() == 100);
    CHECK(tablet.all[name_no(101)].trouble == ErrorCode::quota_exceeded);
}

TEST_CASE("a reply that answers more or fewer than were asked about is none") {
    for (const int fates : {0, 2}) {
        Tablet tablet;
        tablet.waits = {name_no(1)};
        auto transfer = begun(tablet);
        REQUIRE(transfer.next().value());
        v1::AttachmentReply reply;
        reply.set_epoch(base::to_bytes(k_epoch));
        reply.set_feed_position(7);
        for (int i = 0; i < fates; ++i)
            reply.add_fate(v1::ATTACHMENT_FATE_STORED);
        transfer.on_reply(reply.SerializeAsString());
        CHECK(tablet.all[name_no(1)].trouble == ErrorCode::malformed);
        CHECK_FALSE(tablet.all[name_no(1)].fate);
    }
}

TEST_CASE(
    "a server that says nothing of what it holds holds nothing, and a whole without bytes waits") {
    Tablet tablet;
    tablet.waits = {name_no(1)};
    v1::AttachmentReply reply;
    reply.set_epoch(base::to_bytes(k_epoch));
    reply.set_feed_position(7);
    reply.add_fate(v1::ATTACHMENT_FATE_PARTLY);
    auto up = begun(tablet);
    REQUIRE(up.next().value());
    up.on_reply(reply.SerializeAsString());
    v1::AttachmentRequest request;
    REQUIRE(request.ParseFromString(up.next().value()->body));
    REQUIRE(request.has_chunk());
    CHECK(request.chunk().number() == 0);

    tablet.waits = {name_no(2)};
    tablet.all[name_no(2)].up = false;
    reply.set_fate(0, v1::ATTACHMENT_FATE_STORED);
    auto down = begun(tablet);
    REQUIRE(down.next().value());
    down.on_reply(reply.SerializeAsString());
    CHECK_FALSE(down.next().value());
    CHECK(tablet.all[name_no(2)].trouble == ErrorCode::not_found);
    CHECK(down.problems().empty());
}

TEST_CASE("a chunk that cannot be read is asked for once more, as one that is not the sealed one") {
    class Strict : public Tablet {
    public:
        Result<void> keep_chunk(const AttachmentName& name, std::uint32_t number,
                                std::string_view sealed) override {
            if (sealed == chunk_bytes(name, number))
                return Tablet::keep_chunk(name, number, sealed);
            return fail(ErrorCode::malformed, "test");
        }
    };
    Strict tablet;
    Server server;
    tablet.waits = {name_no(1)};
    tablet.all[name_no(1)].up = false;
    server.has_whole(name_no(1));
    server.damages = 1;
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(transfer.progress().fetched == 1);
    CHECK(transfer.problems().empty());
}

TEST_CASE("trouble that cannot be noted is told as well, up to a hundred") {
    class Full : public Tablet {
    public:
        Result<void> note_trouble(const AttachmentName&, ErrorCode) override {
            return fail(ErrorCode::storage_full, "test");
        }
    };
    Full tablet;
    auto transfer = begun(tablet);
    for (std::uint32_t n = 1; n <= 60; ++n) {
        tablet.waits.push_back(name_no(n));
        REQUIRE(transfer.next().value());
        transfer.on_failure({{ErrorCode::quota_exceeded, "test"}, {}, true, false});
        CHECK(transfer.problems().size() == std::min<std::size_t>(2 * n, 100));
    }
    CHECK(transfer.problems().at(1).error.code == ErrorCode::storage_full);
    // Nor when the server has not got what somebody waits for.
    Server server;
    tablet.waits.push_back(name_no(61));
    tablet.all[name_no(61)].up = false;
    run(transfer, server);
    CHECK(transfer.problems().size() == 100);
}

}  // namespace kari::sync::transfer_test
