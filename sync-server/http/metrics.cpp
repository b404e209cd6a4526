// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/metrics.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace kari::server::http {
namespace {

// Families of the text format; each is told once, with all its samples behind it.
class Page {
public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        out_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
        name_ = name;
    }
    template <typename Value>
    void sample(Value value, std::string_view labels = {}, std::string_view suffix = {}) {
        out_ += labels.empty() ? fmt::format("{}{} {}\n", name_, suffix, value)
                               : fmt::format("{}{}{{{}}} {}\n", name_, suffix, labels, value);
    }
    template <typename Value>
    void gauge(std::string_view name, std::string_view help, Value value) {
        family(name, "gauge", help);
        sample(value);
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        family(name, "counter", help);
        sample(value);
    }
    std::string text() && { return std::move(out_); }

private:
    std::string out_;
    std::string name_;
};

double seconds(Duration duration) {
    return static_cast<double>(duration.ms) / 1000;
}

void add_tablets(Page& page, const admin::Overview& seen) {
    std::uint64_t revoked = 0;
    std::uint64_t silent = 0;
    std::uint64_t unsent = 0;
    Duration oldest{0};
    for (const auto& tablet : seen.tablets) {
        if (tablet.device.revoked) {
            ++revoked;
            continue;
        }
        if (seen.now - tablet.last_heard() > admin::k_silent) ++silent;
        if (!tablet.seen) continue;
        unsent += tablet.seen->unsent.value_or(0);
        if (tablet.seen->oldest_unsent) {
            oldest = std::max(oldest, seen.now - *tablet.seen->oldest_unsent);
        }
    }
    page.family("kari_tablets", "gauge", "Tablets; silent: not heard of for a day.");
    page.sample(seen.tablets.size() - revoked - silent, "state=\"heard\"");
    page.sample(silent, "state=\"silent\"");
    page.sample(revoked, "state=\"revoked\"");
    page.gauge("kari_unsent_changes", "Changes that tablets in use said they still have.", unsent);
    page.gauge("kari_oldest_unsent_seconds", "Age of the oldest of them.", seconds(oldest));
}

void add_findings(Page& page, const admin::Overview& seen) {
    page.family("kari_findings_open", "gauge", "Findings that stand open, by severity.");
    for (unsigned severity = 1; severity <= 4; ++severity) {
        std::uint64_t open = 0;
        for (const auto& one : seen.findings)
            open += one.severity == severity ? one.open : 0;
        page.sample(open, fmt::format("severity=\"S{}\"", severity));
    }
}

void add_state(Page& page, const admin::Overview& seen) {
    const auto concerns = seen.concerns();
    page.family("kari_build_info", "gauge", "The program and the schema of its database.");
    page.sample(1, fmt::format("version=\"{}\",schema=\"{}\"", seen.program, seen.schema));
    page.gauge("kari_state", "0 ok, 1 something should be looked at, 2 something is broken.",
               concerns.empty() ? 0 : static_cast<int>(concerns.front().level));
    page.gauge("kari_records", "Records stored.", seen.totals.records);
    page.gauge("kari_changes", "Changes stored.", seen.totals.changes);
    page.gauge("kari_changes_secured", "Changes in a verified backup.", seen.totals.secured);
    page.gauge("kari_access_entries", "Access entries stored.", seen.totals.access_entries);
    page.gauge("kari_reviews_owed", "Records that the rules owe a look.", seen.totals.owed);
    page.gauge("kari_quarantine_entries", "Things refused and kept.", seen.quarantined());
    page.gauge("kari_database_bytes", "Size of the database.", seen.disk.database);
    page.gauge("kari_database_log_bytes", "Size of its write-ahead log.", seen.disk.log);
    page.gauge("kari_disk_free_bytes", "Free on its disk.", seen.disk.free);
    page.gauge("kari_disk_reserve_bytes", "Below this nothing pushed is taken.",
               seen.reserve_bytes);
    page.gauge("kari_takes_pushes", "1 while what tablets push is taken.",
               seen.takes_pushes() ? 1 : 0);
    page.gauge("kari_recovering", "1 from a restore until recover --close.",
               seen.epoch.recovering ? 1 : 0);
    page.gauge("kari_server_certificate_ends_seconds", "Until the server's certificate ends.",
               seconds(seen.server_certificate_end - seen.now));
    if (seen.backup) {
        page.gauge("kari_backup_age_seconds", "Age of the last backup that was verified.",
                   seconds(seen.now - seen.backup->taken));
    }
}

}  // namespace

void Metrics::count(std::string_view route, unsigned status, std::chrono::microseconds took,
                    const exchange::Tally& tally) {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
    const std::lock_guard lock(mutex_);
    ++requests_[{std::string(route), status}];
    Latency& latency = latencies_[std::string(route)];
    const auto* const end = std::find_if(k_ends_ms.begin(), k_ends_ms.end(), [us](unsigned ms) {
        return us <= std::uint64_t{ms} * 1'000;
    });
    ++latency.buckets[static_cast<std::size_t>(end - k_ends_ms.begin())];
    ++latency.count;
    latency.us += us;
    total_.stored += tally.stored;
    total_.repeated += tally.repeated;
    total_.quarantined += tally.quarantined;
    total_.not_now += tally.not_now;
    total_.returned += tally.returned;
    total_.sent += tally.sent;
}

std::string Metrics::page(const admin::Overview& seen) const {
    Page page;
    add_state(page, seen);
    add_tablets(page, seen);
    add_findings(page, seen);
    const std::lock_guard lock(mutex_);
    page.family("kari_requests_total", "counter", "Requests answered, by route and status.");
    for (const auto& [key, count] : requests_) {
        page.sample(count, fmt::format("route=\"{}\",status=\"{}\"", key.first, key.second));
    }
    page.family("kari_request_seconds", "histogram", "Time to answer a request, by route.");
    for (const auto& [route, latency] : latencies_) {
        std::uint64_t up_to = 0;
        for (std::size_t i = 0; i < k_ends_ms.size(); ++i) {
            up_to += latency.buckets[i];
            page.sample(up_to, fmt::format("route=\"{}\",le=\"{}\"", route, k_ends_ms[i] / 1000.0),
                        "_bucket");
        }
        page.sample(latency.count, fmt::format("route=\"{}\",le=\"+Inf\"", route), "_bucket");
        page.sample(static_cast<double>(latency.us) / 1e6, fmt::format("route=\"{}\"", route),
                    "_sum");
        page.sample(latency.count, fmt::format("route=\"{}\"", route), "_count");
    }
    page.counter("kari_changes_stored_total", "Changes pushed and stored.", total_.stored);
    page.counter("kari_changes_repeated_total", "Changes pushed again.", total_.repeated);
    page.counter("kari_changes_returned_total", "Changes given back after a restore.",
                 total_.returned);
    page.counter("kari_changes_sent_total", "Changes sent to tablets.", total_.sent);
    page.counter("kari_quarantined_total", "Things refused and kept.", total_.quarantined);
    page.counter("kari_not_now_total", "Things not taken while the disk was nearly full.",
                 total_.not_now);
    return std::move(page).text();
}

std::string health_line(const admin::Overview& seen) {
    boost::json::array about;
    for (const auto& one : seen.concerns())
        about.push_back(boost::json::value(one.about));
    const auto concerns = seen.concerns();
    return boost::json::serialize(boost::json::object{
               {"state", name(concerns.empty() ? admin::Level::ok : concerns.front().level)},
               {"about", std::move(about)},
               {"takes_pushes", seen.takes_pushes()},
               {"recovering", seen.epoch.recovering}}) +
           "\n";
}

}  // namespace kari::server::http
