// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <boost/json/basic_parser_impl.hpp>

#include "sdk/fhir/json.hpp"

namespace kari::fhir {

namespace {

namespace bj = boost::json;

constexpr std::size_t k_value_cost = 48;
constexpr std::size_t k_path_segments_max = 12;

// Names of elements have a known shape; what has another may be anything, and is not repeated.
bool shows(std::string_view name) {
    return !name.empty() && name.size() <= 48 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

bool has_duplicate(const Json::Object& object) {
    std::vector<std::string_view> names;
    names.reserve(object.size());
    for (const auto& member : object)
        names.push_back(member.first);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Builds the value from the parser's events. Keeps its own stack: nothing here recurses.
class Builder {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit Builder(std::size_t memory_max) : memory_max_(memory_max) {}

    bool on_document_begin(bj::error_code&) { return true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_object_begin(bj::error_code& ec) { return open(Json::object(), ec); }
    bool on_array_begin(bj::error_code& ec) { return open(Json::array(), ec); }
    bool on_object_end(std::size_t, bj::error_code& ec) {
        if (has_duplicate(stack_.back().value.all_members())) {
            return refuse(ErrorCode::malformed, "a name stands twice in one object", ec);
        }
        return close(ec);
    }
    bool on_array_end(std::size_t, bj::error_code& ec) { return close(ec); }
    bool on_key_part(bj::string_view part, std::size_t, bj::error_code& ec) {
        return collect(part, ec);
    }
    bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
        if (!collect(part, ec)) return false;
        stack_.back().name = std::exchange(text_, {});
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t, bj::error_code& ec) {
        return collect(part, ec);
    }
    bool on_string(bj::string_view part, std::size_t, bj::error_code& ec) {
        if (!collect(part, ec)) return false;
        // JSON allows it; FHIR does not, and half of the world ends a text there.
        if (text_.find('\0') != std::string::npos) {
            return refuse(ErrorCode::malformed, "a text holds the character zero", ec);
        }
        return add(Json(std::exchange(text_, {})), ec);
    }
    bool on_number_part(bj::string_view part, bj::error_code& ec) { return collect(part, ec); }
    bool on_int64(std::int64_t, bj::string_view part, bj::error_code& ec) {
        return number(part, ec);
    }
    bool on_uint64(std::uint64_t, bj::string_view part, bj::error_code& ec) {
        return number(part, ec);
    }
    bool on_double(double, bj::string_view part, bj::error_code& ec) { return number(part, ec); }
    bool on_bool(bool value, bj::error_code& ec) { return add(Json(value), ec); }
    bool on_null(bj::error_code& ec) { return add(Json(), ec); }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }

    std::string path() const {
        std::string out;
        for (std::size_t i = 0; i < stack_.size() && i < k_path_segments_max; ++i) {
            const Frame& frame = stack_[i];
            if (const auto* items = frame.value.items()) {
                out += '[' + std::to_string(items->size()) + ']';
            } else if (!frame.name.empty()) {
                if (!out.empty()) out += '.';
                out += shows(frame.name) ? frame.name : std::string("?");
            }
        }
        if (stack_.size() > k_path_segments_max) out += "...";
        return out;
    }

    std::optional<Error> failure;
    std::optional<Json> result;

private:
    struct Frame {
        Json value;
        std::string name;  // of the member under way, in an object
    };

    bool refuse(ErrorCode code, const char* reason, bj::error_code& ec) {
        failure = Error{code, reason};
        ec = bj::error::exception;  // any code stops the parser
        return false;
    }
    bool charge(std::size_t cost, bj::error_code& ec) {
        memory_ += cost;
        return memory_ <= memory_max_ ||
               refuse(ErrorCode::too_large, "takes too much memory once read", ec);
    }
    bool collect(bj::string_view part, bj::error_code& ec) {
        if (!charge(part.size(), ec)) return false;
        text_.append(part.data(), part.size());
        return true;
    }
    bool number(bj::string_view part, bj::error_code& ec) {
        return collect(part, ec) && add(Json::number(std::exchange(text_, {})), ec);
    }
    bool open(Json container, bj::error_code& ec) {
        if (!charge(k_value_cost, ec)) return false;
        stack_.push_back({std::move(container), {}});
        return true;
    }
    bool close(bj::error_code& ec) {
        Json value = std::move(stack_.back().value);
        stack_.pop_back();
        return add(std::move(value), ec);
    }
    bool add(Json value, bj::error_code& ec) {
        if (!charge(k_value_cost, ec)) return false;
        if (stack_.empty()) {
            result = std::move(value);
            return true;
        }
        Frame& frame = stack_.back();
        if (Json::Object* members = frame.value.members()) {
            members->emplace_back(std::exchange(frame.name, {}), std::move(value));
        } else {
            frame.value.push(std::move(value));
        }
        return true;
    }

    std::size_t memory_max_;
    std::size_t memory_ = 0;
    std::vector<Frame> stack_;
    std::string text_;
};

const char* reason_of(const bj::error_code& ec) {
    if (ec == bj::error::too_deep) return "nested too deep";
    if (ec == bj::error::incomplete) return "ends before the value does";
    if (ec == bj::error::illegal_leading_surrogate || ec == bj::error::illegal_trailing_surrogate ||
        ec == bj::error::expected_utf16_escape) {
        return "half of a surrogate pair";
    }
    if (ec == bj::error::extra_data) return "text after the end of the value";
    return "not JSON";
}

bj::parse_options options_of(const JsonLimits& limits) {
    bj::parse_options options;
    options.max_depth = limits.depth;
    return options;
}

}  // namespace

struct JsonReader::State {
    explicit State(const JsonLimits& limits) : parser(options_of(limits), limits.memory) {}

