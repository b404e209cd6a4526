// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <kari.h>
#include <kari/device.hpp>
#include <kari/error.hpp>

#include "bindings/c/src/handles.hpp"

// The one seam: a Result, or whatever is thrown, becomes a status and fills the error object.
namespace kari::c {

// Behind kari_error.
class ErrorObject : public Object {
public:
    void set(std::optional<Error> error);
    kari_status status() const;
    const std::string& what() const { return what_; }
    const Explanation& said(kari_language language);

private:
    std::optional<Error> error_;
    std::string what_;
    std::optional<Explanation> said_[2];
};

inline tl::unexpected<Error> refuse(std::string what) {
    return fail(ErrorCode::invalid_argument, std::move(what));
}

template <typename T>
tl::unexpected<Error> passed_on(Result<T>& result) {
    return tl::unexpected<Error>(std::move(result.error()));
}

// Where an answer goes holds nothing before anything can go wrong.
template <typename T>
void clear(T* out) noexcept {
    if (out != nullptr) *out = T{};
}

// `body` answers a Result<void>.
template <typename Body>
kari_status guard(kari_error* error, Body&& body) noexcept {
    std::shared_ptr<ErrorObject> told;
    try {
        told = Handles::all().find<ErrorObject>(error);
        if (error != nullptr && !told) return KARI_ERROR_INVALID_ARGUMENT;
        Result<void> done = body();
        if (done) {
            if (told) told->set(std::nullopt);
            return KARI_OK;
        }
        const auto status = static_cast<kari_status>(done.error().code);
        if (told) told->set(std::move(done.error()));
        return status;
    } catch (...) {
        // What an exception says may be anything: it is not repeated.
        try {
            if (told) told->set(Error{ErrorCode::internal, "an exception"});
        } catch (...) {
            return KARI_ERROR_INTERNAL;
        }
        return KARI_ERROR_INTERNAL;
    }
}

}  // namespace kari::c
