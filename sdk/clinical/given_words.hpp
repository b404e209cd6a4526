// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kari/v1/types.pb.h"
#include "sdk/clinical/catalogue.hpp"

namespace kari::clinical {

// What was given beside what was ordered: "1 of 2 tablets", "2 + 2 of 2 tablets" when it was given
// twice. `given` has nothing for a dose of which no amount is stated. Empty when there is nothing
// to say: none was given, or one was as ordered.
std::string given_words(const v1::Dosage& ordered,
                        const std::vector<std::optional<v1::Quantity>>& given, Language language);

// What was given in all, each unit by itself: "4 tablets + 500 mg + an unknown amount". Empty when
// nothing was.
std::string total_words(const std::vector<std::optional<v1::Quantity>>& given, Language language);

}  // namespace kari::clinical
