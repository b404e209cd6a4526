// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "sdk/sync/follow.hpp"
#include "sdk/transport/http.hpp"

namespace kari::transport {

// What breaks into a wait from outside. Threads: any.
class Interrupt {
public:
    // Ends the following; a session under way goes on to its end.
    void end();
    // Something was written that is to be sent.
    void written();

    bool ended() const;
    bool take_written();
    // For one wait: a token that either of both cancels; at once when it has happened already.
    std::shared_ptr<CancelToken> token();

private:
    mutable std::mutex mutex_;
    bool ended_ = false;
    bool written_ = false;
    std::shared_ptr<CancelToken> token_;
};

// Where a following stands, for whoever shows it.
enum class Phase { session, waiting, trouble };

struct FollowParts {
    std::function<Result<sync::Summary>()> session;  // runs one
    // To wait with; the same again, so that its connection is kept. Errors: invalid_argument.
    std::function<Result<HttpClient*>()> client;
    std::function<bool()> unsent;  // something here is still to go
    // Each time it is another. The error: what is waited for to pass.
    std::function<void(Phase, const std::optional<Error>&)> tell;
};

// What:      runs the machine until it ends or is told to.
// Returns:   why: `cancelled` when told to.
// Threads:   blocking; the parts are called on this thread.
Error drive(sync::Follow& machine, const FollowParts& parts, Clock& clock, Interrupt& interrupt);

}  // namespace kari::transport
