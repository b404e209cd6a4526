// SPDX-License-Identifier: Apache-2.0
//
// A citizen's record out of the tablet: as its exact log, or as FHIR R4.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>

#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::string_view k_formats = "fhir log";

bool as_log(const Arguments& args) {
    return args.text_or("format", "fhir") == "log";
}

Result<std::string> exported(Device& device, const Arguments& args) {
    if (!as_log(args)) return device.export_fhir(args.record(), args.access());
    const auto log = device.export_log(args.record());
    if (!log) return tl::unexpected(log.error());
    std::string out;
    for (const LogLine& line : *log)
        out += json::serialize(answer(line)) + "\n";
    return out;
}

// A file of its own that comes to be whole or not at all, and only its owner may read.
class NewFile {
public:
    explicit NewFile(const std::string& path) : path_(path), unfinished_(path + ".part") {
        struct stat there{};
        if (::lstat(path.c_str(), &there) == 0) {
            errno_ = EEXIST;
            return;
        }
        file_ = ::open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file_ < 0) errno_ = errno;
    }
    ~NewFile() {
        if (file_ < 0) return;
        ::close(file_);
        ::unlink(unfinished_.c_str());  // after a rename nothing has this name
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    // Throws BadArgument when it is the folder that will not have it.
    Result<void> made() const {
        if (file_ >= 0) return {};
        const int folder[] = {ENOENT, ENOTDIR, EACCES, EPERM, EROFS};
        if (std::find(std::begin(folder), std::end(folder), errno_) != std::end(folder)) {
            throw no_folder(path_);
        }
        return fail(errno_ == EEXIST ? ErrorCode::already_exists : ErrorCode::storage_failed,
                    "the file cannot be made anew");
    }

    Result<void> finish(std::string_view text) {
        bool whole = true;
        while (whole && !text.empty()) {
            const ssize_t count = ::write(file_, text.data(), text.size());
            whole = count > 0;
            if (whole) text.remove_prefix(static_cast<std::size_t>(count));
        }
        whole = whole && ::fsync(file_) == 0 &&
                ::renameat2(AT_FDCWD, unfinished_.c_str(), AT_FDCWD, path_.c_str(),
                            RENAME_NOREPLACE) == 0;
        if (whole) return {};
        const bool full = errno == ENOSPC || errno == EDQUOT;
        return fail(full              ? ErrorCode::storage_full
                    : errno == EEXIST ? ErrorCode::already_exists
                                      : ErrorCode::storage_failed,
                    "cannot write the export");
    }

private:
    std::string path_;
    std::string unfinished_;
    int file_ = -1;
    int errno_ = 0;
};

Answer export_record(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        // First the file: what cannot be kept is not taken out, and leaves no entry.
        NewFile file(args.text("to"));
        if (auto made = file.made(); !made) return tl::unexpected(made.error());
        const auto text = exported(d, args);
        if (!text) return tl::unexpected(text.error());
        if (auto written = file.finish(*text); !written) return tl::unexpected(written.error());
        json::object out{{"bytes", text->size()}};
        // What is at the server alone is not in the file; a log says as much by its positions.
        if (!as_log(args)) {
            const auto view = d.open_chart(args.record(), args.access());
            if (!view) return tl::unexpected(view.error());
            add_reach(out, *view);
        }
        return out;
    });
}

std::string show(const json::object& answer, const Screen& s) {
    return wrapped(s(Label::exported, number(answer, "bytes")), 2) + missing(answer, s) +
           on_tablet_since(answer, s);
}

}  // namespace

std::vector<Command> export_commands() {
    return {{.name = "export",
             .group = Group::proof,
             .help = Label::help_export,
             .example = "export 12p --to chart.json",
             .parameters = {k_record,
                            {"format", Label::arg_format, Typed::choice, false, false, k_formats},
                            {"to", Label::arg_to_file, Typed::file, true},
                            k_purpose,
                            k_why_read},
             .run = export_record,
             .show = show}};
}

}  // namespace kari::app
