// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <kari/error.hpp>

namespace kari::server::admin {

// Who reads an error of a command is an operator: what can they do now? Empty: the error says it.
std::string_view what_to_do(ErrorCode code);

}  // namespace kari::server::admin
