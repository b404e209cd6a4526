// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/status.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sdk/base/time.hpp"
#include "sync-server/admin/runtime.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace json = boost::json;

namespace {

template <typename T, typename Write>
json::array listed(const std::vector<T>& all, const Write& write) {
    json::array list;
    for (const T& one : all)
        list.push_back(write(one));
    return list;
}

json::value seconds(Duration duration) {
    return duration.ms / 1000;
}

json::object unit_json(const UnitOverview& one) {
    return {{"unit", one.unit.id.text()},
            {"record", one.unit.record.text()},
            {"feed", one.feed},
            {"people", listed(one.people,
                              [](const storage::Person& person) {
                                  return json::object{{"person", person.id.text()},
                                                      {"role", person.role}};
                              })},
            {"caseload",
             listed(one.caseload, [](const RecordId& id) { return json::value(id.text()); })}};
}

json::object tablet_json(const TabletOverview& tablet, Instant now) {
    json::object out{{"device", tablet.device.id.text()},
                     {"unit", tablet.device.unit.text()},
                     {"revoked", tablet.device.revoked},
                     {"heard", tablet.seen.has_value()},
                     {"silent_s", seconds(now - tablet.last_heard())}};
    if (tablet.seen) out["last_seen_ms"] = tablet.seen->seen.ms;
    if (tablet.seen && tablet.seen->unsent) out["unsent"] = *tablet.seen->unsent;
    if (tablet.seen && tablet.seen->oldest_unsent) {
        out["oldest_unsent_s"] = seconds(now - *tablet.seen->oldest_unsent);
    }
    if (tablet.certificate_end) {
        out["certificate_ends_in_s"] = seconds(*tablet.certificate_end - now);
    }
    return out;
}

json::object disk_json(const Overview& seen) {
    json::object out{{"database_bytes", seen.disk.database}, {"log_bytes", seen.disk.log},
                     {"free_bytes", seen.disk.free},         {"disk_bytes", seen.disk.disk},
                     {"reserve_bytes", seen.reserve_bytes},  {"takes_pushes", seen.takes_pushes()}};
    if (seen.disk_days_left) out["days_left"] = *seen.disk_days_left;
    return out;
}

json::value backup_json(const Overview& seen) {
    if (!seen.backup) return nullptr;
    return json::object{{"taken_ms", seen.backup->taken.ms},
                        {"age_s", seconds(seen.now - seen.backup->taken)},
                        {"records", seen.backup->records},
                        {"changes", seen.backup->changes},
                        {"bytes", seen.backup->bytes}};
}

Level worst(const std::vector<Concern>& concerns) {
    return concerns.empty() ? Level::ok : concerns.front().level;  // the worst stands first
}

// A page of lines, each with its mark in the first column.
class Page {
public:
    explicit Page(const Overview& seen) : seen_(seen), concerns_(seen.concerns()) {}

    std::string text() {
        head();
        state();
        line("disk",
             fmt::format("database {}, log {}, {} free of {}",
                         in_words_of_bytes(seen_.disk.database), in_words_of_bytes(seen_.disk.log),
                         in_words_of_bytes(seen_.disk.free), in_words_of_bytes(seen_.disk.disk)));
        more(fmt::format("reserve {}; full {}", in_words_of_bytes(seen_.reserve_bytes),
                         seen_.disk_days_left
                             ? fmt::format("in about {} days", *seen_.disk_days_left)
                             : "not in sight: no growth seen yet"));
        line("backup", backup());
        line("recovery", seen_.epoch.recovering
                             ? fmt::format("open; not heard since the restore: {} of {} tablets",
                                           seen_.silent_since_restore(), seen_.tablets.size())
                             : "none");
        line("pack", seen_.pack);
        more(fmt::format("{}, {} days old; {}", base::to_text(seen_.pack_date), seen_.pack_days,
                         seen_.pack_compiled_in ? "compiled in" : "given to tablets"));
        line("findings", findings());
        line("quarantine", fmt::format("{} entries", seen_.quarantined()));
        line("server certificate", "ends in " + in_words(seen_.server_certificate_end - seen_.now));
        line("authority", "ends in " + in_words(seen_.ca_end - seen_.now));
        for (const UnitOverview& unit : seen_.units)
            add(unit);
        todo();
        return std::move(out_);
    }

private:
    char mark(std::string_view about, const DeviceId* device = nullptr) const {
        for (const Concern& one : concerns_) {
            const bool same =
                device == nullptr ? one.about == about && !one.device : one.device == *device;
            if (same) return one.level == Level::broken ? 'X' : '!';
        }
        return ' ';
    }
    void line(std::string_view about, std::string_view text) {
        out_ += fmt::format("{} {:<19} {}\n", mark(about), about, text);
    }
    void more(std::string_view text) { out_ += fmt::format("  {:<19} {}\n", "", text); }

