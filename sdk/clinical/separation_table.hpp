// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/time.hpp>

#include "sdk/clinical/prefix_pairs.hpp"

namespace kari::clinical {

// Which of two drugs was given first, for the other to wait.
enum class GivenFirst { one, other, either };

// How long one waits between drugs that keep each other from being taken up.
struct Separation {
    std::string id;
    std::vector<std::string> one;  // ATC prefixes
    std::vector<std::string> other;
    Duration wait;
    GivenFirst first = GivenFirst::either;
    bool operator==(const Separation&) const = default;
};

// All of a pack. Immutable after it is made.
class Separations {
public:
    Separations() = default;
    explicit Separations(std::vector<Separation> all);

    const std::vector<Separation>& all() const { return all_; }
    // No dose waits longer for another.
    Duration longest() const { return longest_; }

    // What entries name of a drug; empty: it waits for none, and none for it.
    using Named = std::vector<PrefixPairs::Prefix>;
    Named named(const std::vector<std::string>& atc_codes) const { return pairs_.named(atc_codes); }
    // By which the later of two doses waits longest. Null: it does not wait.
    const Separation* between(const Named& earlier, const Named& later) const;

private:
    std::vector<Separation> all_;
    PrefixPairs pairs_;
    Duration longest_;
};

}  // namespace kari::clinical
