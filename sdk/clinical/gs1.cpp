// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/gs1.hpp"

#include <algorithm>

#include "sdk/base/time.hpp"

namespace kari::clinical {
namespace {

constexpr char k_separator = '\x1d';
constexpr std::size_t k_gtin = 14;
constexpr std::size_t k_vnr = 6;
constexpr std::size_t k_date = 6;
constexpr std::size_t k_text_max = 20;

tl::unexpected<Error> unreadable(std::string_view what) {
    return fail(ErrorCode::malformed, "entry/scan-unreadable: " + std::string(what));
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Letters, digits and signs of GS1's set; no controls, no spaces, nothing beyond ASCII.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

int number_of(std::string_view digits) {
    int out = 0;
    for (const char c : digits)
        out = out * 10 + (c - '0');
    return out;
}

std::optional<LocalDate> date_of(std::string_view digits) {
    LocalDate out{2000 + number_of(digits.substr(0, 2)), number_of(digits.substr(2, 2)),
                  number_of(digits.substr(4, 2))};
    if (out.month < 1 || out.month > 12) return std::nullopt;
    if (out.day == 0) {
        const LocalDate next{out.year + (out.month == 12 ? 1 : 0), out.month % 12 + 1, 1};
        return base::add_days(next, -1);
    }
    const auto date = base::parse_date(base::to_text(out));
    return date ? std::optional(*date) : std::nullopt;
}

// The elements of one label, from its front.
class Elements {
public:
    explicit Elements(std::string_view text)
        : rest_(text), parted_(!text.empty() && text.front() == '(') {}

    Result<PackageLabel> read() {
        while (!rest_.empty()) {
            const auto number = next_number();
            if (!number) return tl::unexpected(number.error());
            if (auto ok = take(*number); !ok) return tl::unexpected(ok.error());
        }
        if (label_.gtin.empty()) return unreadable("no element 01");
        return label_;
    }

private:
    Result<std::string> next_number() {
        std::string out;
        if (parted_) {
            if (rest_.size() < 4 || rest_.front() != '(' || rest_[3] != ')') {
                return unreadable("no number of an element in parentheses");
            }
            out = rest_.substr(1, 2);
            rest_.remove_prefix(4);
        } else {
            if (rest_.size() < 2) return unreadable("it ends inside an element");
            out = rest_.substr(0, 2);
            rest_.remove_prefix(2);
        }
        if (!all_digits(out)) return unreadable("no number of an element");
        return out;
    }

    Result<void> take(const std::string& number) {
        if (number == "01") {
            const auto digits = fixed(k_gtin);
            const auto gtin = digits ? whole_gtin(*digits) : std::nullopt;
            if (!gtin) return unreadable("element 01: no GTIN");
            return once(label_.gtin, *gtin, "01");
        }
        if (number == "17") {
            const auto digits = fixed(k_date);
            const auto date = digits ? date_of(*digits) : std::nullopt;
            if (!date) return unreadable("element 17: no day");
            if (label_.expires) return unreadable("element 17: twice");
            label_.expires = date;
            return {};
        }
        if (number == "10") return text(label_.lot, "10");
        if (number == "21") return text(label_.serial, "21");
        // How long it is, and so where the next one begins, is not known.
        return unreadable("element " + number + ": not known here");
    }

    // So many digits; a separator behind them is allowed.
    std::optional<std::string> fixed(std::size_t size) {
        const auto part = rest_.substr(0, std::min(size, rest_.size()));
        rest_.remove_prefix(part.size());
        if (!rest_.empty() && rest_.front() == k_separator) rest_.remove_prefix(1);
        if (part.size() != size || !all_digits(part)) return std::nullopt;
        return std::string(part);
    }

    Result<void> text(std::string& into, std::string_view number) {
        const auto end = std::min(rest_.find(parted_ ? '(' : k_separator), rest_.size());
        auto part = rest_.substr(0, end);
        rest_.remove_prefix(parted_ ? end : std::min(end + 1, rest_.size()));
        if (part.ends_with(k_separator)) part.remove_suffix(1);
        if (part.empty() || part.size() > k_text_max || !is_plain(part)) {
            return unreadable("element " + std::string(number) + ": no text of 1 to 20 signs");
        }
        return once(into, std::string(part), number);
    }

    static Result<void> once(std::string& into, std::string said, std::string_view number) {
        if (!into.empty()) return unreadable("element " + std::string(number) + ": twice");
        into = std::move(said);
        return {};
    }

    std::string_view rest_;
    bool parted_;
    PackageLabel label_;
};

}  // namespace

std::optional<std::string> whole_gtin(std::string_view digits) {
    const bool sized = digits.size() == 8 || (digits.size() >= 12 && digits.size() <= k_gtin);
    if (!sized || !all_digits(digits)) return std::nullopt;
    std::string out = std::string(k_gtin - digits.size(), '0') + std::string(digits);
    int sum = 0;
    for (std::size_t i = 0; i + 1 < k_gtin; ++i)
        sum += (out[i] - '0') * (i % 2 == 0 ? 3 : 1);
    if ((10 - sum % 10) % 10 != out.back() - '0') return std::nullopt;
    return out;
}

Result<PackageLabel> read_label(std::string_view text) {
    if (text.size() > k_label_bytes_max) {
        return fail(ErrorCode::too_large, "entry/scan-unreadable: more than 256 bytes");
    }
    // What scanners add: the symbology (data matrix, EAN-13, code 128), spaces and line ends.
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    for (const std::string_view prefix : {"]d2", "]E0", "]C1"}) {
        if (text.starts_with(prefix)) {
            text.remove_prefix(prefix.size());
            break;
        }
    }
    if (text.starts_with(k_separator)) text.remove_prefix(1);
    if (text.empty()) return unreadable("nothing was read");
    if (all_digits(text) && text.size() <= k_gtin) {
        PackageLabel label;
        if (text.size() == k_vnr) {
            label.vnr = text;
            return label;
        }
        const auto gtin = whole_gtin(text);
        if (!gtin) return unreadable("no GTIN and no article number of six digits");
        label.gtin = *gtin;
        return label;
    }
    return Elements(text).read();
}

}  // namespace kari::clinical
