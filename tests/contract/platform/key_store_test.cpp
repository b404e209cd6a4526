// SPDX-License-Identifier: Apache-2.0
// What every key store promises, run over each that we have.
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <kari/linux_platform.hpp>
#include "bindings/c/src/key_store.hpp"
#include "platform/simulated/simulated_platform.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/crypto/signature.hpp"
#include "tests/contract/platform/c_key_store.hpp"

using namespace kari;

namespace {

// A directory that goes with the test.
class Scratch {
public:
    Scratch() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "kari-keys-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch directory");
        path_ = pattern;
    }
    ~Scratch() { std::filesystem::remove_all(path_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::string path(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

// Makes two key stores that share nothing.
struct Kind {
    std::string name;
    Scratch* scratch;
    std::shared_ptr<KeyStore> make(int which) const {
        if (name != "files") {
            auto memory = platform_simulated::Machine(static_cast<std::uint64_t>(which)).key_store;
            if (name == "memory") return memory;
            // One of an app's, through the C ABI and back.
            const auto in_c = contract::in_c(std::move(memory));
            return c::AppKeyStore::of(&in_c.functions).value();
        }
        return platform_linux::make_platform(scratch->path("store-" + std::to_string(which)))
            .value()
            .key_store;
    }
};

}  // namespace

TEST_CASE("a signing key signs what its public key verifies") {
    Scratch scratch;
    const Kind kind{GENERATE("memory", "files", "app"), &scratch};
    const auto store = kind.make(1);
    REQUIRE(store->make_signing_key("signing").has_value());
    const Digest digest = base::sha256("a seal");
    const auto point = store->public_key("signing");
    const auto signature = store->sign("signing", digest);
    REQUIRE(point.has_value());
    REQUIRE(signature.has_value());
    CHECK(crypto::verify(*point, digest, *signature).has_value());
}

TEST_CASE("a signing key is never replaced") {
    Scratch scratch;
    const Kind kind{GENERATE("memory", "files", "app"), &scratch};
    const auto store = kind.make(1);
    REQUIRE(store->make_signing_key("signing").has_value());
    const std::string point = store->public_key("signing").value();
    CHECK(store->make_signing_key("signing").error().code == ErrorCode::already_exists);
    CHECK(store->public_key("signing").value() == point);
    REQUIRE(store->make_signing_key("other").has_value());
    CHECK(store->public_key("other").value() != point);
}

TEST_CASE("what is not there is not found") {
    Scratch scratch;
    const Kind kind{GENERATE("memory", "files", "app"), &scratch};
    const auto store = kind.make(1);
    CHECK(store->public_key("signing").error().code == ErrorCode::not_found);
    CHECK(store->sign("signing", Digest{}).error().code == ErrorCode::not_found);
    CHECK(store->load("value").error().code == ErrorCode::not_found);
    CHECK(store->erase("value").has_value());
}

TEST_CASE("what is wrapped unwraps in the same key store only, and only unaltered") {
    Scratch scratch;
    const Kind kind{GENERATE("memory", "files", "app"), &scratch};
    const auto store = kind.make(1);
    const auto other = kind.make(2);
    const std::string wrapped = store->wrap("a database key").value();
    CHECK(wrapped.find("a database key") == std::string::npos);
    CHECK(store->unwrap(wrapped).value() == "a database key");
    CHECK(other->unwrap(wrapped).error().code == ErrorCode::malformed);
    std::string altered = wrapped;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    CHECK(store->unwrap(altered).error().code == ErrorCode::malformed);
    CHECK(store->unwrap("").error().code == ErrorCode::malformed);
    CHECK(store->wrap(std::string(4096, 'x')).has_value());
    CHECK(store->wrap(std::string(4097, 'x')).error().code == ErrorCode::too_large);
}

TEST_CASE("a saved value is loaded, replaced and erased") {
    Scratch scratch;
    const Kind kind{GENERATE("memory", "files", "app"), &scratch};
    const auto store = kind.make(1);
    REQUIRE(store->save("token", "first").has_value());
    CHECK(store->load("token").value() == "first");
    REQUIRE(store->save("token", "").has_value());
    CHECK(store->load("token").value().empty());
    REQUIRE(store->save("token", std::string(4096, '\0')).has_value());
    CHECK(store->load("token").value() == std::string(4096, '\0'));
    CHECK(store->save("token", std::string(4097, 'x')).error().code == ErrorCode::too_large);
    REQUIRE(store->erase("token").has_value());
    CHECK(store->load("token").error().code == ErrorCode::not_found);
}
