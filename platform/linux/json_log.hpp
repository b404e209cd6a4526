// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <kari/error.hpp>
#include <kari/platform.hpp>

namespace kari::platform_linux {

// One JSON object a line: {"at":"...Z","level":"info","event":"...","fields":"..."}. Each line is
// one write, so lines of several threads and processes do not mix.
// Limits: event and fields are cut at 2,000 bytes each. Threads: any.
class JsonLog : public LogSink {
public:
    // Standard error when `file` is empty. Errors: storage_failed.
    static Result<std::shared_ptr<LogSink>> open(const std::string& file, LogLevel from,
                                                 std::shared_ptr<Clock> clock);
    ~JsonLog() override;
    JsonLog(const JsonLog&) = delete;
    JsonLog& operator=(const JsonLog&) = delete;

    void log(LogLevel level, std::string_view event, std::string_view fields) override;

private:
    JsonLog(int descriptor, LogLevel from, std::shared_ptr<Clock> clock)
        : descriptor_(descriptor), from_(from), clock_(std::move(clock)) {}

    int descriptor_;
    LogLevel from_;
    std::shared_ptr<Clock> clock_;
};

}  // namespace kari::platform_linux
