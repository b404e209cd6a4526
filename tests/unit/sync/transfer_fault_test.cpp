// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sync/transfer_run.hpp"

namespace kari::sync::transfer_test {

namespace {

// One call of these fails, once.
class FailingTablet : public Tablet {
public:
    Result<std::optional<AttachmentTask>> next_task(const std::set<AttachmentName>& skip) override {
        return call("next_task", [&] { return Tablet::next_task(skip); });
    }
    Result<std::string> digests(const AttachmentName& name) override {
        return call("digests", [&] { return Tablet::digests(name); });
    }
    Result<std::string> chunk(const AttachmentName& name, std::uint32_t number) override {
        return call("chunk", [&] { return Tablet::chunk(name, number); });
    }
    Result<std::optional<std::uint32_t>> first_missing(const AttachmentName& name) override {
        return call("first_missing", [&] { return Tablet::first_missing(name); });
    }
    Result<void> keep_chunk(const AttachmentName& name, std::uint32_t number,
                            std::string_view sealed) override {
        return call("keep_chunk", [&] { return Tablet::keep_chunk(name, number, sealed); });
    }
    Result<void> note_fate(const AttachmentName& name, AttachmentFate fate) override {
        return call("note_fate", [&] { return Tablet::note_fate(name, fate); });
    }
    Result<void> note_trouble(const AttachmentName& name, ErrorCode why) override {
        return call("note_trouble", [&] { return Tablet::note_trouble(name, why); });
    }
    Result<std::vector<AttachmentName>> unsecured(std::size_t limit) override {
        return call("unsecured", [&] { return Tablet::unsecured(limit); });
    }

    std::size_t at = 0;  // from 1; 0: none
    std::string failed;

private:
    template <typename Do>
    auto call(const char* name, Do done) -> decltype(done()) {
        if (++calls_ != at) return done();
        failed = name;
        return fail(ErrorCode::storage_failed, name);
    }
    std::size_t calls_ = 0;
};

}  // namespace

TEST_CASE("whichever call for a photo fails, the rest goes on and the next sync brings it") {
    std::set<std::string> failed;
    for (std::size_t at = 1;; ++at) {
        FailingTablet tablet;
        Server server;
        tablet.waits = {name_no(1), name_no(2), name_no(3)};
        tablet.all[name_no(2)].up = tablet.all[name_no(3)].up = false;
        server.has_whole(name_no(2));  // of the third nobody has anything yet
        tablet.at = at;
        std::optional<Error> told;
        auto transfer = begun(tablet);
        for (;;) {
            const auto send = transfer.next();
            if (!send) told = send.error();
            if (!send || !*send) break;
            transfer.on_reply(server.answer((*send)->body));
        }
        if (tablet.failed.empty()) break;
        INFO("call " << at << ": " << tablet.failed);
        failed.insert(tablet.failed);
        for (const Problem& problem : transfer.problems()) {
            if (problem.error.code == ErrorCode::storage_failed) told = problem.error;
        }
        // Whether a photo is whole is asked again by whoever looks for the next thing to do.
        CHECK((told || tablet.failed == "first_missing"));
        server.has_whole(name_no(3));
        auto next = begun(tablet);
        run(next, server);
        CHECK(tablet.all[name_no(1)].fate == AttachmentFate::stored);
        for (const std::uint32_t n : {2u, 3u})
            CHECK(tablet.all[name_no(n)].here.size() == k_chunks);
    }
    CHECK(failed.size() == 8);
}

TEST_CASE("a task of which nothing is missing does not stop the others") {
    class Confused : public Tablet {
        Result<std::optional<std::uint32_t>> first_missing(const AttachmentName&) override {
            return std::optional<std::uint32_t>();
        }
    } tablet;
    Server server;
    tablet.waits = {name_no(1), name_no(2)};
    tablet.all[name_no(1)].up = false;
    auto transfer = begun(tablet);
    run(transfer, server);
    CHECK(tablet.all[name_no(1)].trouble == ErrorCode::internal);
    CHECK(tablet.all[name_no(2)].fate == AttachmentFate::stored);
}

TEST_CASE("a transfer is not changed by a reply or a failure that it does not wait for") {
    Tablet tablet;
    Server server;
    tablet.waits = {name_no(1)};
    auto transfer = begun(tablet);
    transfer.on_reply("anything");
    CHECK_FALSE(transfer.on_failure({{ErrorCode::device_revoked, ""}, {}, true, false}));
    run(transfer, server);
    CHECK(tablet.all[name_no(1)].fate == AttachmentFate::stored);
}

}  // namespace kari::sync::transfer_test
