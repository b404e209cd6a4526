// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace kari {

// What went wrong, from the one list in errors.def. Numbers are stable and stand on the wire.
enum class ErrorCode : std::uint32_t {
#define KARI_ERROR(number, name, advice) name = number,
#include <kari/errors.def>
#undef KARI_ERROR
};

// Who can do something about it.
enum class Advice { retry, user, operator_, defect };

std::string_view name(ErrorCode code);
Advice advice(ErrorCode code);
// The code of a number from the wire; `internal` when this build does not know it.
ErrorCode error_code_from(std::uint32_t number);

// An error names what failed and where (a file, a field path, a limit): never patient data, never
// a key.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string what;
};

// Ownership: holds its value. Threads: as the value's.
template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string what) {
    return tl::unexpected<Error>(Error{code, std::move(what)});
}

}  // namespace kari
