// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/entries.hpp"

#include <istream>
#include <vector>

#include "sdk/fhir/entry_scanner.hpp"

namespace kari::fhir {

namespace {

constexpr std::size_t k_piece = 64 * 1024;
constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Hands the input on in pieces until `take` answers false. Errors: storage_failed.
template <typename Take>
Result<void> each_piece(std::istream& input, Take take) {
    std::vector<char> buffer(k_piece);
    bool first = true;
    while (input) {
        input.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        std::string_view piece(buffer.data(), static_cast<std::size_t>(input.gcount()));
        if (std::exchange(first, false) && piece.starts_with(k_byte_order_mark)) {
            piece.remove_prefix(k_byte_order_mark.size());
        }
        if (!piece.empty() && !take(piece)) return {};
    }
    if (input.bad()) return fail(ErrorCode::storage_failed, "the input could not be read on");
    return {};
}

JsonLimits limits_of(InputForm::Shape shape) {
    JsonLimits limits;
    if (shape == InputForm::Shape::bundle) limits.depth += 1;  // the entry around the resource
    if (shape == InputForm::Shape::lines) limits.depth += 3;   // a whole bundle in a line
    return limits;
}

// What an operator may have given instead, and what to do about it.
const char* other_form(std::string_view start) {
    if (start.starts_with("\x1f\x8b") || start.starts_with("PK\x03\x04")) {
        return "is compressed: unpack it first";
    }
    if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
        return "is UTF-16: FHIR is UTF-8";
    }
    return start.starts_with('<') ? "is XML: FHIR in JSON is read" : "is not a JSON object";
}

// Counts the lines that are an object each, from their first column, by their own brackets alone.
class LineCounter {
public:
    void feed(std::string_view text) {
        for (const char c : text)
            byte(c);
    }
    std::uint64_t objects() const { return objects_ + (is_object() ? 1 : 0); }

private:
    bool is_object() const { return opened_ && depth_ == 0 && !spoilt_ && !in_string_; }
    void byte(char c) {
        if (c == '\n') {
            if (is_object()) ++objects_;
            opened_ = spoilt_ = in_string_ = escaped_ = false;
            depth_ = 0;
        } else if (in_string_) {
            if (escaped_)
                escaped_ = false;
            else if (c == '\\')
                escaped_ = true;
            else if (c == '"')
                in_string_ = false;
        } else if (is_space(c)) {
            spoilt_ = spoilt_ || !opened_;
        } else {
            if (depth_ == 0 && (opened_ || c != '{')) spoilt_ = true;
            if (c == '"') in_string_ = true;
            if (c == '{' || c == '[') ++depth_;
            if ((c == '}' || c == ']') && depth_ > 0) --depth_;
            opened_ = true;
        }
    }

    std::uint64_t objects_ = 0;
    std::uint64_t depth_ = 0;
    bool opened_ = false;
    bool spoilt_ = false;
    bool in_string_ = false;
    bool escaped_ = false;
};

// Reads all of a Bundle but its entries, which it only counts.
class FormFinder : public EntryScanner::Handler {
public:
    FormFinder() : scanner_(*this) {}

    void outside(std::string_view text) override {
        frame_.feed(text);
        if (frame_.failed()) broken_ = true;
    }
    void item_begin() override {}
    void item_part(std::string_view) override {}
    void item_end() override {
        if (!broken_ && !scanner_.misplaced_comma()) ++items_;
    }

    void feed(std::string_view text) {
        lines_.feed(text);
        if (!started_) {
            const std::size_t start = text.find_first_not_of(" \t\r\n");
            if (start == text.npos) return;
            started_ = true;
            is_object_ = text[start] == '{';
            if (!is_object_) other_form_ = other_form(text.substr(start));
            text.remove_prefix(start);
        }
        if (!is_object_) return;
        if (!scanner_.ended()) {
            const std::size_t used = scanner_.feed(text);
            const bool newline = text.substr(0, used).find('\n') != text.npos;
            several_lines_ = several_lines_ || newline;
            text.remove_prefix(used);
        }
        if (scanner_.ended() && text.find_first_not_of(" \t\r\n") != text.npos) trailing_ = true;
    }

    InputForm form() {
        using Shape = InputForm::Shape;
        if (!started_) return {Shape::none, 0, Error{ErrorCode::malformed, "is empty"}};
        // The second of these: the first line is broken, or is none of ours.
        const bool whole = is_object_ && scanner_.ended() && !trailing_;
        if ((is_object_ && trailing_ && !several_lines_) || (!whole && lines_.objects() > 1)) {
            return {Shape::lines, 0, std::nullopt};
        }
        if (!is_object_) {
            return {Shape::none, 0, Error{ErrorCode::malformed, other_form_}};
        }
        if (scanner_.type() != "Bundle") return {Shape::single, 1, std::nullopt};
        return {Shape::bundle, items_, problem()};
    }

private:
    std::optional<Error> problem() {
        const auto frame = frame_.finish();
        if (scanner_.misplaced_comma()) {
            return Error{ErrorCode::malformed, "Bundle.entry: a comma too many"};
        }
        if (!scanner_.ended() && !broken_) {
            return Error{ErrorCode::malformed, scanner_.in_item()
                                                   ? "the input ends within this entry"
                                                   : "the input ends before the Bundle does"};
        }
        if (!frame) return Error{frame.error().code, "Bundle: " + frame.error().what};
        if (const Json* entry = frame->find("entry"); entry != nullptr && !entry->items()) {
            return Error{ErrorCode::malformed, "Bundle.entry: is not an array"};
        }
        if (trailing_) return Error{ErrorCode::malformed, "text after the end of the Bundle"};
        return std::nullopt;
    }

