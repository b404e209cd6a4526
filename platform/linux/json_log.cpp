// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/json_log.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sdk/base/time.hpp"

namespace kari::platform_linux {
namespace {

constexpr std::size_t k_text_max = 2000;

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

// A JSON string. Bytes beyond ASCII become '?': nothing that is fit for a log needs them.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text.substr(0, k_text_max)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out += fmt::format("\\u{:04x}", byte);
        } else if (byte > 0x7e) {
            out.push_back('?');
        } else {
            if (c == '"' || c == '\\') out.push_back('\\');
            out.push_back(c);
        }
    }
    return out + "\"";
}

}  // namespace

Result<std::shared_ptr<LogSink>> JsonLog::open(const std::string& file, LogLevel from,
                                               std::shared_ptr<Clock> clock) {
    int descriptor = STDERR_FILENO;
    if (!file.empty()) {
        descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (descriptor < 0) return fail(ErrorCode::storage_failed, "log: cannot open the file");
    }
    return std::shared_ptr<LogSink>(new JsonLog(descriptor, from, std::move(clock)));
}

JsonLog::~JsonLog() {
    if (descriptor_ != STDERR_FILENO) close(descriptor_);
}

void JsonLog::log(LogLevel level, std::string_view event, std::string_view fields) {
    if (level < from_) return;
    const ZonedInstant now{clock_->wall(), 0, {}};
    const std::string line =
        fmt::format("{{\"at\":\"{}\",\"level\":\"{}\",\"event\":{},\"fields\":{}}}\n",
                    base::fhir_date_time(now), name_of(level), quoted(event), quoted(fields));
    // A log that cannot be written (a full disk) must not stop care; the line is given up.
    while (write(descriptor_, line.data(), line.size()) < 0 && errno == EINTR) {
    }
}

}  // namespace kari::platform_linux
