// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <kari/ids.hpp>

namespace kari::base {

// A digest of bytes that come in pieces. Threads: one at a time.
class RunningDigest {
public:
    static RunningDigest sha256();
    // For names that others gave to content; never for integrity.
    static RunningDigest sha1();
    RunningDigest(RunningDigest&&) noexcept;
    RunningDigest& operator=(RunningDigest&&) noexcept;
    ~RunningDigest();

    void add(std::string_view bytes);
    // Once; nothing may be added afterwards.
    std::string finish();

private:
    struct Context;
    explicit RunningDigest(std::unique_ptr<Context> context);
    std::unique_ptr<Context> context_;
};

}  // namespace kari::base
