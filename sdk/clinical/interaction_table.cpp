// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/interaction_table.hpp"

#include <utility>

namespace kari::clinical {

Interactions::Interactions(std::vector<Interaction> all) : all_(std::move(all)) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
        for (const std::string& one : all_[i].one) {
            for (const std::string& other : all_[i].other) {
                pairs_.add(one, other, static_cast<std::uint32_t>(i),
                           static_cast<std::int64_t>(all_[i].advice));
            }
        }
    }
}

const Interaction* Interactions::between(const Named& a, const Named& b) const {
    const auto forth = pairs_.find(a, b);
    const auto back = pairs_.find(b, a);
    if (!forth && !back) return nullptr;
    const bool first = forth && (!back || forth->rank > back->rank ||
                                 (forth->rank == back->rank && forth->entry <= back->entry));
    return &all_[(first ? forth : back)->entry];
}

}  // namespace kari::clinical