    EntryScanner scanner_;
    JsonReader frame_;
    LineCounter lines_;
    std::uint64_t items_ = 0;
    bool started_ = false;
    bool is_object_ = false;
    const char* other_form_ = "";
    bool several_lines_ = false;
    bool trailing_ = false;
    bool broken_ = false;
};

// Reads the items of a Bundle, one at a time.
class BundleReader : public EntryScanner::Handler {
public:
    BundleReader(std::uint64_t count, const EntryVisitor& visit)
        : scanner_(*this),
          reader_(limits_of(InputForm::Shape::bundle)),
          left_(count),
          visit_(visit) {}

    void outside(std::string_view) override {}
    void item_begin() override {}
    void item_part(std::string_view text) override {
        if (left_ > 0) reader_.feed(text);
    }
    void item_end() override {
        if (left_ == 0) return;
        --left_;
        if (!visit_(index_++, reader_.finish())) left_ = 0;
    }

    bool feed(std::string_view text) {
        if (!std::exchange(started_, true)) {
            const std::size_t start = text.find_first_not_of(" \t\r\n");
            if (start == text.npos) {
                started_ = false;
                return true;
            }
            text.remove_prefix(start);
        }
        scanner_.feed(text);
        return left_ > 0 && !scanner_.ended();
    }

private:
    EntryScanner scanner_;
    JsonReader reader_;
    std::uint64_t left_;
    const EntryVisitor& visit_;
    std::uint64_t index_ = 0;
    bool started_ = false;
};

// Reads one resource or Bundle a line.
class LineReader {
public:
    explicit LineReader(const EntryVisitor& visit)
        : reader_(limits_of(InputForm::Shape::lines)), visit_(visit) {}

    bool feed(std::string_view text) {
        while (!text.empty() && !stopped_) {
            const std::size_t end = text.find('\n');
            const std::string_view part = text.substr(0, end);
            if (part.find_first_not_of(" \t\r") != part.npos) blank_ = false;
            if (!blank_) reader_.feed(part);
            if (end == text.npos) return true;
            end_line();
            text.remove_prefix(end + 1);
        }
        return !stopped_;
    }
    void end_line() {
        if (std::exchange(blank_, true) || stopped_) return;
        Result<Json> value = reader_.finish();
        if (value && value->text("resourceType") == "Bundle") {
            each_of(*value);
        } else {
            give(value ? Result<Json>(Json(Json::Object{{"resource", std::move(*value)}}))
                       : std::move(value));
        }
    }

private:
    void give(Result<Json> entry) {
        if (!stopped_ && !visit_(index_++, std::move(entry))) stopped_ = true;
    }
    void each_of(Json& bundle) {
        Json* entries = bundle.find("entry");
        if (entries == nullptr || (entries->items() != nullptr && entries->items()->empty())) {
            give(fail(ErrorCode::not_found, "Bundle: holds no entry"));
            return;
        }
        if (entries->items() == nullptr) {
            give(fail(ErrorCode::malformed, "Bundle.entry: is not an array"));
            return;
        }
        for (Json& entry : *entries->items())
            give(std::move(entry));
    }

    JsonReader reader_;
    const EntryVisitor& visit_;
    std::uint64_t index_ = 0;
    bool blank_ = true;
    bool stopped_ = false;
};

}  // namespace

InputForm find_form(std::istream& input) {
    FormFinder finder;
    const auto read = each_piece(input, [&](std::string_view piece) {
        finder.feed(piece);
        return true;
    });
    if (!read) return {InputForm::Shape::none, 0, read.error()};
    return finder.form();
}

Result<void> each_entry(std::istream& input, const InputForm& form, const EntryVisitor& visit) {
    switch (form.shape) {
        case InputForm::Shape::none:
            return {};
        case InputForm::Shape::single: {
            JsonReader reader;
            const auto read = each_piece(input, [&](std::string_view piece) {
                reader.feed(piece);
                return !reader.failed();
            });
            if (!read) return read;
            Result<Json> value = reader.finish();
            visit(0, value ? Result<Json>(Json(Json::Object{{"resource", std::move(*value)}}))
                           : std::move(value));
            return {};
        }
        case InputForm::Shape::lines: {
            LineReader lines(visit);
            const auto read =
                each_piece(input, [&](std::string_view piece) { return lines.feed(piece); });
            if (read) lines.end_line();
            return read;
        }
        case InputForm::Shape::bundle: {
            BundleReader bundle(form.entries, visit);
            return each_piece(input, [&](std::string_view piece) { return bundle.feed(piece); });
        }
    }
    return {};
}

}  // namespace kari::fhir
