// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "examples/kari/words.hpp"

// The small change of answers for people: parts of a JSON answer, terms, amounts, times, tables.
namespace kari::app {

// The text of a member, without control characters, which would steer the reader's terminal.
std::string text(const boost::json::object& object, std::string_view key);
bool flag(const boost::json::object& object, std::string_view key);
std::int64_t number(const boost::json::object& object, std::string_view key);
const boost::json::array& list(const boost::json::object& object, std::string_view key);
const boost::json::object& part(const boost::json::object& object, std::string_view key);

// Picks the words of the language.
class Words {
public:
    explicit Words(const Reading& reading)
        : nb_(reading.language == Language::nb), tokens_(reading.tokens) {}
    std::string operator()(std::string_view nb, std::string_view en) const {
        return std::string(nb_ ? nb : en);
    }
    // A code that answers use, in the language.
    std::string term(const std::string& code) const;
    // "37,2 °C" or "37.2 °C": the decimal point is the reader's, the number as written.
    std::string amount(const boost::json::object& quantity) const;
    // "2026-03-01 08:05 +01:00", from an answer's or a FHIR time.
    std::string when(const std::string& time) const;
    // "2026-03-01 07:05 UTC"
    std::string when_ms(std::int64_t ms) const;
    // "5 min", "3 h 20 min", "2 d 4 h"
    std::string lasting(std::int64_t ms) const;
    // A line with the item's token, when it was asked for.
    std::string token(const boost::json::object& item) const;
    std::string age(const boost::json::object& answer) const;

private:
    bool nb_;
    bool tokens_;
};

struct Row {
    std::string label;
    std::string value;
};
// Labels to the left in one column, values wrapped in the other.
std::string rows(const std::vector<Row>& list);

std::string finding_words(const boost::json::object& finding, const Words& w);

// By command; empty when the command is not theirs.
std::string chart_words(std::string_view command, const boost::json::object& answer,
                        const Words& w);
std::string report_words(std::string_view command, const boost::json::object& answer,
                         const Words& w);

}  // namespace kari::app
