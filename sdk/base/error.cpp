// SPDX-License-Identifier: Apache-2.0
#include <kari/error.hpp>

namespace kari {

std::string_view name(ErrorCode code) {
    switch (code) {
#define KARI_ERROR(number, name, advice) \
    case ErrorCode::name:                \
        return #name;
#include <kari/errors.def>
#undef KARI_ERROR
    }
    return "internal";
}

Advice advice(ErrorCode code) {
    switch (code) {
#define KARI_ERROR(number, name, advice) \
    case ErrorCode::name:                \
        return Advice::advice;
#include <kari/errors.def>
#undef KARI_ERROR
    }
    return Advice::defect;
}

ErrorCode error_code_from(std::uint32_t number) {
    switch (number) {
#define KARI_ERROR(number, name, advice) \
    case number:                         \
        return ErrorCode::name;
#include <kari/errors.def>
#undef KARI_ERROR
        default:
            return ErrorCode::internal;
    }
}

}  // namespace kari
