// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <google/protobuf/message.h>

#include <kari/error.hpp>

namespace kari::sync {

// Parses bytes from outside into `into`. The bytes are walked first, so that neither deep nesting
// nor millions of empty messages cost memory.
// Errors: too_large (more than bytes_max), too_deep and too_many (k_message_depth, k_message_fields
// at all levels together), malformed. Pure; any thread.
Result<void> parse_bounded(std::string_view bytes, std::size_t bytes_max,
                           google::protobuf::Message& into);

}  // namespace kari::sync
