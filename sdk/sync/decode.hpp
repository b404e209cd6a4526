// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <kari/error.hpp>

#include "kari/v1/exchange.pb.h"

namespace kari::sync {

// Decodes a reply and checks what makes it one: sizes, counts, an epoch. What it says of single
// records is not yet believed.
// Errors: malformed, too_large, too_many, too_deep. Pure.
Result<v1::ExchangeReply> decode_reply(std::string_view body);

}  // namespace kari::sync
