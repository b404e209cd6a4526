// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "examples/kari/commands/parts.hpp"
#include "examples/kari/interrupt.hpp"

namespace kari::app {

namespace json = boost::json;

Result<SyncReport> synced(Tablet& tablet, Device& device) {
    Cancel cancel;
    const UntilInterrupted interrupted(cancel);
    SyncOptions options;
    options.cancel = &cancel;
    options.progress = [&](const SyncProgress& at) {
        tablet.progress(Label::sync_progress, at.sent, at.received, at.records_done,
                        at.records_wanted);
    };
    return device.sync(options);
}

BadArgument no_folder(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path();
    return BadArgument(Label::wrong_folder, folder.empty() ? "." : folder.string());
}

std::string banner(const json::object& answer, const Screen& s) {
    const json::object& citizen = part(answer, "citizen");
    std::string who = text(citizen, "name");
    if (const std::string born = text(citizen, "birth_date"); !born.empty()) {
        who += "  " + s(Label::born, s.date(born));
    }
    std::string out = who.empty() ? "" : wrapped(who, 2);
    if (flag(citizen, "name_contested")) out += wrapped(s(Label::name_contested), 2);
    if (const json::object& suspended = part(citizen, "suspended"); !suspended.empty()) {
        for (const char* said : {"title", "meaning", "action"})
            out += wrapped(s.toned(Tone::stop, "! ") + text(suspended, said), 2);
    }
    return out + (answer.if_contains("age") != nullptr ? s.age(answer) : "");
}

std::string missing(const json::object& answer, const Screen& s) {
    std::string out;
    for (const json::value& one : list(answer, "missing")) {
        out += wrapped(s.toned(Tone::warn, "! ") + text(one.as_object(), "advice"), 2);
    }
    return out;
}

std::string on_tablet_since(const json::object& answer, const Screen& s) {
    std::string latest;
    for (const json::value& one : list(answer, "complete_since"))
        latest = std::max(latest, text(one.as_object(), "on_tablet_since").substr(0, 10));
    return latest.empty() ? "" : wrapped(s(Label::on_tablet_since, s.date(latest)), 2);
}

// A list that ends is not taken for all there is.
std::string left_out(const json::object& answer, const Screen& s) {
    std::string out;
    for (const json::value& one : list(answer, "complete_since")) {
        const json::object& part = one.as_object();
        std::string kind = text(part, "kind");
        if (kind == "MedicationAdministration")
            kind = s(Label::doses);
        else if (kind == "Observation")
            kind = s(Label::observations);
        else if (kind == "DocumentReference")
            kind = s(Label::notes);
        else
            kind = s.term(kind);
        out +=
            wrapped(s(Label::complete_since, kind, s.date(text(part, "since").substr(0, 10))), 2);
    }
    return out + on_tablet_since(answer, s);
}

std::string warning_words(const json::array& warnings, const Screen& s, Label all_the_same) {
    std::string out;
    for (const json::value& one : warnings) {
        const json::object& warning = one.as_object();
        out += wrapped(fmt::format("{}: {}", s.severity(number(warning, "severity")),
                                   text(warning, "sentence")),
                       4);
        out += wrapped("    -> " + text(warning, "action"), 7);
        out += flag(warning, "needs_reason")
                   ? wrapped("    " + s(all_the_same, text(warning, "rule")), 7)
                   : wrapped("    " + s(Label::for_information), 4);
    }
    return out;
}

std::string written(const json::object& answer, const Screen& s, std::string_view kind) {
    std::string out = s(Label::saved) + "\n" + banner(answer, s);
    out += warning_words(list(answer, "told"), s, Label::give_all_the_same);
    for (const json::value& one : list(answer, "raised"))
        out += finding_words(one.as_object(), s);
    const std::string name = s.name(kind, text(answer, "token"));
    if (!name.empty()) out += rows({{s(Label::shown_as), name}});
    return out;
}

std::string saved(const json::object& answer, const Screen& s) {
    return written(answer, s, "");
}

std::string nothing_more(const json::object&, const Screen& s) {
    return s(Label::done) + "\n";
}

}  // namespace kari::app
