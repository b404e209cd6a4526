// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer sync(Tablet& tablet, const Arguments&) {
    return with(tablet, [&](Device& d) { return told(synced(tablet, d)); });
}

Answer status(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return told(d.sync_status()); });
}

std::string problems(const json::object& answer) {
    std::string out;
    for (const json::value& one : list(answer, "problems")) {
        if (one.is_string()) out += wrapped("  ! " + safe(one.get_string()), 4);
    }
    return out;
}

// How many of each, the most severe first. Whose they are stands in the list, which notes the
// access.
std::string new_findings(const json::object& answer, const Screen& s) {
    const json::array& all = list(answer, "findings_new");
    std::string out;
    for (std::size_t at = 0; at < all.size();) {
        const json::object& first = all[at].as_object();
        const auto same = [&](const json::value& other) {
            return number(other.as_object(), "severity") == number(first, "severity") &&
                   text(other.as_object(), "rule") == text(first, "rule");
        };
        const auto end =
            std::find_if_not(all.begin() + static_cast<std::ptrdiff_t>(at), all.end(), same);
        const auto count = static_cast<std::size_t>(end - all.begin()) - at;
        out += wrapped(s.severity(number(first, "severity")) + ": " +
                           (count == 1 ? s(Label::one_new_finding, text(first, "title"))
                                       : s(Label::new_findings, count, text(first, "title"))),
                       4);
        at += count;
    }
    return out.empty() ? out : out + wrapped("-> " + s(Label::new_findings_next), 3);
}

std::string show_sync(const json::object& answer, const Screen& s) {
    const auto count = [&](std::string_view key) {
        return std::to_string(number(answer, key));
    };
    std::string out = flag(answer, "complete")
                          ? s(Label::synced) + "\n"
                          : wrapped(s.toned(Tone::warn, s(Label::synced_partly)), 2);
    std::vector<Row> told{{s(Label::sent), count("sent")}, {s(Label::received), count("received")}};
    const std::pair<std::string_view, Label> unless_none[] = {
        {"returned", Label::given_back},
        {"quarantined", Label::set_aside_there},
        {"records_hidden", Label::records_hidden},
        {"records_purged", Label::records_purged},
        {"attachments_sent", Label::attachments_sent},
        {"attachments_fetched", Label::attachments_fetched},
        {"attachments_waiting", Label::attachments_waiting},
    };
    for (const auto& [key, words] : unless_none) {
        if (number(answer, key) > 0) told.push_back({s(words), count(key)});
    }
    out += rows(told);
    out += new_findings(answer, s);
    if (flag(answer, "new_epoch")) out += wrapped(s(Label::server_restored), 2);
    if (flag(answer, "server_recovering")) out += wrapped(s(Label::server_recovering), 2);
    return out + problems(answer);
}

std::string show_status(const json::object& answer, const Screen& s) {
    const auto count = [&](std::string_view key) {
        return std::to_string(number(answer, key));
    };
    const json::value* last = value_at(answer, "last_complete_ms");
    std::vector<Row> told{
        {s(Label::unsent), count("unsent")},
        {s(Label::unsecured), count("unsecured")},
        {s(Label::access_unsent), count("access_unsent")},
        {s(Label::last_synced), last != nullptr && last->is_number()
                                    ? s.when_ms(number(answer, "last_complete_ms"))
                                    : s(Label::never)}};
    if (const std::int64_t off = number(answer, "server_minus_wall_ms");
        off > 5'000 || off < -5'000) {
        told.push_back({s(Label::clock_off),
                        s(off > 0 ? Label::clock_slow : Label::clock_fast, s.lasting(off))});
    }
    const json::object& pack = part(answer, "pack");
    told.push_back({s(Label::drug_facts),
                    s(Label::drug_facts_of, text(pack, "name"), text(pack, "label"),
                      s.date(text(pack, "date")), std::to_string(number(pack, "days_old")))});
    std::string out = rows(told);
    if (const std::string why = text(pack, "told"); !why.empty()) {
        out += wrapped("  ! " + why, 4) + wrapped("  -> " + text(pack, "told_to_do"), 5);
    }
    if (flag(answer, "server_recovering")) out += wrapped(s(Label::server_recovering), 2);
    for (const json::value& one : list(answer, "quarantined")) {
        const json::object& item = one.as_object();
        out += wrapped(
            fmt::format("  ! {}: {}", text(item, "change").substr(0, 16), text(item, "advice")), 4);
    }
    return out;
}

}  // namespace

std::vector<Command> sync_commands() {
    return {
        {.name = "sync",
         .group = Group::exchange,
         .help = Label::help_sync,
         .example = "sync",
         .run = sync,
         .show = show_sync},
        {.name = "status",
         .group = Group::exchange,
         .help = Label::help_status,
         .run = status,
         .show = show_status},
    };
}

}  // namespace kari::app
