// SPDX-License-Identifier: Apache-2.0
//
// Photos and files: attach one, list those of a record, fetch one into a file.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <kari/attachments.hpp>

#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_shortest_name = 6;

// By the end of its name; what is not known is bytes.
std::string type_of(const fs::path& file) {
    static const std::pair<std::string_view, std::string_view> known[] = {
        {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"},     {".png", "image/png"},
        {".heic", "image/heic"}, {".pdf", "application/pdf"}, {".txt", "text/plain"}};
    std::string end = file.extension().string();
    std::transform(end.begin(), end.end(), end.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& [suffix, type] : known) {
        if (end == suffix) return std::string(type);
    }
    return "application/octet-stream";
}

// The text of an error names no file: its name may be a citizen's.
Result<std::ifstream> opened(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::not_found, "the file cannot be read");
    return in;
}

Result<std::string> small_file(const std::string& file) {
    auto in = opened(file);
    if (!in) return tl::unexpected(in.error());
    std::string bytes(std::size_t{64} * 1024, '\0');  // longer than a thumbnail may be
    in->read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in->gcount()));
    return bytes;
}

Answer attach(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const std::string file = args.text("file");
        auto in = opened(file);
        if (!in) return tl::unexpected(in.error());
        AttachmentEntry entry;
        entry.content_type = args.text_or("content_type", type_of(file));
        entry.title = args.text_or("title");
        entry.text = args.text_or("text");
        entry.type = args.text_or("type");
        if (const std::string thumbnail = args.text_or("thumbnail"); !thumbnail.empty()) {
            auto bytes = small_file(thumbnail);
            if (!bytes) return tl::unexpected(bytes.error());
            entry.thumbnail = std::move(*bytes);
            entry.thumbnail_type = type_of(thumbnail);
        }
        const AttachmentSource source = [&](std::span<std::uint8_t> room) -> Result<std::size_t> {
            in->read(reinterpret_cast<char*>(room.data()),
                     static_cast<std::streamsize>(room.size()));
            if (in->bad()) return fail(ErrorCode::storage_failed, "reading the file");
            return static_cast<std::size_t>(in->gcount());
        };
        Attachments attachments(d);
        return changed(tablet, args.has("token")
                                   ? attachments.attach_to_note(args.token(), entry, source)
                                   : attachments.attach(args.record(), entry, source));
    });
}

json::object answer_of(const AttachmentItem& item, Language language) {
    static constexpr const char* places[] = {"not_here", "partly_here", "here"};
    static constexpr const char* safeties[] = {"waiting", "stored", "secured"};
    json::object out{{"attachment", item.id.text()},
                     {"document", item.document.text()},
                     {"title", item.title},
                     {"content_type", item.content_type},
                     {"size", item.size},
                     {"place", places[static_cast<int>(item.place)]},
                     {"bytes_here", item.bytes_here},
                     {"safety", safeties[static_cast<int>(item.safety)]},
                     {"made_here", item.made_here},
                     {"wanted", item.wanted},
                     {"thumbnail", item.thumbnail ? item.thumbnail->text() : ""},
                     {"thumbnail_here", item.thumbnail_here},
                     {"readable", item.readable}};
    if (item.trouble) {
        out["trouble"] = name(item.trouble->code);
        out["what_to_do"] = explain(*item.trouble, language).what_to_do;
    }
    return out;
}

Answer attachments(Tablet& tablet, const Arguments& args) {
    return with_chart(tablet, args, [&](Device& d, const ChartView&) -> Answer {
        const auto items = Attachments(d).list(args.record());
        if (!items) return tl::unexpected(items.error());
        json::array out;
        for (const AttachmentItem& item : *items)
            out.push_back(answer_of(item, tablet.options().language));
        return json::object{{"attachments", std::move(out)}};
    });
}

// The one whose name, or whose thumbnail's, begins so.
Result<AttachmentId> named(const std::vector<AttachmentItem>& items, const std::string& begin) {
    std::vector<AttachmentId> found;
    for (const AttachmentItem& item : items) {
        if (item.id.text().starts_with(begin)) found.push_back(item.id);
        if (item.thumbnail && item.thumbnail->text().starts_with(begin)) {
            found.push_back(*item.thumbnail);
        }
    }
    if (begin.size() < k_shortest_name || found.size() != 1) {
        return fail(ErrorCode::not_found, "attachment/not-here: no one attachment is named so");
    }
    return found.front();
}

