// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "platform/simulated/network.hpp"

namespace kari::platform_simulated {
namespace {

// A server that remembers what it was told, and time that only adds up.
struct Scene {
    Scene() : network(7, [this](Duration elapsed) { time = Duration{time.ms + elapsed.ms}; }) {
        network.attach("https://server.test", [this](const HttpPost& post) -> Result<HttpReply> {
            heard.emplace_back(post.body);
            return HttpReply{200, "answer to " + std::string(post.body), std::nullopt};
        });
    }
    Result<HttpReply> post(const std::string& body) {
        HttpPost request;
        request.url = "https://server.test/v1/exchange";
        request.body = body;
        return network.line("tablet")->post(request, cancel);
    }
    Duration time{0};
    SimulatedNetwork network;
    Cancel cancel;
    std::vector<std::string> heard;
};

TEST_CASE("in fair weather a request is answered, and takes its time") {
    Scene scene;
    const auto reply = scene.post("one");
    REQUIRE(reply);
    CHECK(reply->body == "answer to one");
    CHECK(scene.time.ms >= 10);
    CHECK(scene.network.counts().posts == 1);
}

TEST_CASE("a lost request reaches nobody, a lost reply was acted on, and both are timeouts") {
    Scene scene;
    Weather weather;
    weather.lose_request = 1000;
    scene.network.set_weather("tablet", weather);
    auto reply = scene.post("one");
    REQUIRE(!reply);
    CHECK(reply.error().code == ErrorCode::timed_out);
    CHECK(scene.heard.empty());
    weather.lose_request = 0;
    weather.lose_reply = 1000;
    scene.network.set_weather("tablet", weather);
    reply = scene.post("two");
    REQUIRE(!reply);
    CHECK(reply.error().code == ErrorCode::timed_out);
    CHECK(scene.heard == std::vector<std::string>{"two"});
}

TEST_CASE("a repeated request comes again after newer ones") {
    Scene scene;
    Weather weather;
    weather.repeat = 1000;
    scene.network.set_weather("tablet", weather);
    REQUIRE(scene.post("one"));
    scene.network.set_weather("tablet", {});
    REQUIRE(scene.post("two"));
    CHECK(scene.network.late() == 1);
    scene.network.deliver_late();
    CHECK(scene.heard == std::vector<std::string>{"one", "two", "one"});
    CHECK(scene.network.late() == 0);
}

TEST_CASE("halves and turned bits arrive as such") {
    Scene scene;
    Weather weather;
    weather.halve_request = 1000;
    scene.network.set_weather("tablet", weather);
    REQUIRE(scene.post("a whole body"));
    CHECK(scene.heard.back().size() < 12);
    weather.halve_request = 0;
    weather.garble_reply = 1000;
    scene.network.set_weather("tablet", weather);
    const auto reply = scene.post("one");
    REQUIRE(reply);
    CHECK(reply->body.size() == std::string("answer to one").size());
    CHECK(reply->body != "answer to one");
}

TEST_CASE("a machine without a connection is offline at once, and another is not") {
    Scene scene;
    scene.network.set_connected("tablet", false);
    const auto reply = scene.post("one");
    REQUIRE(!reply);
    CHECK(reply.error().code == ErrorCode::offline);
    HttpPost other;
    other.url = "https://server.test/v1/exchange";
    CHECK(scene.network.line("another")->post(other, scene.cancel));
    other.url = "https://nobody.test/v1/exchange";
    CHECK(!scene.network.line("another")->post(other, scene.cancel));
}

TEST_CASE("a pause takes simulated time only, and who asked to cancel is told so") {
    Scene scene;
    scene.network.line("tablet")->pause(Duration::hours(36), scene.cancel);
    CHECK(scene.time == Duration::hours(36));
    scene.cancel.ask();
    const auto reply = scene.post("one");
    REQUIRE(!reply);
    CHECK(reply.error().code == ErrorCode::cancelled);
    CHECK(scene.heard.empty());
}

}  // namespace
}  // namespace kari::platform_simulated
