// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/platform/c_key_store.hpp"

#include <cstring>
#include <string>
#include <utility>

namespace kari::contract {

namespace {

struct Held {
    std::shared_ptr<KeyStore> store;
    std::shared_ptr<int> released;
};

KeyStore& of(void* context) {
    return *static_cast<Held*>(context)->store;
}

std::string_view view(kari_text text) {
    return {text.data, text.size};
}

std::string_view view(kari_bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

kari_status status(const Result<void>& done) {
    return done ? KARI_OK : static_cast<kari_status>(done.error().code);
}

kari_status answer(const Result<std::string>& bytes, kari_room* out) {
    if (!bytes) return static_cast<kari_status>(bytes.error().code);
    if (bytes->size() > out->room) return KARI_ERROR_TOO_LARGE;
    std::memcpy(out->data, bytes->data(), bytes->size());
    out->size = bytes->size();
    return KARI_OK;
}

}  // namespace

InC in_c(std::shared_ptr<KeyStore> store) {
    InC made;
    kari_key_store& c = made.functions;
    c.struct_size = sizeof c;
    c.context = new Held{std::move(store), made.released};
    c.make_signing_key = [](void* held, kari_text name) {
        return status(of(held).make_signing_key(view(name)));
    };
    c.public_key = [](void* held, kari_text name, kari_room* out) {
        return answer(of(held).public_key(view(name)), out);
    };
    c.sign = [](void* held, kari_text name, const kari_digest* digest, kari_room* out) {
        Digest plain;
        std::memcpy(plain.bytes.data(), digest->bytes, sizeof digest->bytes);
        return answer(of(held).sign(view(name), plain), out);
    };
    c.wrap = [](void* held, kari_bytes plain, kari_room* out) {
        return answer(of(held).wrap(view(plain)), out);
    };
    c.unwrap = [](void* held, kari_bytes wrapped, kari_room* out) {
        return answer(of(held).unwrap(view(wrapped)), out);
    };
    c.save = [](void* held, kari_text name, kari_bytes value) {
        return status(of(held).save(view(name), view(value)));
    };
    c.load = [](void* held, kari_text name, kari_room* out) {
        return answer(of(held).load(view(name)), out);
    };
    c.erase = [](void* held, kari_text name) {
        return status(of(held).erase(view(name)));
    };
    c.released = [](void* held) {
        ++*static_cast<Held*>(held)->released;
        delete static_cast<Held*>(held);
    };
    return made;
}

}  // namespace kari::contract
