// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/entry_scanner.hpp"

namespace kari::fhir {

namespace {

constexpr std::size_t k_name_max = 64;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::size_t EntryScanner::feed(std::string_view text) {
    from_ = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_item_) {
            item_byte(c, text, at);
        } else if (in_entries_ && depth_ == 2) {
            flush(text, at);
            if (is_space(c) || c == ',') from_ = at + 1;
            between_items(c, at);
        } else {
            outside_byte(c);
            if (ended_) {
                flush(text, at + 1);
                return at + 1;
            }
        }
    }
    flush(text, text.size());
    return text.size();
}

void EntryScanner::flush(std::string_view text, std::size_t end) {
    if (end > from_) {
        const std::string_view part = text.substr(from_, end - from_);
        if (in_item_)
            handler_.item_part(part);
        else
            handler_.outside(part);
    }
    from_ = end;
}

void EntryScanner::string_byte(char c) {
    if (escaped_) {
        escaped_ = false;
    } else if (c == '\\') {
        escaped_ = true;
    } else if (c == '"') {
        in_string_ = false;
        capture_ = nullptr;
        return;
    }
    if (capture_ != nullptr && capture_->size() < k_name_max) capture_->push_back(c);
}

void EntryScanner::outside_byte(char c) {
    if (in_string_) {
        string_byte(c);
        return;
    }
    switch (c) {
        case '"':
            in_string_ = true;
            if (depth_ == 1 && name_next_) {
                name_.clear();
                capture_ = &name_;
            } else if (depth_ == 1 && name_ == "resourceType" && type_.empty()) {
                capture_ = &type_;
            }
            break;
        case ':':
            if (depth_ == 1) name_next_ = false;
            break;
        case ',':
            if (depth_ == 1) name_next_ = true;
            break;
        case '{':
        case '[':
            if (depth_ == 0) name_next_ = true;
            in_entries_ = depth_ == 1 && c == '[' && name_ == "entry" && !name_next_;
            ++depth_;
            break;
        case '}':
        case ']':
            if (depth_ > 0) --depth_;
            if (depth_ == 0) ended_ = true;
            break;
        default:
            break;
    }
}

void EntryScanner::between_items(char c, std::size_t at) {
    if (is_space(c)) return;
    if (c == ',') {
        misplaced_comma_ = true;  // the one after an item was taken with the item
    } else if (c == ']') {
        if (item_due_) misplaced_comma_ = true;
        in_entries_ = false;
        item_due_ = false;
        --depth_;
    } else {
        in_item_ = true;
        item_due_ = false;
        from_ = at;
        handler_.item_begin();
        if (c == '"')
            in_string_ = true;
        else if (c == '{' || c == '[')
            ++depth_;
    }
}

void EntryScanner::item_byte(char c, std::string_view text, std::size_t at) {
    if (in_string_) {
        string_byte(c);
        return;
    }
    if (depth_ == 2 && (c == ',' || c == ']')) {
        flush(text, at);
        in_item_ = false;
        handler_.item_end();
        if (c == ',') {
            item_due_ = true;
            from_ = at + 1;
        } else {
            in_entries_ = false;
            --depth_;
        }
    } else if (c == '"') {
        in_string_ = true;
    } else if (c == '{' || c == '[') {
        ++depth_;
    } else if (c == '}' || c == ']') {
        --depth_;
    }
}

}  // namespace kari::fhir
