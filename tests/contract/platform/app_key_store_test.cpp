// SPDX-License-Identifier: Apache-2.0
// What an app's key store can get wrong across the C ABI, beside the contract of key_store_test.
#include <stdexcept>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "bindings/c/src/key_store.hpp"
#include "platform/simulated/simulated_platform.hpp"
#include "tests/contract/platform/c_key_store.hpp"

using namespace kari;

namespace {

contract::InC memory_in_c() {
    return contract::in_c(platform_simulated::Machine(1).key_store);
}

// A store in memory, of which one function is another.
std::shared_ptr<KeyStore> with(auto change) {
    auto given = memory_in_c();
    change(given.functions);
    return c::AppKeyStore::of(&given.functions).value();
}

template <kari_status Status>
kari_status answers(void*, kari_text, kari_room*) {
    return Status;
}

}  // namespace

TEST_CASE("an app's key store is let go once, with its tablet") {
    const auto given = memory_in_c();
    auto store = c::AppKeyStore::of(&given.functions).value();
    auto shared = store;
    store.reset();
    CHECK(*given.released == 0);
    shared.reset();
    CHECK(*given.released == 1);
}

TEST_CASE("an app's key store with a function that is missing is refused, and not let go") {
    for (const int which : {0, 1, 2, 3, 4, 5, 6, 7}) {
        auto given = memory_in_c();
        auto& c = given.functions;
        const kari_key_store whole = c;
        if (which == 0) c.make_signing_key = nullptr;
        if (which == 1) c.public_key = nullptr;
        if (which == 2) c.sign = nullptr;
        if (which == 3) c.wrap = nullptr;
        if (which == 4) c.unwrap = nullptr;
        if (which == 5) c.save = nullptr;
        if (which == 6) c.load = nullptr;
        if (which == 7) c.erase = nullptr;
        CHECK(c::AppKeyStore::of(&c).error().code == ErrorCode::invalid_argument);
        CHECK(*given.released == 0);
        whole.released(whole.context);
    }
    auto given = memory_in_c();
    given.functions.struct_size -= 1;
    CHECK(c::AppKeyStore::of(&given.functions).error().code == ErrorCode::invalid_argument);
    given.functions.released(given.functions.context);
    given.functions.struct_size += 1;
    CHECK(c::AppKeyStore::of(nullptr).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("an app's key store answers the errors of a key store and no others") {
    const auto told = [](auto function) {
        return with([&](kari_key_store& c) { c.load = function; })->load("value").error().code;
    };
    CHECK(told(answers<KARI_ERROR_NOT_FOUND>) == ErrorCode::not_found);
    CHECK(told(answers<KARI_ERROR_KEY_STORE_MISSING>) == ErrorCode::key_store_missing);
    CHECK(told(answers<KARI_ERROR_STORAGE_FULL>) == ErrorCode::storage_full);
    CHECK(told(answers<KARI_ERROR_WRONG_PIN>) == ErrorCode::key_store_failed);
    CHECK(told(answers<-7>) == ErrorCode::key_store_failed);
    CHECK(told(answers<123456>) == ErrorCode::key_store_failed);
}

TEST_CASE("what an app's key store throws is a key store that failed") {
    auto given = memory_in_c();
    const kari_key_store whole = given.functions;
    given.functions.wrap = [](void*, kari_bytes, kari_room*) -> kari_status {
        throw std::runtime_error("on purpose");
    };
    given.functions.released = [](void*) {
        throw std::runtime_error("on purpose");
    };
    auto store = c::AppKeyStore::of(&given.functions).value();
    CHECK(store->wrap("a database key").error().code == ErrorCode::key_store_failed);
    store.reset();
    whole.released(whole.context);
}

TEST_CASE("an app's key store that lies about sizes is a key store that failed") {
    const auto store = with([](kari_key_store& c) {
        c.load = [](void*, kari_text, kari_room* out) -> kari_status {
            out->size = out->room + 1;
            return KARI_OK;
        };
        c.public_key = [](void*, kari_text, kari_room* out) -> kari_status {
            out->size = 64;
            return KARI_OK;
        };
        c.sign = [](void*, kari_text, const kari_digest*, kari_room* out) -> kari_status {
            out->size = 65;
            return KARI_OK;
        };
    });
    CHECK(store->load("value").error().code == ErrorCode::key_store_failed);
    CHECK(store->public_key("signing").error().code == ErrorCode::key_store_failed);
    CHECK(store->sign("signing", Digest{}).error().code == ErrorCode::key_store_failed);
}
