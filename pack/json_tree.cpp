// SPDX-License-Identifier: Apache-2.0
#include "pack/json_tree.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace kari::pack {
namespace {

namespace json = boost::json;
using Code = boost::system::error_code;

// Grows the tree while the text goes by, a line at a time.
struct Grower {
    static constexpr std::size_t max_object_size = 100'000;
    static constexpr std::size_t max_array_size = 100'000;
    static constexpr std::size_t max_key_size = 1'000;
    static constexpr std::size_t max_string_size = 100'000;

    JsonNode root;
    std::vector<JsonNode*> open;  // from the outside in; one grows only once the next is shut
    std::string name;
    std::string part;
    int line = 0;

    JsonNode& add(JsonNode::Kind kind) {
        JsonNode node{kind, std::move(name), {}, 0, {}, line};
        name.clear();
        if (open.empty()) return root = std::move(node);
        return open.back()->inside.emplace_back(std::move(node));
    }
    bool shut() {
        open.pop_back();
        return true;
    }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) {
        open.push_back(&add(JsonNode::Kind::object));
        return true;
    }
    bool on_object_end(std::size_t, Code&) { return shut(); }
    bool on_array_begin(Code&) {
        open.push_back(&add(JsonNode::Kind::list));
        return true;
    }
    bool on_array_end(std::size_t, Code&) { return shut(); }
    bool on_key_part(json::string_view text, std::size_t, Code&) { return hold(text); }
    bool on_key(json::string_view text, std::size_t, Code&) {
        hold(text);
        name = std::move(part);
        part.clear();
        return true;
    }
    bool on_string_part(json::string_view text, std::size_t, Code&) { return hold(text); }
    bool on_string(json::string_view text, std::size_t, Code&) {
        hold(text);
        add(JsonNode::Kind::text).text = std::move(part);
        part.clear();
        return true;
    }
    bool on_number_part(json::string_view, Code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, Code&) {
        add(JsonNode::Kind::whole).whole = value;
        return true;
    }
    bool on_uint64(std::uint64_t, json::string_view, Code&) { return other(); }
    bool on_double(double, json::string_view, Code&) { return other(); }
    bool on_bool(bool, Code&) { return other(); }
    bool on_null(Code&) { return other(); }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }

    bool hold(json::string_view text) {
        part.append(text.data(), text.size());
        return true;
    }
    bool other() {
        add(JsonNode::Kind::other);
        return true;
    }
};

}  // namespace

tl::expected<JsonNode, SourceError> read_json(std::string_view text) {
    json::basic_parser<Grower> parser(json::parse_options{});
    Code failed;
    int line = 0;
    do {
        const auto end = text.find('\n');
        const auto now = text.substr(0, end == std::string_view::npos ? end : end + 1);
        text.remove_prefix(now.size());
        parser.handler().line = ++line;
        parser.write_some(!text.empty(), now.data(), now.size(), failed);
        if (failed) return tl::unexpected(SourceError{line, "no JSON: " + failed.message()});
    } while (!text.empty());
    return std::move(parser.handler().root);
}

}  // namespace kari::pack
