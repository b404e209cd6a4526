// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <kari.h>
#include <kari/ids.hpp>

#include "bindings/c/src/guard.hpp"
#include "bindings/c/src/shelf.hpp"

namespace kari::c {

void ErrorObject::set(std::optional<Error> error) {
    error_ = std::move(error);
    what_ = error_ ? error_->what : "";
    said_[0].reset();
    said_[1].reset();
}

kari_status ErrorObject::status() const {
    return error_ ? static_cast<kari_status>(error_->code) : KARI_OK;
}

const Explanation& ErrorObject::said(kari_language language) {
    auto& said = said_[language == KARI_LANGUAGE_EN ? 1 : 0];
    if (!said) {
        said = error_ ? explain(*error_, language == KARI_LANGUAGE_EN ? Language::en : Language::nb)
                      : Explanation{};
    }
    return *said;
}

namespace {

// What `part` picks of an error object; the empty text where there is none.
template <typename Part>
kari_text text_from(const kari_error* error, Part part) noexcept {
    try {
        const auto found = Handles::all().find<ErrorObject>(error);
        return found ? shown(part(*found)) : kari_text{"", 0};
    } catch (...) {
        return {"", 0};
    }
}

ErrorCode code_of(kari_status status) {
    return status > 0 ? error_code_from(static_cast<std::uint32_t>(status)) : ErrorCode::internal;
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

const char* kari_version(void) {
    return KARI_VERSION;
}

const char* kari_status_name(kari_status status) {
    return status == KARI_OK ? "ok" : kari::name(code_of(status)).data();
}

kari_advice kari_status_advice(kari_status status) {
    return static_cast<kari_advice>(kari::advice(code_of(status)));
}

kari_error* kari_error_new(void) {
    try {
        return Handles::all().put<kari_error>(std::make_shared<ErrorObject>());
    } catch (...) {
        return nullptr;
    }
}

void kari_error_free(kari_error* error) {
    Handles::all().take<ErrorObject>(error);
}

kari_status kari_error_status(const kari_error* error) {
    const auto found = Handles::all().find<ErrorObject>(error);
    return found ? found->status() : KARI_ERROR_INVALID_ARGUMENT;
}

kari_text kari_error_what(const kari_error* error) {
    return text_from(error, [](ErrorObject& one) -> const std::string& { return one.what(); });
}

kari_text kari_error_sentence(const kari_error* error, kari_language language) {
    return text_from(
        error, [&](ErrorObject& one) -> const std::string& { return one.said(language).sentence; });
}

kari_text kari_error_what_to_do(const kari_error* error, kari_language language) {
    return text_from(error, [&](ErrorObject& one) -> const std::string& {
        return one.said(language).what_to_do;
    });
}

void kari_id_text(const uint8_t* id, size_t size, char* out) {
    static constexpr char digits[] = "0123456789abcdef";
    if (out == nullptr) return;
    for (size_t at = 0; id != nullptr && at < size; ++at) {
        *out++ = digits[id[at] >> 4];
        *out++ = digits[id[at] & 15];
    }
    *out = '\0';
}

kari_status kari_id_parse(kari_text text, uint8_t* id, size_t size) {
    if (id == nullptr || text.data == nullptr || (size != 16 && size != 32)) {
        return KARI_ERROR_INVALID_ARGUMENT;
    }
    const auto read = [&](const auto& parsed) -> kari_status {
        if (!parsed) return KARI_ERROR_MALFORMED;
        std::memcpy(id, parsed->bytes.data(), size);
        return KARI_OK;
    };
    const std::string_view words(text.data, text.size);
    return size == 16 ? read(kari::RecordId::parse(words)) : read(kari::Digest::parse(words));
}

}  // extern "C"
