// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sdk/clinical/prefix_pairs.hpp"

namespace kari::clinical {

// The national classes of interactions (DMP), the mildest first: "Ingen tiltak nødvendig",
// "Forholdsregler bør tas", "Bør unngås".
enum class Advice { none, precautions, avoid };

// What drugs of one side do to those of the other, and these to them.
struct Interaction {
    std::string id;
    std::vector<std::string> one;  // ATC prefixes
    std::vector<std::string> other;
    Advice advice = Advice::none;
    bool operator==(const Interaction&) const = default;
};

// All of a pack. Immutable after it is made.
class Interactions {
public:
    Interactions() = default;
    explicit Interactions(std::vector<Interaction> all);

    const std::vector<Interaction>& all() const { return all_; }
    bool empty() const { return all_.empty(); }

    // What entries name of a drug, to be asked for once: two drugs of which none is named do not
    // meet here.
    using Named = std::vector<PrefixPairs::Prefix>;
    Named named(const std::vector<std::string>& atc_codes) const { return pairs_.named(atc_codes); }
    // The entry that says most of the two; of equals the first of the pack. Null: none does.
    const Interaction* between(const Named& a, const Named& b) const;

private:
    std::vector<Interaction> all_;
    PrefixPairs pairs_;
};

}  // namespace kari::clinical
