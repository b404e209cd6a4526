// SPDX-License-Identifier: Apache-2.0
//
// What is older of a citizen than this tablet holds: asked for, and fetched when there is a
// network.
#include <chrono>

#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

// The day before, wherever its midnight is: one day too much is none too little.
Instant before(const LocalDate& date) {
    const std::chrono::sys_days day = std::chrono::year{date.year} / date.month / date.day;
    return Instant{
               std::chrono::sys_time<std::chrono::milliseconds>(day).time_since_epoch().count()} -
           Duration::hours(24);
}

Answer history(Tablet& tablet, const Arguments& args) {
    Instant back_to{INT64_MIN};
    if (args.has("date")) back_to = before(args.date());
    return with_chart(tablet, args, [&](Device& d, const ChartView& view) -> Answer {
        const auto wanted = d.want_history(args.record(), back_to);
        if (!wanted) return tl::unexpected(wanted.error());
        json::object out{{"wanted", *wanted}, {"came", false}};
        add_citizen(out, view);
        if (!*wanted) return out;
        const auto report = synced(tablet, d);
        // Without a network the wish stands.
        if (!report && report.error().code != ErrorCode::offline) {
            return tl::unexpected(report.error());
        }
        out["came"] = report && report->complete;
        if (report) out["received"] = report->progress.received;
        return out;
    });
}

std::string show(const json::object& answer, const Screen& s) {
    const std::string out = banner(answer, s);
    if (!flag(answer, "wanted")) return out + wrapped(s(Label::history_all_here), 2);
    if (!flag(answer, "came")) {
        return out + wrapped(s.toned(Tone::warn, s(Label::history_waits)), 2);
    }
    return out + wrapped(s(Label::history_came, std::to_string(number(answer, "received"))), 2);
}

}  // namespace

std::vector<Command> history_commands() {
    return {{.name = "history",
             .group = Group::exchange,
             .help = Label::help_history,
             .example = "history 12p --date 2024-01-01",
             .parameters =
                 {k_record, {"date", Label::arg_history_date, Typed::date}, k_purpose, k_why_read},
             .run = history,
             .show = show}};
}

}  // namespace kari::app
