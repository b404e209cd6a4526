// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <kari/exchange.hpp>

namespace kari {

void Cancel::ask() {
    std::function<void()> wake;
    {
        const std::lock_guard lock(mutex_);
        if (asked_) return;
        asked_ = true;
        wake = wake_;
    }
    if (wake) wake();
}

bool Cancel::asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
}

void Cancel::on_ask(std::function<void()> wake) const {
    bool now = false;
    {
        const std::lock_guard lock(mutex_);
        wake_ = wake;
        now = asked_;
    }
    if (now && wake) wake();
}

}  // namespace kari
