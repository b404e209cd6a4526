// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/decrypted_pages.hpp"

#include <mbedtls/aes.h>

#include <array>
#include <stdexcept>
#include <string_view>

#include "tests/support/store_fixture.hpp"

namespace kari::test {
namespace {

constexpr std::size_t k_page = 4096;
constexpr std::size_t k_reserved = 80;

std::string decrypt(std::string_view page, bool first, const std::string& key) {
    const std::size_t from = first ? 16 : 0;
    const std::string_view cipher = page.substr(from, k_page - k_reserved - from);
    std::array<unsigned char, 16> vector{};
    for (std::size_t i = 0; i < 16; ++i) {
        vector[i] = static_cast<unsigned char>(page[k_page - k_reserved + i]);
    }
    std::string plain(cipher.size(), '\0');
    mbedtls_aes_context context;
    mbedtls_aes_init(&context);
    const int set =
        mbedtls_aes_setkey_dec(&context, reinterpret_cast<const unsigned char*>(key.data()), 256);
    const int done =
        mbedtls_aes_crypt_cbc(&context, MBEDTLS_AES_DECRYPT, cipher.size(), vector.data(),
                              reinterpret_cast<const unsigned char*>(cipher.data()),
                              reinterpret_cast<unsigned char*>(plain.data()));
    mbedtls_aes_free(&context);
    if (set != 0 || done != 0) throw std::runtime_error("page decryption");
    return plain;
}

}  // namespace

std::vector<std::string> decrypted_pages(const std::string& path, const std::string& key) {
    std::vector<std::string> pages;
    const std::string file = read_file(path);
    for (std::size_t at = 0; at + k_page <= file.size(); at += k_page) {
        pages.push_back(decrypt(std::string_view(file).substr(at, k_page), at == 0, key));
    }
    const std::string log = read_file(path + "-wal");
    for (std::size_t at = 32; at + 24 + k_page <= log.size(); at += 24 + k_page) {
        const bool first = log.substr(at, 4) == std::string("\0\0\0\1", 4);
        pages.push_back(decrypt(std::string_view(log).substr(at + 24, k_page), first, key));
    }
    return pages;
}

}  // namespace kari::test
