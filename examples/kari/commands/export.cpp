// SPDX-License-Identifier: Apache-2.0
//
// A citizen's record out of the tablet, as its exact log.
#include <fcntl.h>
#include <unistd.h>

#include "examples/kari/commands/parts.hpp"
#include "examples/kari/terminal.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Result<std::string> exported(Device& device, const Arguments& args) {
    const auto log = device.export_log(args.record());
    if (!log) return tl::unexpected(log.error());
    std::string out;
    for (const LogLine& line : *log)
        out += json::serialize(answer(line)) + "\n";
    return out;
}

// Only the owner may read it, and nothing is written over.
Result<void> write_new(const std::string& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::already_exists, "the file cannot be made anew");
    bool whole = true;
    while (whole && !text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        whole = count > 0;
        if (whole) text.remove_prefix(static_cast<std::size_t>(count));
    }
    whole = whole && ::fsync(file) == 0;
    ::close(file);
    if (whole) return {};
    ::unlink(path.c_str());
    return fail(ErrorCode::storage_failed, "cannot write the export");
}

Answer export_record(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto text = exported(d, args);
        if (!text) return tl::unexpected(text.error());
        const std::string to = args.text_or("to");
        if (to.empty()) return json::object{{"text", *text}};
        if (auto written = write_new(to, *text); !written) {
            return tl::unexpected(written.error());
        }
        return json::object{{"file", to}, {"bytes", text->size()}};
    });
}

std::string show(const json::object& answer, const Screen& s) {
    if (const json::value* whole = value_at(answer, "text"); whole != nullptr) {
        const std::string out(whole->get_string());
        return writes_to_terminal() ? safe(out, true) : out;  // to a pipe exactly as it is
    }
    return wrapped(s(Label::exported, number(answer, "bytes")), 2);
}

}  // namespace

std::vector<Command> export_commands() {
    return {{.name = "export",
             .group = Group::proof,
             .help = Label::help_export,
             .example = "export 12p --to chart.log",
             .parameters = {k_record, {"to", Label::arg_to_file, Typed::file}},
             .run = export_record,
             .show = show}};
}

}  // namespace kari::app
