// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "examples/kari/columns.hpp"
#include "examples/kari/labels.hpp"
#include "examples/kari/references.hpp"

// What the screens of all commands are made of.
namespace kari::app {

// The text of a member, safe for a terminal.
std::string text(const boost::json::object& object, std::string_view key);
bool flag(const boost::json::object& object, std::string_view key);
std::int64_t number(const boost::json::object& object, std::string_view key);
const boost::json::array& list(const boost::json::object& object, std::string_view key);
const boost::json::object& part(const boost::json::object& object, std::string_view key);
// The member, or null.
const boost::json::value* value_at(const boost::json::object& object, std::string_view key);

// A colour says nothing that the words do not say too.
enum class Tone { plain, stop, warn, calm };

// How somebody at a terminal reads.
struct Reading {
    Language language = Language::nb;
    bool colour = false;
    bool tokens = false;               // whole edit tokens, for scripts that read words
    References* references = nullptr;  // none: nothing is given a short name
    PersonId person;                   // who reads
};

class Screen {
public:
    explicit Screen(const Reading& reading) : how_(reading) {}

    bool norwegian() const { return how_.language == Language::nb; }
    std::string operator()(Label said) const { return std::string(label(said, how_.language)); }
    template <typename... Args>
    std::string operator()(Label said, const Args&... args) const {
        return fmt::format(fmt::runtime(label(said, how_.language)), args...);
    }
    // A code that answers use, in the language.
    std::string term(std::string_view code) const {
        return std::string(app::term(code, how_.language));
    }

    // "37,2 °C" or "37.2 °C": the decimal point is the reader's, in plain digits, and no
    // line breaks between them and the unit. Empty for no quantity.
    std::string amount(const boost::json::object& quantity) const;
    // "01.03.2026 08:05" or "2026-03-01 08:05" of a FHIR time, with the offset when it is not the
    // one of this place at that time. No line breaks between date and hour.
    std::string when(std::string_view time) const;
    std::string date(std::string_view date) const;
    std::string when_ms(std::int64_t ms) const;
    // "5 min", "3 t 20 min", "2 d 4 t"
    std::string lasting(std::int64_t ms) const;
    // "as of 08:05 (3 h ago): stale", from an answer's "age".
    std::string age(const boost::json::object& answer) const;

    // "!!! S1 STOP AND PHONE"
    std::string severity(std::int64_t severity) const;
    std::string toned(Tone tone, std::string_view words) const;
    // A heading with a line of its own.
    std::string heading(std::string_view words) const;
    std::string none() const;

    // The short name of what is shown, in a column of its own; blanks when none is given.
    std::string name(std::string_view kind, const std::string& target) const;
    // One item of a list: its short name, and its words from column 8 on.
    std::string item(std::string_view kind, const boost::json::object& item,
                     std::string_view words) const;
    // The item's edit token on a line of its own, when tokens were asked for.
    std::string token(const boost::json::object& item) const;
    // Lines below an item.
    std::string below(std::string_view words) const;

private:
    Reading how_;
};

inline constexpr std::size_t k_item_column = 8;

// With colours as a terminal wants them, or without.
std::string finished(std::string_view screen, bool colour);

// An error, as an answer tells it: what happened and what to do.
std::string refusal(const boost::json::object& answer, const Screen& s);
std::string finding_words(const boost::json::object& finding, const Screen& s);

}  // namespace kari::app
