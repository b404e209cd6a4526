// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/file_key_store.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sdk/crypto/signature.hpp"

namespace kari::platform_linux {
namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_point_bytes = 65;
constexpr std::size_t k_name_max = 64;
constexpr std::size_t k_wrap_bytes_max = 4096;
constexpr std::string_view k_store_key = "store.key";
constexpr std::string_view k_wrap_label = "kari key store wrap 1";

// A name becomes the end of a file name: letters, digits, '.', '_' and '-' only.
bool good_name(std::string_view name) {
    return !name.empty() && name.size() <= k_name_max &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                      c == '-';
           });
}

tl::unexpected<Error> bad_name() {
    return fail(ErrorCode::invalid_argument, "key store: a name of a-z, 0-9, ., _ and -");
}

std::string key_file(std::string_view name) {
    return "key." + std::string(name);
}
std::string value_file(std::string_view name) {
    return "value." + std::string(name);
}

// The key-store key, made by whoever comes first.
Result<crypto::Secret> store_key_of(const PrivateDirectory& directory, Entropy& entropy) {
    const std::string file(k_store_key);
    auto key = directory.read(file);
    if (!key && key.error().code == ErrorCode::not_found) {
        std::string drawn(k_key_bytes, '\0');
        entropy.fill({reinterpret_cast<std::uint8_t*>(drawn.data()), drawn.size()});
        const crypto::Secret made(std::move(drawn));
        const auto created = directory.create(file, made.view());
        if (!created && created.error().code != ErrorCode::already_exists) {
            return tl::unexpected<Error>(created.error());
        }
        key = directory.read(file);
    }
    if (!key) return tl::unexpected<Error>(key.error());
    crypto::Secret secret(*std::move(key));
    if (secret.view().size() != k_key_bytes) {
        return fail(ErrorCode::key_store_failed, "key store: its key is damaged");
    }
    return secret;
}

// In place of a key store that is gone: a new one would open nothing, and would hide the loss.
class MissingKeyStore : public KeyStore {
public:
    Result<void> make_signing_key(std::string_view) override { return gone(); }
    Result<std::string> public_key(std::string_view) override { return gone(); }
    Result<std::string> sign(std::string_view, const Digest&) override { return gone(); }
    Result<std::string> wrap(std::string_view) override { return gone(); }
    Result<std::string> unwrap(std::string_view) override { return gone(); }
    Result<void> save(std::string_view, std::string_view) override { return gone(); }
    Result<std::string> load(std::string_view) override { return gone(); }
    Result<void> erase(std::string_view) override { return gone(); }

private:
    static tl::unexpected<Error> gone() {
        return fail(ErrorCode::key_store_missing, "key store: its folder or its key is not there");
    }
};

}  // namespace

FileKeyStore::FileKeyStore(std::unique_ptr<PrivateDirectory> directory,
                           const crypto::Secret& store_key, std::shared_ptr<Entropy> entropy)
    : directory_(std::move(directory)),
      file_key_(crypto::hkdf_sha256(store_key.view(), "", "kari key store files 1", k_key_bytes)),
      wrap_key_(crypto::hkdf_sha256(store_key.view(), "", k_wrap_label, k_key_bytes)),
      entropy_(std::move(entropy)) {}

Result<std::shared_ptr<KeyStore>> FileKeyStore::open(const std::string& path,
                                                     std::shared_ptr<Entropy> entropy,
                                                     bool may_make) {
    std::error_code code;
    if (!may_make && !std::filesystem::exists(path + "/" + std::string(k_store_key), code)) {
        return std::shared_ptr<KeyStore>(std::make_shared<MissingKeyStore>());
    }
    auto directory = PrivateDirectory::open(path);
    if (!directory) return tl::unexpected<Error>(directory.error());
    const auto key = store_key_of(**directory, *entropy);
    if (!key) return tl::unexpected<Error>(key.error());
    return std::shared_ptr<KeyStore>(
        new FileKeyStore(*std::move(directory), *key, std::move(entropy)));
}

Result<void> FileKeyStore::make_signing_key(std::string_view name) {
    if (!good_name(name)) return bad_name();
    auto key = crypto::generate_key(*entropy_);
    if (!key) return tl::unexpected<Error>(key.error());
    const crypto::Secret both(key->public_point + key->private_der);
    const crypto::Secret private_der(std::move(key->private_der));
    const std::string file = key_file(name);
    const auto sealed = crypto::seal(file_key_, both.view(), file, *entropy_);
    if (!sealed) return tl::unexpected<Error>(sealed.error());
    return directory_->create(file, *sealed);
}

Result<crypto::Secret> FileKeyStore::read(const std::string& file) const {
    const auto sealed = directory_->read(file);
    if (!sealed) return tl::unexpected<Error>(sealed.error());
    auto plain = crypto::open(file_key_, *sealed, file);
    if (!plain) return fail(ErrorCode::key_store_failed, "key store: an entry is damaged");
    return plain;
}

Result<crypto::Secret> FileKeyStore::signing_key(std::string_view name) const {
    if (!good_name(name)) return bad_name();
    auto both = read(key_file(name));
    if (both && both->view().size() <= k_point_bytes) {
        return fail(ErrorCode::key_store_failed, "key store: a key is damaged");
    }
    return both;
}

Result<std::string> FileKeyStore::public_key(std::string_view name) {
    const auto both = signing_key(name);
    if (!both) return tl::unexpected<Error>(both.error());
    return std::string(both->view().substr(0, k_point_bytes));
}

Result<std::string> FileKeyStore::sign(std::string_view name, const Digest& digest) {
    const auto both = signing_key(name);
    if (!both) return tl::unexpected<Error>(both.error());
    return crypto::sign(both->view().substr(k_point_bytes), digest, *entropy_);
}

Result<std::string> FileKeyStore::wrap(std::string_view plain) {
    if (plain.size() > k_wrap_bytes_max) {
        return fail(ErrorCode::too_large, "key store: more than 4 KiB to wrap");
    }
    return crypto::seal(wrap_key_, plain, k_wrap_label, *entropy_);
}

Result<std::string> FileKeyStore::unwrap(std::string_view wrapped) {
    const auto plain = crypto::open(wrap_key_, wrapped, k_wrap_label);
    if (!plain) return fail(ErrorCode::malformed, "key store: not wrapped by this key store");
    return std::string(plain->view());
}

Result<void> FileKeyStore::save(std::string_view name, std::string_view value) {
    if (!good_name(name)) return bad_name();
    if (value.size() > k_wrap_bytes_max) {
        return fail(ErrorCode::too_large, "key store: more than 4 KiB to save");
    }
    const std::string file = value_file(name);
    const auto sealed = crypto::seal(file_key_, value, file, *entropy_);
    if (!sealed) return tl::unexpected<Error>(sealed.error());
    return directory_->replace(file, *sealed);
}

Result<std::string> FileKeyStore::load(std::string_view name) {
    if (!good_name(name)) return bad_name();
    const auto value = read(value_file(name));
    if (!value) return tl::unexpected<Error>(value.error());
    return std::string(value->view());
}

Result<void> FileKeyStore::erase(std::string_view name) {
    if (!good_name(name)) return bad_name();
    if (auto removed = directory_->remove(value_file(name)); !removed) return removed;
    return directory_->remove(key_file(name));
}

}  // namespace kari::platform_linux
