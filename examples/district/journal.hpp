// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "examples/district/district.hpp"
#include "examples/district/random.hpp"

namespace kari::district {

// Who writes in a journal.
struct Staff {
    std::string nurse_id;
    std::string doctor_id;
    std::string unit_id;
};

// One made-up citizen with a journal, as a transaction Bundle.
Citizen make_citizen(unsigned number, const Staff& staff, std::string_view day, Dice& dice);

}  // namespace kari::district
