// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include <kari/http.hpp>

#include "sdk/transport/http.hpp"

namespace kari::device {

// The way to the server: the built-in client, or the app's own behind the same face. It is kept,
// and its connection with it, while who we are and where the server is stay the same.
class Line {
public:
    explicit Line(std::shared_ptr<HttpClient> own) : own_(std::move(own)) {}
    // Good until the next call. Errors: invalid_argument (the endpoint).
    Result<transport::HttpClient*> to(const transport::Endpoint& endpoint);

private:
    std::shared_ptr<HttpClient> own_;
    transport::Endpoint endpoint_;
    std::unique_ptr<transport::HttpClient> client_;
};

}  // namespace kari::device