    bj::basic_parser<Builder> parser;
    std::size_t text = 0;
    std::optional<Error> error;

    // `at`: bytes of the value that were read before it failed.
    void fail_with(const bj::error_code& ec, std::size_t at) {
        const auto code = ec == bj::error::too_deep ? ErrorCode::too_deep : ErrorCode::malformed;
        fail_with(parser.handler().failure.value_or(Error{code, reason_of(ec)}), at);
    }
    void fail_with(Error found, std::size_t at) {
        const std::string path = parser.handler().path();
        if (!path.empty()) found.what = path + ": " + found.what;
        found.what += ", at byte " + std::to_string(at);
        error = std::move(found);
    }
};

JsonReader::JsonReader(JsonLimits limits) : limits_(limits) {}
JsonReader::~JsonReader() = default;

bool JsonReader::failed() const {
    return state_ != nullptr && state_->error.has_value();
}

void JsonReader::feed(std::string_view text) {
    if (state_ == nullptr) state_ = std::make_unique<State>(limits_);
    if (state_->error) return;
    const std::size_t before = state_->text;
    state_->text += text.size();
    if (state_->text > limits_.text) {
        state_->fail_with(
            {ErrorCode::too_large, "longer than " + std::to_string(limits_.text) + " bytes"},
            before);
        return;
    }
    bj::error_code ec;
    const std::size_t used = state_->parser.write_some(true, text.data(), text.size(), ec);
    if (!ec && used < text.size()) {
        // The value has ended; only white space may follow.
        const std::string_view rest = text.substr(used);
        if (rest.find_first_not_of(" \t\r\n") != rest.npos) ec = bj::error::extra_data;
    }
    if (ec) state_->fail_with(ec, before + used);
}

Result<Json> JsonReader::finish() {
    if (state_ == nullptr) state_ = std::make_unique<State>(limits_);
    const std::unique_ptr<State> state = std::move(state_);
    if (!state->error) {
        bj::error_code ec;
        state->parser.write_some(false, "", 0, ec);
        if (ec) state->fail_with(ec, state->text);
    }
    if (state->error) return tl::unexpected(*state->error);
    if (!state->parser.handler().result) return fail(ErrorCode::malformed, "no value");
    return std::move(*state->parser.handler().result);
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
    JsonReader reader(limits);
    reader.feed(text);
    return reader.finish();
}

}  // namespace kari::fhir
