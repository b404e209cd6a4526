// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <kari/error.hpp>

namespace kari::fhir {

// A JSON value whose numbers are the text in which they were written: "1.10", "0.500", "1e2" and
// thirty digits come back as they came. Members keep their order; names are unique.
// Threads: as any value. Depth is bounded where values are made (JsonReader), so destroying,
// comparing and writing one cannot exhaust the stack.
class Json {
public:
    struct Number {
        std::string text;
        bool operator==(const Number&) const = default;
    };
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;  // null
    // Only a bool: a number or a pointer is not one.
    template <std::same_as<bool> Bool>
    Json(Bool value) : value_(value) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(Number value) : value_(std::move(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}

    // Requires: `text` is a JSON number (is_number_text); not checked here.
    static Json number(std::string text) { return Json(Number{std::move(text)}); }
    static Json number(long long value) { return Json(Number{std::to_string(value)}); }
    static Json array() { return Json(Array{}); }
    static Json object() { return Json(Object{}); }

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    const bool* boolean() const { return std::get_if<bool>(&value_); }
    const std::string* string() const { return std::get_if<std::string>(&value_); }
    const Number* number_text() const { return std::get_if<Number>(&value_); }
    const Array* items() const { return std::get_if<Array>(&value_); }
    Array* items() { return std::get_if<Array>(&value_); }
    const Object* members() const { return std::get_if<Object>(&value_); }
    Object* members() { return std::get_if<Object>(&value_); }
    // To walk over: empty when this is no array, or no object.
    const Array& all_items() const;
    const Object& all_members() const;

    // A member by name; null when this is no object or has none of that name.
    const Json* find(std::string_view name) const;
    Json* find(std::string_view name);
    // The text of a string member; empty when there is none.
    std::string_view text(std::string_view name) const;
    // Sets or adds a member. Requires: this is an object (a null becomes one).
    Json& set(std::string_view name, Json value);
    // The member of that name, made as null when it is not there. A null becomes an object.
    Json& operator[](std::string_view name);
    void erase(std::string_view name);
    // Requires: this is an array (a null becomes one).
    void push(Json value);

    // Equal as JSON with text-exact numbers: member order is free, array order is not.
    bool operator==(const Json& other) const;

private:
    std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

inline constexpr std::size_t k_json_depth_max = 64;
inline constexpr std::size_t k_json_text_max = 16 * 1024 * 1024;
// Of what a value occupies once read, counted as strings plus a constant per value: short values
// take far more memory than text.
inline constexpr std::size_t k_json_memory_max = 8 * 1024 * 1024;

struct JsonLimits {
    std::size_t depth = k_json_depth_max;
    std::size_t text = k_json_text_max;
    std::size_t memory = k_json_memory_max;
};

// Reads one value piece by piece. Invalid UTF-8, duplicate names, trailing text and anything beyond
// the limits are errors; the error's `what` is the path where it stands and the reason, never a
// value of the input. After an error the rest of the input is ignored.
class JsonReader {
public:
    explicit JsonReader(JsonLimits limits = {});
    ~JsonReader();
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;

    void feed(std::string_view text);
    // True once what was fed cannot become a value any more.
    bool failed() const;
    // Ends the value. The reader may then be used for another one.
    // Errors: malformed, too_deep, too_large.
    Result<Json> finish();

private:
    struct State;
    JsonLimits limits_;
    std::unique_ptr<State> state_;
};

Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Compact text; members in their order.
std::string to_text(const Json& value);
// Compact text with members sorted by the bytes of their names: equal values, equal text.
std::string canonical_text(const Json& value);

bool is_number_text(std::string_view text);

}  // namespace kari::fhir
