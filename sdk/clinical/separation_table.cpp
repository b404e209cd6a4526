// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/separation_table.hpp"

#include <algorithm>
#include <utility>

namespace kari::clinical {

Separations::Separations(std::vector<Separation> all) : all_(std::move(all)) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const Separation& entry = all_[i];
        longest_ = std::max(longest_, entry.wait);
        for (const std::string& one : entry.one) {
            for (const std::string& other : entry.other) {
                const auto place = static_cast<std::uint32_t>(i);
                if (entry.first != GivenFirst::other) pairs_.add(one, other, place, entry.wait.ms);
                if (entry.first != GivenFirst::one) pairs_.add(other, one, place, entry.wait.ms);
            }
        }
    }
}

const Separation* Separations::between(const Named& earlier, const Named& later) const {
    const auto found = pairs_.find(earlier, later);
    return found ? &all_[found->entry] : nullptr;
}

}  // namespace kari::clinical
