// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <kari/error.hpp>

namespace kari::sync {

// An error as the server named it, for whoever reads it here. That its disk is full is no word
// about this tablet's: it cannot take the work now, and will.
inline ErrorCode told_by_server(std::uint32_t number) {
    const ErrorCode code = error_code_from(number);
    return code == ErrorCode::storage_full ? ErrorCode::server_busy : code;
}

}  // namespace kari::sync
