// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/references.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fstream>
#include <sstream>

namespace kari::app {

namespace {

constexpr std::string_view k_letters = "abcdefghjkmnpqrstuvwxyz";  // 23: none looks like a digit
static_assert(k_letters.size() == 23);
constexpr std::uint32_t k_number_max = 9'999;
constexpr std::size_t k_kept_max = 3'000;
constexpr std::int64_t k_kept_s = 12 * 3'600;

// 23 is a prime above ten that divides no power of ten and no nine times a digit: every single
// wrong digit and every swap of neighbours changes the letter.
char letter_of(std::uint32_t number) {
    return k_letters[number % k_letters.size()];
}

std::int64_t now_s() {
    return static_cast<std::int64_t>(std::time(nullptr));
}

// A line of the file: number, time, person, kind, target.
bool read_line(const std::string& line, Reference& out) {
    std::istringstream in(line);
    std::string person;
    if (!(in >> out.number >> out.shown_s >> person >> out.kind >> out.target)) return false;
    const auto id = PersonId::parse(person);
    if (!id || out.number == 0 || out.number > k_number_max) return false;
    out.person = *id;
    return true;
}

}  // namespace

bool looks_like_reference(std::string_view word) {
    if (word.size() < 2 || word.size() > 5) return false;
    const std::string_view digits = word.substr(0, word.size() - 1);
    const auto last = static_cast<char>(word.back() | 0x20);
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           last >= 'a' && last <= 'z';
}

std::string reference_name(std::uint32_t number) {
    return std::to_string(number) + letter_of(number);
}

References::References(std::filesystem::path file) : file_(std::move(file)) {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line) && shown_.size() < 2 * k_kept_max;) {
        Reference one;
        if (read_line(line, one)) shown_.push_back(std::move(one));
    }
}

std::string References::name(const PersonId& person, std::string_view kind,
                             std::string_view target) {
    Reference one;
    one.number = shown_.empty() ? 1 : shown_.back().number % k_number_max + 1;
    one.person = person;
    one.shown_s = now_s();
    one.kind = kind;
    one.target = target;
    shown_.push_back(std::move(one));
    grown_ = true;
    return reference_name(shown_.back().number);
}

Result<Reference> References::find(const PersonId& person, std::string_view name) const {
    std::uint32_t number = 0;
    const char* end = name.data() + name.size() - 1;
    const auto read = std::from_chars(name.data(), end, number);
    const auto letter = static_cast<char>(name.back() | 0x20);
    if (read.ptr != end || number == 0 || number > k_number_max || letter != letter_of(number)) {
        return fail(ErrorCode::invalid_argument, "no reference has this letter");
    }
    // The youngest: a number comes back after 9,999 others, when the older one has long expired.
    const auto found = std::find_if(shown_.rbegin(), shown_.rend(),
                                    [&](const Reference& one) { return one.number == number; });
    if (found == shown_.rend() || now_s() - found->shown_s > k_kept_s) {
        return fail(ErrorCode::not_found, "the reference was not shown in the last 12 hours");
    }
    if (found->person != person) {
        return fail(ErrorCode::not_permitted, "the reference was shown to somebody else");
    }
    return *found;
}

Result<void> References::save() {
    if (!grown_) return {};
    if (shown_.size() > k_kept_max) {
        shown_.erase(shown_.begin(), shown_.end() - static_cast<std::ptrdiff_t>(k_kept_max));
    }
    std::filesystem::path beside = file_;
    beside += ".new";
    {
        std::ofstream out(beside, std::ios::trunc);
        std::error_code ignored;
        std::filesystem::permissions(
            beside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
            ignored);
        for (const Reference& one : shown_) {
            out << one.number << ' ' << one.shown_s << ' ' << one.person.text() << ' ' << one.kind
                << ' ' << one.target << '\n';
        }
        out.flush();
        if (!out) return fail(ErrorCode::storage_failed, "cannot write the references shown");
    }
    std::error_code error;
    std::filesystem::rename(beside, file_, error);
    if (error) return fail(ErrorCode::storage_failed, "cannot write the references shown");
    grown_ = false;
    return {};
}

}  // namespace kari::app
