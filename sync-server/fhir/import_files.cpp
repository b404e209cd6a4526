// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/import_files.hpp"

#include <algorithm>
#include <cctype>
#include <istream>

#include "sync-server/fhir/importer.hpp"
#include "sync-server/fhir/regular_file.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {

using kari::fhir::ImportReport;

namespace {

constexpr std::size_t k_skipped_lines_max = kari::fhir::k_report_lines_max;

std::string lower_extension(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

bool holds_resources(const std::filesystem::path& path) {
    const std::string extension = lower_extension(path);
    return extension == ".json" || extension == ".ndjson";
}

// One run over one file or many.
class Run {
public:
    Run(exchange::Parts& parts, const std::string& system) : importer_(parts, system) {
        options_.system = system;
        options_.zone = parts.config.zone;
    }

    Result<void> folder(const std::filesystem::path& path);
    void file(const std::string& name, RegularFile& file);
    Result<ImportOutcome> end();

private:
    ImportReport read(RegularFile& file);
    void again();
    void skip(const std::string& name, std::string reason) {
        ++outcome_.files_skipped;
        if (outcome_.files_skipped <= k_skipped_lines_max) {
            outcome_.files.push_back({name, 0, std::move(reason)});
        }
    }
    void note(const std::string& name, const ImportReport& report) {
        outcome_.files.push_back({name, report.in, {}});
        outcome_.report.add(report, folder_.empty() ? "" : name);
    }
    bool stopped() const { return outcome_.report.stopped.has_value(); }

    Importer importer_;
    kari::fhir::ImportOptions options_;
    ImportOutcome outcome_;
    std::filesystem::path folder_;
    // Files that spoke of patients who were not here yet, with what was written of them.
    std::vector<std::pair<std::string, std::uint64_t>> early_;
};

ImportReport Run::read(RegularFile& file) {
    std::istream input(&file);
    ImportReport report = kari::fhir::import_resources(input, options_, importer_);
    if (file.changed()) {
        report.remark({0, {}, {}, "input", "was changed while it was read: import it again"});
    }
    return report;
}

void Run::file(const std::string& name, RegularFile& file) {
    const ImportReport report = read(file);
    // In a folder of one file a type the patients may come last.
    if (report.without_patient > 0 && !folder_.empty() && !report.stopped) {
        early_.emplace_back(name, report.written);
    } else {
        note(name, report);
    }
}

void Run::again() {
    for (const auto& [name, written] : early_) {
        if (stopped()) return;
        auto file = RegularFile::open(folder_ / name);
        if (!file) {
            skip(name, file.error().what);
            continue;
        }
        ImportReport report = read(**file);
        report.written += written;
        report.unchanged -= std::min(report.unchanged, written);
        note(name, report);
    }
}

Result<void> Run::folder(const std::filesystem::path& path) {
    std::error_code error;
    std::vector<std::filesystem::path> names;
    std::filesystem::directory_iterator at(path, error);
    for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
        names.push_back(at->path().filename());
    }
    if (error) return fail(ErrorCode::storage_failed, path.string() + ": " + error.message());
    std::sort(names.begin(), names.end());
    folder_ = path;
    bool any = false;
    for (const auto& each : names) {
        const std::string name = each.string();
        if (!holds_resources(each)) {
            if (lower_extension(each) == ".gz" && holds_resources(each.stem())) {
                skip(name, "is compressed: unpack it first");
                any = true;
            } else if (outcome_.files.size() < k_skipped_lines_max) {
                outcome_.files.push_back({name, 0, "is named neither .json nor .ndjson"});
            }
            continue;
        }
        any = true;
        if (stopped()) return {};
        auto opened = RegularFile::open(path / each);
        if (opened) {
            file(name, **opened);
        } else {
            skip(name, opened.error().what);
        }
    }
    again();
    if (!any) {
        return fail(ErrorCode::not_found, path.string() + " holds no .json or .ndjson file");
    }
    return {};
}

Result<ImportOutcome> Run::end() {
    // What is open when storage failed is rolled back; a rerun completes it.
    if (!stopped()) KARI_TRY(importer_.finish());
    outcome_.records = importer_.records();
    outcome_.changed_records = importer_.changed_records();
    return std::move(outcome_);
}

}  // namespace

Result<ImportOutcome> import_path(exchange::Parts& parts, const std::filesystem::path& path,
                                  const std::string& system) {
    Run run(parts, system);
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown)) {
        KARI_TRY(run.folder(path));
        return run.end();
    }
    auto opened = path == "-" ? RegularFile::standard_input() : RegularFile::open(path);
    if (!opened) {
        return fail(opened.error().code, path.string() + " " + opened.error().what);
    }
    run.file(path.filename().string(), **opened);
    return run.end();
}

}  // namespace kari::server::fhir