    void head() {
        out_ += fmt::format("state: {}\n\n", name(worst(concerns_)));
        line("server", seen_.serving ? "running" : "not running");
        more(fmt::format("kari-sync-server {}, schema {}", seen_.program, seen_.schema));
        more("epoch " + seen_.epoch.id.text());
    }
    void state() {
        const auto& totals = seen_.totals;
        line("stored", fmt::format("{} records, {} changes, {} of them secured", totals.records,
                                   totals.changes, totals.secured));
        more(fmt::format("{} access entries, {} records owed a review", totals.access_entries,
                         totals.owed));
    }
    std::string backup() const {
        if (!seen_.backups_wanted) return "none wanted: stored_is_secured is set";
        if (!seen_.backup) return "none that was verified";
        return fmt::format("verified, {} old, {} changes",
                           in_words(seen_.now - seen_.backup->taken), seen_.backup->changes);
    }
    std::string findings() const {
        std::vector<std::string> parts;
        for (const auto& one : seen_.findings) {
            parts.push_back(fmt::format("S{} {} (oldest {})", one.severity, one.open,
                                        in_words(seen_.now - one.oldest)));
        }
        return parts.empty() ? "none open" : fmt::format("{}", fmt::join(parts, ", "));
    }
    void add(const UnitOverview& unit) {
        out_ += fmt::format("\n  unit {}\n", unit.unit.id.text());
        more(fmt::format("{} people, {} records, feed {}", unit.people.size(), unit.caseload.size(),
                         unit.feed));
        for (const TabletOverview& tablet : seen_.tablets) {
            if (tablet.device.unit == unit.unit.id) add(tablet);
        }
    }
    void add(const TabletOverview& tablet) {
        out_ += fmt::format("{} tablet {}\n", mark("", &tablet.device.id), tablet.device.id.text());
        if (tablet.device.revoked) {
            more("revoked; last heard " + in_words(seen_.now - tablet.last_heard()) + " ago");
            return;
        }
        more(fmt::format("{} {} ago; unsent {}", tablet.seen ? "heard" : "enrolled, not heard,",
                         in_words(seen_.now - tablet.last_heard()), unsent(tablet)));
        if (tablet.certificate_end) {
            more("certificate ends in " + in_words(*tablet.certificate_end - seen_.now));
        }
    }
    std::string unsent(const TabletOverview& tablet) const {
        if (!tablet.seen || !tablet.seen->unsent) return "not told";
        if (!tablet.seen->oldest_unsent) return fmt::format("{}", *tablet.seen->unsent);
        return fmt::format("{}, the oldest {} old", *tablet.seen->unsent,
                           in_words(seen_.now - *tablet.seen->oldest_unsent));
    }
    void todo() {
        if (concerns_.empty()) return;
        out_ += "\nto look at:\n";
        for (const Concern& one : concerns_) {
            const std::string what =
                one.device ? fmt::format("tablet {}", one.device->text()) : one.about;
            out_ += fold(
                fmt::format("{} {}: {}", one.level == Level::broken ? 'X' : '!', what, one.text),
                2);
        }
    }

    const Overview& seen_;
    std::vector<Concern> concerns_;
    std::string out_;
};

}  // namespace

json::object to_json(const Overview& seen) {
    const auto concerns = seen.concerns();
    return {
        {"state", name(worst(concerns))},
        {"program", seen.program},
        {"schema", seen.schema},
        {"serving", seen.serving},
        {"now_ms", seen.now.ms},
        {"epoch", seen.epoch.id.text()},
        {"recovering", seen.epoch.recovering},
        {"records", seen.totals.records},
        {"changes", seen.totals.changes},
        {"secured", seen.totals.secured},
        {"access_entries", seen.totals.access_entries},
        {"review_owed", seen.totals.owed},
        {"quarantined", seen.quarantined()},
        {"pack", json::object{{"name", seen.pack},
                              {"date", base::to_text(seen.pack_date)},
                              {"days_old", seen.pack_days},
                              {"compiled_in", seen.pack_compiled_in}}},
        {"directory_resources", seen.directory_resources},
        {"findings", listed(seen.findings,
                            [&](const storage::FindingCount& one) {
                                return json::object{{"severity", fmt::format("S{}", one.severity)},
                                                    {"open", one.open},
                                                    {"deferred", one.deferred},
                                                    {"oldest_s", seconds(seen.now - one.oldest)}};
                            })},
        {"quarantine", listed(seen.quarantine,
                              [&](const storage::QuarantineCount& one) {
                                  return json::object{{"device", one.device.text()},
                                                      {"entries", one.entries},
                                                      {"bytes", one.bytes},
                                                      {"oldest_s", seconds(seen.now - one.oldest)}};
                              })},
        {"disk", disk_json(seen)},
        {"backup", backup_json(seen)},
        {"server_certificate_ends_in_s", seconds(seen.server_certificate_end - seen.now)},
        {"ca_ends_in_s", seconds(seen.ca_end - seen.now)},
        {"units", listed(seen.units, unit_json)},
        {"devices", listed(seen.tablets,
                           [&](const TabletOverview& one) { return tablet_json(one, seen.now); })},
        {"concerns", listed(concerns, [](const Concern& one) {
             json::object out{{"level", name(one.level)}, {"about", one.about}, {"text", one.text}};
             if (one.device) out["device"] = one.device->text();
             return out;
         })}};
}

std::string to_text(const Overview& seen) {
    return Page(seen).text();
}

Result<void> status(const Options& options, int& exit_code) {
    KARI_LET(const auto runtime,
             Runtime::open(options.directory, {Runtime::Opening().cache_kib, true}));
    KARI_LET(auto seen, look(*runtime->parts, runtime->secrets, ServeLock::held(runtime->layout)));
    if (!runtime->rules) seen.pack_trouble = runtime->rules.error().what;
    if (options.json) {
        print(options, to_json(seen));
    } else {
        fmt::print("{}", to_text(seen));
        std::fflush(stdout);
    }
    exit_code = exit_code_of(worst(seen.concerns()));
    return {};
}

}  // namespace kari::server::admin
