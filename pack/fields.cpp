// SPDX-License-Identifier: Apache-2.0
#include "pack/fields.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "pack/cells.hpp"

namespace kari::pack {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Kind = JsonNode::Kind;
using Trouble = std::optional<SourceError>;

// Of the pack itself all: a part that is left out by mistake would check nothing.
bool must_be_said(const FieldDescriptor& field) {
    return field.containing_type() == v1::Pack::descriptor() || !field.has_optional_keyword();
}

Trouble fill_object(Message& said, const JsonNode& object, const std::string& where,
                    const std::vector<std::string>& elsewhere, Places& places);

// One value: of a field, or one more of its list.
Trouble put(Message& said, const FieldDescriptor& field, const JsonNode& node,
            const std::string& where, Places& places) {
    const auto& set = *said.GetReflection();
    places.note(where, "pack.json", node.line);
    const auto no = [&](std::string_view what) {
        return SourceError{node.line, fmt::format("\"{}\" is not {}", where, what)};
    };
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
            if (node.kind != Kind::text) return no("a text");
            if (field.is_repeated())
                set.AddString(&said, &field, node.text);
            else
                set.SetString(&said, &field, node.text);
            return {};
        case FieldDescriptor::CPPTYPE_INT64:
            if (node.kind != Kind::whole) return no("a whole number");
            set.SetInt64(&said, &field, node.whole);
            return {};
        default:
            if (node.kind != Kind::object) return no("an object");
            return fill_object(field.is_repeated() ? *set.AddMessage(&said, &field)
                                                   : *set.MutableMessage(&said, &field),
                               node, where, {}, places);
    }
}

Trouble fill_member(Message& said, const FieldDescriptor& field, const JsonNode& node,
                    const std::string& where, Places& places) {
    if (!field.is_repeated()) return put(said, field, node, where, places);
    places.note(where, "pack.json", node.line);
    if (node.kind != Kind::list) {
        return SourceError{node.line, fmt::format("\"{}\" is not a list", where)};
    }
    for (std::size_t i = 0; i < node.inside.size(); ++i) {
        auto trouble = put(said, field, node.inside[i], fmt::format("{}[{}]", where, i), places);
        if (trouble) return trouble;
    }
    return {};
}

Trouble fill_object(Message& said, const JsonNode& object, const std::string& where,
                    const std::vector<std::string>& elsewhere, Places& places) {
    const auto inside = [&](const std::string& name) {
        return where.empty() ? name : where + "." + name;
    };
    std::set<std::string> seen(elsewhere.begin(), elsewhere.end());
    for (const JsonNode& member : object.inside) {
        const auto* field = said.GetDescriptor()->FindFieldByName(member.name);
        if (field == nullptr) {
            return SourceError{member.line, fmt::format("\"{}\" is no member that a pack has",
                                                        inside(member.name))};
        }
        if (!seen.insert(member.name).second) {
            return SourceError{member.line,
                               fmt::format("\"{}\" is here twice", inside(member.name))};
        }
        if (auto trouble = fill_member(said, *field, member, inside(member.name), places)) {
            return trouble;
        }
    }
    for (int i = 0; i < said.GetDescriptor()->field_count(); ++i) {
        const auto& field = *said.GetDescriptor()->field(i);
        if (must_be_said(field) && seen.count(field.name()) == 0) {
            return SourceError{object.line,
                               fmt::format("\"{}\" is not said", inside(field.name()))};
        }
    }
    return {};
}

