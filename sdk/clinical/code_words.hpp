// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sdk/clinical/catalogue.hpp"

namespace kari::clinical {

// The word for a code of an enum of the schema ("AdministrationStatus", "not-done"), or for a flag
// by its name (type empty). A dose is given where an order is completed: the enum decides first.
// The code itself when there is no word for it.
std::string_view code_words(std::string_view type, std::string_view code, Language language);

}  // namespace kari::clinical
