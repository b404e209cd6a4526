// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/json.hpp"

#include <algorithm>

namespace kari::fhir {

namespace {

std::vector<const Json::Member*> sorted_members(const Json::Object& object) {
    std::vector<const Json::Member*> sorted;
    sorted.reserve(object.size());
    for (const Json::Member& member : object)
        sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    return sorted;
}

bool equal_members(const Json::Object& a, const Json::Object& b) {
    if (a.size() != b.size()) return false;
    const auto left = sorted_members(a);
    const auto right = sorted_members(b);
    return std::equal(left.begin(), left.end(), right.begin(),
                      [](const auto* x, const auto* y) { return *x == *y; });
}

void write_string(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\0':  // what no reader of FHIR takes is shown as unreadable
                out += "\\ufffd";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out.push_back(digits[c >> 4]);
                    out.push_back(digits[c & 15]);
                } else {
                    out.push_back(c);
                }
        }
    }
    out.push_back('"');
}

void write(std::string& out, const Json& value, bool sorted);

void write_member(std::string& out, const Json::Member& member, bool sorted, bool first) {
    if (!first) out.push_back(',');
    write_string(out, member.first);
    out.push_back(':');
    write(out, member.second, sorted);
}

void write(std::string& out, const Json& value, bool sorted) {
    if (const bool* boolean = value.boolean()) {
        out += *boolean ? "true" : "false";
    } else if (const std::string* text = value.string()) {
        write_string(out, *text);
    } else if (const Json::Number* number = value.number_text()) {
        out += number->text;
    } else if (const Json::Array* items = value.items()) {
        out.push_back('[');
        for (std::size_t i = 0; i < items->size(); ++i) {
            if (i != 0) out.push_back(',');
            write(out, (*items)[i], sorted);
        }
        out.push_back(']');
    } else if (const Json::Object* members = value.members()) {
        out.push_back('{');
        bool first = true;
        if (sorted) {
            for (const Json::Member* member : sorted_members(*members)) {
                write_member(out, *member, sorted, std::exchange(first, false));
            }
        } else {
            for (const Json::Member& member : *members) {
                write_member(out, member, sorted, std::exchange(first, false));
            }
        }
        out.push_back('}');
    } else {
        out += "null";
    }
}

bool digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

const Json* Json::find(std::string_view name) const {
    const Object* object = members();
    if (object == nullptr) return nullptr;
    for (const Member& member : *object) {
        if (member.first == name) return &member.second;
    }
    return nullptr;
}

Json* Json::find(std::string_view name) {
    return const_cast<Json*>(std::as_const(*this).find(name));
}

const Json::Array& Json::all_items() const {
    static const Array none;
    const Array* array = items();
    return array != nullptr ? *array : none;
}

const Json::Object& Json::all_members() const {
    static const Object none;
    const Object* object = members();
    return object != nullptr ? *object : none;
}

std::string_view Json::text(std::string_view name) const {
    const Json* member = find(name);
    const std::string* text = member != nullptr ? member->string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

Json& Json::set(std::string_view name, Json value) {
    Json& member = (*this)[name];
    member = std::move(value);
    return member;
}

Json& Json::operator[](std::string_view name) {
    if (is_null()) value_ = Object{};
    if (Json* member = find(name)) return *member;
    Object& object = std::get<Object>(value_);
    return object.emplace_back(std::string(name), Json()).second;
}

void Json::erase(std::string_view name) {
    if (Object* object = members()) {
        std::erase_if(*object, [name](const Member& member) { return member.first == name; });
    }
}

void Json::push(Json value) {
    if (is_null()) value_ = Array{};
    std::get<Array>(value_).push_back(std::move(value));
}

bool Json::operator==(const Json& other) const {
    if (value_.index() != other.value_.index()) return false;
    if (members() != nullptr) return equal_members(all_members(), other.all_members());
    return value_ == other.value_;
}

std::string to_text(const Json& value) {
    std::string out;
    write(out, value, false);
    return out;
}

std::string canonical_text(const Json& value) {
    std::string out;
    write(out, value, true);
    return out;
}

bool is_number_text(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && digit(text[at]))
            ++at;
        return at - from;
    };
    if (at < text.size() && text[at] == '-') ++at;
    const std::size_t whole = at;
    const std::size_t count = digits();
    if (count == 0 || (count > 1 && text[whole] == '0')) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

}  // namespace kari::fhir
