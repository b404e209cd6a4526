// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/interrupt.hpp"

namespace kari::app {

UntilInterrupted::UntilInterrupted(Cancel& cancel) {
    ::sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1})
        ::sigaddset(&signals_, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    waiting_ = std::thread([this, &cancel] {
        int got = 0;
        ::sigwait(&signals_, &got);
        cancel.ask();
    });
}

UntilInterrupted::~UntilInterrupted() {
    ::pthread_kill(waiting_.native_handle(), SIGUSR1);
    waiting_.join();
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace kari::app
