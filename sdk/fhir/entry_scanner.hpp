// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kari::fhir {

// Splits the text of one JSON object into the items of its member "entry" and the rest, by
// counting brackets outside strings. Keeps no stack and no text but the name of the member under
// way, so depth and length of the input do not matter to it. Whether an item is JSON is for the
// reader of the item to say.
class EntryScanner {
public:
    class Handler {
    public:
        virtual ~Handler() = default;
        virtual void outside(std::string_view text) = 0;  // all but the items and their commas
        virtual void item_begin() = 0;
        virtual void item_part(std::string_view text) = 0;
        virtual void item_end() = 0;
    };

    explicit EntryScanner(Handler& handler) : handler_(handler) {}

    // Returns how much was used: all, or up to the end of the object.
    std::size_t feed(std::string_view text);

    bool ended() const { return ended_; }
    bool in_item() const { return in_item_; }
    // A comma too many or too few between items.
    bool misplaced_comma() const { return misplaced_comma_; }
    // The text of the member "resourceType", as far as it was seen.
    const std::string& type() const { return type_; }

private:
    void outside_byte(char c);
    void string_byte(char c);
    void between_items(char c, std::size_t at);
    void item_byte(char c, std::string_view text, std::size_t at);
    void flush(std::string_view text, std::size_t end);

    Handler& handler_;
    std::uint64_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool name_next_ = false;  // at depth 1: the next string is a name
    bool in_entries_ = false;
    bool in_item_ = false;
    bool item_due_ = false;  // after a comma
    bool misplaced_comma_ = false;
    bool ended_ = false;
    std::string name_;
    std::string type_;
    std::string* capture_ = nullptr;
    std::size_t from_ = 0;  // of what was not handed on yet, in this feed
};

}  // namespace kari::fhir
