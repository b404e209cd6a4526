// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace kari::clinical {

// Which entry speaks of two drugs, where each entry names the beginnings of their ATC codes on two
// sides. What it costs to ask does not grow with the entries: a code begins in five ways at most,
// and two codes in 25.
class PrefixPairs {
public:
    using Prefix = std::uint32_t;

    // Requires ATC codes of whatever length. Where two entries name one pair, the one of the
    // higher rank counts, of equals the first.
    void add(std::string_view first, std::string_view second, std::uint32_t entry,
             std::int64_t rank);

    // How the codes begin, as far as any entry names it. Ascending, each once.
    std::vector<Prefix> named(const std::vector<std::string>& codes) const;

    struct Found {
        std::uint32_t entry = 0;
        std::int64_t rank = 0;
    };
    // The entry of the highest rank that names a beginning of `first` on its first side and one of
    // `second` on the other; of equals the one that was added first.
    std::optional<Found> find(const std::vector<Prefix>& first,
                              const std::vector<Prefix>& second) const;

private:
    std::unordered_map<std::uint64_t, Found> pairs_;
    std::unordered_set<Prefix> named_;
};

}  // namespace kari::clinical