// The list that a table fills; null when it is none, or one whose entries hold messages.
const FieldDescriptor* table_field(const std::string& list) {
    const auto* field = v1::Pack::descriptor()->FindFieldByName(list);
    if (field == nullptr || !field->is_repeated() ||
        field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        return nullptr;
    }
    const auto* entry = field->message_type();
    for (int i = 0; i < entry->field_count(); ++i) {
        if (entry->field(i)->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
    }
    return field;
}

// What is wrong with the cell; nothing when it is in the entry.
std::optional<std::string> put_cell(Message& entry, const FieldDescriptor& field,
                                    const std::string& cell) {
    const auto& set = *entry.GetReflection();
    if (field.is_repeated()) {
        for (auto& word : words_of(cell))
            set.AddString(&entry, &field, std::move(word));
        return {};
    }
    if (cell.empty() && !must_be_said(field)) return {};
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        set.SetString(&entry, &field, cell);
        return {};
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (read.ec != std::errc() || read.ptr != cell.data() + cell.size()) {
        return "no whole number";
    }
    set.SetInt64(&entry, &field, number);
    return {};
}

using Columns = std::vector<const FieldDescriptor*>;

tl::expected<Columns, SourceError> columns_of(const google::protobuf::Descriptor& entry,
                                              const std::vector<std::string>& names) {
    Columns columns;
    for (const auto& name : names) {
        const auto* field = entry.FindFieldByName(name);
        if (field == nullptr) {
            return tl::unexpected(
                SourceError{1, fmt::format("\"{}\" is no column of this table", name)});
        }
        if (std::find(columns.begin(), columns.end(), field) != columns.end()) {
            return tl::unexpected(SourceError{1, fmt::format("\"{}\" is here twice", name)});
        }
        columns.push_back(field);
    }
    for (int i = 0; i < entry.field_count(); ++i) {
        const auto* field = entry.field(i);
        if (must_be_said(*field) &&
            std::find(columns.begin(), columns.end(), field) == columns.end()) {
            return tl::unexpected(
                SourceError{1, fmt::format("the column \"{}\" is missing", field->name())});
        }
    }
    return columns;
}

}  // namespace

void Places::note(const std::string& part, std::string_view file, int line) {
    places_[part] = fmt::format("{}:{}", file, line);
}

std::string Places::of(std::string part) const {
    while (!part.empty()) {
        if (const auto place = places_.find(part); place != places_.end()) return place->second;
        const auto cut = part.find_last_of(".[");
        part.resize(cut == std::string::npos ? 0 : cut);
    }
    return "pack.json:1";
}

std::optional<SourceError> fill_from_json(v1::Pack& pack, const JsonNode& object,
                                          const std::vector<std::string>& elsewhere,
                                          Places& places) {
    if (object.kind != Kind::object) return SourceError{object.line, "no object"};
    return fill_object(pack, object, "", elsewhere, places);
}

std::optional<SourceError> fill_from_table(v1::Pack& pack, const std::string& list,
                                           std::string_view text, std::string_view file,
                                           Places& places) {
    const auto& field = *table_field(list);
    std::optional<Columns> columns;
    int line = 0;
    int index = 0;
    for (const auto row : lines_of(text)) {
        ++line;
        if (row.empty()) continue;
        const auto cells = cells_of(row);
        if (!cells) return SourceError{line, cells.error()};
        if (!columns) {
            if (line != 1) return SourceError{1, "the names of the columns are missing"};
            auto named = columns_of(*field.message_type(), *cells);
            if (!named) return named.error();
            columns = std::move(*named);
            continue;
        }
        if (cells->size() != columns->size()) {
            return SourceError{line, fmt::format("{} cells where there are {} columns",
                                                 cells->size(), columns->size())};
        }
        Message& entry = *pack.GetReflection()->AddMessage(&pack, &field);
        const std::string where = fmt::format("{}[{}]", list, index++);
        places.note(where, file, line);
        for (std::size_t i = 0; i < cells->size(); ++i) {
            if (const auto wrong = put_cell(entry, *(*columns)[i], (*cells)[i])) {
                return SourceError{line,
                                   fmt::format("\"{}\" is {}", (*columns)[i]->name(), *wrong)};
            }
        }
    }
    if (!columns) return SourceError{1, "the names of the columns are missing"};
    return {};
}

bool is_table(const std::string& list) {
    return table_field(list) != nullptr;
}

}  // namespace kari::pack
