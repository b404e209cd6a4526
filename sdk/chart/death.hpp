// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sdk/chart/group.hpp"

namespace kari::chart {

inline constexpr std::uint32_t k_patient_deceased = 5;

// What is said of the citizen's death. While it is told, doses and visits are suspended: anybody's
// word does that, and only the server's confirms it. Ascending.
enum class Death {
    not_told,
    told,       // somebody says so, and it is not in effect or somebody else says otherwise
    confirmed,  // what is in effect says so, and nobody says otherwise
};

struct DeathWords {
    Death death = Death::not_told;
    std::vector<ChangeId> inputs;  // who says that the citizen is dead, and who that not
};
DeathWords death_words_of(const GroupResource& patient);

// Of all linked records: what any of them says.
Death death_of(const Group& group);

// In the catalogue: why what is planned is suspended. Empty when it is not.
std::string_view suspended_by(Death death);

}  // namespace kari::chart
