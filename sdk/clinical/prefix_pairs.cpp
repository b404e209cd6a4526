// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/prefix_pairs.hpp"

#include <algorithm>
#include <array>

namespace kari::clinical {
namespace {

constexpr std::array<std::size_t, 5> k_levels{1, 3, 4, 5, 7};

// A letter or two digits at a time, 0 where the code has ended: each code of whatever length has a
// number of its own. Nothing: it is no ATC code.
std::optional<PrefixPairs::Prefix> number_of(std::string_view code) {
    if (std::find(k_levels.begin(), k_levels.end(), code.size()) == k_levels.end()) {
        return std::nullopt;
    }
    std::uint32_t out = 0;
    bool sound = true;
    const auto letter = [&](std::size_t at) {
        const bool here = at < code.size();
        sound = sound && (!here || (code[at] >= 'A' && code[at] <= 'Z'));
        out = out * 27 + (here ? static_cast<std::uint32_t>(code[at] - 'A' + 1) : 0);
    };
    const auto two_digits = [&](std::size_t at) {
        const bool here = at < code.size();
        const auto digit = [&](std::size_t place) {
            sound = sound && code[place] >= '0' && code[place] <= '9';
            return static_cast<std::uint32_t>(code[place] - '0');
        };
        out = out * 101 + (here ? digit(at) * 10 + digit(at + 1) + 1 : 0);
    };
    letter(0);
    two_digits(1);
    letter(3);
    letter(4);
    two_digits(5);
    return sound ? std::optional(out) : std::nullopt;
}

std::uint64_t key_of(PrefixPairs::Prefix first, PrefixPairs::Prefix second) {
    return (std::uint64_t{first} << 32) | second;
}

bool comes_before(const PrefixPairs::Found& a, const PrefixPairs::Found& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.entry < b.entry;
}

}  // namespace

void PrefixPairs::add(std::string_view first, std::string_view second, std::uint32_t entry,
                      std::int64_t rank) {
    const auto one = number_of(first);
    const auto other = number_of(second);
    if (!one || !other) return;
    named_.insert(*one);
    named_.insert(*other);
    const Found found{entry, rank};
    const auto [at, is_new] = pairs_.try_emplace(key_of(*one, *other), found);
    if (!is_new && comes_before(found, at->second)) at->second = found;
}

std::vector<PrefixPairs::Prefix> PrefixPairs::named(const std::vector<std::string>& codes) const {
    std::vector<Prefix> out;
    for (const std::string& code : codes) {
        for (const std::size_t level : k_levels) {
            if (level > code.size()) break;
            const auto number = number_of(std::string_view(code).substr(0, level));
            if (number && named_.contains(*number)) out.push_back(*number);
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<PrefixPairs::Found> PrefixPairs::find(const std::vector<Prefix>& first,
                                                    const std::vector<Prefix>& second) const {
    std::optional<Found> out;
    for (const Prefix one : first) {
        for (const Prefix other : second) {
            const auto found = pairs_.find(key_of(one, other));
            if (found == pairs_.end()) continue;
            if (!out || comes_before(found->second, *out)) out = found->second;
        }
    }
    return out;
}

}  // namespace kari::clinical
