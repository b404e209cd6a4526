// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::server::http {

struct LocalPage {
    unsigned status = 200;
    std::string content_type;
    std::string body;
};
// The page of a path; nothing when there is none.
using LocalPages = std::function<std::optional<LocalPage>(std::string_view path)>;

// Answers GET on 127.0.0.1, without TLS and without knowing who asks: for a monitor on the same
// machine, so its pages say nothing of a person. One request a connection, one connection at a
// time, 4 KiB and 5 s for each. On a thread of its own: it answers also while the rest is busy.
class LocalListener {
public:
    // `port` 0 takes a free one. Errors: in_use.
    static Result<std::unique_ptr<LocalListener>> start(std::uint16_t port, LocalPages pages);
    ~LocalListener();
    LocalListener(const LocalListener&) = delete;
    LocalListener& operator=(const LocalListener&) = delete;

    std::uint16_t port() const;

private:
    struct State;
    explicit LocalListener(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace kari::server::http
