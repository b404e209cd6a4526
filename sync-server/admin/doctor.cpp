// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/doctor.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "sync-server/admin/advice.hpp"
#include "sync-server/admin/doctor_files.hpp"
#include "sync-server/admin/runtime.hpp"
#include "sync-server/admin/verify.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_oldest_cipher = "4.5";
constexpr Instant k_clock_floor{1'767'225'600'000};  // the year in which this was written began

// What the opened server says of itself.
class Inside {
public:
    Inside(Runtime& runtime, bool deep, std::vector<Check>& found)
        : runtime_(runtime), storage_(*runtime.storage), deep_(deep), found_(found) {}

    void look() {
        schema();
        cipher();
        clock();
        integrity();
        const auto seen =
            admin::look(*runtime_.parts, runtime_.secrets, ServeLock::held(runtime_.layout));
        if (!seen) {
            wrong("state", seen.error());
            return;
        }
        port(seen->serving);
        state(*seen);
    }

private:
    void ok(std::string about, std::string says) {
        found_.push_back({Level::ok, std::move(about), std::move(says), {}});
    }
    void wrong(std::string about, const Error& error) {
        found_.push_back({Level::broken, std::move(about),
                          fmt::format("{}: {}", name(error.code), error.what),
                          "Keep a copy of the directory before anything else, then restore the "
                          "newest backup."});
    }

    void schema() {
        const auto upgrades = storage_.upgrades();
        if (!upgrades) {
            wrong("schema", upgrades.error());
            return;
        }
        std::string by = "by none that is noted";
        if (!upgrades->empty()) by = "by kari-sync-server " + upgrades->back().program;
        ok("schema", fmt::format("{}, written {}; this is {}", storage::EmbeddedStorage::schema(),
                                 by, storage::EmbeddedStorage::program()));
    }

    void cipher() {
        const auto version = runtime_.storage->cipher_version();
        if (!version) {
            wrong("cipher", version.error());
        } else if (*version < k_oldest_cipher) {
            found_.push_back({Level::broken, "cipher", "SQLCipher " + *version,
                              fmt::format("Install SQLCipher {} or newer.", k_oldest_cipher)});
        } else {
            ok("cipher", "SQLCipher " + *version);
        }
    }

    void clock() {
        const auto latest = storage_.latest_time();
        if (!latest) {
            wrong("clock", latest.error());
            return;
        }
        const Instant now = runtime_.clock->wall();
        const Instant least = std::max(*latest, k_clock_floor);
        if (now + k_clock_slack < least) {
            found_.push_back(
                {Level::broken, "clock",
                 fmt::format("{} behind what has been stored here", in_words(least - now)),
                 "Set the clock (timedatectl set-ntp true) and start the server "
                 "again: tablets take their time from it."});
        } else {
            ok("clock", "not behind anything that is stored");
        }
    }

    void integrity() {
        const auto pages = deep_ ? storage_.check_medium() : storage_.check_start();
        if (!pages) {
            wrong("database", pages.error());
            return;
        }
        if (!deep_) {
            ok("database", "its pages are whole, as far as a start looks; --deep looks at all");
            return;
        }
        const auto verified = verify(storage_, runtime_.secrets.ca_certificate);
        if (!verified) {
            wrong("database", verified.error());
        } else if (!verified->broken.empty()) {
            wrong("database", {ErrorCode::chain_broken,
                               fmt::format("{} things do not hold", verified->broken.size())});
        } else if (!verified->gaps.empty()) {
            found_.push_back(
                {Level::attention, "database",
                 fmt::format("whole; {} things are named and not here", verified->gaps.size()),
                 "Let all tablets sync; `verify` names what is still missing."});
        } else {
            ok("database", fmt::format("every page, digest, chain and seal of {} changes holds",
                                       verified->changes));
        }
    }

    void port(bool serving) {
        const auto& config = runtime_.config;
        if (serving) {
            ok("port", "the server runs");
            return;
        }
        look_at_port(config.address, config.port);
        if (config.metrics_port != 0) look_at_port("127.0.0.1", config.metrics_port);
    }

    void look_at_port(const std::string& address, std::uint16_t port) {
        if (const auto free = port_is_free(address, port); free) {
            ok("port", fmt::format("{} on {} is free", port, address));
        } else {
            found_.push_back({Level::broken, "port", free.error().what,
                              "Stop what listens there (ss -ltnp), or set another port or address "
                              "in kari-server.toml."});
        }
    }

    // The rest is what `status` says.
    void state(const Overview& seen) {
        const auto concerns = seen.concerns();
        const auto all_well = [&](const char* about) {
            return std::none_of(concerns.begin(), concerns.end(),
                                [&](const Concern& one) { return one.about == about; });
        };
        if (all_well("disk")) {
            ok("disk", fmt::format("{} free, {} in reserve", in_words_of_bytes(seen.disk.free),
                                   in_words_of_bytes(seen.reserve_bytes)));
        }
        if (all_well("backup")) ok("backup", "the last one is new enough");
        if (all_well("server certificate")) {
            ok("server certificate", "ends in " + in_words(seen.server_certificate_end - seen.now));
        }
        if (all_well("authority")) ok("authority", "ends in " + in_words(seen.ca_end - seen.now));
        for (const Concern& one : concerns) {
            const auto colon = one.text.find(": ");
            const std::string about = one.device ? "tablet " + one.device->text() : one.about;
            found_.push_back(
                {one.level, about, one.text.substr(0, colon),
                 colon == std::string::npos ? std::string() : one.text.substr(colon + 2)});
        }
    }

    Runtime& runtime_;
    storage::Storage& storage_;
    bool deep_;
    std::vector<Check>& found_;
};

std::string_view word(Level level) {
    return level == Level::broken ? "wrong" : name(level);
}

}  // namespace

std::vector<Check> examine(const std::string& directory, bool deep) {
    std::vector<Check> found = examine_files(directory);
    const auto runtime = Runtime::open(directory, {Runtime::Opening().cache_kib, true});
    if (runtime) {
        Inside(**runtime, deep, found).look();
        return found;
    }
    const Error& error = runtime.error();
    const bool told = std::any_of(found.begin(), found.end(),
                                  [](const Check& one) { return one.level == Level::broken; });
    // A file that is wrong has been named; what follows from it need not be told twice.
    if (!told || error.code == ErrorCode::wrong_key || error.code == ErrorCode::schema_too_new) {
        found.push_back(
            {Level::broken, "database", error.what, std::string(what_to_do(error.code))});
    }
    return found;
}

Result<void> doctor(const Options& options, bool deep, int& exit_code) {
    const auto found = examine(options.directory, deep);
    Level worst = Level::ok;
    json::array list;
    for (const Check& one : found) {
        worst = std::max(worst, one.level);
        if (options.json) {
            list.push_back(json::object{{"level", word(one.level)},
                                        {"about", one.about},
                                        {"says", one.says},
                                        {"todo", one.todo}});
            continue;
        }
        fmt::print("{}",
                   fold(fmt::format("{:<10} {}: {}", word(one.level), one.about, one.says), 11));
        if (!one.todo.empty()) fmt::print("{}", fold(std::string(8, ' ') + "-> " + one.todo, 11));
    }
    if (options.json) {
        print(options, {{"state", word(worst)}, {"checks", std::move(list)}});
    } else {
        fmt::print("\n{}\n", worst == Level::ok ? "all is well" : fmt::format("{}", word(worst)));
        std::fflush(stdout);
    }
    exit_code = exit_code_of(worst);
    return {};
}

}  // namespace kari::server::admin
