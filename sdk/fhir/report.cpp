// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/report.hpp"

namespace kari::fhir {

namespace {

void append(std::vector<ImportNote>& lines, ImportNote note) {
    if (lines.size() < k_report_lines_max) lines.push_back(std::move(note));
}

Json to_json(const std::map<std::string, std::uint64_t>& counts) {
    Json out = Json::object();
    for (const auto& [name, count] : counts) {
        out.set(name, Json::number(static_cast<long long>(count)));
    }
    return out;
}

Json to_json(const std::vector<ImportNote>& notes) {
    Json out = Json::array();
    for (const ImportNote& note : notes) {
        Json line = Json::object();
        if (!note.file.empty()) line.set("file", Json(note.file));
        line.set("index", Json::number(static_cast<long long>(note.index)));
        line.set("type", Json(note.type));
        line.set("path", Json(note.path));
        line.set("reason", Json(note.reason));
        out.push(std::move(line));
    }
    return out;
}

void add_counts(std::map<std::string, std::uint64_t>& into,
                const std::map<std::string, std::uint64_t>& from) {
    for (const auto& [name, count] : from)
        into[name] += count;
}

}  // namespace

void ImportReport::reject(ImportNote note) {
    ++rejected_count;
    append(rejected, std::move(note));
}

void ImportReport::remark(ImportNote note) {
    ++notes_count;
    append(notes, std::move(note));
}

void ImportReport::add(const ImportReport& other, const std::string& file) {
    const auto named = [&file](ImportNote note) {
        if (!file.empty()) note.file = file;
        return note;
    };
    in += other.in;
    add_counts(by_kind, other.by_kind);
    add_counts(unmapped, other.unmapped);
    written += other.written;
    unchanged += other.unchanged;
    moved += other.moved;
    directory += other.directory;
    rejected_count += other.rejected_count;
    without_patient += other.without_patient;
    notes_count += other.notes_count;
    for (const ImportNote& note : other.rejected)
        append(rejected, named(note));
    for (const ImportNote& note : other.notes)
        append(notes, named(note));
    if (!stopped) stopped = other.stopped;
}

Json to_json(const ImportReport& report) {
    const auto number = [](std::uint64_t count) {
        return Json::number(static_cast<long long>(count));
    };
    Json out = Json::object();
    out.set("in", number(report.in));
    out.set("by_kind", to_json(report.by_kind));
    out.set("unmapped", to_json(report.unmapped));
    out.set("written", number(report.written));
    out.set("unchanged", number(report.unchanged));
    out.set("moved", number(report.moved));
    out.set("directory", number(report.directory));
    out.set("rejected_count", number(report.rejected_count));
    out.set("rejected", to_json(report.rejected));
    out.set("notes_count", number(report.notes_count));
    out.set("notes", to_json(report.notes));
    if (report.stopped) {
        Json stopped = Json::object();
        stopped.set("error", Json(name(report.stopped->code)));
        stopped.set("what", Json(report.stopped->what));
        out.set("stopped", std::move(stopped));
    }
    return out;
}

}  // namespace kari::fhir
