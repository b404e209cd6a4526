// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/key_store.hpp"

#include <cstring>

#include <string.h>

#include "bindings/c/src/arguments.hpp"
#include "bindings/c/src/guard.hpp"

namespace kari::c {

namespace {

// A value of 4 KiB, and what a cipher adds to it.
constexpr std::size_t k_room = 8192;

kari_text text_of(std::string_view text) {
    return {text.data(), text.size()};
}

kari_bytes bytes_of(std::string_view bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

tl::unexpected<Error> told(kari_status status, const char* what) {
    const auto code = error_code_from(static_cast<std::uint32_t>(status));
    switch (code) {
        case ErrorCode::already_exists:
        case ErrorCode::not_found:
        case ErrorCode::malformed:
        case ErrorCode::too_large:
        case ErrorCode::storage_full:
        case ErrorCode::key_store_missing:
            return fail(code, std::string("app key store: ") + what);
        default:
            return fail(ErrorCode::key_store_failed, std::string("app key store: ") + what);
    }
}

// What an app throws is a key store that failed: nothing it says is believed.
template <typename Function>
Result<void> asked(const char* what, Function function) {
    kari_status status = KARI_ERROR_KEY_STORE_FAILED;
    try {
        status = function();
    } catch (...) {
        status = KARI_ERROR_KEY_STORE_FAILED;
    }
    if (status != KARI_OK) return told(status, what);
    return {};
}

// `size`: of an answer that has one; 0: any.
template <typename Function>
Result<std::string> answered(const char* what, std::size_t size, Function function) {
    std::string room(k_room, '\0');
    kari_room out{reinterpret_cast<std::uint8_t*>(room.data()), room.size(), 0};
    auto done = asked(what, [&] { return function(&out); });
    const bool fits = out.size <= room.size() && (size == 0 || out.size == size);
    std::string answer;
    if (done && fits) answer.assign(room, 0, out.size);
    explicit_bzero(room.data(), room.size());  // it may have held a key
    if (!done) return passed_on(done);
    if (!fits) return told(KARI_ERROR_KEY_STORE_FAILED, what);
    return answer;
}

}  // namespace

Result<std::shared_ptr<KeyStore>> AppKeyStore::of(const kari_key_store* given) {
    Arguments read;
    const auto app = read.sized(given, "key_store");
    if (auto fit = read.done(); !fit) return passed_on(fit);
    if (app.make_signing_key == nullptr || app.public_key == nullptr || app.sign == nullptr ||
        app.wrap == nullptr || app.unwrap == nullptr || app.save == nullptr ||
        app.load == nullptr || app.erase == nullptr) {
        return refuse("key_store: a function is null");
    }
    return std::make_shared<AppKeyStore>(app);
}

AppKeyStore::~AppKeyStore() {
    if (app_.released == nullptr) return;
    try {
        app_.released(app_.context);
    } catch (...) {
        return;  // there is nobody to tell
    }
}

Result<void> AppKeyStore::make_signing_key(std::string_view name) {
    return asked("make_signing_key",
                 [&] { return app_.make_signing_key(app_.context, text_of(name)); });
}

Result<std::string> AppKeyStore::public_key(std::string_view name) {
    return answered("public_key", 65, [&](kari_room* out) {
        return app_.public_key(app_.context, text_of(name), out);
    });
}

Result<std::string> AppKeyStore::sign(std::string_view name, const Digest& digest) {
    kari_digest c{};
    static_assert(sizeof c.bytes == sizeof digest.bytes);
    std::memcpy(c.bytes, digest.bytes.data(), sizeof c.bytes);
    return answered("sign", 64, [&](kari_room* out) {
        return app_.sign(app_.context, text_of(name), &c, out);
    });
}

Result<std::string> AppKeyStore::wrap(std::string_view plain) {
    return answered("wrap", 0,
                    [&](kari_room* out) { return app_.wrap(app_.context, bytes_of(plain), out); });
}

Result<std::string> AppKeyStore::unwrap(std::string_view wrapped) {
    return answered("unwrap", 0, [&](kari_room* out) {
        return app_.unwrap(app_.context, bytes_of(wrapped), out);
    });
}

Result<void> AppKeyStore::save(std::string_view name, std::string_view value) {
    return asked("save", [&] { return app_.save(app_.context, text_of(name), bytes_of(value)); });
}

Result<std::string> AppKeyStore::load(std::string_view name) {
    return answered("load", 0,
                    [&](kari_room* out) { return app_.load(app_.context, text_of(name), out); });
}

Result<void> AppKeyStore::erase(std::string_view name) {
    return asked("erase", [&] { return app_.erase(app_.context, text_of(name)); });
}

}  // namespace kari::c
