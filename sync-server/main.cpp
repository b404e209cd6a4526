// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>

#include <sys/stat.h>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "sync-server/admin/commands.hpp"
#include "sync-server/admin/overview.hpp"
#include "sync-server/admin/pack_in_use.hpp"
#include "sync-server/http/limits.hpp"
#include "sync-server/http/local_listener.hpp"
#include "sync-server/http/server.hpp"
#include "sync-server/identity/journal_copy.hpp"

using namespace kari::server;

namespace {

void log_json_lines() {
    spdlog::set_default_logger(spdlog::stderr_logger_mt("kari"));
    spdlog::set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","log":%v})");
}

std::optional<http::LocalPage> page_for_a_monitor(admin::Runtime& runtime,
                                                  const http::Service& service,
                                                  std::string_view path) {
    if (path != "/metrics" && path != "/health") return std::nullopt;
    const auto seen = admin::look(*runtime.parts, runtime.secrets, true);
    if (!seen)
        return http::LocalPage{503, "text/plain", std::string(name(seen.error().code)) + "\n"};
    if (path == "/health")
        return http::LocalPage{200, "application/json", http::health_line(*seen)};
    return http::LocalPage{200, "text/plain; version=0.0.4", service.metrics().page(*seen)};
}

// Each time, until an operator has seen to it: these tablets are turned away.
kari::Result<void> tell_of_gaps(const admin::Runtime& runtime) {
    const auto gaps =
        identity::find_gaps(runtime.layout.secrets() / "journal.jsonl", *runtime.storage);
    if (!gaps) return tl::unexpected<kari::Error>(gaps.error());
    for (const auto& unit : gaps->units)
        spdlog::warn(R"({{"event":"journal.unit_missing","unit":"{}"}})", unit.text());
    for (const auto& device : gaps->tablets)
        spdlog::warn(R"({{"event":"journal.tablet_missing","device":"{}"}})", device.text());
    return {};
}

kari::Result<void> serve(admin::Runtime& runtime) {
    // Before anybody is answered: what a restore must not undo, and what the rules still owe.
    if (auto replayed = runtime.journal().replay(*runtime.storage); !replayed) {
        return tl::unexpected<kari::Error>(replayed.error());
    }
    if (auto told = tell_of_gaps(runtime); !told) return told;
    if (auto reviewed = admin::review_by_pack(runtime.layout, *runtime.parts); !reviewed) {
        return reviewed;
    }
    identity::Registrar registrar(*runtime.storage, runtime.secrets, runtime.journal(),
                                  *runtime.clock, runtime.entropy,
                                  static_cast<int>(runtime.config.certificate_days));
    http::Service service(*runtime.parts, registrar);
    std::unique_ptr<http::LocalListener> monitored;
    if (runtime.config.metrics_port != 0) {
        auto started = http::LocalListener::start(
            runtime.config.metrics_port,
            [&](std::string_view path) { return page_for_a_monitor(runtime, service, path); });
        if (!started) return tl::unexpected<kari::Error>(started.error());
        monitored = std::move(*started);
    }
    return http::serve(service, runtime.config, runtime.secrets, [&](std::uint16_t port) {
        std::printf("kari-sync-server listening on %s:%u\n", runtime.config.address.c_str(),
                    static_cast<unsigned>(port));
        std::fflush(stdout);
    });
}

}  // namespace

int main(int argc, char** argv) {
    // Whatever is written is its owner's alone, also when a command is typed by hand.
    ::umask(0077);
    try {
        log_json_lines();
        return admin::run(argc, argv, serve, http::limits_page);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kari-sync-server: internal: %s\n", error.what());
        return 1;
    }
}
