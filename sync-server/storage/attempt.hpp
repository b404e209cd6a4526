// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <kari/error.hpp>

// Hands an error on to the caller; the two words that stand between a Result and its value.
#define KARI_JOIN_(a, b) a##b
#define KARI_JOIN(a, b) KARI_JOIN_(a, b)

#define KARI_TRY(...)                                                          \
    do {                                                                       \
        if (auto attempt_ = (__VA_ARGS__); !attempt_) {                        \
            return tl::unexpected<::kari::Error>(std::move(attempt_).error()); \
        }                                                                      \
    } while (false)

#define KARI_LET(declaration, ...) KARI_LET_(KARI_JOIN(let_, __LINE__), declaration, __VA_ARGS__)
#define KARI_LET_(name, declaration, ...)                                     \
    auto name = (__VA_ARGS__);                                                \
    if (!name) return tl::unexpected<::kari::Error>(std::move(name).error()); \
    declaration = std::move(*name)