Answer fetch(Tablet& tablet, const Arguments& args) {
    return with_chart(tablet, args, [&](Device& d, const ChartView&) -> Answer {
        Attachments attachments(d);
        const auto items = attachments.list(args.record());
        if (!items) return tl::unexpected(items.error());
        const auto id = named(*items, args.text("attachment"));
        if (!id) return tl::unexpected(id.error());
        const std::string file = args.text_or("file");
        if (file.empty()) {
            auto wanted = attachments.want(args.record(), *id);
            if (!wanted) return tl::unexpected(wanted.error());
            return json::object{{"attachment", id->text()}, {"bytes", 0}};
        }
        if (fs::exists(file)) return fail(ErrorCode::already_exists, "the file is there already");
        std::ofstream out(file, std::ios::binary);
        if (!out) throw no_folder(file);
        std::uint64_t bytes = 0;
        const auto read = attachments.read(args.record(), *id, [&](std::string_view part) {
            out.write(part.data(), static_cast<std::streamsize>(part.size()));
            bytes += part.size();
            return out ? Result<void>{} : fail(ErrorCode::storage_full, "writing the file");
        });
        out.close();
        if (!read || !out) {
            std::error_code ignored;
            fs::remove(file, ignored);  // half a photo passes for none
            if (!read) return tl::unexpected(read.error());
            return fail(ErrorCode::storage_full, "writing the file");
        }
        return json::object{{"attachment", id->text()}, {"bytes", bytes}};
    });
}

std::string show_attached(const json::object& answer, const Screen& s) {
    return s(Label::saved) + "\n" + banner(answer, s);
}

std::string show_list(const json::object& answer, const Screen& s) {
    const json::array& items = list(answer, "attachments");
    if (items.empty()) return s(Label::no_attachments) + "\n";
    std::string out;
    for (const json::value& one : items) {
        const json::object& item = one.as_object();
        const std::string place = text(item, "place");
        const std::string safety = text(item, "safety");
        const std::string where = !flag(item, "readable")  ? s(Label::attachment_unreadable)
                                  : flag(item, "wanted")   ? s(Label::attachment_wanted)
                                  : place == "here"        ? s(Label::attachment_here)
                                  : place == "partly_here" ? s(Label::attachment_partly)
                                                           : s(Label::attachment_not_here);
        const std::string safe = safety == "waiting"  ? s(Label::attachment_waiting)
                                 : safety == "stored" ? s(Label::attachment_stored)
                                                      : s(Label::attachment_secured);
        out += wrapped(fmt::format("{}  {} kB  {}  {}", text(item, "attachment").substr(0, 8),
                                   (number(item, "size") + 999) / 1000, text(item, "content_type"),
                                   text(item, "title")),
                       10);
        out += wrapped("          " + where + "; " + safe, 10);
        if (const std::string next = text(item, "what_to_do"); !next.empty()) {
            out += wrapped("          ! " + next, 12);
        }
    }
    return out;
}

std::string show_fetched(const json::object& answer, const Screen& s) {
    return wrapped(number(answer, "bytes") == 0
                       ? s(Label::attachment_will_come)
                       : s(Label::attachment_written, number(answer, "bytes")),
                   2);
}

}  // namespace

std::vector<Command> attachment_commands() {
    Parameter record = k_record;
    record.required = false;  // a note says whose it is
    record.positional = false;
    const Parameter name{"attachment", Label::arg_attachment, Typed::text, true, true};
    const Parameter file{"file", Label::arg_attached_file, Typed::file, true, true};
    return {
        {.name = "attach",
         .group = Group::charting,
         .help = Label::help_attach,
         .example = "attach sar.jpg --record 12p --title \"Venstre hæl\"",
         .writes = true,
         .parameters = {file,
                        record,
                        item_of("note", false),
                        {"title", Label::arg_title},
                        {"text", Label::arg_attachment_text},
                        {"type", Label::arg_note_type},
                        {"content_type", Label::arg_content_type},
                        {"thumbnail", Label::arg_thumbnail, Typed::file}},
         .run = attach,
         .show = show_attached},
        {.name = "attachments",
         .group = Group::reading,
         .help = Label::help_attachments,
         .example = "attachments 12p",
         .parameters = {k_record, k_purpose, k_why_read},
         .run = attachments,
         .show = show_list},
        {.name = "fetch",
         .group = Group::reading,
         .help = Label::help_fetch,
         .example = "fetch 12p 3fa9c1 --file sar.jpg",
         .parameters = {k_record,
                        name,
                        {"file", Label::arg_fetched_file, Typed::file},
                        k_purpose,
                        k_why_read},
         .run = fetch,
         .show = show_fetched},
    };
}

}  // namespace kari::app
