// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <utility>

#include <kari/error.hpp>

namespace kari::c {

// Calls of a function that an app gave. What it throws goes no further; it is then not called
// again.
class Callback {
public:
    template <typename Function, typename... Values>
    void call(Function function, Values&&... values) {
        if (function == nullptr || threw_) return;
        try {
            function(std::forward<Values>(values)...);
        } catch (...) {
            threw_ = true;
        }
    }

    // What the call that it was made for answers. Errors: internal.
    Result<void> done() const {
        if (threw_) return fail(ErrorCode::internal, "a callback threw an exception");
        return {};
    }

    bool threw() const { return threw_; }

private:
    std::atomic<bool> threw_ = false;
};

}  // namespace kari::c
