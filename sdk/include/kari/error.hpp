// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

// What: what went wrong, as one number from the one list in errors.def, and a result that holds
//   either a value or that. kari::explain (kari/device.hpp) says in words what to do.
// Requires: nothing.
// Returns and errors: an unknown number is `internal`.
// Durability: numbers and names of errors are stable; they stand on the wire and in logs.
// Threads: values; any thread may read its own copy.
// Ownership: a Result holds its value. Views and tokens in it are the caller's.
// Units and limits: `what` is a short text in English for logs and developers.
// Source of clinical rules: none; nurse-facing sentences stand in sdk/clinical's catalogue.
namespace kari {

// What went wrong, from the one list in errors.def. Numbers are stable and stand on the wire.
enum class ErrorCode : std::uint32_t {
#define KARI_ERROR(number, name, advice) name = number,
#include <kari/errors.def>
#undef KARI_ERROR
};

// Who can do something about it.
enum class Advice { retry, user, operator_, defect };

std::string_view name(ErrorCode code);  // stable: "wrong_pin"
Advice advice(ErrorCode code);          // as the list says
// The code of a number from the wire; `internal` when this build does not know it.
ErrorCode error_code_from(std::uint32_t number);

// An error names what failed and where (a file, a field path, a limit): never patient data, never
// a key.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string what;
};

template <typename T>
using Result = tl::expected<T, Error>;  // a value, or what went wrong

inline tl::unexpected<Error> fail(ErrorCode code, std::string what) {  // makes an error
    return tl::unexpected<Error>(Error{code, std::move(what)});
}

}  // namespace kari
