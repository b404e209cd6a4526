// SPDX-License-Identifier: Apache-2.0
#include "sdk/transport/follow.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/wait.pb.h"

namespace kari::transport::test {
namespace {

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

// A server that holds every wait until the test answers or the client gives up.
class HoldingClient : public HttpClient {
public:
    Result<Reply> post(std::string_view path, std::string_view, const Expect& expect,
                       CancelToken& cancel) override {
        CHECK(path == "/v1/wait");
        CHECK(expect.within);
        cancel.on_cancel([this] {
            const std::lock_guard lock(mutex_);
            cancelled_ = true;
            changed_.notify_all();
        });
        Result<Reply> out = fail(ErrorCode::cancelled, "test");
        {
            std::unique_lock lock(mutex_);
            ++waits_;
            changed_.notify_all();
            changed_.wait(lock, [&] { return cancelled_ || news_; });
            if (news_ && !cancelled_) {
                v1::WaitReply reply;
                reply.set_news(true);
                out = Reply{200, reply.SerializeAsString(), std::nullopt};
            }
            cancelled_ = false;
            news_ = false;
        }
        cancel.on_cancel(nullptr);
        return out;
    }
    TransferCount count() const override { return {}; }

    void until_waits(int count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waits_ >= count; });
    }
    void tell_news() {
        const std::lock_guard lock(mutex_);
        news_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waits_ = 0;
    bool cancelled_ = false;
    bool news_ = false;
};

struct Scene {
    Scene() {
        parts.session = [this]() -> Result<sync::Summary> {
            ++sessions;
            if (while_syncing) while_syncing();
            sync::Summary summary;
            summary.complete = true;
            summary.feed_position = sessions;
            return summary;
        };
        parts.client = [this]() -> Result<HttpClient*> {
            return &client;
        };
        parts.unsent = [] {
            return false;
        };
        parts.tell = [this](Phase phase, const std::optional<Error>&) {
            phases.push_back(phase);
        };
        thread = std::thread([this] { why = drive(machine, parts, clock, interrupt); });
    }
    Error join() {
        thread.join();
        return why;
    }

    ZeroEntropy entropy;
    SteadyClock clock;
    HoldingClient client;
    Interrupt interrupt;
    sync::Follow machine{entropy};
    FollowParts parts;
    std::function<void()> while_syncing;
    std::atomic<std::uint64_t> sessions = 0;
    std::vector<Phase> phases;
    Error why;
    std::thread thread;
};

}  // namespace

TEST_CASE("news and what is written here break into a wait and lead to a session") {
    Scene scene;
    scene.client.until_waits(1);
    CHECK(scene.sessions == 1);
    scene.client.tell_news();
    scene.client.until_waits(2);
    CHECK(scene.sessions == 2);
    scene.interrupt.written();
    scene.client.until_waits(3);
    CHECK(scene.sessions == 3);
    scene.interrupt.end();
    CHECK(scene.join().code == ErrorCode::cancelled);
    CHECK(scene.phases == std::vector<Phase>{Phase::session, Phase::waiting, Phase::session,
                                             Phase::waiting, Phase::session, Phase::waiting});
}

TEST_CASE("what was written or ended before a wait began is not waited upon") {
    Scene scene;
    scene.client.until_waits(1);
    bool once = true;
    scene.while_syncing = [&] {
        if (std::exchange(once, false)) scene.interrupt.written();
    };
    scene.client.tell_news();
    scene.client.until_waits(2);
    CHECK(scene.sessions == 3);  // for the news, and for what was written meanwhile
    scene.while_syncing = [&] {
        scene.interrupt.end();
    };
    scene.client.tell_news();
    CHECK(scene.join().code == ErrorCode::cancelled);
    CHECK(scene.sessions == 4);
}

}  // namespace kari::transport::test
