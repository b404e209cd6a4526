// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "kari/v1/resources.pb.h"

// How a dose came to be taken, where its performer did not simply give it.
namespace kari::clinical {

// "handed-over"; empty for what was given, and for what this build does not know.
std::string_view intake_code(v1::Intake intake);
// Unspecified for any other word.
v1::Intake intake_from(std::string_view code);

// Nobody of the service saw it taken: exposure is assumed.
bool is_assumed(const v1::Administration& said);
// Prepared by whoever wrote it, who answers for drug and amount.
bool is_prepared_here(const v1::Administration& said);

}  // namespace kari::clinical
