// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <utility>

#include <kari/error.hpp>

namespace kari::sim {

// What no fault of the simulation can reach: anything else is a defect of it.
template <typename T>
T must(Result<T> result) {
    if (!result) {
        throw std::logic_error(std::string(name(result.error().code)) + ": " + result.error().what);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace kari::sim
