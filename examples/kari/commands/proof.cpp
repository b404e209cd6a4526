// SPDX-License-Identifier: Apache-2.0
//
// What the tablet can show for itself: exact bytes, digests and the result of checking them.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer verify(Tablet& tablet, const Arguments&) {
    tablet.progress(Label::verify_progress);
    return with(tablet, [](Device& d) { return told(d.verify()); });
}

Answer log(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return listed("log", d.export_log(args.record())); });
}

Answer digest(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto digest = d.state_digest(args.record());
        if (!digest) return tl::unexpected(digest.error());
        return json::object{{"digest", digest->text()}};
    });
}

Answer held(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) -> Answer {
        const auto records = d.held_records();
        if (!records) return tl::unexpected(records.error());
        return json::object{{"records", ids(*records)}};
    });
}

std::string show_verify(const json::object& answer, const Screen& s) {
    const auto count = [&](std::string_view key) {
        return std::to_string(number(answer, key));
    };
    std::string out = flag(answer, "sound") ? s(Label::sound) + "\n"
                                            : wrapped(s.toned(Tone::stop, s(Label::not_sound)), 2);
    out += rows({{s(Label::records), count("records")},
                 {s(Label::changes), count("changes")},
                 {s(Label::streams), count("streams")},
                 {s(Label::seals), count("seals")},
                 {s(Label::unproven_seals), count("unproven_seals")},
                 {s(Label::access_entries), count("access_entries")}});
    for (const json::value& one : list(answer, "problems")) {
        if (one.is_string()) out += wrapped("  ! " + safe(one.get_string()), 4);
    }
    return out;
}

std::string show_log(const json::object& answer, const Screen& s) {
    std::string out = beside({{2, s(Label::position)}, {12, s(Label::change)}});
    for (const json::value& one : list(answer, "log")) {
        const json::object& line = one.as_object();
        const std::int64_t position = number(line, "position");
        out +=
            beside({{2, position == 0 ? "-" : std::to_string(position)},
                    {12, text(line, "id") +
                             (value_at(line, "body") == nullptr ? " " + s(Label::no_body) : "")}});
    }
    return out + wrapped("-> " + s(Label::log_next), 3);
}

std::string show_digest(const json::object& answer, const Screen&) {
    return text(answer, "digest") + "\n";
}

std::string show_held(const json::object& answer, const Screen& s) {
    std::string out;
    for (const json::value& one : list(answer, "records")) {
        if (one.is_string()) out += "  " + safe(one.get_string()) + "\n";
    }
    return out.empty() ? s.none() : out;
}

}  // namespace

std::vector<Command> proof_commands() {
    return {
        {.name = "verify",
         .group = Group::proof,
         .help = Label::help_verify,
         .run = verify,
         .show = show_verify},
        {.name = "log",
         .group = Group::proof,
         .help = Label::help_log,
         .example = "log 12p --json",
         .parameters = {k_record},
         .run = log,
         .show = show_log},
        {.name = "digest",
         .group = Group::proof,
         .help = Label::help_digest,
         .parameters = {k_record},
         .run = digest,
         .show = show_digest},
        {.name = "held",
         .group = Group::proof,
         .help = Label::help_held,
         .run = held,
         .show = show_held},
    };
}

}  // namespace kari::app
