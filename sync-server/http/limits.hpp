// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "sdk/sync/limits.hpp"

// The server's own limits as constants, each a row of limits.def; those that a device knows too
// stand in sdk/sync/limits.def.
namespace kari::server::http {

#define KARI_LIMITS(title)
#define KARI_LIMIT_OF(unit, name, value, what, beyond)
#define KARI_LIMIT_SET(unit, name, what, beyond)
#define KARI_LIMIT(unit, name, value, what, beyond) inline constexpr std::size_t k_##name = value;
#include "sync-server/http/limits.def"
#undef KARI_LIMIT
#undef KARI_LIMIT_SET
#undef KARI_LIMIT_OF
#undef KARI_LIMITS

// docs/formats/limits.md, whole: both tables as Markdown.
std::string limits_page();

}  // namespace kari::server::http
