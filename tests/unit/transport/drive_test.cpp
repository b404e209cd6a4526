// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <functional>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/limits.hpp"
#include "sdk/transport/http.hpp"

namespace kari::transport::test {
namespace {

// A device that holds nothing and has nothing to say.
class EmptyReplica : public sync::Replica {
public:
    using Record = RecordId;
    Result<sync::Standing> standing() override { return sync::Standing{}; }
    Result<std::vector<sync::Held>> holdings() override { return std::vector<sync::Held>{}; }
    Result<std::optional<sync::Held>> holding(const Record&) override {
        return std::optional<sync::Held>();
    }
    Result<std::vector<Record>> unreached() override { return std::vector<Record>{}; }
    Result<std::optional<Digest>> chain_at(const Record&, std::uint64_t) override {
        return std::optional<Digest>();
    }
    Result<std::vector<ChangeId>> ids_at(const Record&, const IncarnationId&,
                                         std::uint64_t) override {
        return std::vector<ChangeId>{};
    }
    Result<std::optional<v1::RangeReceipt>> newest_receipt(const Record&) override {
        return std::optional<v1::RangeReceipt>();
    }
    Result<std::vector<sync::Outgoing>> next_push(const sync::PushQuery&) override {
        return std::vector<sync::Outgoing>{};
    }
    Result<std::vector<sync::Return>> next_return(const sync::PushQuery&) override {
        return std::vector<sync::Return>{};
    }
    Result<void> apply_push(const sync::Answers&) override { return {}; }
    Result<void> apply_return(const sync::Answers&) override { return {}; }
    Result<void> apply_delta(const sync::Delta&) override { return {}; }
    Result<void> fall_back(const sync::Fallback&) override { return {}; }
    Result<void> grant(const Record&, const sync::Point&) override { return {}; }
    Result<void> hide(const Record&) override { return {}; }
    Result<void> not_here(const Record&) override { return {}; }
    Result<sync::Obligations> obligations(const Record&) override { return sync::Obligations{}; }
    Result<void> purge(const Record&, const sync::Point&) override { return {}; }
    Result<void> set_epoch(const EpochId&) override { return {}; }
    Result<void> set_directory(const v1::DirectoryUnit&, const std::vector<v1::DirectoryPerson>&,
                               std::uint64_t) override {
        return {};
    }
    Result<std::vector<IncarnationId>> missing_certificates() override {
        return std::vector<IncarnationId>{};
    }
    Result<void> keep_certificate(const IncarnationId&, const std::string&) override { return {}; }
    Result<void> note_server_time(const sync::TimeSample&) override { return {}; }
    Result<void> finish(const sync::Freshness&) override { return {}; }
};

class ZeroEntropy : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), 0); }
};

class SteadyClock : public Clock {
public:
    Instant wall() override { return {1'000'000}; }
    std::uint64_t boot_clock_ms() override {
        const auto since = std::chrono::steady_clock::now() - start_;
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
    }
    BootId boot() override { return {}; }
    std::string zone() override { return "UTC"; }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

class ScriptedClient : public HttpClient {
public:
    using Script = std::function<Result<Reply>(std::size_t)>;
    explicit ScriptedClient(Script script) : script_(std::move(script)) {}
    Result<Reply> post(std::string_view, std::string_view, const Expect&, CancelToken&) override {
        return script_(posts++);
    }
    TransferCount count() const override { return {}; }
    bool reached() const override { return connects; }
    bool connects = true;
    std::size_t posts = 0;

private:
    Script script_;
};

Reply good_reply() {
    v1::ExchangeReply reply;
    reply.set_epoch(std::string(16, 'e'));
    reply.set_server_ms(1);
    return {200, reply.SerializeAsString(), std::nullopt};
}

struct Scene {
    Result<sync::Summary> run(ScriptedClient& client) {
        sync::Exchange exchange(replica, entropy);
        return drive(exchange, {}, client, clock, cancel,
                     [&](const sync::Progress&) { ++progress; });
    }
    EmptyReplica replica;
    ZeroEntropy entropy;
    SteadyClock clock;
    CancelToken cancel;
    std::size_t progress = 0;
};

}  // namespace

TEST_CASE("driving a session sends until it is done and tells of progress") {
    Scene scene;
    ScriptedClient client([](std::size_t) { return good_reply(); });
    const auto summary = scene.run(client);
    REQUIRE(summary);
    CHECK(summary->complete);
    CHECK(client.posts == 2);
    CHECK(scene.progress == 2);
}

TEST_CASE("where no connection can be made it is offline after one attempt") {
    Scene scene;
    ScriptedClient client([](std::size_t) { return Result<Reply>(fail(ErrorCode::offline, "t")); });
    client.connects = false;
    const auto summary = scene.run(client);
    REQUIRE_FALSE(summary);
    CHECK(summary.error().code == ErrorCode::offline);
    CHECK(client.posts == 1);
}

TEST_CASE("a connection that is cut, and a network that goes in mid-session, are tried again") {
    Scene scene;
    ScriptedClient cut([](std::size_t) { return Result<Reply>(fail(ErrorCode::offline, "t")); });
    CHECK(scene.run(cut).error().code == ErrorCode::offline);
    CHECK(cut.posts == sync::k_attempts);

    ScriptedClient gap([](std::size_t n) -> Result<Reply> {
        if (n == 1) return fail(ErrorCode::offline, "t");
        return good_reply();
    });
    gap.connects = false;
    CHECK(scene.run(gap));
    CHECK(gap.posts == 3);
}

TEST_CASE("a server whose storage is in use is asked again") {
    Scene scene;
    ScriptedClient client([](std::size_t n) -> Result<Reply> {
        if (n > 0) return good_reply();
        v1::ErrorReply told;
        told.set_error(static_cast<std::uint32_t>(ErrorCode::in_use));
        return Reply{503, told.SerializeAsString(), std::nullopt};
    });
    CHECK(scene.run(client));
    CHECK(client.posts == 3);
}

TEST_CASE("a server error and a reply that cannot be read are asked for again") {
    Scene scene;
    ScriptedClient client([](std::size_t n) -> Result<Reply> {
        if (n == 0) return Reply{500, "", std::nullopt};
        if (n == 1) return Reply{200, "not a reply", std::nullopt};
        if (n == 2) return fail(ErrorCode::timed_out, "t");
        return good_reply();
    });
    CHECK(scene.run(client));
    CHECK(client.posts == 5);
}

TEST_CASE("cancelling wakes a session that waits for a busy server") {
    Scene scene;
    std::atomic<bool> asked{false};
    ScriptedClient client([&](std::size_t) {
        asked = true;
        asked.notify_all();
        return Reply{503, "", Duration::seconds(100)};
    });
    std::thread other([&] {
        asked.wait(false);
        scene.cancel.cancel();
    });
    const auto start = std::chrono::steady_clock::now();
    const auto summary = scene.run(client);
    other.join();
    REQUIRE_FALSE(summary);
    CHECK(summary.error().code == ErrorCode::cancelled);
    CHECK(client.posts == 1);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}

TEST_CASE("a refusal of the device ends the session with the server's reason") {
    Scene scene;
    ScriptedClient client([](std::size_t) {
        v1::ErrorReply told;
        told.set_error(static_cast<std::uint32_t>(ErrorCode::device_revoked));
        return Reply{403, told.SerializeAsString(), std::nullopt};
    });
    const auto summary = scene.run(client);
    REQUIRE_FALSE(summary);
    CHECK(summary.error().code == ErrorCode::device_revoked);
}

}  // namespace kari::transport::test
