// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <kari/error.hpp>

namespace kari::sync {

// An error as the server named it, for whoever reads it here. That its disk is full or fails, or
// its key is gone, is no word about this tablet's: it cannot take the work now, and will.
inline ErrorCode told_by_server(std::uint32_t number) {
    const ErrorCode code = error_code_from(number);
    const bool of_its_disk = code >= ErrorCode::storage_full && code <= ErrorCode::storage_missing;
    return of_its_disk ? ErrorCode::server_busy : code;
}

// Worth the same request again, later.
inline bool is_passing(ErrorCode code) {
    switch (code) {
        case ErrorCode::offline:
        case ErrorCode::timed_out:
        case ErrorCode::server_busy:
        case ErrorCode::in_use:
        case ErrorCode::internal:
        case ErrorCode::storage_full:
        case ErrorCode::storage_failed:
            return true;
        default:
            return false;
    }
}

}  // namespace kari::sync
