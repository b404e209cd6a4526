// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#include <thread>

#include <kari/exchange.hpp>

namespace kari::app {

// Ctrl-C asks instead of killing, while this lives: what goes on ends between two steps, and what
// it has said so far stands.
class UntilInterrupted {
public:
    explicit UntilInterrupted(Cancel& cancel);
    UntilInterrupted(const UntilInterrupted&) = delete;
    UntilInterrupted& operator=(const UntilInterrupted&) = delete;
    ~UntilInterrupted();

private:
    sigset_t signals_{};
    sigset_t before_{};
    std::thread waiting_;
};

}  // namespace kari::app
